"""Weighted nearest neighbors in PyTorch: features normalized, blocks of queries, one product and one topk each.
Prints JSON: the median of seconds.

    python3 bench/peers/knn.py BANK QUERIES DIMENSION K REPEATS [BLOCK]
"""
import json
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F

CLASSES, TEMPERATURE = 10, 0.1


def classify(bank, labels, queries, k, block):
    bank = F.normalize(bank, dim=1).t()
    predicted = []
    for part in queries.split(block):
        similarity, nearest = (F.normalize(part, dim=1) @ bank).topk(k, dim=1)
        votes = torch.zeros(len(part), CLASSES).scatter_add_(1, labels[nearest], (similarity / TEMPERATURE).exp())
        predicted.append(votes.argmax(1))
    return torch.cat(predicted)


def main(bank, queries, dimension, k, repeats, block=1024):
    torch.set_num_threads(len(os.sched_getaffinity(0)))      # Debian's build begins with one on two cores
    torch.manual_seed(1)
    features, labels, asked = torch.randn(bank, dimension), torch.arange(bank) % CLASSES, torch.randn(queries, dimension)
    seconds = []
    with torch.no_grad():
        for _ in range(repeats):
            start = time.perf_counter()
            classify(features, labels, asked, k, block)
            seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": statistics.median(seconds)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
