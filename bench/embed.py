#!/usr/bin/python3
"""Embedding side by side with ONNX Runtime and PyTorch: same weights, same files, same cores, interleaved, medians.
Needs python3-torchvision.

    bench/embed.py [ROUNDS] [--out FILE.md] [--only NAME] [--whole]      default 3 rounds, about 8 minutes on two cores

CIFAR-10 and the magnetic tiles are looked for in BYOL_DATA; pictures are made where they are missing.
--whole takes every image in every round.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from step import many
from views import BYOL, ROOT, gains_from_bf16, make_images, photograph, provenance, publish, run

PEER = ["/usr/bin/python3", str(ROOT / "bench/peers/embed.py")]
NETWORKS = {        # title, recipe, size, crop, batch, images in a round, images in all
    "resnet18-half": ("ResNet-18 at half the width, stride-2 stem, 32 px",
                      ["--recipe", "cifar10", "--encoder", "resnet18x0.5", "--set", "encoder.stem=smallstride2"],
                      32, 1.0, 256, 10_000, 10_000, "cifar"),
    "resnet18": ("ResNet-18, 3x3 stem, 32 px",
                 ["--recipe", "cifar10", "--encoder", "resnet18", "--set", "encoder.stem=small"],
                 32, 1.0, 128, 1_500, 10_000, "cifar"),
    "resnet50": ("ResNet-50, 224 px", ["--recipe", "imagenet-300", "--encoder", "resnet50"], 224, 0.875, 16, 96, 1_000, "photos"),
}
TINY = ["--epochs", "1", "--batch-size", "2", "--set", "training.micro_batches=1",
        "--set", "method.projector_hidden=16", "--set", "method.predictor_hidden=16"]


def data(folder):
    """The 10,000 images of CIFAR-10's last shard and the magnetic tiles, or made pictures."""
    found = {}
    for root in os.environ.get("BYOL_DATA", "").split(os.pathsep):
        root = pathlib.Path(root)
        if (root / "cifar10/train-000004.tar").exists():
            found["cifar"] = str(root / "cifar10/train-000004.tar")
        if (root / "magnetic-tile").is_dir():
            found["photos"] = str(root / "magnetic-tile")
    if len(found) < 2:
        make_images(folder)
        many(folder / "cifar", 10_000), many(folder / "photos", 1_000)
    return {name: found.get(name, str(folder / name)) for name in ("cifar", "photos")}


def make_encoder(name, folder, program=BYOL):
    """A run of one step, as safetensors, ONNX and PyTorch: what weights are matters little to how fast they are multiplied."""
    few = folder / "few"
    if not few.exists():
        few.mkdir()
        for i in range(2):
            photograph(64, 64, i).save(few / f"{i}.png")
    _, recipe, size, crop, *_ = NETWORKS[name]
    target = folder / name
    run(program + ["pretrain", "--data", str(few), "--out", str(target), *recipe, *TINY, "--set", f"views.evaluation_crop={crop}"], [])
    for form, ending in (("onnx", "onnx"), ("pytorch", "pt")):
        run(program + ["export", str(target), "--format", form, "--out", str(folder / f"{name}.{ending}")], [])


def round_of(name, folder, where, whole):
    _, _, size, crop, batch, some, every, images = NETWORKS[name]
    count = every if whole else some
    def ours(encoder):
        source = where[images] if images == "cifar" else f"{where[images]},{where[images]}"      # 792 photographs, twice, make 1,000
        answer = run(BYOL + ["bench", "embed", str(encoder), "--data", source,
                             "--images", str(count), "--batch-size", str(batch), "--json"], [])
        return json.loads(answer)["images_per_second"]
    def theirs(mode):
        answer = run(PEER + [mode, name, str(folder / f"{name}.pt"), str(size), str(crop), str(batch), str(count), where[images]], [])
        return json.loads(answer)["images_per_second"]
    rates = {"us": ours(folder / name), "ONNX Runtime": ours(folder / f"{name}.onnx"),
             "PyTorch bf16": theirs("bfloat16") if gains_from_bf16() else 0.0, "PyTorch fp32": theirs("float32")}
    rates["ratio"] = rates["us"] / max(rates["ONNX Runtime"], rates["PyTorch bf16"], rates["PyTorch fp32"])
    return rates


def main():
    arguments = sys.argv[1:]
    out, only = (arguments.pop(arguments.index(option) + 1) if option in arguments else None for option in ("--out", "--only"))
    rounds, whole = int(next((a for a in arguments if a.isdigit()), 3)), "--whole" in arguments
    names = [only] if only else list(NETWORKS)
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    figures = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        where = data(folder)
        for name in names:
            make_encoder(name, folder)
        for i in range(rounds):
            for name in names:
                figures[name].append(round_of(name, folder, where, whole))
                print(f"round {i + 1}: {name}: " + ", ".join(f"{k} {v:.3g}" for k, v in figures[name][-1].items()), file=sys.stderr)
    lines = ["# Embedding against ONNX Runtime and PyTorch 1.13", "",
             provenance(f"bench/embed.py {rounds}{' --whole' if whole else ''}"),
             f"medians of {rounds} interleaved rounds, images a second from files to vectors, the ratio (to the faster of the others)",
             "within a round. ONNX Runtime 1.31 is given images by our loader. PyTorch: eager, channels-last, inference mode, two",
             "loader workers. We compute in bf16 by libtorch where the processor has it, and otherwise in fp32 by ONNX Runtime, with",
             "the weights of the run in place of the file. 0 means not run: the processor has no bf16.", "",
             "| network | batch | images | us | ONNX Runtime | PyTorch bf16 | PyTorch fp32 | us / the faster |",
             "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for name in names:
        m = {k: statistics.median(f[k] for f in figures[name]) for k in figures[name][0]}
        title, _, _, _, batch, some, every, _ = NETWORKS[name]
        lines.append(f"| {title} | {batch} | {every if whole else some} "
                     f"| {m['us']:.1f} | {m['ONNX Runtime']:.1f} | {m['PyTorch bf16']:.1f} | {m['PyTorch fp32']:.1f} | {m['ratio']:.2f} |")
    publish(lines, out)


if __name__ == "__main__":
    main()
