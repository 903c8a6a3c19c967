#!/usr/bin/python3
"""The time of a step against its arithmetic: batch, width and resolution change one at a time, interleaved, medians.

    bench/scaling.py [ROUNDS] [--out FILE.md]      default 3 rounds, about 10 minutes on two cores; draws FILE.svg beside the table
"""
import itertools
import json
import math
import pathlib
import statistics
import subprocess
import sys

from views import BYOL, ROOT, provenance, publish, run

BASE = {"batch": 128, "width": 0.5, "pixels": 32}
AXES = {"batch": (32, 64, 256), "width": (0.25, 1), "pixels": (24, 48, 64)}
CASES = [BASE] + [BASE | {axis: value} for axis, values in AXES.items() for value in values]
STEPS = 20


def measure(case):
    answer = json.loads(run(BYOL + ["bench", "step", "--recipe", "cifar10-small", "--encoder", f"resnet18x{case['width']}",
                                    "--batch-size", str(case["batch"]), "--image-size", str(case["pixels"]),
                                    "--steps", str(STEPS), "--json"], []))
    return answer["gigaflops_per_image"] * case["batch"], answer["step_milliseconds"]


def chart(points, rate):
    """Dots on logarithmic axes, and the line of one rate through them."""
    left, right = (f(math.log10(x) for x, *_ in points) for f in (min, max))
    low, high = (f(math.log10(y) for x, time, _ in points for y in (time, x / rate * 1000)) for f in (min, max))
    place = lambda x, y: (130 + 440 * (math.log10(x) - left) / (right - left), 330 - 280 * (math.log10(y) - low) / (high - low))
    (x1, y1), (x2, y2) = (place(10 ** x, 10 ** x / rate * 1000) for x in (left, right))
    sides = itertools.cycle(((1, "start"), (-1, "end")))      # so that neighbors do not meet
    dots = "".join(f'<circle cx="{place(x, y)[0]:.1f}" cy="{place(x, y)[1]:.1f}" r="4" fill="#1f5fa8"/>'
                   f'<text x="{place(x, y)[0] + side * 7:.1f}" y="{place(x, y)[1] + 3 + side * 9:.1f}" '
                   f'font-size="10" text-anchor="{anchor}">{label}</text>'
                   for (x, y, label), (side, anchor) in zip(sorted(points), sides))
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 380" font-family="sans-serif" fill="#333">'
            '<rect width="700" height="380" fill="#fff"/>'
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#999" stroke-dasharray="4"/>{dots}'
            '<text x="320" y="368" font-size="12" text-anchor="middle">'
            f'GFLOP a step, {10 ** left:.0f} to {10 ** right:.0f}, logarithmic; dashed: {rate:.0f} GFLOP/s</text>'
            '<text x="20" y="200" font-size="12" text-anchor="middle" transform="rotate(-90 20 200)">'
            f'ms a step, {10 ** low:.0f} to {10 ** high:.0f}</text></svg>\n')


def main():
    arguments = sys.argv[1:]
    out = arguments.pop(arguments.index("--out") + 1) if "--out" in arguments else None
    rounds = int(next((a for a in arguments if a.isdigit()), 3))
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    times = [[] for _ in CASES]
    for i in range(rounds):
        for case, measured in zip(CASES, times):
            measured.append(measure(case))
            print(f"round {i + 1}: {case}: {measured[-1][0]:.1f} GFLOP, {measured[-1][1]:.0f} ms", file=sys.stderr)
    figures = [(measured[0][0], statistics.median(t for _, t in measured)) for measured in times]
    base = figures[0][0] / figures[0][1] * 1000
    lines = ["# The time of a step against its arithmetic", "",
             provenance(f"bench/scaling.py {rounds}"),
             f"medians of {rounds} interleaved rounds of {STEPS} steps. ResNet-18, stride-2 stem, the heads of `cifar10-small`, on",
             "fashion-mnist-10k; the last column is the time beyond what the first row's rate would take.", "",
             "| batch | width | px | GFLOP a step | ms a step | GFLOP/s | beyond |", "|---:|---:|---:|---:|---:|---:|---:|"]
    for case, (flops, ms) in zip(CASES, figures):
        lines.append(f"| {case['batch']} | {case['width']} | {case['pixels']} "
                     f"| {flops:.1f} | {ms:.0f} | {1000 * flops / ms:.0f} | {100 * (ms * base / 1000 / flops - 1):+.0f} % |")
    if out:
        drawing = pathlib.Path(out).with_suffix(".svg")
        points = [(flops, ms, f"{c['batch']}, x{c['width']}, {c['pixels']} px") for c, (flops, ms) in zip(CASES, figures)]
        drawing.write_text(chart(points, base))
        lines += ["", f"![ms against GFLOP, logarithmic]({drawing.name})"]
    publish(lines, out)


if __name__ == "__main__":
    main()
