package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import java.io.IOException;
import java.util.Objects;

/**
 * How a rank, or another node's agent, registers with the coordinator. The coordinator sends a
 * challenge; the other side answers with who it is and a proof of the secret over that; the
 * coordinator answers with its own proof. Neither says anything of worth before.
 */
final class Handshake {
  private static final int MAX_BYTES = 4_096;

  /** A busy machine answers late; an end of the other side, or its death, shows at once. */
  private static final int TIMEOUT_MILLIS = Math.toIntExact(Attempt.START_TIMEOUT.toMillis());

  private Handshake() {}

  private record Greeting(byte[] challenge) {
    private Greeting {
      Objects.requireNonNull(challenge, "challenge");
    }
  }

  private record Application(Registration registration, byte[] challenge, byte[] proof) {
    private Application {
      Objects.requireNonNull(registration, "registration");
      Objects.requireNonNull(challenge, "challenge");
    }
  }

  /**
   * @param proof absent: who applied has not proved the secret
   */
  private record Welcome(byte[] proof) {}

  /** The two sides do not know the same secret. */
  static final class SecretMismatchException extends IOException {
    SecretMismatchException() {
      super("it has another secret for the job");
    }
  }

  /**
   * The coordinator's side.
   *
   * @throws IOException if the other side does not know the secret, of which it is told, or speaks
   *     another language
   */
  static Registration accept(JsonLines candidate, Secret secret) throws IOException {
    candidate.readTimeout(TIMEOUT_MILLIS);
    byte[] accepting = Secret.challenge();
    candidate.write(new Greeting(accepting));
    Application application = candidate.read(Application.class, MAX_BYTES);
    Registration registration = application.registration();
    if (!secret.accepts(
        application.proof(), registration.statement(), accepting, application.challenge())) {
      candidate.write(new Welcome(null));
      throw new SecretMismatchException();
    }
    candidate.write(
        new Welcome(secret.prove(welcome(registration), accepting, application.challenge())));
    candidate.readTimeout(0);
    return registration;
  }

  /**
   * The side of who registers.
   *
   * @param timeoutMillis longest time that the coordinator may take for each answer
   * @throws SecretMismatchException if the coordinator knows another secret
   * @throws IOException if it is gone, or speaks another language
   */
  static void register(JsonLines agent, Registration registration, Secret secret, int timeoutMillis)
      throws IOException {
    agent.readTimeout(timeoutMillis);
    byte[] accepting = agent.read(Greeting.class, MAX_BYTES).challenge();
    byte[] connecting = Secret.challenge();
    agent.write(
        new Application(
            registration,
            connecting,
            secret.prove(registration.statement(), accepting, connecting)));
    Welcome welcome = agent.read(Welcome.class, MAX_BYTES);
    if (!secret.accepts(welcome.proof(), welcome(registration), accepting, connecting)) {
      throw new SecretMismatchException();
    }
    agent.readTimeout(0);
  }

  private static String welcome(Registration registration) {
    return "welcome " + registration.statement();
  }
}
