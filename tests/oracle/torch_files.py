"""PyTorch's side of files: torchvision's networks saved in every form that people share, and our files loaded into them.

save FOLDER KIND:DEPTH ...   writes random weights in each form; the answer is the features that each network makes of the images.
load FILE:DEPTH ...          loads each of our files into torchvision's network, strictly but for fc; the answer is its features.
"""
import collections
import sys

import torch
import torchvision
from torch import nn

import tensors

QUESTION, ANSWER, ACTION = sys.argv[1:4]
images = tensors.read(QUESTION)["images"]


def network(depth):
    torch.manual_seed(depth)
    net = getattr(torchvision.models, f"resnet{depth}")()
    for module in net.modules():
        # Untouched statistics would hide that they are not read.
        if isinstance(module, nn.BatchNorm2d):
            for value in (module.weight, module.bias, module.running_mean, module.running_var):
                value.data.uniform_(0.5, 1)
    return net.eval()


def features(net):
    net.fc = nn.Identity()
    with torch.no_grad():
        return net.eval()(images)


def prefixed(prefix, state):
    return {prefix + name: value for name, value in state.items()}


def cifar(net, padding):
    net.conv1 = nn.Conv2d(3, 64, 3, 1, padding, bias=False)
    net.maxpool = nn.Identity()
    return net


def form(kind, net):
    """What is saved, and keywords for torch.save."""
    state = net.state_dict()
    legacy = {"_use_new_zipfile_serialization": False}
    if kind == "torchvision":
        return state, {}
    if kind == "legacy":
        return state, legacy
    if kind == "half":
        return {n: v.half() if v.is_floating_point() else v for n, v in state.items()}, {}
    if kind == "bfloat16":
        return {n: v.bfloat16() if v.is_floating_point() else v for n, v in state.items()}, {}
    if kind == "double":
        return {n: v.double() if v.is_floating_point() else v for n, v in state.items()}, {}
    if kind == "parameters":
        return collections.OrderedDict((n, nn.Parameter(v) if v.is_floating_point() else v) for n, v in state.items()), {}
    if kind in ("channels-last", "channels-last-legacy"):
        last = {n: v.contiguous(memory_format=torch.channels_last) if v.dim() == 4 else v for n, v in state.items()}
        return last, legacy if kind.endswith("legacy") else {}
    if kind == "one-storage":
        # Every tensor a slice of one storage, each from its own offset; the last two sizes of convolutions swapped in memory.
        sizes = [v.numel() for v in state.values() if v.is_floating_point()]
        flat, views, at = torch.zeros(sum(sizes)), {}, 0
        for name, value in state.items():
            if not value.is_floating_point():
                continue
            view = flat[at : at + value.numel()]
            if value.dim() == 4:
                view = view.view(*value.shape[:2], value.shape[3], value.shape[2]).transpose(2, 3)
            else:
                view = view.view(value.shape)
            view.copy_(value)
            views[name] = view
            at += value.numel()
        return views, {}
    if kind == "moco":
        online = prefixed("module.encoder_q.", state)
        follower = prefixed("module.encoder_k.", {n: torch.zeros_like(v) for n, v in state.items()})
        return {"epoch": 200, "arch": "resnet", "lr": 0.03, "big": 1 << 40, "done": True, "none": None, "betas": (0.9, 0.999, 1e-8, 0),
                "state_dict": {**follower, **online},
                "optimizer": {"state": {0: {"momentum_buffer": torch.ones(3)}}, "param_groups": [{"params": [0, 1]}]}}, {}
    if kind == "solo-learn":
        del state["fc.weight"], state["fc.bias"]
        momentum = {n: torch.zeros_like(v) for n, v in state.items()}
        return {"state_dict": {**prefixed("momentum_backbone.", momentum), **prefixed("backbone.", state),
                               "projector.0.weight": torch.ones(4, 4)},
                "hyper_parameters": {"lr": 0.4, "backbone": {"name": "resnet"}}, "callbacks": {}, "size": torch.Size([1, 2])}, {}
    if kind == "lightly":
        sequential = nn.Sequential(*list(net.children())[:-1]).state_dict()
        momentum = {n: torch.zeros_like(v) for n, v in sequential.items()}
        return {"state_dict": {**prefixed("backbone_momentum.", momentum), **prefixed("backbone.", sequential)}}, {}
    if kind == "shortcut":
        return {"model": {n.replace(".downsample.", ".shortcut."): v for n, v in state.items()}}, {}
    raise ValueError(kind)


answer = {}
if ACTION == "save":
    folder, *forms = sys.argv[4:]
    for kind, depth in (f.split(":") for f in forms):
        net = network(int(depth))
        if kind == "cifar":
            net = cifar(net, 1)
        state, keywords = form("torchvision" if kind == "cifar" else kind, net)
        torch.save(state, f"{folder}/{kind}-{depth}.pth", **keywords)
        answer[f"{kind}-{depth}"] = features(net)
else:
    for path, depth in (f.rsplit(":", 1) for f in sys.argv[4:]):
        state = tensors.read(path) if path.endswith(".safetensors") else torch.load(path)
        assert isinstance(state, dict) and all(isinstance(v, torch.Tensor) for v in state.values())
        net = getattr(torchvision.models, f"resnet{depth}")()
        found = net.load_state_dict(state, strict=False)
        assert found.missing_keys == ["fc.weight", "fc.bias"] and not found.unexpected_keys, found
        answer[path] = features(net)
tensors.write(ANSWER, answer)
