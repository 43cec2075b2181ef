package io.litoperator.operator.progress;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.api.progress.ProgressReport;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void aUsualReportPasses() {
    ProgressReport report =
        Fixtures.report(
            3,
            List.of(Fixtures.checkpoint("finetune", 100, "0.5")),
            List.of(Fixtures.evaluation("pope", "accuracy", "0.873", 100)));

    assertThatCode(() -> ReportRules.check(report)).doesNotThrowAnyException();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'attempt':0 | attempt must be from 1 to 2147483647.",
        "'sequence':0 | sequence must be from 1 to 1000000000000000.",
        "'activity':null | activity is missing.",
        "'registeredNodes':-1 | registeredNodes must be from 0 to 1024.",
        "'progress':{'step':1} | progress.stage is missing.",
        "'progress':{'stage':'finetune'} | progress.step is missing.",
        "'progress':{'stage':'f','step':-1} | progress.step must be from 0 to 1000000000000000.",
        "'progress':{'stage':'f','step':9,'totalSteps':8} | progress.totalSteps must be from 9 to 1000000000000000.",
        "'progress':{'stage':'f','step':1,'percent':101} | progress.percent must be from 0 to 100.",
        "'progress':{'stage':'f','step':1,'loss':'NaN'} | progress.loss must be finite.",
        "'progress':{'stage':'f','step':1,'gradientNorm':'Infinity'} | progress.gradientNorm must be finite.",
        "'progress':{'stage':'f','step':1,'tokensPerSecond':-1} | progress.tokensPerSecond must be at least 0.0.",
        "'progress':{'stage':'f','step':1,'modelFlopsUtilization':1.5} | progress.modelFlopsUtilization must be from 0.0 to 1.0.",
        "'progress':{'stage':'f','step':1,'estimatedCompletion':'soon'} | progress.estimatedCompletion must be a time such as 2026-11-23T08:00:00Z.",
        "'checkpoints':[{'stage':'a b','step':1}] | checkpoints[0].stage must be a letter and up to 62 letters, digits and _.-.",
        "'checkpoints':[{'stage':'f','step':1,'uri':'a\\u0000b'}] | checkpoints[0].uri must be at most 1024 characters without control characters.",
        "'checkpoints':[{'stage':'f','step':1,'score':'high'}] | checkpoints[0].score must be a decimal in quotes, such as \"0.873\".",
        "'evaluations':[{'task':'pope','metric':'f1'}] | evaluations[0].score is missing.",
        "'evaluations':[{'task':'pope','metric':'f1','score':'1','scorer':'a b'}] | evaluations[0].scorer must be a letter and up to 62 letters, digits and _.-.",
        "'evaluations':[{'task':'pope','metric':'f1','score':'1e9'}] | evaluations[0].score must be a decimal in quotes, such as \"0.873\".",
        "'restarts':{'out of memory':1} | restarts must be a letter and up to 62 letters, digits and _.-.",
        "'restarts':{'Hang':-1} | restarts.Hang must be from 0 to 2147483647.",
        "'lastFailure':{'message':'x'} | lastFailure.reason is missing.",
        "'lastFailure':{'reason':'Hang','exitCode':256} | lastFailure.exitCode must be from 0 to 255."
      })
  void namesWhatIsWrong(String spoiled, String message) throws JsonProcessingException {
    ProgressReport report =
        JSON.readValue(
            ("{'attempt':1,'sequence':1,'activity':'finetuning'," + spoiled + "}")
                .replace('\'', '"'),
            ProgressReport.class);

    assertThatThrownBy(() -> ReportRules.check(report))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessage(message);
  }

  @Test
  void listsAreBounded() {
    ProgressReport checkpoints =
        Fixtures.report(
            1, Collections.nCopies(21, Fixtures.checkpoint("finetune", 1, null)), List.of());
    ProgressReport evaluations =
        Fixtures.report(
            1, List.of(), Collections.nCopies(101, Fixtures.evaluation("pope", "f1", "1", 1)));

    assertThatThrownBy(() -> ReportRules.check(checkpoints))
        .hasMessage("checkpoints must have at most 20 entries.");
    assertThatThrownBy(() -> ReportRules.check(evaluations))
        .hasMessage("evaluations must have at most 100 entries.");
  }
}
