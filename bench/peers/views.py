"""Two views an image as a Python user writes them: torchvision transforms on Pillow images, one process, one thread.

    python3 bench/peers/views.py PIPELINE IMAGE...    prints milliseconds an image (both views), decoding included for -file pipelines
"""
import io
import random
import statistics
import sys
import time

import torch
from PIL import Image, ImageFilter, ImageOps
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode

IMAGENET = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CIFAR = T.Normalize((0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616))


class PillowBlur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))


def view(size, crop, blur, blur_probability, solarize_probability, normalize):
    return T.Compose([
        T.RandomResizedCrop(size, scale=crop, interpolation=InterpolationMode.BICUBIC),
        T.RandomHorizontalFlip(),
        T.RandomApply([T.ColorJitter(0.4, 0.4, 0.2, 0.1)], p=0.8),
        T.RandomGrayscale(p=0.2),
        T.RandomApply([blur], p=blur_probability),
        T.RandomApply([ImageOps.solarize], p=solarize_probability),
        T.ToTensor(),
        normalize,
    ])


def paper(blur):
    return view(224, (0.08, 1), blur, 1.0, 0.0, IMAGENET), view(224, (0.08, 1), blur, 0.1, 0.2, IMAGENET)


PIPELINES = {
    "cifar": lambda: (view(32, (0.08, 1), PillowBlur(), 0.0, 0.0, CIFAR), view(32, (0.08, 1), PillowBlur(), 0.0, 0.2, CIFAR)),
    "paper": lambda: paper(PillowBlur()),
    "paper-torchvision-blur": lambda: paper(T.GaussianBlur(23, (0.1, 2.0))),
}


def main(name, paths, seconds=3.0):
    torch.set_num_threads(1)
    first, second = PIPELINES[name.removesuffix("-file")]()
    files = [open(path, "rb").read() for path in paths]
    decoded = [Image.open(io.BytesIO(data)).convert("RGB") for data in files]
    times = []
    for i in range(1 << 30):
        start = time.perf_counter()
        if name.endswith("-file"):
            with open(paths[i % len(files)], "rb") as file:
                image = Image.open(file).convert("RGB")
        else:
            image = decoded[i % len(files)]
        first(image), second(image)
        times.append(time.perf_counter() - start)
        if sum(times) > seconds and i >= 10:
            break
    print(1000 * statistics.mean(times[3:]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
