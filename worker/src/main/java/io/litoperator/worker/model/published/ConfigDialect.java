package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A family's {@code config.json}, to llava-hf's form and back; both leave the argument alone. */
interface ConfigDialect {
  ObjectNode toOurs(ObjectNode config);

  ObjectNode fromOurs(ObjectNode config);
}
