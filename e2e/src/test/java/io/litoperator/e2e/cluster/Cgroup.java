package io.litoperator.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A node's control group, version 1: a folder in each controller's hierarchy. */
final class Cgroup {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /** A process without a group has 1024. */
  private static final String CPU_SHARES = "8192";

  private final String name;

  private Cgroup(String name) {
    this.name = name;
  }

  /** Whether this machine has the hierarchies, and lets this process make groups. */
  static boolean isSupported() {
    return Files.isWritable(ROOT.resolve("memory/cgroup.procs"));
  }

  /** Makes the group in every hierarchy, as the kubelet wants it. */
  static Cgroup make(String name) {
    Cgroup group = new Cgroup(name);
    group.remove();
    try {
      for (Path controller : controllers()) {
        Files.createDirectories(controller.resolve(name));
      }
      // A new group of this controller may use nothing until told.
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        Path cpuset = ROOT.resolve("cpuset");
        Files.writeString(
            cpuset.resolve(name).resolve(file), Files.readString(cpuset.resolve(file)));
      }
      // A node is a machine, not one process beside those of this machine.
      Files.writeString(ROOT.resolve("cpu").resolve(name).resolve("cpu.shares"), CPU_SHARES);
      return group;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the kubelet names it. */
  String path() {
    return "/" + name;
  }

  /** The folder of a Pod's container in a controller's hierarchy: its only group with processes. */
  Path container(String controller, String podUid) {
    return groups(controller, podUid).stream()
        .filter(group -> processes(group).stream().anyMatch(Cgroup::isWorker))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Pod " + podUid + " has no processes."));
  }

  /** Ids of all of a Pod's processes, also of that which holds its namespaces. */
  Stream<Long> processesOfPod(String podUid) {
    return groups("pids", podUid).stream().flatMap(group -> processes(group).stream());
  }

  private List<Path> groups(String controller, String podUid) {
    List<Path> groups = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT.resolve(controller).resolve(name),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path group, BasicFileAttributes attributes) {
              if (group.toString().contains("pod" + podUid)) {
                groups.add(group);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException cause)
                throws IOException {
              return postVisitDirectory(file, cause);
            }

            /** Those of other containers go while this looks. */
            @Override
            public FileVisitResult postVisitDirectory(Path group, IOException cause)
                throws IOException {
              if (cause != null && !(cause instanceof NoSuchFileException)) {
                throw cause;
              }
              return FileVisitResult.CONTINUE;
            }
          });
      return groups;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ids of the processes in a group's folder. */
  static List<Long> processes(Path group) {
    try {
      return Files.readAllLines(group.resolve("cgroup.procs")).stream().map(Long::valueOf).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends all that runs in the group and removes it. */
  void remove() {
    try {
      for (Path controller : controllers()) {
        Path group = controller.resolve(name);
        if (Files.isDirectory(group)) {
          removeTree(group);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void removeTree(Path group) throws IOException {
    List<Path> groups;
    try (Stream<Path> tree = Files.walk(group)) {
      groups = tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : groups) {
      for (long process : processes(each)) {
        ProcessHandle.of(process).ifPresent(Cgroup::kill);
      }
      try {
        Files.deleteIfExists(each);
      } catch (FileSystemException e) {
        throw new IllegalStateException(
            each + " is in use; another run of the cluster tests is under way, wait for its end.",
            e);
      }
    }
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  private static boolean isWorker(long process) {
    return ProcessHandle.of(process)
        .flatMap(handle -> handle.info().command())
        .filter(command -> !command.endsWith("/pause"))
        .isPresent();
  }

  private static List<Path> controllers() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(ROOT)) {
      for (Path folder : folders) {
        if (Files.isWritable(folder.resolve("cgroup.procs")) && !Files.isSymbolicLink(folder)) {
          found.add(folder);
        }
      }
    }
    return found;
  }
}
