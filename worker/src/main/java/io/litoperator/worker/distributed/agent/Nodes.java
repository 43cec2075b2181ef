package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The machines of a run that are there, as the supervising thread knows them. */
final class Nodes {
  private final AgentPlan plan;
  private final Map<Integer, Node> present = new TreeMap<>();
  private final Map<Integer, Node> leaving = new TreeMap<>();
  private int newestLaunch;

  Nodes(AgentPlan plan, LocalNode local) {
    this.plan = plan;
    present.put(local.identity().index(), local);
    newestLaunch = local.identity().launch();
  }

  /**
   * Takes note of what concerns nodes; all else is passed over.
   *
   * @throws Failure {@code INVALID} if a node that people start by itself was started wrongly
   */
  void on(Happening happening) {
    if (happening instanceof Happening.NodeRegistered registered) {
      register(registered.who(), registered.connection());
    } else if (happening instanceof Happening.NodeHungUp end) {
      hungUp(end.connection());
    } else if (happening instanceof Happening.NodeWishesToLeave wish) {
      present.values().stream()
          .filter(node -> isBehind(node, wish.connection()))
          .forEach(node -> leaving.put(node.identity().index(), node));
    }
  }

  private void register(Registration.Agent agent, JsonLines connection) {
    NodeIdentity who = agent.node();
    RemoteNode node = new RemoteNode(who, connection, plan);
    plan.appointment().ifPresent(appointment -> requireMeant(agent, appointment, node));
    if (who.index() < 1 || who.index() >= plan.nodes()) {
      String sentence =
          "The job has nodes 0 to %d; this one says it is number %d."
              .formatted(plan.nodes() - 1, who.index());
      node.dismiss(new NodeOrder.Leave(ExitCode.INVALID, sentence));
      return;
    }
    Node known = present.get(who.index());
    if (known != null && known.identity().launch() > who.launch()) {
      node.dismiss(superseded(known));
      return;
    }
    if (known instanceof RemoteNode earlier) {
      forget(earlier);
      if (!earlier.identity().podUid().equals(who.podUid())) {
        earlier.dismiss(superseded(node));
      }
      earlier.hungUp();
    }
    present.put(who.index(), node);
    newestLaunch = Math.max(newestLaunch, who.launch());
  }

  private void requireMeant(Registration.Agent agent, Appointment appointment, RemoteNode node) {
    NodeIdentity who = agent.node();
    if (!agent.terms().equals(appointment.terms())) {
      throw refuse(
          node,
          "Node %d (%s) was started for %s, but the first node for %s; start all alike."
              .formatted(who.index(), who.name(), agent.terms(), appointment.terms()));
    }
    Node known = present.get(who.index());
    if (known != null && !known.identity().podUid().equals(who.podUid())) {
      throw refuse(
          node,
          "Both %s and %s were started as node %d; give each node another number."
              .formatted(known.identity().name(), who.name(), who.index()));
    }
  }

  /** The others learn of it from whoever catches it. */
  private static Failure refuse(RemoteNode node, String sentence) {
    node.dismiss(new NodeOrder.Leave(ExitCode.INVALID, sentence));
    return new Failure(ExitCode.INVALID, sentence);
  }

  private static NodeOrder.Leave superseded(Node by) {
    String sentence =
        "A newer Pod has this one's place: %s (attempt %d)."
            .formatted(by.identity().podUid(), by.identity().launch());
    return new NodeOrder.Leave(ExitCode.TERMINATED, sentence);
  }

  private void hungUp(JsonLines connection) {
    for (Node node : List.copyOf(present.values())) {
      if (isBehind(node, connection)) {
        ((RemoteNode) node).hungUp();
        forget(node);
      }
    }
  }

  private void forget(Node node) {
    present.remove(node.identity().index());
    leaving.remove(node.identity().index());
  }

  private static boolean isBehind(Node node, JsonLines connection) {
    return node instanceof RemoteNode remote && remote.isBehind(connection);
  }

  /** Where a rank's output is, for people. */
  String log(int rank) {
    Node node = present.get(rank / plan.ranks());
    return node == null ? plan.log(rank).toString() : node.log(rank);
  }

  boolean areComplete() {
    return present.size() == plan.nodes();
  }

  int count() {
    return present.size();
  }

  /** Numbers of those that are not there, for people. */
  String missing() {
    return IntStream.range(0, plan.nodes())
        .filter(index -> !present.containsKey(index))
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  /** In the order of their indices. */
  List<Node> all() {
    return List.copyOf(present.values());
  }

  /** Whether this very node is still connected, and not a successor of its. */
  boolean has(Node node) {
    return present.get(node.identity().index()) == node;
  }

  /** The highest attempt that any Pod seen so far was made for. */
  int newestLaunch() {
    return newestLaunch;
  }

  boolean anyWishesToLeave() {
    return !leaving.isEmpty();
  }

  /** Lets those go that wished to; their successors are then awaited. */
  void dismissLeaving(NodeOrder.Leave leave) {
    List.copyOf(leaving.values()).forEach(node -> dismiss(node, leave));
  }

  void dismiss(Node node, NodeOrder.Leave leave) {
    node.dismiss(leave);
    forget(node);
  }

  /** Tells all other agents to exit. */
  void dismissAll(NodeOrder.Leave leave) {
    all().forEach(node -> node.dismiss(leave));
  }
}
