package io.litoperator.worker.evaluate.caption;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Splits English text into tokens by the conventions of the Penn Treebank: clitics are tokens of
 * their own ({@code is n't}, {@code dog 's}), so are punctuation marks, brackets are {@code -LRB-}
 * and the like, and abbreviations keep their full stop.
 *
 * <p>Where the Treebank's published rules are silent, as on slashes, apostrophes within words,
 * addresses and signs, tokens are those that Stanford CoreNLP 3.4.1 was seen to make. Quotes of all
 * kinds are {@code ''}, as nothing here tells opening from closing ones.
 */
final class PennTreebank {
  private static final String END = "(?![\\p{L}\\p{N}])";
  private static final String LETTER = "[\\p{L}\\p{M}\\u00ad]";
  private static final String CLITIC = "(?i:n[`']ts?|'(?:s|m|d|ll|re|ve))" + END;

  /** Letters, digits, and an apostrophe between vowels. */
  private static final String IN_WORD = "(?:[\\p{L}\\p{M}\\p{N}\\u00ad]|(?<=[aeiouy])'(?=[aeiou]))";

  /** Of a word, up to a clitic. Longer words than any are cut. */
  private static final String STEM = "(?:(?!" + CLITIC + ")" + IN_WORD + "){1,256}";

  /** Words that underscores join, and hyphens; no other mark joins them to more. */
  private static final String UNDERSCORED =
      "STEM(?:-STEM){0,64}_STEM(?:[-_]STEM){0,64}".replace("STEM", STEM);

  /** Words that a mark joins, in which no clitic is looked for. */
  private static final String MARKED =
      "IN_WORD{1,256}(?:%s(?=\\p{L})IN_WORD{1,256}){1,64}".replace("IN_WORD", IN_WORD);

  private static final String ABBREVIATIONS =
      """
      mr mrs ms messrs mme mlle dr prof rev hon pres gov sen rep gen col maj capt lt sgt cpl pvt adm
      cmdr supt insp det treas jr sr esq md ph\\.d st ave blvd rd ct sq mt ft bldg dept univ assn inc
      ltd co corp bros plc mfg intl natl jan feb mar apr jun jul aug sept? oct nov dec mon tues? wed
      thu(?:rs)? fri vs etc al est cf tel ext adj adv cont'd calif fla mich minn va wis ariz colo
      conn ga ind kan ky mo mont neb nev okla penn tenn vt wyo ala""";

  /** Abbreviated states that are words in lower case. */
  private static final String STATES = "Mass Tex Wash Pa Ark Del Ill La Miss Ore";

  /** Abbreviations only before a number. */
  private static final String NUMBERING = "nos? figs? pp? eds? arts?";

  /** Words that are two tokens, where they stand alone or before a blank or mark. */
  private static final String PAIRS = "can-not gon-na got-ta wan-na gim-me lem-me";

  /** The same, where anything but a letter or digit follows. */
  private static final String SHORTENED_PAIRS = "'t-is 't-was more-'n";

  /** Of each pair, in lower case, the length of its first token. */
  private static final Map<String, Integer> FIRST_LENGTH =
      Stream.of((PAIRS + " " + SHORTENED_PAIRS).split(" "))
          .collect(Collectors.toMap(pair -> pair.replace("-", ""), pair -> pair.indexOf('-')));

  /** Words with apostrophes that are one token. */
  private static final String WHOLE = "c'mon s'mores ol' dunkin' 'em 'til 'till 'cause";

  /** What comes next in a text: the first of these that fits. */
  private static final Pattern TOKEN =
      Pattern.compile(
          String.join(
              "|",
              // Tags, addresses, names after @ and #, and the commonest faces.
              "<!--[^<>]*-->|<[/!?]?\\p{Alpha}[^<>]*>",
              "https?://[^\\s\"<>|()]*[^\\s\"<>|().,;:!?']",
              "\\p{Alnum}[^\\s\"<>|()]{0,64}@(?:DOMAIN\\.){0,64}DOMAIN>?"
                  .replace("DOMAIN", "[^\\s\"<>|(){}.]{1,64}"),
              "#\\p{Alpha}+|@[\\p{Alpha}_]\\w*|&#\\d{1,6};",
              "(?<![\\p{L}\\p{N}])[:;=]['-]?[()|\\\\@DdPpO](?![\\p{L}\\p{N}])|-_-|\\^_\\^",
              // Words with apostrophes, clitics, years and decades.
              "(?<pair>%s(?!%s|[-/_.!?]?[\\p{L}\\p{N}]|'[aeiou])|%s)"
                  .formatted(anyCase(PAIRS), CLITIC, anyCase(SHORTENED_PAIRS) + END),
              anyCase(WHOLE) + END,
              "'[nN]'|'[nN]" + END,
              CLITIC,
              "'[1-9]0s|'\\d\\d(?![\\p{L}\\p{N}'\"])",
              // Initials, as in U.S.-made and R&B, and abbreviations.
              "\\p{Alpha}(?:\\.\\p{Alpha}){1,64}" + END + "\\.?(?:-" + STEM + "){0,64}",
              "\\p{Lu}+(?:&\\p{Lu}+){1,64}",
              "(?:" + anyCase(ABBREVIATIONS) + "|" + STATES.replace(' ', '|') + ")\\.(?!\\p{L})",
              anyCase(NUMBERING) + "\\.(?=\\s*\\d)|\\p{Alpha}\\.(?!\\p{Alpha})",
              // Numbers: (555) 555-1234, 2 1/2, 1,000.50, 3.5-inch, 10:30, .5, -2; and US$.
              "\\(\\d{2,3}\\) ?\\d{3}[- ]\\d{4}" + END + "|\\d+ \\d+/\\d+",
              "[-+]?\\d+(?:[.,]\\d+){1,64}(?:-" + LETTER + STEM + "){0,64}",
              "[-+]?(?:\\d+(?::\\d+){1,64}(?:\\.\\d+)?|\\.\\d+(?:[.,]\\d+){0,64})|[-+]\\d+" + END,
              "\\p{Lu}*\\$",
              // O'Neil and d'Arc; in y'all, the apostrophe goes with what stands before it.
              "(?:\\p{Lu}|[dlno])(?!" + CLITIC + ")'" + LETTER + "{2,}(?:-" + STEM + "){0,64}",
              "[yjYJ](?!" + CLITIC + ")'(?=\\p{L})",
              // Words. Marks without a space after them join letters, hyphens and slashes words;
              // a full stop before another mark is the word's.
              "(?i:c(?:\\+\\+|#))",
              UNDERSCORED + "(?:\\.(?=[,;:]))?",
              "(?=\\p{L})" + MARKED.formatted("\\.") + "(?:-" + STEM + "){1,64}",
              "(?=\\p{L})" + MARKED.formatted("[.!?]"),
              STEM + "(?:[-/](?=[\\p{L}\\p{N}])" + STEM + "){0,64}(?:\\.(?=[,;:]))?",
              // Marks. Emoji and invisible characters are no tokens.
              "\\.{2,}|-{2,}|[?!]+|_+|\\*+|<<|>>|[^\\s\\p{Cf}\\p{Cs}\\x{1f000}-\\x{1ffff}]"));

  /** Characters that the Treebank writes in others. */
  private static final Map<String, String> WRITTEN =
      Map.ofEntries(
          Map.entry("&amp;", "&"),
          Map.entry("&lt;", "<"),
          Map.entry("&gt;", ">"),
          Map.entry("&quot;", "\""),
          Map.entry("&apos;", "'"),
          Map.entry("&nbsp;", " "),
          Map.entry("‘", "'"),
          Map.entry("’", "'"),
          Map.entry("“", "\""),
          Map.entry("”", "\""),
          Map.entry("«", "\""),
          Map.entry("»", "\""),
          Map.entry("‹", "\""),
          Map.entry("›", "\""),
          Map.entry("–", " -- "),
          Map.entry("—", " -- "),
          Map.entry("…", " ... "),
          Map.entry("£", " # "),
          Map.entry("€", " $ "),
          Map.entry("¢", " cents "),
          Map.entry("½", " 1/2 "),
          Map.entry("¼", " 1/4 "),
          Map.entry("¾", " 3/4 "));

  private static final Pattern TO_WRITE =
      Pattern.compile(WRITTEN.keySet().stream().collect(Collectors.joining("|")));

  private static final Map<String, String> BRACKETS =
      Map.of("(", "-LRB-", ")", "-RRB-", "[", "-LSB-", "]", "-RSB-", "{", "-LCB-", "}", "-RCB-");

  private static final Pattern BRACKET = Pattern.compile("[()\\[\\]{}]");

  private PennTreebank() {}

  /** The tokens, in the text's case. */
  static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    Matcher found = TOKEN.matcher(replace(TO_WRITE, text, WRITTEN));
    while (found.find()) {
      if (found.group("pair") != null) {
        addPair(tokens, found.group());
      } else {
        add(tokens, found.group());
      }
    }
    return tokens;
  }

  private static void addPair(List<String> tokens, String pair) {
    int first = FIRST_LENGTH.get(pair.toLowerCase(Locale.ROOT));
    tokens.add(pair.substring(0, first));
    tokens.add(pair.substring(first));
  }

  private static void add(List<String> tokens, String token) {
    if (token.equals("\"")) {
      tokens.add("''");
    } else if (token.matches("\\.\\.+|--+")) {
      tokens.add(token.startsWith(".") ? "..." : "--");
    } else {
      tokens.add(replace(BRACKET, token, BRACKETS));
    }
  }

  private static String replace(Pattern pattern, String text, Map<String, String> by) {
    return pattern
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(by.get(found.group())));
  }

  private static String anyCase(String words) {
    return "(?i:" + words.replace("-", "").strip().replaceAll("\\s+", "|") + ")";
  }
}
