"""Pictures with each EXIF orientation, and what datasets makes of them: Pillow's exif_transpose.

python orientation_reference.py OUT.json
"""
import io
import json
import sys

from PIL import Image, ImageOps

# Three wide, two high, no two pixels alike; in JPEG of 48 by 32, with an even colour in each sixth.
COLOURS = [(250, 10, 10), (10, 250, 10), (10, 10, 250), (240, 240, 20), (20, 240, 240), (240, 20, 240)]


def picture(block):
    image = Image.new("RGB", (3 * block, 2 * block))
    for i, colour in enumerate(COLOURS):
        image.paste(colour, (i % 3 * block, i // 3 * block, (i % 3 + 1) * block, (i // 3 + 1) * block))
    return image


def saved(image, form, orientation, big_endian):
    exif = Image.Exif()
    exif.endian = ">" if big_endian else "<"
    exif[0x0131] = "a program"  # an entry before and one behind
    exif[0x8298] = "nobody"
    if orientation is not None:
        exif[0x0112] = orientation
    out = io.BytesIO()
    options = {"PNG": {}, "WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}[form]
    image.save(out, form, exif=exif, **options)
    return out.getvalue()


cases = []
for form, block in (("PNG", 1), ("WEBP", 1), ("JPEG", 16)):
    orientations = list(range(1, 9)) + [0, 9, None] if form == "PNG" else [6, 7]
    for orientation in orientations:
        content = saved(picture(block), form, orientation, big_endian=orientation == 6)
        image = Image.open(io.BytesIO(content))
        image.load()
        if image.getexif().get(0x0112) is not None:  # as datasets.Image.decode_example
            image = ImageOps.exif_transpose(image)
        image = image.convert("RGB")
        middle = [image.getpixel((x, y)) for y in range(block // 2, image.height, block)
                  for x in range(block // 2, image.width, block)]
        cases.append({"form": form, "orientation": orientation, "file": content.hex(), "block": block,
                      "width": image.width, "height": image.height, "middles": middle})
with open(sys.argv[1], "w") as out:
    json.dump(cases, out, indent=1)
    out.write("\n")
