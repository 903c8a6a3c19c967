#!/usr/bin/env python3
"""Compares what two checkouts train, to the bit: python3 tests/bits.py BEFORE AFTER

Both must be built (dotnet build src/Byol.Cli -c Release), on one machine, and BYOL_DATA must name a folder with cifar10 and magnetic-tile.
Each trains the same short runs of about 60 steps: three recipes with two views in parallel, one of them also with one thread (one view
after the other) and with micro-batches. Then AFTER resumes what BEFORE had at its first checkpoint. Equal must be the tensors of
encoder.safetensors and its weights_sha256, every file of every checkpoint but the manifest, and metrics.jsonl but for what the clock says
and for "kind", which lines of earlier versions do not have. Exit code 1 where anything differs.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CLOCK = ("kind", "images_per_second", "data_wait", "seconds")
COMMON = ["--seed", "7", "--checkpoint-every", "25 steps", "--set", "training.checkpoints_kept=9", "--set", "training.log_every_steps=3"]
CLOTHES = ["--recipe", "quickstart", "--data", "fashion-mnist-10k:validation", "--validation", "fashion-mnist-10k:train", "--epochs", "2"]
CASES = {   # options, and threads where they are not libtorch's own choice
    "quickstart": (CLOTHES, None),
    "quickstart, one thread": (CLOTHES, 1),
    "quickstart, micro-batches": ([*CLOTHES, "--set", "training.micro_batches=2"], None),
    "cifar10-small": (["--recipe", "cifar10-small", "--data", "cifar10/train-000000.tar", "--epochs", "1", "--batch-size", "160"], None),
    "folder": (["--recipe", "folder", "--data", "magnetic-tile", "--epochs", "5"], None),
}


def train(checkout, folder, options, threads, resume=False):
    tool = pathlib.Path(checkout, "src/Byol.Cli/bin/Release/net10.0/Byol.Cli.dll")
    environment = os.environ | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    command = ["dotnet", tool, "pretrain", "--out", folder, *COMMON, *options, *(["--resume"] if resume else [])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{checkout}: {done.stderr[-500:]}")


def encoder(folder):
    content = (folder / "encoder.safetensors").read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})        # has the recipe's text, whose keys may have been renamed
    return header, metadata["weights_sha256"], content[8 + length:]


def checkpoints(folder):
    files = sorted(f for f in (folder / "checkpoints").glob("*/*") if f.name != "manifest.json")
    return {str(f.relative_to(folder)): f.read_bytes() for f in files}


def log(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key not in CLOCK} for line in lines]


def differences(first, second):
    if encoder(first) != encoder(second):
        yield "encoder.safetensors"
    before, after = checkpoints(first), checkpoints(second)
    yield from (name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name))
    if log(first) != log(second):
        yield "metrics.jsonl"


def cut(run, folder):
    """A copy of a run as if it had ended after its first checkpoint."""
    shutil.copytree(run, folder)
    for later in sorted((folder / "checkpoints").iterdir())[1:]:
        shutil.rmtree(later)
    (folder / "encoder.safetensors").unlink()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("before")
    arguments.add_argument("after")
    arguments.add_argument("--only", help="cases that begin so")
    given = arguments.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as work:
        for name, (options, threads) in CASES.items():
            if given.only and not name.startswith(given.only):
                continue
            before, after, resumed = (pathlib.Path(work, f"{name} {which}") for which in ("before", "after", "resumed"))
            train(given.before, before, options, threads)
            train(given.after, after, options, threads)
            cut(before, resumed)
            train(given.after, resumed, options, threads, resume=True)
            for what, other in ((name, after), (f"{name}, resumed", resumed)):
                found = list(differences(before, other))
                failed |= bool(found)
                print(f"{what}: {'differs in ' + ', '.join(found[:6]) if found else 'equal'}"
                      f" ({len(log(before))} lines, {len(checkpoints(before))} files of checkpoints)", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
