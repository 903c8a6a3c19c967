#!/usr/bin/env python3
"""An encoder of ours in torchvision: every weight is taken, only the classifier is missing. Needs torch, torchvision and Pillow.

    byol export runs/mine --format pytorch --out mine.pt        then: samples/python/load.py mine.pt IMAGE...
    or, where the package safetensors is installed:                   samples/python/load.py runs/mine/encoder.safetensors IMAGE...
"""
import sys

import torch
import torchvision
from PIL import Image
from torchvision import transforms as T


def weights(path):
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file
        return load_file(path)
    return torch.load(path)


def network(state):
    """ResNet-18 or -50 with the ImageNet stem, of full width; other stems and widths are a changed conv1 or other channels."""
    net = torchvision.models.resnet50() if "layer1.0.conv3.weight" in state else torchvision.models.resnet18()
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert set(missing) == {"fc.weight", "fc.bias"} and not unexpected, (missing, unexpected)
    net.fc = torch.nn.Identity()
    return net.eval()


def main(path, images):
    net = network(weights(path))
    prepare = T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
    with torch.no_grad():
        for image in images:
            embedding = net(prepare(Image.open(image).convert("RGB"))[None])[0]
            print(image, tuple(embedding.shape), [round(v, 4) for v in embedding[:4].tolist()])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
