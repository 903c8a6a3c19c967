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


def upright(image, background="white"):
    """RGB as Pillow makes it; what is transparent lies over a color, as Pillow pastes."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, background)
        ground.paste(image, mask=image.getchannel("A"))
        return np.asarray(ground)
    return np.asarray(image.convert("RGB"))


def add(name, data, expected=None):
    files[name], pixels[name] = data, upright(Image.open(io.BytesIO(data))) if expected is None else expected


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


def filtered(kind, rows, at, step):
    """One row of bytes by one of PNG's five filters."""
    row = rows[at].astype(np.int64)
    up = rows[at - 1].astype(np.int64) if at else np.zeros_like(row)
    left, corner = (np.concatenate([np.zeros(step, np.int64), r[:-step]]) for r in (row, up))
    near = left + up - corner
    a, b, c = abs(near - left), abs(near - up), abs(near - corner)
    paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, up, corner))
    return ((row - [0 * row, left, up, (left + up) // 2, paeth][kind]) % 256).astype(np.uint8).tobytes()


def adam7(array):
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    return b"".join(unfiltered(array[y0::dy, x0::dx]) for y0, x0, dy, dx in passes if array[y0::dy, x0::dx].size)


def spread(gray):
    return np.repeat(np.asarray(gray)[:, :, None], 3, axis=2)


def tiff(array, photometric, compression=1, predictor=1, tile=None, planar=1, extra=None, big=False, order="<", rows=None, orientation=1):
    """A TIFF by hand, for what Pillow does not write."""
    array = array if array.ndim == 3 else array[:, :, None]
    height, width, samples = array.shape
    array = array.astype(order + ("u2" if array.itemsize == 2 else "u1"))
    planes = [array] if planar == 1 else [array[:, :, s : s + 1] for s in range(samples)]
    blocks = []
    for plane in planes:
        for top in range(0, height, tile or rows or height):
            for left in range(0, width, tile or width):
                block = plane[top : top + (tile or rows or height), left : left + (tile or width)]
                if tile:
                    block = np.pad(block, ((0, tile - block.shape[0]), (0, tile - block.shape[1]), (0, 0)))
                if predictor == 2:
                    block = np.concatenate([block[:, :1], block[:, 1:] - block[:, :-1]], axis=1)
                data = np.ascontiguousarray(block.astype(array.dtype)).tobytes()
                blocks.append(zlib.compress(data) if compression == 8 else data)
    word, count, slot = ("Q", "Q", 8) if big else ("I", "H", 4)
    start = 16 if big else 8
    offsets = list(np.cumsum([start] + [len(b) for b in blocks]))
    body = b"".join(blocks) + b"\0" * (-offsets[-1] % 8)
    at = start + len(body)
    entries = [(256, 4, [width]), (257, 4, [height]), (258, 3, [array.itemsize * 8] * samples), (259, 3, [compression]),
               (262, 3, [photometric]), (274, 3, [orientation]), (277, 3, [samples]), (284, 3, [planar])]
    if tile:
        entries += [(322, 4, [tile]), (323, 4, [tile]), (324, 4, offsets[:-1]), (325, 4, [len(b) for b in blocks])]
    else:
        entries += [(273, 4, offsets[:-1]), (278, 4, [rows or height]), (279, 4, [len(b) for b in blocks])]
    if predictor != 1:
        entries.append((317, 3, [predictor]))
    if extra is not None:
        entries.append((338, 3, [extra]))
    entries.sort()
    after = at + (8 if big else 2) + len(entries) * (20 if big else 12) + slot
    table, values = struct.pack(order + count, len(entries)), b""
    for tag, kind, numbers in entries:
        data = struct.pack(order + ("H" if kind == 3 else "I") * len(numbers), *numbers)
        table += struct.pack(order + "HH" + word, tag, kind, len(numbers))
        if len(data) > slot:
            table += struct.pack(order + word, after + len(values))
            values += data + b"\0" * (-len(data) % 8)
        else:
            table += data.ljust(slot, b"\0")
    mark = (b"II" if order == "<" else b"MM") + (struct.pack(order + "HHHQ", 43, 8, 0, at) if big else struct.pack(order + "HI", 42, at))
    return mark + body + table + struct.pack(order + word, 0) + values


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


def eight(deep, depth=16):
    """The rule for 16 bits, as Pillow has it for RGB: the high eight of those in use."""
    return np.minimum(255, deep >> (depth - 8)).astype(np.uint8)


deep = np.random.default_rng(3).integers(0, 65536, (HEIGHT, WIDTH, 3), np.uint16)
add("png 16 bit rgb", png(WIDTH, HEIGHT, 16, 2, unfiltered(deep.astype(">u2"))), eight(deep))
add("png 16 bit gray", png(WIDTH, HEIGHT, 16, 0, unfiltered(deep[:, :, 0].astype(">u2"))), spread(eight(deep[:, :, 0])))
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

# What a smaller frame leaves open is transparent too, which Pillow fills with the palette's first color.
add("gif transparent", save(palette, "GIF", transparency=7))
inner = bytearray(save(palette.crop((0, 0, 20, 10)), "GIF"))
inner[6:10] = struct.pack("<HH", WIDTH, HEIGHT)
framed = np.full_like(NOISE, 255)
framed[:10, :20] = np.asarray(palette.convert("RGB"))[:10, :20]
add("gif smaller frame", bytes(inner), framed)

# Over another color, and 16-bit files that use 12 bits.
for kind, data in {"png": save(rgba, "PNG"), "webp": save(rgba, "WEBP", lossless=True, exact=True), "tiff": save(rgba, "TIFF")}.items():
    add(f"{kind} over #204060", data, upright(Image.open(io.BytesIO(data)), "#204060"))
twelve = deep >> 4
add("png 12 bit in 16", png(WIDTH, HEIGHT, 16, 0, unfiltered(twelve[:, :, 0].astype(">u2"))), spread(eight(twelve[:, :, 0], 12)))
add("png 12 bit rgb in 16", png(WIDTH, HEIGHT, 16, 2, unfiltered(twelve.astype(">u2"))), eight(twelve, 12))
add("png 12 bit rgba in 16", png(WIDTH, HEIGHT, 16, 6, unfiltered(np.dstack([twelve, ALPHA.astype(np.uint16) * 257]).astype(">u2"))),
    upright(Image.fromarray(np.dstack([eight(twelve, 12), ALPHA]), "RGBA")))
add("png 12 bit interlaced in 16", png(WIDTH, HEIGHT, 16, 2, adam7(twelve.astype(">u2")), 1), eight(twelve, 12))
filters = b"".join(bytes([i % 5]) + filtered(i % 5, twelve.astype(">u2").view(np.uint8).reshape(HEIGHT, -1), i, 6) for i in range(HEIGHT))
add("png 12 bit filtered in 16", png(WIDTH, HEIGHT, 16, 2, filters), eight(twelve, 12))
add("tiff 12 bit in 16", tiff(twelve[:, :, 0], 1), spread(eight(twelve[:, :, 0], 12)))
add("tiff 12 bit rgb in 16", tiff(twelve, 2, compression=8), eight(twelve, 12))

# A long number, which ImageOps.exif_transpose takes as well, and ImageMagick's text.
for orientation in (1, 3, 6, 8):
    block = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x0112, 4, 1, orientation, 0)
    add(f"jpeg long orientation {orientation}", save(smooth, "JPEG", quality=95, subsampling=0, exif=b"Exif\0\0" + block))
    add(f"webp long orientation {orientation}", save(noise, "WEBP", lossless=True, exif=block))
    text = f"\nexif\n{len(block) + 6:8}\n" + (b"Exif\0\0" + block).hex() + "\n"
    for kind, data in {b"tEXt": text.encode(), b"zTXt": b"\0" + zlib.compress(text.encode())}.items():
        profile_chunk = chunk(kind, b"Raw profile type exif\0" + data)
        add(f"png {kind.decode()} orientation {orientation}", png(WIDTH, HEIGHT, 8, 2, unfiltered(NOISE), extra=profile_chunk))

ink = noise.convert("CMYK")
INK = np.asarray(ink)
add("tiff rgb", save(noise, "TIFF"))
add("tiff gray", save(gray, "TIFF"))
add("tiff 1 bit", save(gray.convert("1"), "TIFF"))
add("tiff palette", save(palette, "TIFF"))
add("tiff rgba", save(rgba, "TIFF"))
add("tiff lzw", save(noise, "TIFF", compression="tiff_lzw"))
add("tiff deflate", save(noise, "TIFF", compression="tiff_adobe_deflate"))
add("tiff packbits", save(noise, "TIFF", compression="packbits"))
add("tiff group 4", save(gray.convert("1"), "TIFF", compression="group4"))
add("tiff jpeg", save(smooth, "TIFF", compression="jpeg", quality=95))
add("tiff cmyk", save(ink, "TIFF"))
add("tiff pages", save(noise, "TIFF", save_all=True, append_images=[smooth, gray]))
add("tiff tiled", tiff(NOISE, 2, tile=16))
add("tiff tiled deflate", tiff(NOISE, 2, compression=8, tile=32))
add("tiff planes", tiff(NOISE, 2, planar=2, rows=7))
add("tiff tiled planes", tiff(NOISE, 2, planar=2, tile=16))
add("tiff strips", tiff(NOISE, 2, rows=5))
add("tiff motorola", tiff(NOISE, 2, order=">"))
add("tiff predictor", tiff(NOISE, 2, compression=8, predictor=2))
add("tiff white is zero", tiff(NOISE[:, :, 0], 0), spread(255 - NOISE[:, :, 0]))
add("tiff cmyk tiled", tiff(INK, 5, tile=16))
add("tiff cmyk 16 bit", tiff(INK.astype(np.uint16) * 257, 5), np.asarray(ink.convert("RGB")))
add("tiff 16 bit gray", tiff(deep[:, :, 0], 1), spread(eight(deep[:, :, 0])))
add("tiff 16 bit rgb", tiff(deep, 2), eight(deep))
add("tiff 16 bit motorola", tiff(deep, 2, order=">", tile=16), eight(deep))
add("tiff 16 bit predictor", tiff(deep, 2, compression=8, predictor=2), eight(deep))
add("tiff 16 bit planes", tiff(deep, 2, planar=2, rows=9), eight(deep))
add("tiff gray alpha", tiff(np.dstack([NOISE[:, :, 0], ALPHA]), 1, extra=2),
    upright(Image.merge("LA", [Image.fromarray(NOISE[:, :, 0].copy()), Image.fromarray(ALPHA)])))
add("tiff unknown fourth", tiff(np.dstack([NOISE, ALPHA]), 2, extra=0), NOISE)
add("tiff big", tiff(NOISE, 2, big=True), NOISE)
for orientation in range(1, 9):
    add(f"tiff orientation {orientation}", tiff(NOISE, 2, orientation=orientation), upright(
        Image.open(io.BytesIO(files[f"png orientation {orientation}"]))))

answer = {}
for name, data in files.items():
    answer[f"{name}|file"] = torch.from_numpy(np.frombuffer(data, np.uint8).copy())
    answer[f"{name}|rgb"] = torch.from_numpy(np.ascontiguousarray(pixels[name]))
tensors.write(sys.argv[2], answer)
