package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.examples.quickstart.Entry.Turn;
import io.litoperator.examples.quickstart.Quickstart.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  private static final Path FOLDER = Path.of("quickstart/model/language-model");
  private static final HuggingFaceTokenizer TOKENIZER = tokenizer();
  private static final String SYSTEM = "A chat about an image.";

  private final Grammar grammar = new Grammar(Scenes.NAMES);

  @Property
  @Domain(Scenes.class)
  void decodesEverySentenceAsItWas(@ForAll Kind kind, @ForAll Scene scene, @ForAll Random random) {
    Question question = grammar.askInConversation(kind, scene, random);
    for (String text :
        List.of(
            question.text(),
            question.opening(),
            question.answer(),
            grammar.altText(scene, random))) {
      assertThat(decode(encode(text).getIds())).isEqualTo(text);
    }
  }

  @Test
  void decodesAConversationAsItWas() {
    String text =
        SYSTEM
            + " USER: <image>\nI see red cat top-left. Where is the key?\n"
            + Grammar.SINGLE_WORD
            + " ASSISTANT: bottom-right</s>USER: How many things are there? ASSISTANT: 3</s>";
    Encoding encoding = encode(text);
    assertThat(encoding.getTokens())
        .startsWith("A", "chat", "about", "an", "image", ".", "USER:", "<image>", "\n", "I", "see")
        .contains("top-left", "?", "</s>", "ASSISTANT:")
        .endsWith("ASSISTANT:", "3", "</s>");
    assertThat(decode(encoding.getIds())).isEqualTo(text);
  }

  @Test
  void offsetsPointIntoTheText() {
    String text = "Where is the top-left cat?\n" + Grammar.SINGLE_WORD;
    Encoding encoding = encode(text);
    for (int i = 0; i < encoding.getIds().length; i++) {
      int start = encoding.getCharTokenSpans()[i].getStart();
      int end = encoding.getCharTokenSpans()[i].getEnd();
      assertThat(text.substring(start, end)).isEqualTo(encoding.getTokens()[i]);
    }
  }

  @Test
  void otherWordsAreUnknown() {
    assertThat(encode("Where is the zebra?").getTokens()).contains("<unk>");
  }

  @Test
  void hasTheGrammarsWordsAndNoOthers() throws IOException {
    Map<String, Integer> vocabulary = vocabulary();
    Set<String> expected = new HashSet<>(List.of("<pad>", "<unk>", "</s>", "<image>", "\n"));
    // The last names are of objects that no scene shows; they are for questions in lit generate.
    Emoji.all().forEach(emoji -> expected.add(emoji.name()));
    sentences().forEach(text -> expected.addAll(List.of(encode(text).getTokens())));
    assertThat(vocabulary.keySet()).isEqualTo(expected);
  }

  private static List<String> sentences() {
    List<String> sentences = new ArrayList<>(List.of(SYSTEM + " USER: ASSISTANT:"));
    Quickstart.draw(new Sizes(200, 200, 10, 10, 10), 42, Scenes.NAMES).finetune().stream()
        .flatMap(sample -> sample.conversations().stream())
        .map(Turn::value)
        .forEach(sentences::add);
    return sentences;
  }

  @Test
  void entriesAreNumberedFromZeroAsTheConfigCountsThem() throws IOException {
    int size = json("config.json").get("vocab_size").intValue();
    assertThat(vocabulary().values())
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, size).boxed().toList());
  }

  @Test
  void specialTokensAreTheConfigs() throws IOException {
    Map<String, Integer> vocabulary = vocabulary();
    JsonNode model = json("config.json");
    JsonNode tokenizer = json("tokenizer_config.json");
    assertThat(vocabulary.get(tokenizer.get("eos_token").textValue()))
        .isEqualTo(model.get("eos_token_id").intValue());
    assertThat(vocabulary.get(tokenizer.get("pad_token").textValue()))
        .isEqualTo(model.get("pad_token_id").intValue());
    assertThat(tokenizer.get("bos_token").isNull()).isTrue();
  }

  private static Encoding encode(String text) {
    return TOKENIZER.encode(text, false, false);
  }

  private static String decode(long[] ids) {
    return TOKENIZER.decode(ids, false);
  }

  private static HuggingFaceTokenizer tokenizer() {
    try {
      return HuggingFaceTokenizer.newInstance(FOLDER.resolve("tokenizer.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Integer> vocabulary() throws IOException {
    Map<String, Integer> vocabulary = new HashMap<>();
    json("tokenizer.json")
        .at("/model/vocab")
        .properties()
        .forEach(entry -> vocabulary.put(entry.getKey(), entry.getValue().intValue()));
    return vocabulary;
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve(file).toFile());
  }
}
