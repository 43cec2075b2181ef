package io.litoperator.worker.cli;

import io.litoperator.worker.distributed.agent.SignalTrap;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Proxies;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code lit}. */
@Command(
    name = "lit",
    description =
        "Trains vision-language models by LIT (learning to instruct), and by plain visual"
            + " instruction tuning beside it.",
    synopsisSubcommandLabel = "COMMAND",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpAutoWidth = true,
    sortOptions = false,
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%n",
    exitCodeListHeading = "%nExit codes:%n")
public final class Lit {
  private static final int TYPING_ERRORS = 2;

  private final Console console;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show stack traces of errors.")
  private boolean verbose;

  private Lit(Console console) {
    this.console = console;
  }

  public static void main(String[] args) {
    Proxies.allowCredentials();
    Console console = Console.standard();
    AtomicInteger signals = new AtomicInteger();
    SignalTrap.on(List.of("INT", "TERM"), () -> end(console, signals.incrementAndGet()));
    System.exit(execute(console, args));
  }

  /** At a signal, while no agent heeds it, which would save a checkpoint first. */
  private static void end(Console console, int signals) {
    if (signals > 1) {
      Runtime.getRuntime().halt(ExitCode.TERMINATED.code());
    }
    console
        .err()
        .println(
            (System.console() == null ? "" : System.lineSeparator())
                + "Interrupted before it was done; run it again.");
    System.exit(ExitCode.TERMINATED.code());
  }

  /** Runs a command line in this process and returns its exit code. */
  public static int execute(String... args) {
    return execute(Console.standard(), args);
  }

  static int execute(Console console, String... args) {
    Lit lit = new Lit(console);
    CommandLine line = lit.commandLine();
    try {
      return line.execute(args);
    } catch (Error e) { // picocli passes on what is not an Exception, such as OutOfMemoryError
      return lit.tell(e);
    }
  }

  private CommandLine commandLine() {
    CommandLine line =
        new CommandLine(this)
            .addSubcommand(new RunCommand(console))
            .addSubcommand(new CheckCommand(console))
            .addSubcommand(new PlanCommand(console))
            .addSubcommand(new InspectCommand(console))
            .addSubcommand(new MineTemplatesCommand(console))
            .addSubcommand(new GenerateCommand(console))
            .addSubcommand(new EvaluateCommand(console))
            .addSubcommand(new ImportCommand(console))
            .addSubcommand(new ExportCommand(console))
            .addSubcommand(new MergeCommand(console))
            .addSubcommand(new BenchCommand(console))
            .addSubcommand(new PreflightCommand(console))
            .addSubcommand(new LaunchCommand(console))
            .addSubcommand("completion", new AutoComplete.GenerateCompletion());
    Stream.concat(Stream.of(line), line.getSubcommands().values().stream())
        .forEach(command -> command.getCommandSpec().usageMessage().exitCodeList(exitCodes()));
    return line.setOut(new PrintWriter(console.out(), true))
        .setErr(new PrintWriter(console.err(), true))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, args) -> refuse(e))
        .setExecutionExceptionHandler((e, command, parsed) -> tell(e));
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      meanings.put(String.valueOf(code.code()), code.meaning());
    }
    return meanings;
  }

  private int tell(Throwable fault) {
    Failure failure = Failure.of(fault);
    console.err().println(failure.getMessage());
    if (verbose) {
      fault.printStackTrace(console.err());
    }
    return failure.exitCode().code();
  }

  /** What picocli cannot parse; what it can, but makes no sense, is an INVALID failure. */
  private static int refuse(ParameterException fault) {
    CommandLine command = fault.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(fault.getMessage());
    if (fault instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
      UnmatchedArgumentException.printSuggestions(unmatched, err);
    } else if (fault instanceof UnmatchedArgumentException unmatched) {
      nearest(unmatched.getUnmatched().get(0), command.getSubcommands().keySet())
          .ifPresent(name -> err.printf("Did you mean '%s'?%n", name));
    }
    err.printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
    return ExitCode.INVALID.code();
  }

  private static Optional<String> nearest(String word, Set<String> commands) {
    return commands.stream()
        .filter(name -> distance(word, name) <= TYPING_ERRORS)
        .min(Comparator.comparingInt(name -> distance(word, name)));
  }

  private static int distance(String a, String b) {
    return LevenshteinDistance.getDefaultInstance().apply(a, b);
  }
}
