package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.Collectives;
import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rank's link and the agent's rendezvous, both in this process. */
@Timeout(60)
class RankLinkTest {
  private final Secret secret = Secret.random();
  private final BlockingQueue<Happening> inbox = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();
  private final Rendezvous rendezvous = Rendezvous.open(0, secret, inbox::add);

  @AfterEach
  void close() {
    rendezvous.close();
  }

  @Test
  void carriesMessagesBothWays() throws Exception {
    CompletableFuture<RankLink> connecting = connect(secret);
    Happening.Registered registered = (Happening.Registered) next();
    World world =
        new World(7, "pod", List.of(registered.registration().ring()), Optional.of("step 5"));
    registered.connection().write(new AgentMessage.Start(world));

    try (RankLink link = connecting.get()) {
      assertThat(registered.registration().pid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(link.world()).isEqualTo(world);

      Event event = new Event.Scored("pope", "accuracy", Double.NaN, 3, "pope-1", null);
      link.heartbeat(12, Activity.SAVING);
      link.saving(Optional.of("/runs/finetune-12"));
      link.on("exchanging with bucket", 0, 1);
      link.on("writing finetune-12", 0, 9);
      link.on("writing finetune-12", 1, 9);
      link.saving(Optional.empty());
      link.send(event);
      assertThat(said()).isEqualTo(new RankMessage.Heartbeat(12, Activity.SAVING));
      assertThat(said()).isEqualTo(new RankMessage.Saving(Optional.of("/runs/finetune-12")));
      assertThat(said()).isEqualTo(new RankMessage.Moved("exchanging with bucket", 0, 1));
      assertThat(said()).isEqualTo(new RankMessage.Moved("writing finetune-12", 0, 9));
      assertThat(said()).isEqualTo(new RankMessage.Saving(Optional.empty()));
      assertThat(said()).isEqualTo(new RankMessage.Told(event));

      registered.connection().write(new AgentMessage.CheckpointAndStop());
      registered.connection().write(new AgentMessage.DumpStacks());
      assertThat(((RankMessage.Stacks) said()).text()).contains("carriesMessagesBothWays");
      assertThat(link.stopRequested()).isTrue();

      assertThat(link.run(Alone::new, ranks -> ExitCode.INTERRUPTED))
          .isEqualTo(ExitCode.INTERRUPTED);
      assertThat(said()).isEqualTo(new RankMessage.Ended(ExitCode.INTERRUPTED, ""));
    }
    assertThat(next()).isEqualTo(new Happening.HungUp(7, 0));
    assertThat(halts).isEmpty();
  }

  @Test
  void repeatsWhatItIsAtWhileItGetsOn() throws Exception {
    CompletableFuture<RankLink> connecting = connect(secret);
    Happening.Registered registered = (Happening.Registered) next();
    World world = new World(7, "pod", List.of(registered.registration().ring()), Optional.empty());
    registered.connection().write(new AgentMessage.Start(world));

    try (RankLink link = connecting.get()) {
      link.alive();
      link.heartbeat(12, Activity.EVALUATING);
      link.alive();
      assertThat(said()).isEqualTo(new RankMessage.Heartbeat(12, Activity.EVALUATING));
      assertThat(said()).isEqualTo(new RankMessage.Heartbeat(12, Activity.EVALUATING));
    }
  }

  @Test
  void saysWhatItFailedByBeforeItWaitsForTheOthersToLeaveWithIt() throws Exception {
    CompletableFuture<RankLink> connecting = connect(secret);
    Happening.Registered registered = (Happening.Registered) next();
    World world = new World(7, "pod", List.of("127.0.0.1:1"), Optional.empty());
    registered.connection().write(new AgentMessage.Start(world));
    Failure failure = new Failure(ExitCode.STORAGE, "The disk is full.");
    CountDownLatch othersLeave = new CountDownLatch(1);

    try (RankLink link = connecting.get()) {
      CompletableFuture<ExitCode> code =
          CompletableFuture.supplyAsync(
              () ->
                  link.run(
                      () -> leftTogether(othersLeave),
                      ranks -> {
                        throw failure;
                      }));

      assertThat(said()).isEqualTo(new RankMessage.Ended(ExitCode.STORAGE, "The disk is full."));
      assertThat(code).isNotDone();
      othersLeave.countDown();
      assertThat(code.get()).isEqualTo(ExitCode.STORAGE);
    }
    assertThat(next()).isEqualTo(new Happening.HungUp(7, 0));
  }

  /** As NCCL's, whose closing returns when all ranks close; and that may fail. */
  private static Collective leftTogether(CountDownLatch othersLeave) {
    return Collectives.intercepting(
        new Alone(),
        close -> {
          othersLeave.await();
          throw new Failure(ExitCode.PEER_LOST, "Closing failed.");
        });
  }

  @Test
  void endsTheProcessWhenTheAgentIsGone() throws Exception {
    start().connection().close();

    assertThat(halts.poll(10, TimeUnit.SECONDS)).isEqualTo(ExitCode.PEER_LOST.code());
  }

  @Test
  void endsTheProcessWhenTheAgentSaysSo() throws Exception {
    start().connection().write(new AgentMessage.Abort());

    assertThat(halts.poll(10, TimeUnit.SECONDS)).isEqualTo(ExitCode.TERMINATED.code());
  }

  @Test
  void aRankWithAnotherSecretIsTurnedAway() {
    assertThatThrownBy(() -> connect(Secret.random()).get())
        .cause()
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining("Rank 0 cannot register with its agent");
    assertThat(inbox).isEmpty();
  }

  @Test
  void strangersAreTurnedAway() throws IOException {
    try (Socket stranger = new Socket(rendezvous.address(), rendezvous.port())) {
      stranger.getOutputStream().write("GET / HTTP/1.1\n".getBytes());

      String greeting = new String(stranger.getInputStream().readAllBytes());
      assertThat(greeting).contains("challenge").containsOnlyOnce("\n");
    }
    assertThat(inbox).isEmpty();
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    assertThatThrownBy(() -> Rendezvous.open(rendezvous.port(), secret, inbox::add))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("Port " + rendezvous.port() + " is taken");
  }

  private Happening.Registered start() throws Exception {
    CompletableFuture<RankLink> connecting = connect(secret);
    Happening.Registered registered = (Happening.Registered) next();
    World world = new World(7, "pod", List.of("127.0.0.1:1"), Optional.empty());
    registered.connection().write(new AgentMessage.Start(world));
    assertThat(connecting.get().world()).isEqualTo(world);
    return registered;
  }

  private CompletableFuture<RankLink> connect(Secret secret) {
    RankEnvironment environment =
        new RankEnvironment(0, 1, rendezvous.address(), rendezvous.port(), 7, secret);
    return CompletableFuture.supplyAsync(
        () -> RankLink.connect(environment, halts::add), task -> new Thread(task).start());
  }

  private Happening next() throws InterruptedException {
    return inbox.poll(10, TimeUnit.SECONDS);
  }

  private RankMessage said() throws InterruptedException {
    return ((Happening.Said) next()).message();
  }
}
