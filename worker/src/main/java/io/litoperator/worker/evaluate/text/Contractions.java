package io.litoperator.worker.evaluate.text;

import java.util.HashMap;
import java.util.Map;

/**
 * The contractions that the VQA evaluation repairs: each is recognised where exactly one of its
 * apostrophes is missing.
 */
final class Contractions {
  private static final String FORMS =
      """
      ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't
      haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't
      mightn't've might've mustn't must've needn't not've o'clock oughtn't 'ow's'at shan't she'd've
      should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've
      someone'll someone's something'd something'd've something'll that's there'd there'd've
      there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't
      what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's
      who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd
      you'd've you'll you're you've
      """;

  private static final Map<String, String> REPAIRS = repairs();

  private Contractions() {}

  /** The contraction that a word in lower case stands for, or the word. */
  static String repair(String word) {
    return REPAIRS.getOrDefault(word, word);
  }

  private static Map<String, String> repairs() {
    Map<String, String> repairs = new HashMap<>();
    for (String form : PythonText.split(FORMS)) {
      for (int at = form.indexOf('\''); at >= 0; at = form.indexOf('\'', at + 1)) {
        repairs.put(form.substring(0, at) + form.substring(at + 1), form);
      }
    }
    // The evaluation has this one the wrong way round, and published scores come from it.
    repairs.put("somebody'd", "somebodyd");
    return Map.copyOf(repairs);
  }
}
