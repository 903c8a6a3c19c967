"""Which calibration of a classifier to use: each fold's probabilities by what the others say.

    byol embed ENCODER --data TILES --out tiles.npy ; python3 bench/calibration.py tiles.npy [--draws 3]

Features are fp32 in .npy with paths and labels beside them (.names.csv). Logistic regression on standardized features, C by the likelihood of
the inner folds, whose scores fit the calibration too. The table has, for the label of the highest score: expected calibration error (ten bins of
equal mass), what it would be if all probabilities were right, accuracy, balanced accuracy; means over draws of the folds. Folds keep near-duplicates
together (pixels, as byol finds them), and then photographs of one tile (numbers in the names of its files within 100).
"""
import argparse
import csv
import re
import warnings

import numpy as np
from PIL import Image
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import minimize
from scipy.spatial.distance import squareform
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1)
warnings.filterwarnings("ignore")


def read(path):
    with open(path.replace(".npy", ".names.csv"), newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.load(path).astype(np.float64), [r[0] for r in rows], np.array([r[1] for r in rows])


def near_duplicates(names):
    rows = np.array([np.asarray(Image.open(n).convert("RGB").resize((32, 32), Image.BOX), float).ravel() for n in names])
    rows -= rows.mean(1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines, n = rows @ rows.T, len(rows)
    distance = np.clip(1 - cosines, 0, 2)
    np.fill_diagonal(distance, 0)
    usual = (cosines.sum() - n) / (n * n - n)
    return fcluster(linkage(squareform(distance, checks=False), "complete"), 0.05 * (1 - usual), "distance")


def by_tile(names):
    numbers = np.array([int(re.search(r"num_(\d+)", n).group(1)) for n in names])
    order, group = np.argsort(numbers), np.zeros(len(names), int)
    group[order] = np.cumsum(np.r_[0, np.diff(numbers[order]) > 100])
    return group


def loss(logits, labels):
    smoothing, logs = 1 / (len(labels) + 1), log_softmax(logits, axis=1)
    return -((1 - smoothing) * logs[np.arange(len(labels)), labels].mean() + smoothing * logs.mean())


def fitted(start, logits_of, labels, penalty=lambda v: 0):
    return minimize(lambda v: loss(logits_of(v), labels) + penalty(v), start, method="BFGS").x


def calibrations(inner, labels, logits, frequencies):
    """Calibrated logits by name."""
    classes = logits.shape[1]
    bias = lambda v: v[-classes:] - v[-classes:].mean()
    t = fitted([0.0], lambda v: inner * np.exp(v[0]), labels)
    share = fitted([0.0, 0.5], lambda v: inner * np.exp(v[0]) + v[1] * frequencies, labels)
    free = fitted(np.zeros(1 + classes), lambda v: inner * np.exp(v[0]) + bias(v), labels, lambda v: 1e-3 * (bias(v) ** 2).sum())
    return {
        "as fitted": logits, "temperature": logits * np.exp(t[0]),
        "temperature, share of the frequencies": logits * np.exp(share[0]) + share[1] * frequencies,
        "temperature, bias for each class": logits * np.exp(free[0]) + bias(free),
    }


def scorer(features, labels, penalty, weights):
    mean, std = features.mean(0), features.std(0) + 1e-12
    model = LogisticRegression(C=penalty, class_weight=weights, max_iter=300, tol=1e-3).fit((features - mean) / std, labels)
    return lambda others: model.decision_function((others - mean) / std)


def held_out(features, labels, fold, weights, classes):
    best = None
    for penalty in PENALTIES:
        logits = np.zeros((len(labels), classes))
        for f in np.unique(fold):
            logits[fold == f] = scorer(features[fold != f], labels[fold != f], penalty, weights)(features[fold == f])
        if best is None or loss(logits, labels) < best[0]:
            best = loss(logits, labels), penalty, logits
    return best[1:]


def figures(probabilities, given, labels):
    p, right = probabilities[np.arange(len(labels)), given], given == labels
    bins = np.array_split(np.argsort(p, kind="stable"), 10)
    error = sum(len(b) * abs(p[b].mean() - right[b].mean()) for b in bins) / len(labels)
    chance = sum(np.sqrt(2 / np.pi * (p[b] * (1 - p[b])).sum()) for b in bins) / len(labels)
    return error, chance, right.mean(), np.mean([right[labels == c].mean() for c in np.unique(labels)])


def main(path, draws):
    features, names, text = read(path)
    classes, labels = np.unique(text, return_inverse=True)
    for kind, group in (("near-duplicates", near_duplicates(names)), ("by tile", by_tile(names))):
        results = {}
        for draw in range(draws):
            fold = np.zeros(len(labels), int)
            for f, (_, held) in enumerate(StratifiedGroupKFold(5, shuffle=True, random_state=draw).split(features, labels, group)):
                fold[held] = f
            said, given = {}, {}
            for weights in ("balanced", None):
                for f in range(5):
                    known, held = fold != f, fold == f
                    penalty, inner = held_out(features[known], labels[known], fold[known], weights, len(classes))
                    logits = scorer(features[known], labels[known], penalty, weights)(features[held])
                    frequencies = np.log(np.bincount(labels[known], minlength=len(classes)))
                    for name, calibrated in calibrations(inner, labels[known], logits, frequencies - frequencies.mean()).items():
                        key = f"{'classes' if weights else 'images'} count the same: {name}"
                        said.setdefault(key, np.zeros((len(labels), len(classes))))[held] = np.exp(log_softmax(calibrated, axis=1))
                        given.setdefault(key, np.zeros(len(labels), int))[held] = logits.argmax(1)
            for key in said:
                results.setdefault(key, []).append(figures(said[key], given[key], labels))
        print(f"\n| folds: {kind}, {len(np.unique(group))} groups | error | by chance | accuracy | balanced |\n|---|---:|---:|---:|---:|")
        for key, rows in results.items():
            print(f"| {key} | {' | '.join(f'{100 * value:.1f}' for value in np.mean(rows, axis=0))} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features")
    parser.add_argument("--draws", type=int, default=3)
    asked = parser.parse_args()
    main(asked.features, asked.draws)
