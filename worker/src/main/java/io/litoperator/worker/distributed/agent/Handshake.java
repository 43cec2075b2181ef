package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import java.io.IOException;

/**
 * How a rank registers with its agent. The agent sends a challenge; the rank answers with who it is
 * and a proof of the secret over that; the agent answers with its own proof. Neither says anything
 * of worth before.
 */
final class Handshake {
  private static final int MAX_BYTES = 4_096;
  private static final int TIMEOUT_MILLIS = 10_000;

  private Handshake() {}

  /**
   * Who a rank is.
   *
   * @param ring where it listens for the previous rank, {@code address:port}
   */
  record Registration(int rank, int attempt, long pid, String ring) {
    private String statement() {
      return "rank %d attempt %d pid %d ring %s".formatted(rank, attempt, pid, ring);
    }
  }

  private record Greeting(byte[] challenge) {}

  private record Application(Registration registration, byte[] challenge, byte[] proof) {}

  private record Welcome(byte[] proof) {}

  /**
   * The agent's side.
   *
   * @throws IOException if the other side does not know the secret, or is not a rank at all
   */
  static Registration accept(JsonLines rank, Secret secret) throws IOException {
    rank.readTimeout(TIMEOUT_MILLIS);
    byte[] accepting = Secret.challenge();
    rank.write(new Greeting(accepting));
    Application application = rank.read(Application.class, MAX_BYTES);
    Registration registration = application.registration();
    if (!secret.accepts(
        application.proof(), registration.statement(), accepting, application.challenge())) {
      throw new IOException("the rank does not know the job's secret");
    }
    rank.write(
        new Welcome(secret.prove(welcome(registration), accepting, application.challenge())));
    rank.readTimeout(0);
    return registration;
  }

  /**
   * The rank's side.
   *
   * @throws IOException if the other side does not know the secret or turns the rank away
   */
  static void register(JsonLines agent, Registration registration, Secret secret)
      throws IOException {
    agent.readTimeout(TIMEOUT_MILLIS);
    byte[] accepting = agent.read(Greeting.class, MAX_BYTES).challenge();
    byte[] connecting = Secret.challenge();
    agent.write(
        new Application(
            registration,
            connecting,
            secret.prove(registration.statement(), accepting, connecting)));
    Welcome welcome = agent.read(Welcome.class, MAX_BYTES);
    if (!secret.accepts(welcome.proof(), welcome(registration), accepting, connecting)) {
      throw new IOException("the agent does not know the job's secret");
    }
    agent.readTimeout(0);
  }

  private static String welcome(Registration registration) {
    return "welcome " + registration.statement();
  }
}
