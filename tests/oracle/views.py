"""torchvision's and Pillow's answer to each case: an image, an operation and its numbers. Images come and go as HWC."""
import sys
import warnings

import numpy as np
import torch
import torchvision.transforms.functional as F
from PIL import Image, ImageOps
from torchvision.transforms import InterpolationMode, RandomResizedCrop

import tensors

MODES = (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)
JITTER = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)


def crop_of_floats(image, x, y, w, h, size, mode, dtype=torch.float64):
    x, y, w, h, size, mode = map(int, (x, y, w, h, size, mode))
    image = image.to(dtype) / 255
    return F.resized_crop(image, y, x, h, w, [size, size], MODES[mode], antialias=True).clamp(0, 1)


def crop_of_bytes(image, x, y, w, h, size, mode):
    x, y, w, h, size, mode = map(int, (x, y, w, h, size, mode))
    image = Image.fromarray(image.permute(1, 2, 0).numpy(), "RGB")
    return F.to_tensor(F.resized_crop(image, y, x, h, w, [size, size], MODES[mode]))


def resize_of_bytes(image, width, height):
    image = Image.fromarray(image.permute(1, 2, 0).numpy(), "RGB").resize((int(width), int(height)), Image.BICUBIC)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)


def evaluation(image, size, fit, keep, *mean):
    """What Pillow makes of an image of any shape: 0 its center square, 1 squashed, 2 padded with a color."""
    size, image = int(size), Image.fromarray(image.permute(1, 2, 0).numpy(), "RGB")
    if fit == 2:
        return F.to_tensor(ImageOps.pad(image, (size, size), Image.BICUBIC, tuple(round(255 * m) for m in mean)))
    if fit == 0:
        side = max(1, int(keep * min(image.size) + 0.5))
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    return F.to_tensor(image.resize((size, size), Image.BICUBIC))


def view(image, x, y, w, h, size, mode, flip, vertical, turns, jitter, b, c, s, hue, o0, o1, o2, o3, gray, sigma, kernel, solarize, threshold, *norm):
    image = crop_of_floats(image, x, y, w, h, size, mode, torch.float32)
    if flip:
        image = F.hflip(image)
    if vertical:
        image = F.vflip(image)
    image = torch.rot90(image, int(turns), (1, 2))
    if jitter:
        for step in (o0, o1, o2, o3):
            image = JITTER[int(step)](image, (b, c, s, hue)[int(step)])
    if gray:
        image = F.rgb_to_grayscale(image, 3)
    if sigma:
        image = F.gaussian_blur(image, int(kernel), sigma)
    if solarize:
        image = F.solarize(image, threshold)
    return F.normalize(image, norm[:3], norm[3:])


def crops(image, width, height, count, seed, *ranges):
    """Many draws of RandomResizedCrop: x, y, width and height of each."""
    torch.manual_seed(int(seed))
    blank = torch.empty(1).expand(3, int(height), int(width))
    draws = [RandomResizedCrop.get_params(blank, list(ranges[:2]), list(ranges[2:])) for _ in range(int(count))]
    return torch.tensor([[(x, y, w, h) for y, x, h, w in draws]], dtype=torch.float64).permute(2, 0, 1)


OPERATIONS = {
    "flip": F.hflip,
    "vertical flip": F.vflip,
    "turn": lambda image, quarters: torch.rot90(image, int(quarters), (1, 2)),
    "evaluation": evaluation,
    "brightness": F.adjust_brightness,
    "contrast": F.adjust_contrast,
    "saturation": F.adjust_saturation,
    "hue": F.adjust_hue,
    "grayscale": lambda image: F.rgb_to_grayscale(image, 3),
    "blur": lambda image, kernel, sigma: F.gaussian_blur(image, int(kernel), sigma),
    "solarize": F.solarize,
    "normalize": lambda image, *numbers: F.normalize(image, numbers[:3], numbers[3:]),
    "crop of floats": crop_of_floats,
    "crop of bytes": crop_of_bytes,
    "resize of bytes": resize_of_bytes,
    "view": view,
    "crops": crops,
}

warnings.simplefilter("ignore")
question, answer = tensors.read(sys.argv[1]), {}
for key in question:
    name, operation, part = key.split("|")
    if part == "image":
        numbers = question[f"{name}|{operation}|numbers"].tolist()
        image = question[key].permute(2, 0, 1)
        answer[name] = OPERATIONS[operation](image, *numbers[1:]).double().permute(1, 2, 0)
assert all(np.isfinite(a.numpy()).all() for a in answer.values())
tensors.write(sys.argv[2], answer)
