#!/usr/bin/python3
"""Nearest neighbors side by side with PyTorch's: 10,000 images by 40,000 of 512 dimensions, interleaved, medians.
Needs Debian's python3-torch and libopenblas0-openmp: without the latter PyTorch multiplies by the reference BLAS, many times slower,
which would prove nothing.

    bench/knn.py [ROUNDS] [--out FILE.md]      default 5 rounds, about 3 minutes on two cores
"""
import json
import statistics
import subprocess
import sys

from views import BYOL, ROOT, need_openblas, provenance, publish, run

PEER = ["/usr/bin/python3", str(ROOT / "bench/peers/knn.py")]
BANK, QUERIES, DIMENSION, K, REPEATS = "40000", "10000", "512", "200", "3"


def ours():
    answer = run(BYOL + ["bench", "knn", "--bank", BANK, "--queries", QUERIES, "--dimension", DIMENSION, "--k", K,
                         "--repeats", REPEATS, "--json"], [])
    return json.loads(answer)["seconds"]


def theirs():
    return json.loads(run(PEER + [BANK, QUERIES, DIMENSION, K, REPEATS], []))["seconds"]


def main():
    arguments = sys.argv[1:]
    out = arguments.pop(arguments.index("--out") + 1) if "--out" in arguments else None
    rounds = int(next((a for a in arguments if a.isdigit()), 5))
    need_openblas()
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    figures = []
    for i in range(rounds):
        figures.append((theirs(), ours()))
        print(f"round {i + 1}: {figures[-1][0]:.2f} s, {figures[-1][1]:.2f} s", file=sys.stderr)
    them, us = (statistics.median(column) for column in zip(*figures))
    ratio = statistics.median(a / b for a, b in figures)
    publish(["# Nearest neighbors against PyTorch 1.13 with OpenBLAS", "",
             provenance(f"bench/knn.py {rounds}"),
             f"medians of {rounds} interleaved rounds, each the median of {REPEATS} in one process;",
             "the ratio is the median of the rounds' ratios.", "",
             "| work | PyTorch, s | us, s | ratio | target |", "|---|---:|---:|---:|---:|",
             f"| {int(QUERIES):,} queries, {int(BANK):,} labeled, {DIMENSION} dimensions, k = {K} "
                 f"| {them:.2f} | {us:.2f} | {ratio:.2f} | ≥ 1 |"], out)


if __name__ == "__main__":
    main()
