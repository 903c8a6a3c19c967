"""Would scores softer than right or wrong make the verdict of `byol compare` find more? Made comparisons as in MadeComparison.cs.

    python3 bench/verdict.py [COMPARISONS]

An encoder that is 6 points better, 100 and 300 images, 10 draws of 5 and 10 labels a class out of 30. A score is Φ(margin/(h·its standard deviation)),
where the margin is how much nearer the right class's mean is than the next; h = 0 is right or wrong. Ideal is a test that knows the standard error.
"""
import sys

import numpy as np
from scipy import stats

CLASSES, DIMENSIONS, DRAWS, AMOUNTS, POOL, BETTER = 6, 12, 10, (5, 10), 30, 1.12


def margins(rng, images):
    """[2, amounts, draws, images] of the usual encoder and the better one."""
    centers, normal = 0.5 * rng.standard_normal((CLASSES, DIMENSIONS)), lambda n: rng.standard_normal((n, DIMENSIONS))
    pool, labels = np.repeat(np.arange(CLASSES), POOL), np.r_[np.arange(CLASSES), rng.integers(0, CLASSES, images - CLASSES)]
    shared = 0.8 * normal(len(pool)), 0.8 * normal(images)
    orders = [[rng.permutation(POOL) for _ in range(CLASSES)] for _ in range(DRAWS)]
    found = np.zeros((2, len(AMOUNTS), DRAWS, images))
    for o, signal in enumerate((1, BETTER)):
        known, asked = (signal * centers[y] + s + np.hypot(0.57, 0.18) * normal(len(y)) for y, s in zip((pool, labels), shared))
        known = known.reshape(CLASSES, POOL, DIMENSIONS)
        for a, amount in enumerate(AMOUNTS):
            for j, order in enumerate(orders):
                means = np.stack([known[c][order[c][:amount]].mean(0) for c in range(CLASSES)])
                distance = ((asked[:, None] - means) ** 2).sum(-1)
                own = distance[np.arange(images), labels].copy()
                distance[np.arange(images), labels] = np.inf
                found[o, a, j] = distance.min(1) - own
    return found


def paired(difference):
    """Byol's paired test (PairedTest.cs) of [draws, images]: the difference and its p-value."""
    draws, images = difference.shape
    mean = difference.mean(0)
    of_images, freedom = mean.var(ddof=1) / images, images - 1
    rest = difference - mean
    interaction = (rest - rest.mean(1, keepdims=True)).var(axis=1, ddof=1).sum() / images / (draws - 1)
    overlap = np.mean(np.sqrt(np.array(AMOUNTS) / POOL)) ** 2
    of_draws = max(0, difference.mean(1).var(ddof=1) - interaction) * (1 / draws + overlap / (1 - overlap))
    variance = of_images + of_draws
    freedom = variance**2 / (of_images**2 / freedom + of_draws**2 / (draws - 1))
    return mean.mean(), stats.t.sf(mean.mean() / np.sqrt(variance), freedom)


def main(comparisons):
    print("| images | h | difference | its standard deviation | found | ideal |\n|---:|---:|---:|---:|---:|---:|")
    for images in (100, 300):
        rows = {}
        for seed in range(comparisons):
            found = margins(np.random.default_rng(seed), images)
            for h in (0, 0.25, 0.5, 1, 2):
                scores = found > 0 if h == 0 else stats.norm.cdf(found / (h * found.std(axis=(1, 2, 3), keepdims=True)))
                rows.setdefault(h, []).append(paired((scores[1].astype(float) - scores[0]).mean(0)))
        for h, values in rows.items():
            difference, p = np.array(values).T
            ideal = stats.norm.cdf(difference.mean() / difference.std() - stats.norm.ppf(0.95))
            print(f"| {images} | {h} | {100 * difference.mean():.1f} | {100 * difference.std():.1f} | {np.mean(p < 0.05):.2f} | {ideal:.2f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
