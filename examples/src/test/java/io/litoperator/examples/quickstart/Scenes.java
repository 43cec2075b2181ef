package io.litoperator.examples.quickstart;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** What property tests draw: scenes, and the randomness of what is done with them. */
public final class Scenes extends DomainContextBase {
  static final List<String> NAMES = Emoji.used().stream().map(Emoji::name).toList();

  @Provide
  Arbitrary<Scene> scenes() {
    return Arbitraries.longs().map(seed -> new SceneSource(NAMES).next(new Random(seed)));
  }

  @Provide
  Arbitrary<Random> randoms() {
    return Arbitraries.longs().map(Random::new);
  }

  @Provide
  Arbitrary<Kind> kinds() {
    return Arbitraries.of(Kind.values());
  }
}
