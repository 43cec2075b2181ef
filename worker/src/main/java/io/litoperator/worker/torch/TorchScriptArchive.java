package io.litoperator.worker.torch;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the archive in which torch stores a scripted module: the code as text and the attributes
 * as a pickle.
 */
final class TorchScriptArchive {
  /** Older ones make torch rewrite operators to what they once meant. */
  private static final String FORMAT_VERSION = "10\n";

  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  private TorchScriptArchive() {}

  /**
   * @param imported code of the functions that {@code code} calls, by the name it calls them under
   */
  static byte[] of(
      String className, String code, Map<String, String> imported, Map<String, ?> attributes)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "data.pkl", pickle(className, attributes));
      add(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      for (Map.Entry<String, String> module : imported.entrySet()) {
        byte[] text = module.getValue().getBytes(StandardCharsets.UTF_8);
        add(zip, "code/__torch__/" + module.getKey() + ".py", text);
      }
      add(zip, "constants.pkl", EMPTY_TUPLE);
      add(zip, "version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry("program/" + name));
    zip.write(content);
    zip.closeEntry();
  }

  /** Pickle protocol 2 of an object of a class with a dictionary of attributes. */
  private static byte[] pickle(String className, Map<String, ?> attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(new byte[] {(byte) 0x80, 2, 'c'});
      out.writeBytes("__torch__\n" + className + "\n");
      out.write(new byte[] {')', (byte) 0x81, '}', '('});
      string(out, "training");
      out.writeByte(0x88);
      for (Map.Entry<String, ?> attribute : attributes.entrySet()) {
        string(out, attribute.getKey());
        value(out, attribute.getValue());
      }
      out.write(new byte[] {'u', 'b', '.'});
    }
    return bytes.toByteArray();
  }

  private static void value(DataOutputStream out, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      out.writeByte(flag ? 0x88 : 0x89);
    } else if (value instanceof Double number) {
      out.writeByte('G');
      out.writeDouble(number);
    } else if (value instanceof Long || value instanceof Integer) {
      out.writeByte('J');
      out.writeInt(Integer.reverseBytes(Math.toIntExact(((Number) value).longValue())));
    } else if (value instanceof String text) {
      string(out, text);
    } else {
      throw new IllegalArgumentException("no pickle for " + value);
    }
  }

  private static void string(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeByte('X');
    out.writeInt(Integer.reverseBytes(utf8.length));
    out.write(utf8);
  }
}
