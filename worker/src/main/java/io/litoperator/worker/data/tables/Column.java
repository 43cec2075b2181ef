package io.litoperator.worker.data.tables;

import java.util.Set;

/**
 * A column of a table.
 *
 * @param name as the files have it
 * @param type in DuckDB's words
 */
record Column(String name, String type) {
  private static final Set<String> EMBEDDED =
      Set.of("STRUCT(bytes BLOB, path VARCHAR)", "STRUCT(path VARCHAR, bytes BLOB)");
  private static final String BARE = "BLOB";

  /** Whether its values are pictures or lists of them. */
  boolean holdsPictures() {
    String item = holdsLists() ? type.substring(0, type.length() - 2) : type;
    return EMBEDDED.contains(item) || item.equals(BARE);
  }

  /** What stands for the value in a row's JSON: of pictures, only their paths. */
  String json() {
    if (!holdsPictures()) {
      return quoted();
    }
    return holdsLists()
        ? "list_transform(%s, lambda x: %s)".formatted(quoted(), path("x"))
        : path(quoted());
  }

  /** The bytes of each picture there is, always as a list; NULL where there is no list. */
  String pictures() {
    String bytes = type.startsWith("STRUCT") ? "x.bytes" : "x";
    String list = holdsLists() ? quoted() : "[%s]".formatted(quoted());
    return "list_transform(list_filter(%s, lambda x: x IS NOT NULL), lambda x: %s)"
        .formatted(list, bytes);
  }

  String quoted() {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private boolean holdsLists() {
    return type.endsWith("[]");
  }

  private String path(String picture) {
    String path = type.startsWith("STRUCT") ? "coalesce(%s.path, '')".formatted(picture) : "''";
    return "CASE WHEN %s IS NULL THEN NULL ELSE %s END".formatted(picture, path);
  }
}
