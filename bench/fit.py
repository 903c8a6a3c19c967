#!/usr/bin/python3
"""What an encoder should be given of photographs of any shape: its center square, all of it squashed, all of it padded, or tiles.

    bench/fit.py PHOTOS ENCODER.safetensors... [--split FILE] [--tiles 4,9] [--out FILE.md]

PHOTOS has a sub-folder for each class; FILE has lines "train CLASS/NAME", and only these are looked at. Each encoder embeds the photographs
under each fit (byol embed); nearest neighbors and a linear probe are scored by balanced accuracy over four folds, twice, which keep
near-duplicates together (thumbnails, complete link), with 5, 10 and 20 labels a class, three draws each, and all. Draws are the same for
every fit, so the differences from the center square are paired. Needs numpy, scikit-learn and Pillow.
"""
import argparse
import json
import pathlib
import shutil
import struct
import subprocess
import tempfile
import warnings

import numpy as np
from PIL import Image
from sklearn.cluster import AgglomerativeClustering
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedGroupKFold

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parent.parent
BYOL = ["dotnet", ROOT / "src/Byol.Cli/bin/Release/net10.0/Byol.Cli.dll"]
FITS, AMOUNTS = ("crop", "squash", "pad"), (5, 10, 20, "all")


def with_fit(encoder, fit, target):
    """A copy of an encoder's file that says another fit; the weights and their digest stay."""
    data = encoder.read_bytes()
    (length,) = struct.unpack("<q", data[:8])
    header = json.loads(data[8:8 + length])
    header["__metadata__"] |= {"evaluation_fit": fit} | ({} if fit == "crop" else {"center_crop": "1"})
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    target.write_bytes(struct.pack("<q", len(text)) + text + data[8 + length:])
    return target


def embed(encoder, photos, folder, *options):
    out = folder / "rows.npy"
    subprocess.run([*BYOL, "embed", encoder, "--data", photos, "--out", out, *options], check=True, capture_output=True)
    return np.load(out)


def groups(files):
    """Near-duplicates by thumbnails: every two of a group are alike."""
    small = np.stack([np.asarray(Image.open(f).convert("L").resize((24, 24)), float).ravel() for f in files])
    small -= small.mean(1, keepdims=True)
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    return AgglomerativeClustering(
        n_clusters=None, affinity="precomputed", linkage="complete", distance_threshold=0.05).fit_predict(1 - small @ small.T)


def neighbors(rows, labels, queries, classes):
    rows, queries = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (rows, queries))
    smallest = np.bincount(labels).min()
    k = max((k for k in (5, 10, 20, 50, 100, 200) if k <= smallest), default=1)
    cosines, votes = queries @ rows.T, np.zeros((len(queries), classes))
    nearest = np.argsort(-cosines, 1)[:, :k]
    for i, near in enumerate(nearest):
        np.add.at(votes[i], labels[near], np.exp((cosines[i, near] - 1) / 0.1))
    return votes.argmax(1)


def linear(rows, labels, queries, classes):
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    return LogisticRegression(C=0.01, max_iter=300).fit((rows - mean) / deviation, labels).predict((queries - mean) / deviation)


def draws(labels, group):
    """Folds, and what is learned from in each: (amount, labeled images, images to classify)."""
    for seed in range(2):
        for fold, (train, test) in enumerate(StratifiedGroupKFold(4, shuffle=True, random_state=seed).split(labels, labels, group)):
            random = np.random.default_rng(100 * seed + fold)
            for amount in AMOUNTS:
                for _ in range(1 if amount == "all" else 3):
                    picked = train if amount == "all" else np.concatenate([
                        random.choice(of, min(amount, len(of)), replace=False)
                        for of in (train[labels[train] == c] for c in range(labels.max() + 1))])
                    yield amount, picked, test


def score(features, labels, plan):
    """Percent by (protocol, amount), a list over the draws."""
    found, classes = {}, labels.max() + 1
    for amount, picked, test in plan:
        for name, classify in (("kNN", neighbors), ("linear", linear)):
            predicted = classify(features[picked], labels[picked], features[test], classes)
            found.setdefault((name, amount), []).append(100 * balanced_accuracy_score(labels[test], predicted))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("encoders", type=pathlib.Path, nargs="+")
    parser.add_argument("--split", type=pathlib.Path)
    parser.add_argument("--tiles", default="")
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    names = sorted(line.split()[1] for line in asked.split.read_text().splitlines() if line.startswith("train ")) if asked.split else \
        sorted(str(f.relative_to(asked.photos)) for f in asked.photos.glob("*/*"))
    files = [asked.photos / n for n in names]
    classes = sorted({n.split("/")[0] for n in names})
    labels = np.array([classes.index(n.split("/")[0]) for n in names])
    group = groups(files)
    plan = list(draws(labels, group))
    columns = [(p, a) for p in ("kNN", "linear") for a in AMOUNTS]
    lines = [f"{len(files)} photographs in {len(classes)} classes, {len(set(group))} groups of near-duplicates (largest {np.bincount(group).max()}); "
             "balanced accuracy, %, and the paired difference from the center square ± its standard error", "",
             "| encoder | seen | " + " | ".join(f"{p}, {a}{'' if a == 'all' else ' a class'}" for p, a in columns) + " |",
             "|---|---|" + "---:|" * len(columns)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        photos = folder / "photos"
        for name, file in zip(names, files):
            (photos / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, photos / name)
        for encoder in asked.encoders:
            seen = {fit: ([], fit) for fit in FITS}
            seen |= {f"{n} tiles, {pool}": (["--tiles", n, "--pool", pool], "squash")
                     for n in filter(None, asked.tiles.split(",")) for pool in ("mean", "max")}
            base = None
            for title, (options, fit) in seen.items():
                features = embed(with_fit(encoder, fit, folder / "e.safetensors"), photos, folder, *options)
                found = score(features, labels, plan)
                base = base or found
                cells = []
                for column in columns:
                    gain = np.array(found[column]) - np.array(base[column])
                    error = gain.std(ddof=1) / len(gain) ** 0.5
                    cells.append(f"{np.mean(found[column]):.1f}" + ("" if base is found else f" ({gain.mean():+.1f} ± {error:.1f})"))
                lines.append(f"| {encoder.stem} | {title} | " + " | ".join(cells) + " |")
                print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    if asked.out:
        asked.out.write_text(text)


main()
