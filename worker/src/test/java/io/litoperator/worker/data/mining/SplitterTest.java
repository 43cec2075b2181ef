package io.litoperator.worker.data.mining;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitterTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is it? Answer in one word.             | What is it?~Answer in one word.",
        "Who wrote this book?\\nAnswer it  now .       | Who wrote this book?~Answer it now .",
        "Describe this region: [0.1, 0.25]           | Describe this region:~[0.1, 0.25]",
        "Reference OCR token: A. B                   | Reference OCR token:~A. B",
        "A. a cat\\nB. a dog                          | A. a cat~B. a dog",
        "Is 3.5 at 10:30 right? Why? Say so          | Is 3.5 at 10:30 right?~Why?~Say so",
        "He asked \"Why now?\" Then left.             | He asked \"Why now?\"~Then left.",
        "这是什么？请回答。                             | 这是什么？~请回答。",
        "Wait ... what?!                             | Wait ...~what?!"
      })
  void splitsIntoSentences(String text, String parts) {
    assertThat(Splitter.SENTENCES.parts(text.replace("\\n", "\n")))
        .containsExactly(parts.split("~"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {" a? b\\n\\n c \\t d | a? b~c d"})
  void splitsIntoLines(String text, String parts) {
    assertThat(Splitter.LINES.parts(text.replace("\\n", "\n").replace("\\t", "\t")))
        .containsExactly(parts.split("~"));
  }

  @Property
  void losesNothingButWhiteSpace(
      @ForAll @Chars({'.', '?', ':', ' ', '\n', '"', '。'}) @CharRange(from = 'a', to = 'd')
          String text) {
    for (Splitter splitter : Splitter.values()) {
      assertThat(String.join("", splitter.parts(text)).replaceAll("\\s", ""))
          .isEqualTo(text.replaceAll("\\s", ""));
      assertThat(splitter.parts(text))
          .allMatch(part -> !part.isBlank() && part.strip().equals(part));
    }
  }
}
