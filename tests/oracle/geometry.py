"""Figures of how features lie in space, by their definitions, in numpy."""
import sys

import numpy as np
import torch

import tensors

QUESTION, ANSWER = sys.argv[1:3]
question = {name: value.numpy().astype(np.float64) for name, value in tensors.read(QUESTION).items()}
x, other = question["features"], question["others"]


def unit(m):
    return m / np.linalg.norm(m, axis=1, keepdims=True)


def rank(m):
    s = np.linalg.svd(m, compute_uv=False)
    p = s / s.sum()
    return np.exp(-(p * np.log(p)).sum())


u, v = unit(x), unit(other)
pairs = [np.exp(-2 * ((u[i] - u[j]) ** 2).sum()) for i in range(len(u)) for j in range(i)]
answer = {
    "std": u.std(axis=0).mean() * np.sqrt(x.shape[1]),
    "rank": rank(x),
    "alignment": ((u - v) ** 2).sum(axis=1).mean(),
    "uniformity": np.log(np.mean(pairs)),
}
answer = {name: torch.tensor([value]) for name, value in answer.items()}
spectrum = np.linalg.svd(np.cov(x.T, bias=True), compute_uv=False)
tensors.write(ANSWER, answer | {"spectrum": torch.tensor(spectrum)})
