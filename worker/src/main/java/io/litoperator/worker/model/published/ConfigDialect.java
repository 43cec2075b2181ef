package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.function.Supplier;

/** A family's {@code config.json}, to llava-hf's form and back; both leave the argument alone. */
interface ConfigDialect {
  /**
   * @param tensors names of the folder's weights, if it has any; asked for only where they matter
   */
  ObjectNode toOurs(ObjectNode config, Supplier<Set<String>> tensors);

  ObjectNode fromOurs(ObjectNode config);
}
