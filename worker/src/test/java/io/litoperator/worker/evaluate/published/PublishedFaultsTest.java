package io.litoperator.worker.evaluate.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of published data that cannot be read as they should. */
class PublishedFaultsTest extends PublishedData {
  @Test
  void namesFileAndRowOfWhatIsWrong() throws Exception {
    write(
        "POPE/data/test-0.parquet",
        "SELECT '7' AS question_id, 'Is it?' AS question, 'maybe' AS answer, %s AS image",
        8);

    assertThatThrownBy(() -> open("pope"))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining("test-0.parquet row 0: must have yes or no");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ocrbench | {'dataset': 'd', 'question': 'Q', 'question_type': 't', 'answer': []} | must have answers",
        "scienceqa | {'question': 'Q', 'choices': ['a', 'b'], 'hint': 'h'} | must have the number of one of the choices",
        "scienceqa | {'question': 'Q', 'choices': ['a', 'b'], 'hint': 'h', 'answer': 2} | must have the number of one of the choices",
        "scienceqa | {'question': 'Q', 'choices': ['a', 'b'], 'hint': 'h', 'answer': 'B'} | must have the number of one of the choices",
      },
      quoteCharacter = '~')
  void refusesRowsWithoutARightAnswer(String task, String row, String problem) throws Exception {
    Files.writeString(data.resolve(task + ".jsonl"), row.replace('\'', '"'));

    assertThatThrownBy(() -> open(task))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining("line 1 " + problem);
  }

  @Test
  void saysWhereDataWasLookedFor() {
    assertThatThrownBy(() -> open("pope"))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessageContaining("put pope.jsonl, pope/questions.jsonl or pope/data/test-*.parquet");
  }
}
