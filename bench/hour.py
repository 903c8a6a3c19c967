#!/usr/bin/python3
"""An hour of our cifar10-hour beside an hour of lightly's recipe in PyTorch, on the same cores: kNN over the time, kNN and linear probe
at the end. Needs python3-torchvision and libopenblas0-openmp.

    bench/hour.py DATA FOLDER [--minutes 60] [--seeds 1] [--out FILE.md]

DATA has train-000000.tar to train-000004.tar, of which the last is scored. FOLDER keeps what was trained: interrupted, the same command
goes on. Two hours on two cores, and as long again for every further seed of ours but the scoring; draws FILE.svg beside the table.
"""
import json
import pathlib
import statistics
import subprocess
import sys

from views import BYOL, ROOT, gains_from_bf16, need_openblas, provenance, publish, run

QUARTERS = (1, 2, 3, 4)


def score(encoder, data, protocol, extra=()):
    answer = json.loads(run(BYOL + ["evaluate", str(encoder), "--train", data["train"], "--test", data["test"],
                                    "--protocol", protocol, *extra, "--json"], []))
    return next(row["accuracy"] for row in answer["rows"])


def ours(folder, data, minutes, seed):
    """The curve in (minutes, kNN), and both scores of the last step."""
    out = folder / f"ours-{seed}"
    if not (out / "encoder.safetensors").exists():
        resume = ["--resume"] if (out / "recipe.toml").exists() else []
        subprocess.run(BYOL + ["pretrain", "--recipe", "cifar10-hour", "--seed", str(seed), "--set", f"training.budget={minutes}m",
                               "--data", data["train"], "--validation", data["test"], "--out", str(out), *resume], check=True)
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    curve = [(line["seconds"] / 60, line["knn"]) for line in lines if "knn" in line]
    return curve, score(out, data, "knn"), score(out, data, "linear")


def anchor(folder, data, minutes):
    """The same of the anchor, whose curve has its quarters."""
    out = folder / "anchor.pt"
    if not out.exists():
        subprocess.run([str(ROOT / "bench/peers/hour.py"), str(60 * minutes), str(out), *data["tars"]], check=True)
    files = [folder / f"anchor-{q}.pt" for q in QUARTERS[:-1]] + [out]
    curve = [(minutes * q / 4, score(file, data, "knn", ["--recipe", "cifar10"])) for q, file in zip(QUARTERS, files)]
    return curve, curve[-1][1], score(out, data, "linear", ["--recipe", "cifar10"])


def chart(curves, minutes, titles):
    """Lines over linear axes, kNN from 20 to 70 %."""
    place = lambda x, y: f"{60 + 600 * x / minutes:.1f},{330 - 290 * (100 * y - 20) / 50:.1f}"
    grid = "".join(f'<line x1="60" x2="660" y1="{330 - 58 * i}" y2="{330 - 58 * i}" stroke="#ddd"/>'
                   f'<text x="52" y="{334 - 58 * i}" text-anchor="end">{20 + 10 * i} %</text>'
                   f'<text x="{60 + 120 * i}" y="348" text-anchor="middle">{minutes * i / 5:g}</text>' for i in range(6))
    lines = "".join(f'<polyline fill="none" stroke="{color}" stroke-width="1.6" points="{" ".join(place(*p) for p in curve)}"/>'
                    + "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{color}"/>' for x, y in (place(*p).split(",") for p in curve))
                    for curve, color in curves)
    legend = "".join(f'<text x="72" y="{56 + 18 * i}" fill="{color}">{title}</text>' for i, (title, color) in enumerate(titles))
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 380" font-family="system-ui, sans-serif" font-size="12" fill="#555">'
            '<rect width="700" height="380" fill="#fff"/>'
            f'{grid}{lines}{legend}'
            '<text x="360" y="370" text-anchor="middle">minutes on two cores; kNN accuracy on the validation shard</text></svg>\n')


def percent(values):
    spread = f" ± {100 * statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{100 * statistics.mean(values):.1f}{spread}"


def main():
    arguments = sys.argv[1:]
    options = ("--minutes", "60"), ("--seeds", "1"), ("--out", None)
    minutes, seeds, out = (arguments.pop(arguments.index(o) + 1) if o in arguments else usual for o, usual in options)
    root, folder = (pathlib.Path(a) for a in arguments if not a.startswith("--"))
    minutes, seeds = int(minutes), range(1, int(seeds) + 1)
    data = {"train": f"{root}/train-{{000000..000003}}.tar", "test": f"{root}/train-000004.tar",
            "tars": [f"{root}/train-00000{i}.tar" for i in range(4)]}
    need_openblas()
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    own, theirs = [ours(folder, data, minutes, seed) for seed in seeds], anchor(folder, data, minutes)
    lines = [f"# {minutes} minutes on two cores", "",
             provenance(f"bench/hour.py DATA FOLDER --minutes {minutes} --seeds {len(seeds)}"),
             "the anchor is lightly's CIFAR-10 recipe in PyTorch 1.13 (`bench/peers/hour.py`).",
             "40,000 images without labels; the fifth shard is classified. Last step.",
             "" if gains_from_bf16() else "bf16 is not faster on this processor: both compute in fp32.", "",
             "| | seeds | kNN, % (k = 200, T = 0.1) | linear probe, % |", "|---|---:|---:|---:|",
             f"| `cifar10-hour` | {len(seeds)} | {percent([k for _, k, _ in own])} | {percent([p for _, _, p in own])} |",
             f"| anchor | 1 | {percent([theirs[1]])} | {percent([theirs[2]])} |", "",
             "Anchor at its quarters, kNN: " + ", ".join(f"{m:g} min {100 * k:.1f} %" for m, k in theirs[0]) + "."]
    if out:
        drawing = pathlib.Path(out).with_suffix(".svg")
        curves = [(curve, "#1f5fa8") for curve, _, _ in own] + [(theirs[0], "#b5502b")]
        titles = [("cifar10-hour", "#1f5fa8"), ("lightly's recipe in PyTorch", "#b5502b")]
        drawing.write_text(chart(curves, minutes, titles))
        lines += ["", f"![kNN over the minutes]({drawing.name})"]
    publish(lines, out)


if __name__ == "__main__":
    main()
