"""Which measure of novelty tells unknown images from known ones: each class left out in turn, by folds, and other images altogether.

    byol embed ENCODER --data TILES --out tiles.npy ; byol embed ENCODER --data CIFAR --out others.npy
    python3 bench/novelty.py tiles.npy [others.npy] [--only SPLIT.txt]

Features are fp32 in .npy with names and labels beside it (.names.csv). Photographs of one tile share a fold: a tile was photographed up to six
times in a row, and the numbers in the names of its files lie within 100 of one another. A figure is the mean over 5 folds of the AUROC of
unknown images against the known images of that fold; references are the known images of the other folds. --by-cosine shares folds by
near-duplicates instead (cosine 0.99, complete link), --only keeps the images that a split calls "train".
"""
import argparse
import csv
import re

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.covariance import LedoitWolf
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

NEIGHBORS = (1, 2, 3, 5, 10)


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def kth(similarities, k):
    return -np.sort(-similarities, axis=1)[:, k - 1]


def cosine(k):
    return lambda train, labels, x: 1 - kth(unit(x) @ unit(train).T, k)


def standardized_cosine(k):
    def score(train, labels, x):
        mean, std = train.mean(0), train.std(0) + 1e-6
        return cosine(k)((train - mean) / std, labels, (x - mean) / std)
    return score


def mahalanobis(by_class, relative=False, power=1.0):
    def score(train, labels, x):
        means = [train[labels == c].mean(0) for c in np.unique(labels)] if by_class else [train.mean(0)]
        centered = np.concatenate([train[labels == c] - m for c, m in zip(np.unique(labels), means)]) if by_class else train - means[0]
        precision = np.linalg.inv(LedoitWolf(assume_centered=True).fit(centered).covariance_)
        distance = np.min([np.einsum("nd,de,ne->n", x - m, precision, x - m) for m in means], axis=0)
        return distance - mahalanobis(False)(train, labels, x) if relative else distance
    return score


def normalized(method):
    return lambda train, labels, x: method(unit(train), labels, unit(x))


def whitened_cosine(k):
    def score(train, labels, x):
        mean = train.mean(0)
        values, vectors = np.linalg.eigh(LedoitWolf().fit(train).covariance_)
        white = vectors / np.sqrt(values)
        return cosine(k)((train - mean) @ white, labels, (x - mean) @ white)
    return score


METHODS = {
    **{f"cosine k={k}": cosine(k) for k in NEIGHBORS},
    **{f"standardized cosine k={k}": standardized_cosine(k) for k in (1, 3)},
    **{f"whitened cosine k={k}": whitened_cosine(k) for k in (1, 3)},
    "Mahalanobis": mahalanobis(False),
    "Mahalanobis by class": mahalanobis(True),
    "Mahalanobis by class, relative": mahalanobis(True, relative=True),
    "Mahalanobis, unit length": normalized(mahalanobis(False)),
    "Mahalanobis by class, unit length": normalized(mahalanobis(True)),
}


def read(path):
    with open(path.replace(".npy", ".names.csv"), newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.load(path).astype(np.float64), [r[0] for r in rows], np.array([r[1] for r in rows])


def near_duplicates(features):
    return fcluster(linkage(unit(features), "complete", metric="cosine"), 0.01, "distance")


def tiles(names):
    numbers = np.array([int(re.search(r"num_(\d+)", n).group(1)) for n in names])
    order, group = np.argsort(numbers), np.zeros(len(names), int)
    group[order] = np.cumsum(np.r_[0, np.diff(numbers[order]) > 100])
    return group


def auroc(method, features, labels, group, unknown):
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=1).split(features, labels, group)
    areas = []
    for train, held in folds:
        known = method(features[train], labels[train], features[held])
        other = method(features[train], labels[train], unknown)
        areas.append(roc_auc_score(np.r_[np.zeros(len(known)), np.ones(len(other))], np.r_[known, other]))
    return np.mean(areas)


def main(paths, split, by_cosine):
    features, names, labels = read(paths[0])
    if split:
        with open(split) as file:
            chosen = {line.split(" ", 1)[1].strip() for line in file if line.startswith("train ")}
        keep = np.array([n in chosen for n in names])
        features, names, labels = features[keep], [n for n, k in zip(names, keep) if k], labels[keep]
    group = near_duplicates(features) if by_cosine else tiles(names)
    classes = np.unique(labels)
    others = read(paths[1])[0] if len(paths) > 1 else None
    print(f"{len(features)} images, {len(np.unique(group))} groups")
    print(f"| novelty | {' | '.join(classes)} | mean | others |\n|---|{'---:|' * (len(classes) + 2)}")
    for name, method in METHODS.items():
        areas = [auroc(method, features[labels != c], labels[labels != c], group[labels != c], features[labels == c]) for c in classes]
        far = "" if others is None else f"{auroc(method, features, labels, group, others):.4f}"
        print(f"| {name} | {' | '.join(f'{a:.3f}' for a in areas)} | {np.mean(areas):.3f} | {far} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", nargs="+")
    parser.add_argument("--only")
    parser.add_argument("--by-cosine", action="store_true")
    given = parser.parse_args()
    main(given.features, given.only, given.by_cosine)
