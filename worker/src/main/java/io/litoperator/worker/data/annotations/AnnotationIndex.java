package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where each sample of an annotation file begins, and how long it is: 16 bytes a sample, whatever
 * the samples hold.
 *
 * @param offsets of each sample's opening brace, in bytes; after the last sample, the file's size
 * @param lines of each sample's opening brace, from 1
 * @param modalityLengths white-space separated words of all turns, at least 1; negative for a
 *     sample without a picture (LLaVA's {@code modality_lengths})
 */
record AnnotationIndex(long[] offsets, int[] lines, int[] modalityLengths) {
  int size() {
    return lines.length;
  }

  /**
   * Reads a JSON array of samples, or samples one after another (JSON lines), in one pass.
   *
   * @throws Failure BAD_DATA with the line if it is not JSON, or not a sequence of objects
   */
  static AnnotationIndex of(Path file, InputStream in, long size) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(in)) {
      return new Scan(file, parser).index(size);
    }
  }

  /** One pass over a file. */
  private static final class Scan {
    private final Path file;
    private final JsonParser parser;
    private long[] offsets = new long[1024];
    private int[] lines = new int[1024];
    private int[] lengths = new int[1024];
    private int size;
    private boolean array;

    Scan(Path file, JsonParser parser) {
      this.file = file;
      this.parser = parser;
    }

    AnnotationIndex index(long fileSize) throws IOException {
      boolean inSample = false;
      try {
        array = parser.nextToken() == JsonToken.START_ARRAY;
        JsonToken token = array ? parser.nextToken() : parser.currentToken();
        while (token != null && token != JsonToken.END_ARRAY) {
          begin(token);
          inSample = true;
          lengths[size] = modalityLength();
          inSample = false;
          size++;
          token = parser.nextToken();
        }
        if (array && token == null) {
          throw bad(parser.currentLocation().getLineNr(), "the list is not closed");
        }
      } catch (JsonProcessingException e) {
        throw broken(e, inSample);
      }
      if (size == 0) {
        throw new Failure(
            ExitCode.BAD_DATA, "%s holds no samples; write at least one.".formatted(file));
      }
      offsets = Arrays.copyOf(offsets, size + 1);
      offsets[size] = fileSize;
      return new AnnotationIndex(offsets, Arrays.copyOf(lines, size), Arrays.copyOf(lengths, size));
    }

    private void begin(JsonToken token) {
      int line = parser.currentTokenLocation().getLineNr();
      if (token != JsonToken.START_OBJECT) {
        throw bad(line, "sample %d is not a JSON object".formatted(size));
      }
      if (size == lines.length) {
        offsets = Arrays.copyOf(offsets, 2 * size);
        lines = Arrays.copyOf(lines, 2 * size);
        lengths = Arrays.copyOf(lengths, 2 * size);
      }
      offsets[size] = parser.currentTokenLocation().getByteOffset();
      lines[size] = line;
      if (offsets[size] < 0) {
        throw bad(line, "the text is not UTF-8");
      }
    }

    private int modalityLength() throws IOException {
      int words = 0;
      boolean image = false;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        TurnForm form = TurnForm.of(field::equals);
        if (field.equals(form.list()) && value == JsonToken.START_ARRAY) {
          words = words(form.text());
        } else {
          image |= (field.equals("image") || field.equals("images")) && names(value);
          parser.skipChildren();
        }
      }
      return Words.signed(words, image);
    }

    /** Whether a value is a picture's path or a list that is not empty; leaves it read. */
    private boolean names(JsonToken value) throws IOException {
      if (value != JsonToken.START_ARRAY) {
        return value != JsonToken.VALUE_NULL;
      }
      boolean any = false;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        any = true;
        parser.skipChildren();
      }
      return any;
    }

    /** Words in a field of every turn; leaves the parser at the end of the turns. */
    private int words(String field) throws IOException {
      int words = 0;
      int depth = 1;
      while (depth > 0) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          return words;
        } else if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.VALUE_STRING && field.equals(parser.currentName())) {
          words +=
              Whitespace.words(
                  parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        }
      }
      return words;
    }

    private Failure broken(JsonProcessingException e, boolean inSample) {
      // In JSON lines a sample that is not closed is noticed only on the next line.
      int line = !array && inSample ? lines[size] : e.getLocation().getLineNr();
      return bad(line, "this is not JSON (%s)".formatted(e.getOriginalMessage()));
    }

    private Failure bad(int line, String what) {
      return new Failure(
          ExitCode.BAD_DATA, "%s line %d: %s; correct the file.".formatted(file, line, what));
    }
  }
}
