package io.litoperator.worker.hub;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.transfer.LockFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * The hub's cache on this machine. A repository has a folder {@code models--owner--name} with
 * {@code blobs}, which are named by their content; {@code snapshots}, a folder for each commit with
 * links to blobs; and {@code refs}, which tell the commits of branches and tags.
 */
record HubCache(Path folder) {

  /** Folder of a repository. */
  Path repository(HubPath source) {
    return folder.resolve(repositoryName(source));
  }

  private static String repositoryName(HubPath source) {
    return (source.dataset() ? "datasets--" : "models--") + source.owner() + "--" + source.name();
  }

  /** The commit that a revision was when it was last asked for. */
  Optional<String> commit(HubPath source) throws IOException {
    Path ref = ref(source);
    try {
      return Optional.of(Files.readString(ref).strip());
    } catch (NoSuchFileException e) {
      return Files.isDirectory(snapshot(source, source.revision()))
          ? Optional.of(source.revision())
          : Optional.empty();
    }
  }

  void keepCommit(HubPath source, String commit) throws IOException {
    if (source.revision().equals(commit)) {
      return;
    }
    Path ref = ref(source);
    Files.createDirectories(ref.getParent());
    Path unfinished = ref.resolveSibling(ref.getFileName() + "." + UUID.randomUUID());
    Files.writeString(unfinished, commit);
    Files.move(unfinished, ref, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path ref(HubPath source) {
    return below(repository(source).resolve("refs"), source.revision());
  }

  /** Folder of a repository's files at a commit. */
  Path snapshot(HubPath source, String commit) {
    return below(repository(source).resolve("snapshots"), commit);
  }

  /** Names come from outside; none may lead out of its folder. */
  private static Path below(Path parent, String name) {
    Path path = parent.resolve(name).normalize();
    if (!path.startsWith(parent) || path.equals(parent)) {
      throw new IllegalArgumentException("leads out of the cache: " + name);
    }
    return path;
  }

  Path blob(HubPath source, HubFile file) {
    return below(repository(source).resolve("blobs"), file.digest());
  }

  /** Where a blob is while it comes. */
  Path incomplete(HubPath source, HubFile file) {
    return blob(source, file).resolveSibling(file.digest() + ".incomplete");
  }

  /** Whether a commit's file is there. */
  boolean has(HubPath source, String commit, HubFile file) throws IOException {
    Path path = below(snapshot(source, commit), file.path());
    return Files.exists(path) && Files.size(path) == file.size();
  }

  /** Lets a commit's file be that blob; where links are not possible, a copy of it. */
  void link(HubPath source, String commit, HubFile file) throws IOException {
    Path path = below(snapshot(source, commit), file.path());
    Path blob = blob(source, file);
    Files.createDirectories(path.getParent());
    Files.deleteIfExists(path);
    try {
      Files.createSymbolicLink(path, path.getParent().relativize(blob));
    } catch (FileAlreadyExistsException e) {
      // Another process was as quick.
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.copy(blob, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Of those who work on that blob. */
  LockFile lock(HubPath source, HubFile file) {
    return new LockFile(
        folder.resolve(".locks").resolve(repositoryName(source)).resolve(file.digest() + ".lock"));
  }
}
