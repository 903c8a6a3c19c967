#!/usr/bin/python3
"""The linear probe beside scikit-learn, and beside itself before it was mended (commit 4d80c8a), on 16 sets of features.
Needs python3-sklearn and python3-torchvision, and in BYOL_DATA cifar10/, magnetic-tile/ with magnetic-tile-split.txt, and cases/probe/.

    bench/probe.py [ROUNDS] [--work FOLDER] [--only FEATURES] [--out FILE.md]      default 3 rounds of time; an hour on two cores

FOLDER keeps encoders and features for the next time.
"""
import csv
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tarfile
import tempfile
import warnings

import numpy as np
import torch
import torchvision
from PIL import Image
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import balanced_accuracy_score

from views import BYOL, ROOT, provenance, publish, run

sys.path.insert(0, str(ROOT / "tests/oracle"))
import tensors  # noqa: E402

BEFORE = "4d80c8a"
PROBE = "bench/Probe/bin/Release/net10.0/Probe.dll"
GRID = [f"1e{e}" for e in range(-4, 5)]
DRAWS = 10
# Features, and how many images of each class are labeled: a number, a share, or fewer of each class than of the one before.
SETS = [("imagenet", "0.8"), ("imagenet", "5"), ("imagenet", "10"), ("imagenet", "halving"),
        ("cifar pixels", "10"), ("cifar pixels", "0.2"), ("cifar random", "5"), ("cifar random", "0.3"),
        ("cifar byol", "10"), ("cifar byol", "0.5"), ("fashion byol", "5"), ("fashion byol", "0.3"),
        ("tiles pixels", "0.8"), ("tiles random", "0.8"), ("tiles byol", "0.8"), ("tiles byol", "5")]


def data(name):
    roots = [pathlib.Path(r) for r in os.environ.get("BYOL_DATA", "").split(os.pathsep) if r]
    found = next((r / name for r in roots if (r / name).exists()), None)
    return found or sys.exit(f"bench: {name} is in no folder of BYOL_DATA ({os.environ.get('BYOL_DATA', '')}); name its folder there.")


def byol(work, name, pretrain, images):
    """Features of an encoder that byol trained for a moment."""
    if not (work / f"{name}.npy").exists():
        run(BYOL + ["pretrain", "--out", str(work / name), *pretrain], [])
        run(BYOL + ["embed", str(work / name), "--data", str(images), "--out", str(work / f"{name}.npy")], [])
    rows = list(csv.DictReader(open(work / f"{name}.names.csv")))
    classes = sorted({r["label"] for r in rows})
    return np.load(work / f"{name}.npy"), np.array([classes.index(r["label"]) for r in rows]), [r["name"] for r in rows]


def random_encoder(pixels):
    torch.manual_seed(1)
    network = torchvision.models.resnet18()
    network.fc = torch.nn.Identity()
    images = torch.from_numpy(pixels.reshape(-1, 3, 32, 32))
    with torch.no_grad():
        return torch.cat([network.eval()(torch.nn.functional.interpolate(b, 64)) for b in images.split(100)]).numpy()


def cifar(count):
    pixels, labels = [], []
    with tarfile.open(data("cifar10/train-000004.tar")) as tar:
        for member in tar:
            blob = tar.extractfile(member).read()
            if member.name.endswith(".jpg"):
                pixels.append(np.asarray(Image.open(io.BytesIO(blob)).convert("RGB"), np.float32).transpose(2, 0, 1).ravel() / 255 - 0.5)
            else:
                labels.append(int(blob))
            if len(pixels) == len(labels) == count:
                return np.stack(pixels), np.array(labels)


def tiles(split):
    def pixels(file):
        image = Image.open(data("magnetic-tile") / file).convert("L")
        side = min(image.size)
        left, top = ((s - side) // 2 for s in image.size)
        gray = np.asarray(image.crop((left, top, left + side, top + side)).resize((32, 32), Image.BICUBIC), np.float32) / 255 - 0.5
        return np.stack([gray] * 3).ravel()
    classes = sorted({file.split("/")[0] for file in split})
    return np.stack([pixels(f) for f in split]), np.array([classes.index(f.split("/")[0]) for f in split])


def features(work):
    """name: x and y to draw labeled images from, x and y to classify. Of CIFAR-10 both are of the validation shard; Fashion-MNIST's are
    those that its encoder has seen."""
    def cut(x, y, count):
        return x[:count], y[:count], x[count:count + 2000], y[count:count + 2000]

    probe = data("cases/probe")
    parts = [(np.load(probe / f"{p}.npy"), np.loadtxt(probe / f"{p}.labels.txt", dtype=int)) for p in ("train", "test")]
    x, y = cifar(5000)
    sets = {"imagenet": (*parts[0], *parts[1]), "cifar pixels": cut(x, y, 3000), "cifar random": cut(random_encoder(x), y, 3000)}
    quick = ["--recipe", "quickstart", "--epochs"]
    x, y, _ = byol(work, "cifar", [*quick, "1", "--image-size", "32", "--data", str(data("cifar10/train-000000.tar"))],
                   data("cifar10/train-000004.tar"))
    sets["cifar byol"] = cut(x, y, 3000)
    x, y, _ = byol(work, "fashion", [*quick, "2", "--data", "fashion-mnist-10k:train"], "fashion-mnist-10k")
    sets["fashion byol"] = cut(x, y, 6000)
    split = {f: part == "train" for part, f in map(str.split, open(data("magnetic-tile-split.txt")))}
    x, y = tiles(split)
    train = np.array(list(split.values()))
    sets["tiles pixels"] = (x[train], y[train], x[~train], y[~train])
    z = random_encoder(x)
    sets["tiles random"] = (z[train], y[train], z[~train], y[~train])
    x, y, names = byol(work, "tiles", ["--recipe", "folder", "--image-size", "64", "--batch-size", "64", "--encoder", "resnet18x0.5",
                                       "--epochs", "2", "--data", str(data("magnetic-tile"))], data("magnetic-tile"))
    train = np.array([split["/".join(n.split("/")[-2:])] for n in names])
    sets["tiles byol"] = (x[train], y[train], x[~train], y[~train])
    return sets


def question(pool, amount, number):
    """Draws the labeled images; all are brought to the scale of the pool, as byol evaluate does."""
    x, y, queries, truth = pool
    random, chosen = np.random.default_rng(number), []
    for c in range(y.max() + 1):
        members = random.permutation(np.flatnonzero(y == c))
        count = max(8, 160 >> c) if amount == "halving" else round(len(members) * float(amount)) if "." in amount else int(amount)
        chosen.append(members[:count])
    rows = np.sort(np.concatenate(chosen))
    mean, deviation = x.mean(0), x.std(0)
    deviation[deviation <= 1e-6 * deviation.max()] = 1
    return {"features": ((x[rows] - mean) / deviation).astype(np.float32), "labels": y[rows].astype(np.int64),
            "queries": ((queries - mean) / deviation).astype(np.float32)}, truth


def built():
    """Both commits' harness: this one's, and that of before in a clone."""
    clone = pathlib.Path(tempfile.gettempdir()) / f"byol-probe-{BEFORE}"
    if not (clone / PROBE).exists():
        run(["git", "clone", "-q", str(ROOT), str(clone)], [])
        run(["git", "-C", str(clone), "checkout", "-q", BEFORE], [])
        run(["cp", "-r", str(ROOT / "bench/Probe"), str(clone / "bench")], [])
        run(["rm", "-rf", str(clone / "bench/Probe/obj"), str(clone / "bench/Probe/bin")], [])
    for root in (ROOT, clone):
        run(["dotnet", "build", str(root / "bench/Probe"), "-c", "Release", "-v", "quiet", "--nologo"], [])
    return clone / PROBE, ROOT / PROBE


def score(probe, files):
    return [json.loads(line) for line in run(["dotnet", str(probe), "score", *map(str, files)], []).splitlines()]


def loss(x, y, w, c):
    scores = x @ w[:, :-1].T + w[:, -1]
    return c * (logsumexp(scores, 1) - scores[np.arange(len(y)), y]).sum() + (w[:, :-1] ** 2).sum() / 2


def along_axes(q):
    """fp64, along the principal axes: scikit-learn has the same minimum there and comes to it sooner."""
    x = q["features"].astype(np.float64)
    axes = np.linalg.svd(x, full_matrices=False)[2].T
    return x @ axes, q["queries"].astype(np.float64) @ axes, axes


def excess(probe, file, q):
    """The largest (f − f_sklearn)/f_sklearn over the grid."""
    answer = file.with_suffix(".fits")
    run(["dotnet", str(probe), "fit", str(file), str(answer), *GRID], [])
    fits, (x, _, axes), y = tensors.read(answer), along_axes(q), q["labels"]
    model = LogisticRegression(multi_class="multinomial", tol=1e-10, max_iter=20000, warm_start=True)
    worst = -np.inf
    for c in GRID:
        model.set_params(C=float(c)).fit(x, y)
        theirs = loss(x, y, np.hstack([model.coef_, model.intercept_[:, None]]), float(c))
        worst = max(worst, loss(q["features"].astype(np.float64), y, fits[c].numpy(), float(c)) / theirs - 1)
    return worst


def cross_validated(q):
    x, queries, _ = along_axes(q)
    folds = min(5, np.bincount(q["labels"]).min())
    return LogisticRegressionCV(Cs=[float(c) for c in GRID], cv=folds, multi_class="multinomial").fit(x, q["labels"]).predict(queries)


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    torch.set_num_threads(2)
    arguments = sys.argv[1:]
    out, work, only = (arguments.pop(arguments.index(option) + 1) if option in arguments else None for option in ("--out", "--work", "--only"))
    rounds = int(next((a for a in arguments if a.isdigit()), 3))
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        scratch, work = pathlib.Path(scratch), pathlib.Path(work or scratch)
        work.mkdir(exist_ok=True)
        (old, new), pools, lines = built(), features(work), []
        for name, amount in (s for s in SETS if only in (None, s[0])):
            drawn = [question(pools[name], amount, d) for d in range(DRAWS)]
            files = [scratch / f"{d}.safetensors" for d in range(DRAWS)]
            for file, (q, _) in zip(files, drawn):
                tensors.write(file, {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in q.items()})
            above = excess(new, files[0], drawn[0][0])
            before, after = score(old, files), score(new, files)
            counts = [np.bincount(v) for v in (drawn[0][0]["labels"], drawn[0][1])]
            equal = all(c.max() < 1.5 * c.min() for c in counts)
            def accuracy(predictions):
                return 100 * np.mean([np.mean(p == t) if equal else balanced_accuracy_score(t, p) for p, (_, t) in zip(predictions, drawn)])
            them = accuracy([cross_validated(q) for q, _ in drawn])
            was, us = (accuracy([np.array(s["predicted"]) for s in scores]) for scores in (before, after))
            times = [[statistics.median(s["seconds"] for s in score(probe, files[:3])) for probe in (old, new)] for _ in range(rounds)]
            slow, fast = (statistics.median(column) for column in zip(*times))
            shape = drawn[0][0]["features"].shape
            share = f"{100 * float(amount):.0f} %" if "." in amount else amount
            lines.append(f"| {name} | {share} "
                         f"| {shape[0]:,} x {shape[1]:,} | {above:.0e} | {'' if equal else 'balanced '}{was:.1f} | {us:.1f} | {them:.1f} "
                         f"| {us - them:+.1f} | {slow:.2f} | {fast:.2f} | {statistics.median(b / a for a, b in times):.2f} |")
            print(lines[-1], file=sys.stderr, flush=True)
    publish(["# The linear probe against scikit-learn 1.2, and against itself before", "",
             provenance(f"bench/probe.py {rounds}"),
             f"{len(lines)} sets of features. Objective: the largest excess over scikit-learn's (lbfgs, tolerance 1e-10) at any C from 1e-4 to",
             f"1e4, relative, first draw; target: ≤ 1e-6 (negative: below it). Accuracy in %: mean over {DRAWS} draws of the labeled images,",
             "balanced where the labeled or the classified images are unequal by half; scikit-learn's is `LogisticRegressionCV` with the same C;",
             "target: ≥ −0.5. Seconds of",
             f"`LinearProbe.Scores`: medians of {rounds} interleaved rounds, each the median of 3 draws; before: commit {BEFORE}; target: ≤ 2.",
             "Labels: of each class, or a share of the pool; halving: 160, 80, 40, 20, 10, 8.", "",
             "| features | labels | images x dimensions | objective | before | now | scikit-learn | difference | before, s | now, s | ratio |",
             "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|", *lines], out)


if __name__ == "__main__":
    main()
