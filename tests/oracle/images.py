"""Image files of every kind as Pillow writes them, and the RGB that Pillow reads from them (upright)."""
import io
import struct
import sys
import warnings
import zlib

import numpy as np
import torch
from PIL import Image, ImageCms, ImageOps

import tensors

warnings.simplefilter("ignore")
WIDTH, HEIGHT = 37, 26
y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
SMOOTH = np.stack([255 * x / (WIDTH - 1), 255 * y / (HEIGHT - 1), 127.5 + 100 * np.sin(x / 5 + y / 7)], axis=2).round().astype(np.uint8)
NOISE = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
ALPHA = np.random.default_rng(2).integers(0, 8, (HEIGHT, WIDTH), np.uint8) * 36   # some wholly transparent

files, pixels = {}, {}


def add(name, data, expected=None):
    if expected is None:
        image = Image.open(io.BytesIO(data))
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    files[name], pixels[name] = data, expected


def save(image, format, **options):
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color, rows, interlace=0, extra=b""):
    """A PNG by hand, for what Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def unfiltered(array):
    return b"".join(b"\0" + row.tobytes() for row in array)


def adam7(array):
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    return b"".join(unfiltered(array[y0::dy, x0::dx]) for y0, x0, dy, dx in passes if array[y0::dy, x0::dx].size)


def spread(gray):
    return np.repeat(np.asarray(gray)[:, :, None], 3, axis=2)


smooth, noise = Image.fromarray(SMOOTH), Image.fromarray(NOISE)
gray = noise.convert("L")
rgba = Image.fromarray(np.dstack([NOISE, ALPHA]), "RGBA")
palette = noise.quantize(64)
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

add("jpeg 444", save(smooth, "JPEG", quality=95, subsampling=0))
add("jpeg 420", save(smooth, "JPEG", quality=90, subsampling=2))
add("jpeg 422", save(smooth, "JPEG", quality=90, subsampling=1))
add("jpeg gray", save(smooth.convert("L"), "JPEG", quality=95))
add("jpeg progressive", save(smooth, "JPEG", quality=95, subsampling=0, progressive=True))
add("jpeg cmyk", save(smooth.convert("CMYK"), "JPEG", quality=95, subsampling=0))
adobe = save(smooth.convert("CMYK"), "JPEG", quality=95, subsampling=0)
mark = adobe.index(b"\xff\xee\x00\x0eAdobe")
add("jpeg cmyk unmarked", adobe[:mark] + adobe[mark + 16 :])
add("jpeg ycck", adobe[: mark + 15] + b"\x02" + adobe[mark + 16 :])   # not a picture any more, but the same one for every decoder
add("jpeg trailing bytes", save(smooth, "JPEG", quality=95, subsampling=0) + b"\0" * 100)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    add(f"jpeg orientation {orientation}", save(smooth, "JPEG", quality=95, subsampling=0, exif=exif))
    add(f"webp orientation {orientation}", save(noise, "WEBP", lossless=True, exif=exif))
    add(f"png orientation {orientation}", save(noise, "PNG", exif=exif))

# At a reduced scale, of sides that 8 does not divide; libjpeg leaves the high frequencies out for Pillow too.
y, x = np.mgrid[0:101, 0:150].astype(np.float64)
large = Image.fromarray(np.stack([255 * x / 149, 255 * y / 100, 127.5 + 100 * np.sin(x / 9 + y / 13)], axis=2).round().astype(np.uint8))
reduced = {
    "444": save(large, "JPEG", quality=95, subsampling=0),
    "420": save(large, "JPEG", quality=95, subsampling=2),
    "422": save(large, "JPEG", quality=95, subsampling=1),
    "gray": save(large.convert("L"), "JPEG", quality=95),
    "progressive": save(large, "JPEG", quality=95, progressive=True),
    "cmyk": save(large.convert("CMYK"), "JPEG", quality=95),
}
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    reduced[f"orientation {orientation}"] = save(large, "JPEG", quality=95, exif=exif)
for name, data in reduced.items():
    for times in (1, 2, 4, 8):
        image = Image.open(io.BytesIO(data))
        image.draft(None, (image.width // times, image.height // times))
        add(f"jpeg {name} reduced {times}", data, np.asarray(ImageOps.exif_transpose(image).convert("RGB")))

add("png rgb", save(noise, "PNG"))
add("png gray", save(gray, "PNG"))
add("png 1 bit", save(gray.convert("1"), "PNG"))
add("png palette", save(palette, "PNG"))
add("png palette 4 bit", save(noise.quantize(16), "PNG", bits=4))
add("png palette 2 bit", save(noise.quantize(4), "PNG", bits=2))
add("png rgba", save(rgba, "PNG"))
add("png gray alpha", save(rgba.convert("LA"), "PNG"))
add("png palette alpha", save(palette, "PNG", transparency=bytes([255] * 10 + [128] * 44 + [0] * 10)))
deep = np.random.default_rng(3).integers(0, 65536, (HEIGHT, WIDTH, 3), np.uint16)
add("png 16 bit rgb", png(WIDTH, HEIGHT, 16, 2, unfiltered(deep.astype(">u2"))), (deep >> 8).astype(np.uint8))
add("png 16 bit gray", png(WIDTH, HEIGHT, 16, 0, unfiltered(deep[:, :, 0].astype(">u2"))), spread((deep[:, :, 0] >> 8).astype(np.uint8)))
add("png interlaced", png(WIDTH, HEIGHT, 8, 2, adam7(NOISE), 1))
add("png gamma", png(WIDTH, HEIGHT, 8, 2, unfiltered(NOISE), extra=chunk(b"gAMA", struct.pack(">I", 100000))))
add("png profile", save(noise, "PNG", icc_profile=profile))
add("png 1 pixel", save(noise.crop((0, 0, 1, 1)), "PNG"))
add("webp lossless", save(noise, "WEBP", lossless=True))
add("webp lossy", save(smooth, "WEBP", quality=95))
add("webp alpha", save(rgba, "WEBP", lossless=True, exact=True))
add("webp animated", save(noise, "WEBP", lossless=True, save_all=True, append_images=[smooth, smooth]))
add("bmp rgb", save(noise, "BMP"))
add("bmp gray", save(gray, "BMP"))
add("bmp palette", save(palette, "BMP"))
add("bmp 1 bit", save(gray.convert("1"), "BMP"))

# Run lengths, from the bottom: each row is two runs, but that three rows and ten pixels are passed over, which Pillow cannot;
# they are black.
colors = b"".join(bytes([0 if i == 0 else 255 - i, i, i // 2, 0]) for i in range(256))
row = bytes([20, 99, WIDTH - 20, 200, 0, 0])
runs = row * 5 + bytes([0, 2, 0, 3]) + bytes([0, 2, 10, 0, 10, 99, WIDTH - 20, 200, 0, 0]) + row * (HEIGHT - 9) + bytes([0, 1])
info = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 8, 1, len(runs), 0, 0, 256, 0)
indices = np.repeat([[99] * 20 + [200] * (WIDTH - 20)], HEIGHT, axis=0)
indices[5:8] = indices[8, :10] = 0
table = np.array([[i // 2, i, 0 if i == 0 else 255 - i] for i in range(256)], np.uint8)
add("bmp run lengths", b"BM" + struct.pack("<IHHI", 54 + 1024 + len(runs), 0, 0, 54 + 1024) + info + colors + runs, table[indices[::-1]])
add("gif", save(palette, "GIF"))
add("gif gray", save(gray, "GIF"))
add("gif animated", save(palette, "GIF", save_all=True, append_images=[smooth.quantize(64), gray]))
add("gif interlaced", save(palette, "GIF", interlace=1))

# Pillow gives what a palette holds at the transparent place, or the background there; the codec has only black for it.
black = np.asarray(palette.convert("RGB")).copy()
black[np.asarray(palette) == 7] = 0
add("gif transparent", save(palette, "GIF", transparency=7), black)
inner = bytearray(save(palette.crop((0, 0, 20, 10)), "GIF"))
inner[6:10] = struct.pack("<HH", WIDTH, HEIGHT)
framed = np.zeros_like(NOISE)
framed[:10, :20] = np.asarray(palette.convert("RGB"))[:10, :20]
add("gif smaller frame", bytes(inner), framed)

answer = {}
for name, data in files.items():
    answer[f"{name}|file"] = torch.from_numpy(np.frombuffer(data, np.uint8).copy())
    answer[f"{name}|rgb"] = torch.from_numpy(np.ascontiguousarray(pixels[name]))
tensors.write(sys.argv[2], answer)
