"""torchvision's residual networks: names and shapes of their state, and what they make of an image in evaluation and in training mode.

Weights are not sent: both sides compute them by the same integer formula, since a ResNet-152 is a quarter of a gigabyte.
"""
import math
import sys

import torch
import torchvision
from torch import nn

import tensors

QUESTION, ANSWER = sys.argv[1:3]
DEPTHS = [int(d) for d in sys.argv[3:]]
images = tensors.read(QUESTION)["images"]


def uniform(name, count):
    hashed = (torch.arange(count) * 2654435761 + sum(name.encode()) * 7919) % 2**32
    return hashed.double() / 2**32 - 0.5


def weight(name, shape):
    u = uniform(name, math.prod(shape)).reshape(shape)
    if len(shape) == 4:
        u = u * math.sqrt(24 / (shape[0] * shape[2] * shape[3]))
    elif name.endswith("running_var"):
        u = u + 1
    elif name.endswith("weight"):
        u = u * 0.2 + 0.3
    return u.float()


answer = {}
for depth in DEPTHS:
    net = getattr(torchvision.models, f"resnet{depth}")()
    net.fc = nn.Identity()
    state = {n: v for n, v in net.state_dict().items() if not n.endswith("num_batches_tracked")}
    for name, value in state.items():
        answer[f"{depth}.shape.{name}"] = torch.tensor(value.shape)
        value.copy_(weight(name, value.shape))
    with torch.no_grad():
        answer[f"{depth}.eval"] = net.eval()(images)
        answer[f"{depth}.train"] = net.train()(images)
        answer[f"{depth}.running_mean"] = net.state_dict()["layer4.0.downsample.1.running_mean"].clone()

deepest = torchvision.models.resnet.ResNet(torchvision.models.resnet.Bottleneck, [3, 24, 36, 3])
deepest.fc = nn.Identity()
answer["200.parameters"] = torch.tensor([sum(p.numel() for p in deepest.parameters())])
tensors.write(ANSWER, answer)
