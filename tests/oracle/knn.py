"""Weighted nearest neighbors in numpy: the class of each query, and of each bank image by all the others."""
import sys

import numpy as np
import torch

import tensors

QUESTION, ANSWER, NEIGHBORS, TEMPERATURE, CLASSES = sys.argv[1:6]
question = {name: value.numpy() for name, value in tensors.read(QUESTION).items()}
k, temperature, classes = int(NEIGHBORS), float(TEMPERATURE), int(CLASSES)


def unit(x):
    x = x.astype(np.float64)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def classify(similarity):
    predicted = []
    for row in similarity:
        nearest = np.argsort(-row, kind="stable")[:k]
        votes = np.bincount(question["labels"][nearest], np.exp(row[nearest] / temperature), classes)
        predicted.append(votes.argmax())
    return torch.tensor(np.array(predicted))


bank = unit(question["bank"])
others = bank @ bank.T
np.fill_diagonal(others, -np.inf)
tensors.write(ANSWER, {"queries": classify(unit(question["queries"]) @ bank.T), "leave_one_out": classify(others)})
