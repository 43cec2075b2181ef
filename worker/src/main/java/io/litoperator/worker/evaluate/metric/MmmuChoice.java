package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The letter that an answer to a choice of MMMU names ({@code parse_mmmu_multi_choice_response} of
 * lmms-eval): in brackets, else before a blank, else before a full stop, else by the choice's own
 * words in answers of more than five words. Of several, that which stands last.
 *
 * <p>Where none is found the reference draws a letter by chance; here the answer says nothing.
 */
final class MmmuChoice implements Reading<Optional<String>> {
  private static final String STRIPPED = ",.!?;:'";
  private static final int WORDS_OF_A_SHORT_ANSWER = 5;

  @Override
  public Optional<String> of(String prediction, Question question) {
    String stripped = prediction;
    for (char mark : STRIPPED.toCharArray()) {
      stripped = PythonText.strip(stripped, mark);
    }
    String text = " " + stripped + " ";
    List<String> letters = Choices.letters(question);

    List<String> bracketed = letters.stream().filter(l -> text.contains("(" + l + ")")).toList();
    if (!bracketed.isEmpty()) {
      return last(bracketed, letter -> text.lastIndexOf("(" + letter + ")"));
    }
    for (String end : List.of(" ", ".")) {
      List<String> named = letters.stream().filter(l -> text.contains(l + end)).toList();
      if (!named.isEmpty()) {
        // As upstream, the place of a letter is that of one between blanks, whatever follows it.
        return last(named, letter -> text.lastIndexOf(" " + letter + " "));
      }
    }
    return byWords(PythonText.lower(text), letters, question.references().choices());
  }

  private static Optional<String> byWords(String text, List<String> letters, List<String> choices) {
    if (PythonText.split(text).size() <= WORDS_OF_A_SHORT_ANSWER) {
      return Optional.empty();
    }
    ToIntFunction<String> place =
        letter -> text.lastIndexOf(PythonText.lower(choices.get(letters.indexOf(letter))));
    return last(letters.stream().filter(letter -> place.applyAsInt(letter) >= 0).toList(), place);
  }

  /** The candidate with the highest place; the first of equals. */
  private static Optional<String> last(List<String> candidates, ToIntFunction<String> place) {
    return candidates.stream().reduce((a, b) -> place.applyAsInt(b) > place.applyAsInt(a) ? b : a);
  }
}
