package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.image.StoredPicture;

/** Decodes pictures and makes of them what the vision tower sees; used by several threads. */
@FunctionalInterface
public interface Pictures {
  /**
   * @throws io.litoperator.worker.failure.Failure naming it if it is not a picture
   */
  Pixels read(StoredPicture picture);
}
