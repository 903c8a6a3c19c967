#!/usr/bin/python3
"""How good an encoder's features are with few labels, for choosing settings of the recipe adapt: docs/ADAPT.md. Needs python3-torch, python3-pil,
python3-sklearn.

    bench/adapt.py LABELED [--size 224] [--draws 10] ENCODER.safetensors...

LABELED is a folder with a folder for each class, the encoders ResNet-18s as `byol encoders get` and `byol pretrain` write them; the first is the one
that the others are compared with. Each is scored with the mean of its last map and with mean and maximum: balanced accuracy in percent, by
nearest neighbors and by logistic regression (scikit-learn, C 0.01), with 5 and 10 labels of each class (means over draws; what is not drawn is
classified, but for near-duplicates of what is), and with all in five folds that keep near-duplicates together. Weights may be averaged and
statistics exchanged: FILE*0.5 is half way from the first encoder to FILE, FILE@0 is FILE with the first encoder's BatchNorm
statistics, FILE*0@1 the first encoder with FILE's.
"""
import argparse
import json
import pathlib
import struct

import numpy
import torch
import torchvision
from PIL import Image
from sklearn.cluster import AgglomerativeClustering
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedGroupKFold
from torch import nn
from torchvision.models.resnet import BasicBlock


def read(path):
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    tensors = {name: torch.frombuffer(bytearray(data[8 + length + t["data_offsets"][0]:8 + length + t["data_offsets"][1]]),
                                      dtype=torch.float32).reshape(t["shape"]) for name, t in header.items() if t["dtype"] == "F32"}
    return tensors, metadata


def tensors_of(text, first):
    name, _, statistics = text.partition("@")
    name, _, share = name.partition("*")
    tensors = read(name)[0]
    weight = lambda tensor: float(statistics) if statistics and "running" in tensor else float(share or 1)
    return {n: (1 - weight(n)) * first[n] + weight(n) * t for n, t in tensors.items()}


def features(tensors, metadata, images):
    net = torchvision.models.ResNet(BasicBlock, [int(n) for n in metadata.get("blocks", "2 2 2 2").split()])
    net.avgpool, net.fc = nn.Identity(), nn.Identity()
    net.load_state_dict(tensors, strict=False)
    net.eval()
    mean, deviation = (torch.tensor([float(v) for v in metadata[k].split()]).view(1, 3, 1, 1) for k in ("mean", "standard_deviation"))
    with torch.no_grad():
        maps = [net((x.float() / 255 - mean) / deviation).view(len(x), 512, -1) for x in images.split(64)]
    pooled = {"mean": torch.cat([m.mean(2) for m in maps]).numpy(), "maximum": torch.cat([m.amax(2) for m in maps]).numpy()}
    return {"mean": pooled["mean"], "mean and maximum": numpy.hstack([pooled["mean"], pooled["maximum"]])}


def unit(x):
    return x / numpy.maximum(numpy.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def neighbors(train, labels, test, k):
    similarity = unit(test) @ unit(train).T
    nearest = numpy.argsort(-similarity, 1)[:, :k]
    weights = numpy.exp(numpy.take_along_axis(similarity, nearest, 1) / 0.07)
    return numpy.stack([(weights * (labels[nearest] == c)).sum(1) for c in range(labels.max() + 1)], 1).argmax(1)


def linear(train, labels, test):
    center, scale = train.mean(0), numpy.where(train.std(0) > 1e-6, train.std(0), 1)
    fit = LogisticRegression(C=0.01, max_iter=400, class_weight="balanced").fit((train - center) / scale, labels)
    return fit.predict((test - center) / scale)


def scores(x, labels, groups, draws):
    found = {}
    for count in (5, 10):
        drawn = []
        for seed in range(draws):
            rng = numpy.random.RandomState(100 + seed)
            train = numpy.concatenate([rng.permutation(numpy.flatnonzero(labels == c))[:count] for c in numpy.unique(labels)])
            test = numpy.flatnonzero(~numpy.isin(groups, groups[train]))
            drawn.append([balanced_accuracy_score(labels[test], p) for p in (
                neighbors(x[train], labels[train], x[test], count), linear(x[train], labels[train], x[test]))])
        found |= {f"kNN, {count}": numpy.mean(drawn, 0)[0], f"linear, {count}": numpy.mean(drawn, 0)[1]}
    near, straight = labels.copy(), labels.copy()
    for train, test in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(x, labels, groups):
        near[test] = neighbors(x[train], labels[train], x[test], 20)
        straight[test] = linear(x[train], labels[train], x[test])
    return found | {"kNN, all": balanced_accuracy_score(labels, near), "linear, all": balanced_accuracy_score(labels, straight)}


def near_duplicates(x):
    distance = numpy.maximum(1 - unit(x) @ unit(x).T, 0)
    return AgglomerativeClustering(None, affinity="precomputed", linkage="complete", distance_threshold=0.05 * distance.mean()).fit_predict(distance)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("labeled", type=pathlib.Path)
    options.add_argument("encoders", nargs="+")
    options.add_argument("--size", type=int, default=224)
    options.add_argument("--draws", type=int, default=10)
    asked = options.parse_args()
    files = sorted(asked.labeled.glob("*/*"))
    classes = sorted({f.parent.name for f in files})
    labels = numpy.array([classes.index(f.parent.name) for f in files])
    images = torch.from_numpy(numpy.stack([numpy.asarray(Image.open(f).convert("RGB").resize((asked.size,) * 2, Image.BILINEAR)) for f in files]))
    images = images.permute(0, 3, 1, 2)
    first, metadata = read(asked.encoders[0])
    groups = near_duplicates(features(first, metadata, images)["mean"])
    for encoder in asked.encoders:
        for pooling, x in features(tensors_of(encoder, first), metadata, images).items():
            row = scores(x, labels, groups, asked.draws)
            print(f"{encoder}, {pooling}: " + ", ".join(f"{name} {100 * value:.1f}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
