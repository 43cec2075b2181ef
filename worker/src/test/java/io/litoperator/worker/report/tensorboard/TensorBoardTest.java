package io.litoperator.worker.report.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Histories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {
  private static final Path PICTURE = Path.of("/absent.png");
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_500L);
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir Path folder;

  /** What the writer of the package tensorboard 2.21.0 makes of the same. */
  @Test
  void recordsAreThoseOfTensorBoardsOwnWriter() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/loss", 1.25);
    values.put("train/learning_rate", 2e-5);

    assertThat(HexFormat.of().formatHex(TensorBoardRecord.version(NOW)))
        .isEqualTo(
            "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110");
    assertThat(HexFormat.of().formatHex(TensorBoardRecord.scalars(NOW, 300, values)))
        .isEqualTo(
            "3d000000000000006049f1ec0900002040fc54d94110ac022a2f0a110a0a747261696e2f6c6f7373150000"
                + "a03f0a1a0a13747261696e2f6c6561726e696e675f7261746515acc5a737e678980f");
    assertThat(HexFormat.of().formatHex(TensorBoardRecord.start(NOW, 201)))
        .isEqualTo("100000000000000095fbfe180900002040fc54d94110c9013a020801c451f9e5");
  }

  @Test
  void everyStageIsARunUnderItsObjectiveAndSeed() throws IOException {
    List<Event> events = Histories.run(Objective.LIT, 7, List.of(PICTURE));
    tell(new TensorBoardFolder(folder, CLOCK, told -> {}), events);

    assertThat(files())
        .containsExactly(
            "LIT/seed-7/finetune/events.out.tfevents.1700000000.lit.000000",
            "LIT/seed-7/pretrain/events.out.tfevents.1700000000.lit.000000");
    assertThat(figures(files().get(1))).isEqualTo(expected(events, "pretrain"));
    List<Figures> finetune = expected(events, "finetune");
    // Scores are of the last stage.
    for (Event event : events) {
      if (event instanceof Event.Scored it) {
        String tag = "eval/" + it.task() + "." + it.metric();
        finetune.add(new Figures(it.step(), Map.of(tag, (float) it.score())));
      }
    }
    assertThat(figures(files().get(0))).isEqualTo(finetune);
  }

  /** Of a record: its step, and values by tag. */
  private record Figures(long step, Map<String, Float> values) {}

  /** A version, the stage's start, its steps. */
  private static List<Figures> expected(List<Event> events, String stage) {
    List<Figures> figures =
        new ArrayList<>(List.of(new Figures(0, Map.of()), new Figures(1, Map.of())));
    for (Event event : events) {
      if (event instanceof Event.Step it && it.stage().equals(stage)) {
        Map<String, Float> values = new TreeMap<>();
        values.put("train/loss", (float) it.loss());
        if (it.instructionLoss() != null) {
          values.put("train/instruction_loss", it.instructionLoss().floatValue());
        }
        values.put("train/response_loss", it.responseLoss().floatValue());
        values.put("train/learning_rate", (float) it.learningRate());
        values.put("train/grad_norm", (float) it.gradientNorm());
        values.put("train/epoch", (float) it.epoch());
        values.put("train/samples_per_second", (float) it.samplesPerSecond());
        values.put("train/tokens_per_second", (float) it.tokensPerSecond());
        figures.add(new Figures(it.step(), values));
      }
    }
    return figures;
  }

  @Test
  void chunksHoldWhatAGrowingFileDoesEachWithAHeader() throws IOException {
    TensorBoardChunks chunks = new TensorBoardChunks(CLOCK);
    List<Event> events = Histories.restarted(Objective.LIT, 7, List.of(PICTURE));
    Map<String, byte[]> taken = new LinkedHashMap<>();
    TensorBoard board = new TensorBoard(chunks, CLOCK);
    for (int i = 0; i < events.size(); i++) {
      board.on(events.get(i));
      if (i % 100 > 0 && i < events.size() - 1) {
        continue;
      }
      taken.putAll(chunks.files());
      chunks.files().keySet().forEach(chunks::taken);
    }
    tell(new TensorBoardFolder(folder, CLOCK, told -> {}), events);

    for (String stage : List.of("pretrain", "finetune")) {
      List<byte[]> all = new ArrayList<>();
      taken.forEach(
          (path, bytes) -> {
            if (path.startsWith("LIT/seed-7/" + stage)) {
              List<byte[]> records = records(bytes);
              assertThat(records.get(0)).isEqualTo(records(TensorBoard.header(CLOCK)).get(0));
              all.addAll(records.subList(1, records.size()));
            }
          });
      Path file =
          folder
              .resolve("LIT/seed-7")
              .resolve(stage)
              .resolve("events.out.tfevents.1700000000.lit.000000");
      List<byte[]> whole = records(Files.readAllBytes(file));
      assertThat(all).containsExactlyElementsOf(whole.subList(1, whole.size()));
    }
    assertThat(taken).hasSizeGreaterThan(5);
  }

  @Test
  void aChunkThatIsNotTakenStaysAndLaterRecordsGoIntoTheNext() {
    TensorBoardChunks chunks = new TensorBoardChunks(CLOCK);
    chunks.append("run", TensorBoardRecord.start(NOW, 1));
    Map<String, byte[]> first = chunks.files();
    chunks.append("run", TensorBoardRecord.start(NOW, 2));

    assertThat(chunks.files()).hasSize(2).containsAllEntriesOf(first);
    first.keySet().forEach(chunks::taken);
    assertThat(chunks.files()).hasSize(1).doesNotContainKeys(first.keySet().toArray(String[]::new));
  }

  @Test
  void aFolderThatCannotBeWrittenToIsToldOnceAndEndsNothing() throws IOException {
    List<String> told = new ArrayList<>();
    Path file = Files.createFile(folder.resolve("file"));

    tell(
        new TensorBoardFolder(file, CLOCK, told::add),
        Histories.run(Objective.VIT, 1, List.of(PICTURE)));

    assertThat(told).singleElement().asString().contains(file.toString(), "the run goes on");
  }

  private static void tell(TensorBoard.Sink sink, List<Event> events) {
    TensorBoard board = new TensorBoard(sink, CLOCK);
    events.forEach(board::on);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private List<Figures> figures(String file) throws IOException {
    List<Figures> figures = new ArrayList<>();
    for (byte[] record : records(Files.readAllBytes(folder.resolve(file)))) {
      figures.add(figures(record));
    }
    return figures;
  }

  /** Of an {@code Event} of {@code event.proto}, field 2 its step and 5 its summary. */
  private static Figures figures(byte[] event) throws IOException {
    long step = 0;
    Map<String, Float> values = new TreeMap<>();
    CodedInputStream in = CodedInputStream.newInstance(event);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> step = in.readInt64();
        case 5 -> {
          CodedInputStream summary = in.readBytes().newCodedInput();
          while (summary.readTag() != 0) {
            CodedInputStream value = summary.readBytes().newCodedInput();
            value.readTag();
            String name = value.readString();
            value.readTag();
            values.put(name, value.readFloat());
            assertThat(value.isAtEnd()).isTrue();
          }
        }
        default -> in.skipField(tag);
      }
    }
    return new Figures(step, values);
  }

  /** Cuts a file into its records' data. */
  private static List<byte[]> records(byte[] file) {
    List<byte[]> records = new ArrayList<>();
    ByteBuffer left = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (left.hasRemaining()) {
      byte[] data = new byte[(int) left.getLong()];
      left.getInt();
      left.get(data).getInt();
      records.add(data);
    }
    return records;
  }
}
