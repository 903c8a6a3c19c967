#!/usr/bin/env python3
"""An encoder of ours in torchvision, of any depth to 152, width and stem. Needs torch, torchvision and Pillow.

    byol export runs/mine --out mine.pt
    python3 samples/python/load.py mine.pt IMAGE...

Where the package safetensors is installed, runs/mine/encoder.safetensors will do as it is.
"""
import json
import struct
import sys
import zipfile

import torch
import torchvision
from PIL import Image, ImageOps
from torch import nn
from torchvision import transforms as T


def read(path):
    """The weights by torchvision's names, and what the file says of them."""
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file
        with open(path, "rb") as file:
            length, = struct.unpack("<Q", file.read(8))
            return load_file(path), json.loads(file.read(length))["__metadata__"]
    with zipfile.ZipFile(path) as archive:
        about = next(name for name in archive.namelist() if name.endswith("/byol.json"))
        return torch.load(path), json.loads(archive.read(about))


def network(state, about):
    """torchvision's ResNet, its layers resized to the weights: one of full width with the ImageNet stem is as it comes."""
    net = getattr(torchvision.models, f"resnet{about['depth']}")()
    for name, layer in list(net.named_modules()):
        parent, _, own = name.rpartition(".")
        if isinstance(layer, nn.Conv2d):
            out, into, kernel, _ = state[name + ".weight"].shape
            stride = 1 if name == "conv1" and about["stem"] == "Small" else layer.stride
            setattr(net.get_submodule(parent), own, nn.Conv2d(into, out, kernel, stride, kernel // 2, bias=False))
        elif isinstance(layer, nn.BatchNorm2d):
            setattr(net.get_submodule(parent), own, nn.BatchNorm2d(len(state[name + ".weight"])))
    if about["stem"] != "ImageNet":
        net.maxpool = nn.Identity()
    net.fc = nn.Identity()
    net.load_state_dict(state)
    return net.eval()


def prepare(image, about):
    """[1,3,S,S]: what training's evaluation sees of an image, normalized."""
    numbers = lambda key: [float(x) for x in about[key].split()]
    size, fit = int(about["image_size"]), about.get("evaluation_fit", "crop")
    if fit == "pad":                # whole, on the mean color
        image = ImageOps.pad(image, (size, size), Image.BICUBIC, tuple(round(255 * m) for m in numbers("mean")))
    elif fit == "crop":             # the center square; otherwise the whole image is squashed to one
        image = T.CenterCrop(round(float(about.get("center_crop") or about["centre_crop"]) * min(image.size)))(image)
    return T.Compose([
        T.Resize((size, size), T.InterpolationMode.BICUBIC), T.ToTensor(), T.Normalize(numbers("mean"), numbers("standard_deviation")),
    ])(image)[None]


def main(path, images):
    state, about = read(path)
    net = network(state, about)
    with torch.no_grad():
        for image in images:
            embedding = net(prepare(Image.open(image).convert("RGB"), about))[0]
            print(image, tuple(embedding.shape), [round(v, 4) for v in embedding[:4].tolist()])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
