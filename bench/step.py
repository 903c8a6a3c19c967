#!/usr/bin/python3
"""A BYOL step side by side with PyTorch's: same encoder, heads, batch, views and optimizer, interleaved, medians. Needs python3-torchvision
and libopenblas0-openmp.

    bench/step.py [ROUNDS] [--out FILE.md] [--only NAME]      default 3 rounds, about 30 minutes on two cores

With --out in bench/results it also writes step.json there, which `byol bench` compares with.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from views import BYOL, ROOT, commit, figure, gains_from_bf16, make_images, need_openblas, processor, provenance, publish, run

PEER = ["/usr/bin/python3", str(ROOT / "bench/peers/byol.py")]
NETWORKS = {        # title, recipe and what differs from it, batch, steps, images
    "resnet18": ("ResNet-18, 3x3 stem, 32 px",
                 ["--recipe", "cifar10", "--encoder", "resnet18", "--set", "encoder.stem=small"], 128, 4, "cifar"),
    "resnet18-half": ("ResNet-18 at half the width, stride-2 stem, 32 px",
                      ["--recipe", "cifar10", "--encoder", "resnet18x0.5", "--set", "encoder.stem=smallstride2",
                       "--set", "method.projector_hidden=1024", "--set", "method.predictor_hidden=1024"], 256, 8, "cifar"),
    "resnet18-quarter": ("ResNet-18 at a quarter of the width, stride-2 stem, 32 px", ["--recipe", "cifar10-small"], 64, 80, "cifar"),
    "folder": ("ResNet-18 at half the width, 7x7 stem, 128 px", ["--recipe", "folder"], 64, 6, "photos"),
    "resnet50": ("ResNet-50, 224 px", ["--recipe", "imagenet-300", "--encoder", "resnet50"], 16, 4, "photos"),
}
# glibc keeps freed memory, as Byol has it do (man 3 mallopt).
KEEPING = {"MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000", "MALLOC_TOP_PAD_": "268435456"}
SAME = ["--set", "optimizer.kind=sgd", "--set", "training.micro_batches=1"]


def many(folder, count):
    """Links to a few images, as many as a batch needs."""
    files = sorted(folder.iterdir())
    for i in range(len(files), count):
        (folder / f"{i:05d}{files[0].suffix}").symlink_to(files[i % len(files)])


def arguments_of(name):
    _, recipe, batch, _, _ = NETWORKS[name]
    return [*recipe, *SAME, "--batch-size", str(batch)]


def round_of(name, folder):
    _, _, batch, steps, images = NETWORKS[name]
    data = str(folder / images)
    ours = json.loads(run(BYOL + ["bench", "step", "--data", data, *arguments_of(name), "--steps", str(steps), "--json"], []))
    peer = lambda mode, **settings: json.loads(
        run(PEER + [mode, name, str(batch), str(steps), data], [], env={**os.environ, **settings}))
    usual = peer("float32")
    best = peer("bfloat16") if gains_from_bf16() else usual
    keeping = peer("bfloat16", **KEEPING) if gains_from_bf16() else usual
    return {
        "ours": ours["images_per_second"], "best": best["images_per_second"], "fp32": usual["images_per_second"],
        "keeping": keeping["images_per_second"], "against keeping": ours["images_per_second"] / keeping["images_per_second"],
        "against best": ours["images_per_second"] / best["images_per_second"],
        "against fp32": ours["images_per_second"] / usual["images_per_second"],
        "share of peak": ours["share_of_peak"],
        "memory": figure(ours, "peak_memory_mib", "peak_memory_mi_b"), "memory best": best["peak_memory_mib"],
        "update share": ours["update_share"],
        "peak": figure(ours, "peak_bfloat16", "peak_b_float16") if gains_from_bf16() else ours["peak_float32"],
    }


def main():
    arguments = sys.argv[1:]
    out, only = (arguments.pop(arguments.index(option) + 1) if option in arguments else None for option in ("--out", "--only"))
    rounds = int(next((a for a in arguments if a.isdigit()), 3))
    names = [only] if only else list(NETWORKS)
    need_openblas()
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    figures = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        make_images(folder)
        many(folder / "cifar", 512), many(folder / "photos", 64)
        for i in range(rounds):
            for name in names:
                figures[name].append(round_of(name, folder))
                print(f"round {i + 1}: {name}: " + ", ".join(f"{k} {v:.3g}" for k, v in figures[name][-1].items()), file=sys.stderr)
    lines = ["# A step against PyTorch 1.13", "",
             provenance(f"bench/step.py {rounds}"),
             f"medians of {rounds} interleaved rounds, ratios within a round.",
             "" if gains_from_bf16() else "bf16 is not faster on this processor: we and PyTorch compute in fp32, and its bf16 column repeats its fp32.",
             "PyTorch bf16: channels-last, autocast, foreach, two loader workers; \"keeping\": with glibc told to keep freed memory. PyTorch fp32: its defaults.",
             "All read image files and make two views; memory leaves out the workers'.", "",
             "| network | batch | us, images/s | PyTorch bf16 | keeping | PyTorch fp32 | us / bf16 | us / keeping | us / fp32 "
                 "| share of peak | memory, us / bf16 MiB | optimizer + average |",
             "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
    table = []
    for name in names:
        m = {k: statistics.median(f[k] for f in figures[name]) for k in figures[name][0]}
        title, _, batch, _, _ = NETWORKS[name]
        table.append({"title": title, "arguments": arguments_of(name),
                      "images_per_second": round(m["ours"], 2), "share_of_peak": round(m["share of peak"], 4)})
        lines.append(f"| {title} | {batch} | {m['ours']:.1f} | {m['best']:.1f} | {m['keeping']:.1f} | {m['fp32']:.1f} "
                     f"| {m['against best']:.2f} | {m['against keeping']:.2f} | {m['against fp32']:.2f} "
                     f"| {100 * m['share of peak']:.0f} % of {m['peak']:.0f} GFLOP/s "
                     f"| {m['memory']:.0f} / {m['memory best']:.0f} | {100 * m['update share']:.1f} % |")
    publish(lines, out)
    if out and not only and (ROOT / "bench/results") in pathlib.Path(out).resolve().parents:
        measured = {"processor": processor(), "date": time.strftime("%Y-%m-%d"), "commit": commit(), "networks": table}
        (ROOT / "bench/results/step.json").write_text(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
