#!/usr/bin/python3
"""Two checkouts side by side: steps of the three networks, and embedding, in interleaved pairs. Needs python3-pil and python3-numpy.

    bench/pairs.py BEFORE [PAIRS] [--out FILE.md] [--only NAME]      default 10 pairs, about half an hour on two cores

BEFORE is a checkout of the commit to compare with; both are built first. Within a pair the order changes from pair to pair.
The ratio is after / before, so that more than 1 is faster; its interval is that of the median over 2,000 resamples of the pairs.
"""
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

import embed
import step
from views import ROOT, commit, figure, make_images, provenance, publish, run

PROGRAM = "src/Byol.Cli/bin/Release/net10.0/Byol.Cli.dll"
STEPS = {"resnet18": 2, "resnet18-half": 40, "resnet50": 2}


def step_rate(checkout, name, folder):
    images = step.NETWORKS[name][4]
    answer = run(["dotnet", str(checkout / PROGRAM), "bench", "step", "--data", str(folder / images), *step.arguments_of(name),
                  "--steps", str(STEPS[name]), "--json"], [])
    return figure(json.loads(answer), "images_per_second", "imagesPerSecond")


def embed_rate(checkout, name, folder):
    _, _, _, _, batch, _, _, images = embed.NETWORKS[name]
    count = {"resnet18": 768, "resnet18-half": 6_000, "resnet50": 96}[name]
    answer = run(["dotnet", str(checkout / PROGRAM), "bench", "embed", str(folder / name), "--data", str(folder / images),
                  "--images", str(count), "--batch-size", str(batch), "--json"], [])
    return figure(json.loads(answer), "images_per_second", "imagesPerSecond")


def interval(ratios):
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(2000))
    return medians[50], medians[1949]


def main():
    arguments = sys.argv[1:]
    out, only = (arguments.pop(arguments.index(option) + 1) if option in arguments else None for option in ("--out", "--only"))
    arguments = [a for a in arguments if a not in ("--out", "--only")]
    if not arguments:
        sys.exit(__doc__)
    before, pairs = pathlib.Path(arguments[0]).resolve(), int(arguments[1]) if len(arguments) > 1 else 10
    old = run(["git", "-C", str(before), "rev-parse", "--short", "HEAD"], []).strip()
    for checkout in (before, ROOT):
        subprocess.run(["dotnet", "build", str(checkout / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    rows = {f"step, {step.NETWORKS[n][0]}": (step_rate, n) for n in step.NETWORKS}
    rows |= {f"embed, {embed.NETWORKS[n][0]}": (embed_rate, n) for n in embed.NETWORKS}
    rows = {title: row for title, row in rows.items() if only is None or only in title}
    rates = {title: [] for title in rows}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        make_images(folder)
        step.many(folder / "cifar", 6_000), step.many(folder / "photos", 96)
        for rate, name in rows.values():
            if rate is embed_rate:
                embed.make_encoder(name, folder, ["dotnet", str(before / PROGRAM)])     # later checkouts read earlier runs
        for i in range(pairs):
            for title, (rate, name) in rows.items():
                order = (before, ROOT) if i % 2 == 0 else (ROOT, before)
                found = {checkout: rate(checkout, name, folder) for checkout in order}
                rates[title].append((found[before], found[ROOT]))
                print(f"pair {i + 1}: {title}: {found[before]:.1f}, {found[ROOT]:.1f}", file=sys.stderr, flush=True)
    lines = [f"# {commit()} against {old}", "",
             provenance(f"bench/pairs.py BEFORE {pairs}"),
             f"medians of {pairs} interleaved pairs, images a second; the ratio is the median of the pairs' ratios, after / before, with the",
             "95 % interval of that median over resampled pairs.", "",
             "| work | before | after | ratio | interval |", "|---|---:|---:|---:|---:|"]
    for title, figures in rates.items():
        ratios = [after / was for was, after in figures]
        low, high = interval(ratios)
        lines.append(f"| {title} | {statistics.median(f[0] for f in figures):.1f} | {statistics.median(f[1] for f in figures):.1f} "
                     f"| {statistics.median(ratios):.3f} | {low:.3f} to {high:.3f} |")
    publish(lines, out)


if __name__ == "__main__":
    main()
