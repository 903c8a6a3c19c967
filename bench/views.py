#!/usr/bin/python3
"""Views side by side with torchvision on Pillow images: one core against one core, interleaved, medians.
Needs Debian's python3-torchvision.

    bench/views.py [ROUNDS] [--out FILE.md]      default 5 rounds, about 12 minutes; writes the table that bench/results keeps
"""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
BYOL = ["dotnet", str(ROOT / "src/Byol.Cli/bin/Release/net10.0/Byol.Cli.dll")]
PEER = ["/usr/bin/python3", str(ROOT / "bench/peers/views.py")]
ONE_CORE = ["taskset", "-c", "0"]


def photograph(width, height, seed):
    """Broad shapes, fine texture and sensor noise: what a JPEG of a scene holds."""
    random = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for cells, strength in ((4, 60), (16, 30), (64, 15), (200, 8)):
        field = random.normal(0, strength, (max(2, cells * height // width), cells, 3)).astype(np.float32)
        layers = [Image.fromarray(field[..., c], "F").resize((width, height), Image.BICUBIC) for c in range(3)]
        picture += np.stack([np.asarray(layer) for layer in layers], axis=-1)
    picture += 120 + random.normal(0, 3, picture.shape)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8), "RGB")


def make_images(folder):
    for name, count, width, height in (("cifar", 64, 32, 32), ("photos", 16, 500, 375), ("large", 4, 4000, 3000)):
        (folder / name).mkdir()
        for i in range(count):
            picture = photograph(width, height, i)
            picture.save(folder / name / f"{i}.png") if name == "cifar" else picture.save(folder / name / f"{i}.jpg", quality=90)


def run(command, cores=ONE_CORE, env=None):
    return subprocess.run(cores + command, check=True, capture_output=True, text=True, env=env).stdout


def figure(answer, *names):
    """A figure by its present name, or by one that it had."""
    return next(answer[name] for name in names if name in answer)


def peer(pipeline, folder):
    return float(run(PEER + [pipeline, *map(str, sorted(folder.iterdir()))]))


def ours(data, recipe, threads=1, cores=ONE_CORE):
    """Milliseconds an image: from the file, and of its views alone."""
    answer = json.loads(run(BYOL + ["bench", "views", "--data", str(data), "--recipe", recipe,
                                    "--threads", str(threads), "--seconds", "4", "--json"], cores))
    return answer["loader"][-1]["milliseconds"], answer["views_milliseconds"]


def measure(folder, rounds):
    cifar, photos, large, pack = (folder / name for name in ("cifar", "photos", "large", "large.byolpack"))
    run(BYOL + ["data", "pack", str(large), "--out", str(pack)], [])
    rows = {
        "two CIFAR views of a decoded 32 px image": (lambda: peer("cifar", cifar), lambda: ours(cifar, "cifar10")[1], 30),
        "two paper views of a decoded 500 x 375 image, Pillow's blur":
            (lambda: peer("paper", photos), lambda: ours(photos, "imagenet-300")[1], 8),
        "the same, torchvision's blur": (lambda: peer("paper-torchvision-blur", photos), lambda: ours(photos, "imagenet-300")[1], 20),
        "from the JPEG file, Pillow's blur": (lambda: peer("paper-file", photos), lambda: ours(photos, "imagenet-300")[0], 4),
        "from 12-megapixel JPEG files, against a pack of them":
            (lambda: peer("paper-file", large), lambda: ours(pack, "imagenet-300")[0], 30),
        "our own decoding of these files, against the pack":
            (lambda: ours(large, "imagenet-300")[0], lambda: ours(pack, "imagenet-300")[0], None),
        "one thread against two, from JPEG files":
            (lambda: ours(photos, "imagenet-300")[0], lambda: ours(photos, "imagenet-300", 2, [])[0], 1.8),
    }
    figures = {name: [] for name in rows}
    for i in range(rounds):
        for name, (theirs, own, _) in rows.items():
            figures[name].append((theirs(), own()))
            print(f"round {i + 1}: {name}: {figures[name][-1][0]:.3f} ms, {figures[name][-1][1]:.3f} ms", file=sys.stderr)
    return [(name, *map(statistics.median, zip(*figures[name])), statistics.median(a / b for a, b in figures[name]), target)
            for name, (_, _, target) in rows.items()]


def processor():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} cores" + (", AVX512_BF16" if "avx512_bf16" in info else "")


def gains_from_bf16():
    """As Processor.GainsFromBf16. Where not, PyTorch's bf16 takes longer than its fp32, up to a hundred times as long, and is not run."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    return "amx_bf16" in info or ("avx512_bf16" in info and "GenuineIntel" not in info)


def commit():
    return run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], []).strip()


def provenance(command):
    """What a table was made by: the command, and when, where and of what."""
    return f"`{command}`, {time.strftime('%Y-%m-%d')}, {processor()}; commit {commit()};"


def need_openblas():
    """Debian's PyTorch uses any installed BLAS; the reference one is many times slower and would flatter us."""
    library = pathlib.Path("/etc/alternatives/libblas.so.3-x86_64-linux-gnu")
    if "openblas" not in str(library.resolve()):
        sys.exit(f"bench: PyTorch's matrix products would run on {library.resolve()}; "
                 "install a fast BLAS (apt-get install libopenblas0-openmp) and try again.")


def remarks(path):
    """What was written by hand below the table of a file, which a new table keeps."""
    text = path.read_text() if path.exists() else ""
    return text[text.rindex("|\n") + 2:] if "|\n" in text else ""


def publish(lines, out):
    text = "\n".join(lines) + "\n"
    print(text)
    if out:
        path = pathlib.Path(out)
        path.write_text(text + (remarks(path) if lines[-1].startswith("|") else ""))


def main():
    arguments = sys.argv[1:]
    out = arguments.pop(arguments.index("--out") + 1) if "--out" in arguments else None
    rounds = int(next((a for a in arguments if a.isdigit()), 5))
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        make_images(pathlib.Path(folder))
        rows = measure(pathlib.Path(folder), rounds)
    lines = ["# Views against torchvision 0.14 on Pillow images", "",
             provenance(f"bench/views.py {rounds}"),
             f"one core each except in the last row, medians of {rounds} interleaved rounds; the ratio is the median of the rounds' ratios.",
             "Milliseconds an image, both views.", "",
             "| work | them | us | ratio | target |", "|---|---:|---:|---:|---:|"]
    lines += [f"| {name} | {them:.3f} | {us:.3f} | {ratio:.1f} | {'' if target is None else f'≥ {target}'} |"
              for name, them, us, ratio, target in rows]
    publish(lines, out)


if __name__ == "__main__":
    main()
