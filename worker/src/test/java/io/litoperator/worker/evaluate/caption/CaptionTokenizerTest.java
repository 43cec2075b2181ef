package io.litoperator.worker.evaluate.caption;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionTokenizerTest {

  /** What CoreNLP 3.4.1 makes of the texts, without punctuation. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          It's a dog's life, isn't it? | it 's a dog 's life is n't it
          can't won't couldn't've he'd've don'ts | ca n't wo n't could n't 've he 'd 've do n'ts
          the boys' toys and the 1980's | the boys toys and the 1980 's
          it’s 5 o'clock at O'Neil's, ma'am | it 's 5 o'clock at o'neil 's ma'am
          y'all c'mon, 'tis rock'n'roll | y' all c'mon 't is rock 'n' roll
          the '90s, 'til then | the '90s 'til then
          gonna gotta wanna cannot gimme lemme | gon na got ta wan na can not gim me lem me
          "quoted" “curly” 'single' ‘one’ | quoted curly single one
          Mr. Smith vs. St. Louis etc. | mr. smith vs. st. louis etc.
          at 5 p.m. in the U.S. Navy's U.S.-made | at 5 p.m. in the u.s. navy 's u.s.-made
          No. 5 but no. Said Miss. | no. 5 but no said miss.
          a miss. J. K. Rowling | a miss j. k. rowling
          5,000.50 at 10:30pm 7-up 4x4 -2 1/2 | 5,000.50 at 10:30 pm 7-up 4x4 -2 1/2
          $5.00 £3 50% #1 #tag @home 5¢ | $ 5.00 # 3 50 % # 1 #tag @home 5 cents
          his/her w/ half-full B&W R&B b&w | his/her w / half-full b&w r&b b & w
          one -- two – three — four - five | one two three four five
          wait... what?! yes! really!! | wait what ?! yes really !!
          (paren) [brack] {brace} | -lrb- paren -rrb- -lsb- brack -rsb- -lcb- brace -rcb-
          a sign.The dog http://foo.com/x?y=1, me@foo.org | a sign.the dog http://foo.com/x?y=1 me@foo.org
          Q&amp;A &lt;3 ½ 30°C ok™ 😀 | q&a < 3 1/2 30 ° c ok ™
          naïve café 日本 | naïve café 日本
          the beach.It isn't cat.T-shirt b2b.the café.can't | the beach.it is n't cat.t-shirt b2b.the café.can t
          T-shirt.three man/woman.the 3D.the dog?T-shirt | t-shirt three man/woman the 3d the dog?t shirt
          a snake_case foo_bar's foo-bar_baz IMG_0001 | a snake_case foo_bar 's foo-bar_baz img_0001
          self.hidden_size a __init__ a__b _foo bar_ ___ | self.hidden _ size a __ init __ a __ b _ foo bar _ ___
          image_1.jpg a/b_c a_b., hello_world.The #hash_tag @user_name @_x | image_1 jpg a/b _ c a_b. hello_world the #hash _ tag @user_name @_x
          gonna's Cannot's gonna'd gonna, gonna-be gonna.x gimme'em | gonna 's cannot 's gonna 'd gon na gonna-be gonna.x gimme'em
          me@foo.org, me@foo.org. (me@foo.org) me@foo.org! me@foo.org's | me@foo.org, me@foo.org -lrb- me@foo.org -rrb- me@foo.org! me@foo.org's
          mailto:a_b@c_d.org; "me@foo.org" _me@foo.org <me@foo.org> | mailto:a_b@c_d.org; me@foo.org _ me@foo.org <me@foo.org>
          (555) 555-1234 or 555-1234, 2 1/2-inch it&#39;s #a1 :O :@ | -lrb-555-rrb- 555-1234 or 555-1234 2 1/2 inch it &#39; s #a 1 :o :@
          the beach., and 5.; a T-shirt.: a dog's., Y's vol. 2 | the beach. and 5. a t-shirt. a dog 's y 's vol 2
          """)
  void tokens(String caption, String tokens) {
    assertThat(String.join(" ", CaptionTokenizer.tokens(caption))).isEqualTo(tokens);
  }

  @Example
  void nothingOfNothing() {
    assertThat(CaptionTokenizer.tokens("  \n ")).isEmpty();
  }

  @Example
  void takesAnyLength() {
    assertThat(CaptionTokenizer.tokens("a".repeat(100_000))).hasSizeGreaterThan(1);
    assertThat(CaptionTokenizer.tokens("a-".repeat(100_000))).isNotEmpty();
    assertThat(CaptionTokenizer.tokens("a.".repeat(100_000))).isNotEmpty();
    assertThat(CaptionTokenizer.tokens("1,".repeat(100_000))).isNotEmpty();
    assertThat(CaptionTokenizer.tokens("a_".repeat(100_000))).isNotEmpty();
    assertThat(CaptionTokenizer.tokens("a-b_".repeat(100_000))).isNotEmpty();
    assertThat(CaptionTokenizer.tokens("a@".repeat(100_000))).isNotEmpty();
  }

  @Property
  void tokensAreLowerCaseWordsWithoutBlanks(@ForAll String caption) {
    assertThat(CaptionTokenizer.tokens(caption))
        .allSatisfy(token -> assertThat(token).isNotBlank().doesNotContainPattern("\\s"));
  }
}
