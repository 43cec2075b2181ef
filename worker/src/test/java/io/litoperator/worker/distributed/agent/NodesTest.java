package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Followers and the coordinator's roster of nodes, in one process and over real connections. */
@Timeout(60)
class NodesTest {
  private final Secret secret = Secret.random();
  private final BlockingQueue<Happening> inbox = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  @TempDir Path folder;
  private Rendezvous rendezvous;
  private Nodes nodes;

  /** Of nodes that have successors. */
  private static final Optional<Appointment> NONE = Optional.empty();

  @BeforeEach
  void listen() {
    rendezvous = Rendezvous.open(0, secret, inbox::add);
    nodes = nodes(NONE);
  }

  private Nodes nodes(Optional<Appointment> appointment) {
    AgentPlan plan = plan(node(0, "first", 1), secret, appointment);
    LocalRanks processes =
        new LocalRanks(plan, command(), (attempt, rank, exit) -> {}, notices::add);
    RankEnvironment anyRank = new RankEnvironment(0, 3, "127.0.0.1", 1, 0, secret);
    return new Nodes(plan, new LocalNode(plan.node(), processes, anyRank));
  }

  @AfterEach
  void dismissAll() {
    nodes.dismissAll(new NodeOrder.Leave(ExitCode.DONE, "The test is over."));
    rendezvous.close();
  }

  @Test
  void theGangIsCompleteWhenEveryNodeHasRegistered() throws Exception {
    follow(node(1, "b", 1), secret);
    deal();
    assertThat(nodes.areComplete()).isFalse();
    follow(node(2, "c", 4), secret);
    deal();

    assertThat(nodes.areComplete()).isTrue();
    assertThat(nodes.newestLaunch()).isEqualTo(4);
    assertThat(nodes.all())
        .extracting(n -> n.identity().podUid())
        .containsExactly("first", "b", "c");
    assertThat(nodes.all().get(2).ranks()).containsExactly(2);
  }

  @Test
  void aSuccessorTakesThePlaceOfAnEarlierPodWhichIsSentAway() throws Exception {
    CompletableFuture<ExitCode> earlier = follow(node(1, "b", 1), secret);
    deal();
    Node before = nodes.all().get(1);
    follow(node(1, "b2", 2), secret);
    deal();

    assertThat(nodes.has(before)).isFalse();
    assertThat(nodes.all().get(1).identity().podUid()).isEqualTo("b2");
    assertThat(earlier.get(30, TimeUnit.SECONDS)).isEqualTo(ExitCode.TERMINATED);
  }

  @Test
  void anEarlierPodThatComesLaterIsSentAway() throws Exception {
    follow(node(1, "b2", 2), secret);
    deal();
    CompletableFuture<ExitCode> earlier = follow(node(1, "b", 1), secret);
    deal();

    assertThat(nodes.all().get(1).identity().podUid()).isEqualTo("b2");
    assertThat(earlier.get(30, TimeUnit.SECONDS)).isEqualTo(ExitCode.TERMINATED);
  }

  @Test
  void whoDoesNotKnowTheSecretNeverRegisters() throws Exception {
    follow(node(1, "b", 1), Secret.random());
    assertThat(notices.poll(20, TimeUnit.SECONDS)).startsWith("Waiting for the coordinator");
    assertThat(notices.poll(20, TimeUnit.SECONDS))
        .startsWith("The coordinator, 127.0.0.1, has another secret for the job than this node");

    assertThat(inbox.poll(500, TimeUnit.MILLISECONDS)).isNull();
    assertThat(notices).as("told once").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "{\"challenge\": \"\"}",
        "{\"registration\": {\"who\": \"agent\"}}",
        "{\"registration\": {\"who\": \"agent\"}, \"challenge\": \"\"}"
      })
  void whoSaysNothingOfUseIsTurnedAway(String line) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket stranger = new Socket(server.getInetAddress(), server.getLocalPort());
        JsonLines candidate = new JsonLines(server.accept())) {
      stranger.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));

      assertThatThrownBy(() -> Handshake.accept(candidate, secret)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aCoordinatorThatDoesNotKnowTheSecretIsNotFollowed() throws Exception {
    try (ServerSocket impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket follower = new Socket(impostor.getInetAddress(), impostor.getLocalPort());
        JsonLines agent = new JsonLines(impostor.accept())) {
      agent.write(Map.of("challenge", new byte[32]));
      agent.write(Map.of("proof", new byte[32]));

      assertThatThrownBy(
              () ->
                  Handshake.register(
                      new JsonLines(follower),
                      new Registration.Agent(node(1, "b", 1), ""),
                      secret,
                      10_000))
          .isInstanceOf(Handshake.SecretMismatchException.class);
    }
  }

  @Test
  void aRanksEndOnAnotherNodeIsToldWithItsLastLines() throws Exception {
    follow(node(1, "b", 1), secret);
    deal();

    nodes.all().get(1).start(3);

    Happening.Exited exited = (Happening.Exited) inbox.poll(20, TimeUnit.SECONDS);
    assertThat(exited.attempt()).isEqualTo(3);
    assertThat(exited.rank()).isEqualTo(1);
    assertThat(exited.exit().status()).isEqualTo(7);
    assertThat(exited.exit().lastLines()).contains("rank 1 of 3 on 127.0.0.1");
  }

  @Test
  void aNodeThatIsLostIsMissed() throws Exception {
    CompletableFuture<ExitCode> follower = follow(node(1, "b", 1), secret);
    deal();
    Node node = nodes.all().get(1);

    node.dismiss(new NodeOrder.Leave(ExitCode.INTERRUPTED, "Enough."));

    assertThat(follower.get(30, TimeUnit.SECONDS)).isEqualTo(ExitCode.INTERRUPTED);
    deal();
    assertThat(nodes.has(node)).isFalse();
  }

  @Test
  void aNodeThatWasStartedForSomethingElseEndsAll() {
    nodes = nodes(appointment("lit 2, 3 nodes of 1 ranks"));
    CompletableFuture<ExitCode> other =
        follow(node(1, "b", 1), secret, appointment("lit 1, 3 nodes of 1 ranks"));

    Failure failure = catchThrowableOfType(Failure.class, this::deal);

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure)
        .hasMessage(
            "Node 1 (node-1) was started for lit 1, 3 nodes of 1 ranks, but the first node for lit 2, 3 nodes of 1 ranks; start all alike.");
    assertThat(failureOf(other)).hasMessage(failure.getMessage());
    assertThat(failureOf(other).exitCode()).isEqualTo(ExitCode.INVALID);
  }

  @Test
  void ofNodesWithoutSuccessorsNoTwoHaveOneNumber() throws Exception {
    nodes = nodes(appointment("one"));
    follow(node(1, "b", 1), secret, appointment("one"));
    deal();
    CompletableFuture<ExitCode> second = follow(node(1, "c", 1), secret, appointment("one"));

    assertThatThrownBy(this::deal)
        .hasMessage(
            "Both node-1 and node-1 were started as node 1; give each node another number.");
    assertThat(failureOf(second).exitCode()).isEqualTo(ExitCode.INVALID);
  }

  @Test
  void aNodeWithAnotherSecretThanTheFirstIsToldSoIfThereIsNoOther() {
    CompletableFuture<ExitCode> node = follow(node(1, "b", 1), Secret.random(), appointment("one"));

    assertThat(failureOf(node).exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failureOf(node)).hasMessageContaining("another LIT_SECRET");
  }

  @Test
  void withoutASuccessorTheFirstNodeIsMissed() throws Exception {
    nodes = nodes(appointment("one"));
    CompletableFuture<ExitCode> node = follow(node(1, "b", 1), secret, appointment("one"));
    Happening.NodeRegistered registered =
        (Happening.NodeRegistered) inbox.poll(20, TimeUnit.SECONDS);

    registered.connection().close();

    assertThat(failureOf(node))
        .hasMessage("The first node, 127.0.0.1:%d, was lost.", rendezvous.port());
    assertThat(failureOf(node).exitCode()).isEqualTo(ExitCode.PEER_LOST);
  }

  private static Optional<Appointment> appointment(String terms) {
    return Optional.of(new Appointment(Duration.ofMinutes(1), terms));
  }

  private static Failure failureOf(CompletableFuture<ExitCode> follower) {
    return (Failure)
        catchThrowableOfType(ExecutionException.class, () -> follower.get(30, TimeUnit.SECONDS))
            .getCause();
  }

  private CompletableFuture<ExitCode> follow(NodeIdentity who, Secret known) {
    return follow(who, known, NONE);
  }

  private CompletableFuture<ExitCode> follow(
      NodeIdentity who, Secret known, Optional<Appointment> appointment) {
    Follower follower =
        new Follower(
            plan(who, known, appointment), "127.0.0.1", command(), attempt -> {}, this::note);
    return CompletableFuture.supplyAsync(
        follower::run,
        task -> {
          Thread thread = new Thread(task, "follower-" + who.podUid());
          thread.setDaemon(true);
          thread.start();
        });
  }

  private void note(Event event) {
    notices.add(((Event.Notice) event).message());
  }

  private void deal() throws InterruptedException {
    nodes.on(inbox.poll(20, TimeUnit.SECONDS));
  }

  private static NodeIdentity node(int index, String podUid, int launch) {
    return new NodeIdentity(index, podUid, launch, "node-" + index);
  }

  private AgentPlan plan(NodeIdentity node, Secret known, Optional<Appointment> appointment) {
    return new AgentPlan(
        node,
        3,
        1,
        InetAddress.getLoopbackAddress(),
        rendezvous.port(),
        known,
        folder.resolve(node.podUid()),
        new RecoveryPlan(1, Duration.ofMinutes(1)),
        appointment);
  }

  private static RankCommand command() {
    return new RankCommand(
        List.of("sh", "-c", "echo rank $RANK of $WORLD_SIZE on $LIT_ADDRESS; exit 7"), Map.of());
  }
}
