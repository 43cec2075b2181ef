package io.litoperator.operator.progress;

import static io.litoperator.operator.progress.Fixtures.COORDINATOR;
import static io.litoperator.operator.progress.Fixtures.JOB_UID;
import static io.litoperator.operator.progress.Fixtures.NAME;
import static io.litoperator.operator.progress.Fixtures.OTHER_UID;
import static io.litoperator.operator.progress.Fixtures.POD_UID;
import static io.litoperator.operator.progress.Fixtures.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.logging.LoggedLines;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a well-behaved coordinator meets. */
class ProgressEndpointTest {
  private Endpoint endpoint;
  private HttpClient client;
  private String token;

  @BeforeEach
  void start() {
    start("3600s");
  }

  private void start(String patchInterval) {
    endpoint = new Endpoint(Map.of("patches.interval", patchInterval));
    LitTrainingJob job = Fixtures.job();
    endpoint.jobs.put(job);
    endpoint.jobs.put(Fixtures.pod(job, POD_UID, 1));
    token = endpoint.tokens.issue(COORDINATOR, JOB_UID);
    client = endpoint.client();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void aReportReachesTheStatusAndTheReconciler() throws Exception {
    HttpResponse<String> reply = post(report(1));

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{\"directive\":\"continue\"}");
    await().untilAsserted(() -> assertThat(endpoint.reported).containsExactly(NAME));
    assertThat(endpoint.written)
        .singleElement()
        .satisfies(
            status -> {
              assertThat(status.progress().step()).isEqualTo(1);
              assertThat(Instant.parse(status.progress().lastHeartbeat()))
                  .isBetween(Instant.now().minusSeconds(20), Instant.now());
              assertThat(status.coordinator().podUid()).isEqualTo(POD_UID);
            });
    assertThat(endpoint.heartbeats().lastHeard(JOB_UID)).isPresent();
  }

  @Test
  void aTokenIsReviewedOnceForManyReports() throws Exception {
    for (int sequence = 1; sequence <= 10; sequence++) {
      assertThat(post(report(sequence)).statusCode()).isEqualTo(200);
    }

    assertThat(endpoint.tokens.reviews).hasValue(1);
  }

  @Test
  void stepsAreWrittenOncePerIntervalAndTheNewestWins() throws Exception {
    stop();
    start("1s");
    for (int sequence = 1; sequence <= 10; sequence++) {
      post(report(sequence));
    }

    await().untilAsserted(() -> assertThat(steps()).containsExactly(1L, 10L));
    assertThat(endpoint.reported).as("steps are no news to a reconcile").hasSize(1);
  }

  @Test
  void newsIsWrittenAtOnce() throws Exception {
    post(report(1));
    await().until(() -> endpoint.written.size() == 1);

    post(report(1, 2, Activity.EVALUATING, Fixtures.progress(2)));

    await().untilAsserted(() -> assertThat(endpoint.reported).hasSize(2));
  }

  @Test
  void theReplyAsksForACheckpointWhenTheJobIsSuspended() throws Exception {
    LitTrainingJob suspended = Fixtures.job();
    suspended.setSpec(Fixtures.spec(true));
    endpoint.jobs.put(suspended);

    assertThat(post(report(1)).body())
        .isEqualTo("{\"directive\":\"checkpointAndStop\",\"message\":\"spec.suspend is true.\"}");
  }

  @Test
  void aPodThatIsNotRecordedYetMayReportOnceItIsSeen() throws Exception {
    LitTrainingJob job = Fixtures.job(NAME, JOB_UID, null, 2);
    endpoint.jobs.put(job);
    endpoint.jobs.put(Fixtures.pod(job, OTHER_UID, 1));

    HttpResponse<String> early = post(report(2, 1, Activity.WAITING, null));
    endpoint.jobs.put(Fixtures.pod(job, POD_UID, 2));
    HttpResponse<String> seen = post(report(2, 2, Activity.WAITING, null));

    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.headers().firstValue("Retry-After")).contains("1");
    assertThat(seen.statusCode()).isEqualTo(200);
  }

  @Test
  void aReplicaThatDoesNotLeadAsksToComeAgainByAnotherConnection() throws Exception {
    endpoint.jobs.ready = false;

    HttpResponse<String> reply = post(report(1));

    assertThat(reply.statusCode()).isEqualTo(503);
    assertThat(reply.headers().firstValue("Retry-After")).contains("1");
    assertThat(reply.headers().firstValue("Connection")).contains("close");
  }

  @Test
  void anotherOperatorGoesOnWhereTheStatusStands() throws Exception {
    LitTrainingJob job = Fixtures.job();
    ProgressStatus before =
        Reports.fold(ProgressStatus.of(null), POD_UID, report(7), Instant.now());
    job.setStatus(Fixtures.status(job.getStatus().phase(), job.getStatus().members(), before));
    endpoint.jobs.put(job);

    assertThat(post(report(7)).statusCode()).isEqualTo(409);
    assertThat(post(report(8)).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsLoggedOfAReportNamesItsJob() throws Exception {
    try (LoggedLines refused = new LoggedLines(ProgressServer.class);
        LoggedLines unwritten = new LoggedLines(PatchQueue.class)) {
      endpoint.post(client, NAME, "not a token", report(1));
      endpoint.post(client, new JobName("default", "none"), token, report(1));
      endpoint.takesNoStatus = true;
      post(report(1));

      await().until(() -> !unwritten.lines().isEmpty());
      assertThat(unwritten.lines())
          .allMatch(line -> line.contains("] " + NAME + " 1 What was reported could not be"));
      assertThat(refused.lines())
          .satisfiesExactly(
              line -> assertThat(line).contains("] " + NAME + " 1 401 to "),
              line -> assertThat(line).contains("] default/none  404 to "));
    }
  }

  @Test
  void aNewCertificateIsShownWithoutARestart() throws Exception {
    post(report(1));
    endpoint.issued.renew();
    HttpClient trustsTheFormer = endpoint.client();
    endpoint.certificates.refresh();

    HttpClient trustsTheNew = endpoint.client();
    AtomicLong sequence = new AtomicLong(1);
    await()
        .ignoreExceptionsInstanceOf(SSLException.class)
        .until(
            () ->
                endpoint
                        .post(trustsTheNew, NAME, token, report(sequence.incrementAndGet()))
                        .statusCode()
                    == 200);
    assertThatThrownBy(() -> endpoint.post(trustsTheFormer, NAME, token, report(100)))
        .isInstanceOf(SSLException.class);
    assertThat(post(report(101)).statusCode()).as("an open connection goes on").isEqualTo(200);
  }

  private HttpResponse<String> post(ProgressReport report)
      throws IOException, InterruptedException {
    return endpoint.post(client, NAME, token, report);
  }

  private List<Long> steps() {
    return endpoint.written.stream().map(status -> status.progress().step()).toList();
  }
}
