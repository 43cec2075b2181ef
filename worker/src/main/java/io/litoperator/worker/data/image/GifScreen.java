package io.litoperator.worker.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import org.w3c.dom.Element;

/** A GIF's first frame, which may cover only a part of the GIF's screen. */
final class GifScreen {
  private GifScreen() {}

  /** The screen after the first frame; what it leaves uncovered has Pillow's colour. */
  static Picture read(ImageReader gif) throws IOException {
    BufferedImage image = gif.read(0);
    Picture frame = RgbRaster.picture(image.getRaster(), image.getColorModel());
    Element screen = element(gif.getStreamMetadata(), "LogicalScreenDescriptor");
    Element place = element(gif.getImageMetadata(0), "ImageDescriptor");
    int left = number(place, "imageLeftPosition");
    int top = number(place, "imageTopPosition");
    int width = Math.max(number(screen, "logicalScreenWidth"), left + frame.width());
    int height = Math.max(number(screen, "logicalScreenHeight"), top + frame.height());
    boolean covered = width == frame.width() && height == frame.height();
    return covered
        ? frame
        : frame.onCanvas(
            width, height, left, top, uncovered((IndexColorModel) image.getColorModel()));
  }

  /** The transparent index's colour where there is one, else the first. */
  private static Picture.Colour uncovered(IndexColorModel palette) {
    int index = Math.max(0, palette.getTransparentPixel());
    return new Picture.Colour(
        palette.getRed(index), palette.getGreen(index), palette.getBlue(index));
  }

  private static Element element(IIOMetadata metadata, String name) {
    Element root = (Element) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    return (Element) root.getElementsByTagName(name).item(0);
  }

  private static int number(Element element, String attribute) {
    return Integer.parseInt(element.getAttribute(attribute));
  }
}
