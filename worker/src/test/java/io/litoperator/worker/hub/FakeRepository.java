package io.litoperator.worker.hub;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** A repository's files, and what the hub tells of them. */
final class FakeRepository {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LARGE = 1000;

  private final Map<String, byte[]> files = new TreeMap<>();

  void put(String path, byte[] content) {
    files.put(path, content);
  }

  /** Null if there is none. */
  byte[] get(String path) {
    return files.get(path);
  }

  /**
   * Files and folders.
   *
   * @param folder empty, or ends with a slash
   * @param deep whether those of folders within are told too
   */
  ArrayNode tree(String folder, boolean deep) {
    ArrayNode all = JSON.createArrayNode();
    TreeSet<String> folders = new TreeSet<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String name = file.getKey();
      if (name.startsWith(folder)) {
        int slash = name.indexOf('/', folder.length());
        if (slash >= 0) {
          folders.add(name.substring(0, slash));
        }
        if (slash < 0 || deep) {
          all.add(entry(name, file.getValue()));
        }
      }
    }
    folders.forEach(f -> all.addObject().put("type", "directory").put("path", f).put("size", 0));
    return all;
  }

  private static ObjectNode entry(String path, byte[] content) {
    ObjectNode entry =
        JSON.createObjectNode().put("type", "file").put("path", path).put("size", content.length);
    entry.put("oid", gitSha1(content));
    if (isLarge(content)) {
      entry
          .putObject("lfs")
          .put("oid", digest("SHA-256", content))
          .put("size", content.length)
          .put("pointerSize", 134);
    }
    return entry;
  }

  /** The content's digest by which the cache names it. */
  static String blob(byte[] content) {
    return isLarge(content) ? digest("SHA-256", content) : gitSha1(content);
  }

  static boolean isLarge(byte[] content) {
    return content.length >= LARGE;
  }

  private static String gitSha1(byte[] content) {
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + content.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return digest("SHA-1", all);
  }

  private static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
