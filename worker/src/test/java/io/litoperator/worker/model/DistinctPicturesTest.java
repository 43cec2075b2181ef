package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.Pixels;
import java.util.List;
import org.junit.jupiter.api.Test;

class DistinctPicturesTest {
  private static final Pixels WHOLE = views(1);
  private static final Pixels TILED = views(3);

  private static Pixels views(int count) {
    return new Pixels(1, 1, new float[3 * count]);
  }

  @Test
  void rowsOfAPictureAreTakenAsOftenAsItOccurs() {
    DistinctPictures pictures = DistinctPictures.of(List.of(TILED, WHOLE, TILED));
    assertThat(pictures.areAll()).isFalse();
    assertThat(pictures.distinct()).containsExactly(TILED, WHOLE);
    assertThat(pictures.rows(2)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5);
  }

  @Test
  void picturesThatOnlyLookAlikeStayApart() {
    DistinctPictures pictures = DistinctPictures.of(List.of(WHOLE, views(1)));
    assertThat(pictures.areAll()).isTrue();
    assertThat(pictures.rows(1)).containsExactly(0, 1);
  }
}
