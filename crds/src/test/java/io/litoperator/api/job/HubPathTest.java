package io.litoperator.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubPathTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "hf://Qwen/Qwen2-0.5B,                  false, Qwen/Qwen2-0.5B, main,      ''",
    "hf://Qwen/Qwen2-0.5B/,                 false, Qwen/Qwen2-0.5B, main,      ''",
    "hf://Qwen/Qwen2-0.5B@v1.0,             false, Qwen/Qwen2-0.5B, v1.0,      ''",
    "hf://models/o/n,                       false, o/n,             main,      ''",
    "hf://o/n@abc/sub/folder,               false, o/n,             abc,       sub/folder",
    "hf://o/n@refs/pr/7/config.json,        false, o/n,             refs/pr/7, config.json",
    "hf://o/n@feature%2Fx/a,                false, o/n,             feature/x, a",
    "hf://datasets/o/n,                     true,  o/n,             main,      ''",
    "hf://datasets/o/n/data/t-*.parquet,    true,  o/n,             main,      data/t-*.parquet",
    "hf://datasets/o/n@v2/data/a b.json,    true,  o/n,             v2,        data/a b.json"
  })
  void namesRepositoryRevisionAndPath(
      String source, boolean dataset, String repository, String revision, String path) {
    HubPath parsed = HubPath.parse(source).orElseThrow();

    assertThat(parsed.dataset()).isEqualTo(dataset);
    assertThat(parsed.repository()).isEqualTo(repository);
    assertThat(parsed.revision()).isEqualTo(revision);
    assertThat(parsed.path()).isEqualTo(path);
    assertThat(HubPath.parse(parsed.toString())).contains(parsed);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "hf://o",
        "hf://",
        "hf://datasets/n",
        "hf://spaces/o/n",
        "hf://o/n@",
        "hf://../n",
        "s3://o/n",
        "o/n"
      })
  void othersAreNone(String source) {
    assertThat(HubPath.parse(source)).isEmpty();
  }
}
