package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/** What a WebDataset archive holds, in its order. */
record ArchiveIndex(List<Sample> samples) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int RECORD = TarConstants.DEFAULT_RCDSIZE;
  private static final Set<String> PICTURES = Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp");

  /**
   * Neighbouring members of one key, which is the path up to the name's first dot.
   *
   * @param number of the sample in its archive, from 0
   * @param modalityLength words of all turns; negative without a picture
   */
  record Sample(
      Path archive,
      int number,
      String key,
      Member json,
      List<Member> pictures,
      int modalityLength) {}

  /**
   * A file in the archive.
   *
   * @param suffix what follows the key and a dot
   * @param offset of its content in the archive, in bytes
   */
  record Member(String suffix, long offset, int size) {}

  /**
   * Reads through an archive.
   *
   * @throws Failure BAD_DATA naming archive and key if it is not a tar archive, or not a WebDataset
   */
  static ArchiveIndex of(Path file) {
    try (TarFile tar = new TarFile(file)) {
      return new Scan(file, tar).index();
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s cannot be read as a tar archive: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  /** One pass over an archive. */
  private static final class Scan {
    private final Path file;
    private final TarFile tar;
    private final List<Sample> samples = new ArrayList<>();
    private String key = "";
    private TarArchiveEntry json;
    private Member jsonMember;
    private List<Member> pictures = new ArrayList<>();

    Scan(Path file, TarFile tar) {
      this.file = file;
      this.tar = tar;
    }

    ArchiveIndex index() throws IOException {
      for (TarArchiveEntry entry : tar.getEntries()) {
        if (entry.isFile() && !name(entry).startsWith(".")) {
          add(entry);
        }
      }
      end();
      refuseCut();
      return new ArchiveIndex(List.copyOf(samples));
    }

    private void add(TarArchiveEntry entry) throws IOException {
      int dot = entry.getName().indexOf('.', entry.getName().lastIndexOf('/') + 1);
      String newKey = dot < 0 ? entry.getName() : entry.getName().substring(0, dot);
      if (!newKey.equals(key)) {
        end();
        key = newKey;
      }
      String suffix = dot < 0 ? "" : entry.getName().substring(dot + 1);
      String kind = suffix.substring(suffix.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      if (kind.equals("json")) {
        if (json != null) {
          throw bad("has two .json; give each sample a key and one .json of its own");
        }
        json = entry;
        jsonMember = member(suffix, entry);
      } else if (PICTURES.contains(kind)) {
        pictures.add(member(suffix, entry));
      }
    }

    private Member member(String suffix, TarArchiveEntry entry) {
      if (entry.getSize() > Integer.MAX_VALUE) {
        throw bad("has a .%s of more than 2 GiB".formatted(suffix));
      }
      return new Member(suffix.intern(), entry.getDataOffset(), (int) entry.getSize());
    }

    /** A reader takes the file's end for the archive's, also where samples are missing. */
    private void refuseCut() throws IOException {
      List<TarArchiveEntry> entries = tar.getEntries();
      long end = 0;
      if (!entries.isEmpty()) {
        TarArchiveEntry last = entries.get(entries.size() - 1);
        end = last.getDataOffset() + (last.getSize() + RECORD - 1) / RECORD * RECORD;
      }
      if (Files.size(file) < end + RECORD) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "%s is cut off: its end is missing; fetch the file again.".formatted(file));
      }
    }

    private void end() throws IOException {
      if (json == null && !pictures.isEmpty()) {
        throw bad("has a picture and no .json beside it; write the conversation there");
      }
      if (json != null) {
        int length = Words.modalityLength(conversation(), !pictures.isEmpty());
        samples.add(
            new Sample(file, samples.size(), key, jsonMember, List.copyOf(pictures), length));
      }
      json = null;
      pictures = new ArrayList<>();
    }

    private JsonNode conversation() throws IOException {
      try (InputStream in = tar.getInputStream(json)) {
        JsonNode read = MAPPER.readTree(in);
        if (!read.isObject()) {
          throw bad("has a .json that holds no object");
        }
        return read;
      } catch (JsonProcessingException e) {
        throw bad("has a .json that is not JSON (%s)".formatted(e.getOriginalMessage()));
      }
    }

    private Failure bad(String what) {
      return new Failure(
          ExitCode.BAD_DATA, "%s: key %s %s; correct the archive.".formatted(file, key, what));
    }

    private static String name(TarArchiveEntry entry) {
      return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }
  }
}
