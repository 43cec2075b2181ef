package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;

class PainterTest {
  private static final Map<String, Sprite> SPRITES = sprites();
  private static final int GREY = 0x767676;

  private final Painter painter = new Painter(SPRITES);

  @Property(tries = 200)
  @Domain(Scenes.class)
  void everyCellShowsItsThing(@ForAll Scene scene, @ForAll Random random) {
    BufferedImage picture = painter.paint(scene, random);
    Map<Position, Thing> things = new EnumMap<>(Position.class);
    scene.things().forEach(thing -> things.put(thing.position(), thing));
    for (Position position : Position.values()) {
      BufferedImage cell = picture.getSubimage(32 * position.column(), 32 * position.row(), 32, 32);
      if (things.containsKey(position)) {
        Thing thing = things.get(position);
        assertThat(frame(cell)).containsExactly(thing.color().rgb());
        assertThat(offsetsOf(SPRITES.get(thing.name()), cell)).hasSize(1);
      } else {
        assertThat(colors(cell)).containsExactly(GREY);
      }
    }
  }

  @Test
  void spritesMoveByUpToTwoPixelsEachWay() {
    Scene scene =
        new Scene(
            List.of(
                new Thing("cat", Color.RED, Position.TOP_LEFT),
                new Thing("key", Color.BLUE, Position.CENTER)));
    Random random = new Random(5);
    Set<String> offsets = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      BufferedImage cell = painter.paint(scene, random).getSubimage(0, 0, 32, 32);
      offsets.addAll(offsetsOf(SPRITES.get("cat"), cell));
    }
    assertThat(offsets).hasSize(9);
  }

  @Test
  void everyObjectHasArtworkOfItsOwn() {
    assertThat(SPRITES).hasSize(24);
    Set<Set<Integer>> contents = new HashSet<>();
    for (Sprite sprite : SPRITES.values()) {
      Set<Integer> colors = new HashSet<>();
      for (int i = 0; i < Sprite.SIDE * Sprite.SIDE; i++) {
        colors.add(sprite.rgb(i % Sprite.SIDE, i / Sprite.SIDE));
      }
      assertThat(colors).contains(GREY).hasSizeGreaterThan(40);
      contents.add(colors);
    }
    assertThat(contents).hasSize(24);
  }

  @Test
  void encodingLosesNothing() throws IOException {
    Scene scene = new SceneSource(Scenes.NAMES).next(new Random(6));
    BufferedImage picture = painter.paint(scene, new Random(6));
    BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(Png.encode(picture)));
    assertThat(decoded.getColorModel().getNumComponents()).isEqualTo(3);
    assertThat(pixels(decoded)).isEqualTo(pixels(picture)).hasSize(96 * 96);
  }

  private static Map<String, Sprite> sprites() {
    try {
      return Artwork.read(Path.of(System.getProperty("artwork")), Emoji.used());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<Integer> frame(BufferedImage cell) {
    Set<Integer> colors = new HashSet<>();
    for (int i = 0; i < 32; i++) {
      for (int depth = 0; depth < 3; depth++) {
        colors.add(rgb(cell, i, depth));
        colors.add(rgb(cell, i, 31 - depth));
        colors.add(rgb(cell, depth, i));
        colors.add(rgb(cell, 31 - depth, i));
      }
    }
    return colors;
  }

  private static Set<Integer> colors(BufferedImage picture) {
    Set<Integer> colors = new HashSet<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        colors.add(rgb(picture, x, y));
      }
    }
    return colors;
  }

  /** Where the sprite is inside the frame, with nothing but grey around it. */
  private static Set<String> offsetsOf(Sprite sprite, BufferedImage cell) {
    Set<String> offsets = new HashSet<>();
    for (int top = 3; top <= 5; top++) {
      for (int left = 3; left <= 5; left++) {
        if (shows(sprite, cell, left, top)) {
          offsets.add(left + "," + top);
        }
      }
    }
    return offsets;
  }

  private static boolean shows(Sprite sprite, BufferedImage cell, int left, int top) {
    for (int y = 3; y < 29; y++) {
      for (int x = 3; x < 29; x++) {
        boolean inside = x >= left && x < left + 24 && y >= top && y < top + 24;
        if (rgb(cell, x, y) != (inside ? sprite.rgb(x - left, y - top) : GREY)) {
          return false;
        }
      }
    }
    return true;
  }

  private static int[] pixels(BufferedImage picture) {
    return picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, 96);
  }

  private static int rgb(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }
}
