#!/usr/bin/python3
"""What a run loses of its images a second while it is watched: stretches with the page open, and without, one after the other.

    bench/watched.py DATA [PAIRS] [SECONDS] [--out FILE.md]      default 12 pairs of two stretches of 10 s: about five minutes

DATA is 32-px images, such as "cifar10/train-{000000..000003}.tar". One run of the recipe cifar10-small trains throughout. A watched
stretch has `byol watch` and a headless Chromium with the page open, both on the machine that trains; in the other both are stopped
(SIGSTOP), so that they take nothing. Which of the two comes first changes from pair to pair. A stretch is measured by the steps in
metrics.jsonl and the training time that stands beside them, without its first two seconds. The ratio is watched / not watched; its
interval is that of the median over 2,000 resamples of the pairs.
"""
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from pairs import interval
from views import ROOT, provenance, publish

BATCH, SETTLE = 64, 2.0
CLI = ["dotnet", str(ROOT / "src/Byol.Cli/bin/Release/net10.0/Byol.Cli.dll")]


def family(process):
    """A process and all that it began."""
    found = [process.pid]
    for pid in found:
        for thread in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(child) for child in thread.read_text().split()]
    return found


def tell(processes, what):
    for process in processes:
        for pid in family(process):
            try:
                os.kill(pid, what)
            except ProcessLookupError:
                pass      # it has ended by itself


def processor_time(processes):
    """Seconds that processes and all that they began have taken so far."""
    ticks = 0
    for pid in (pid for process in processes for pid in family(process)):
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def steps(log):
    lines = [json.loads(line) for line in log.read_text().splitlines(True) if line.endswith("\n") and '"kind":"step"' in line]
    return lines[-1]["step"], lines[-1]["seconds"]


def rate(log, seconds):
    time.sleep(SETTLE)
    first, began = steps(log)
    time.sleep(seconds)
    last, ended = steps(log)
    return BATCH * (last - first) / (ended - began)


def main():
    arguments = sys.argv[1:]
    out = arguments.pop(arguments.index("--out") + 1) if "--out" in arguments else None
    arguments = [a for a in arguments if a != "--out"]
    if not arguments:
        sys.exit(__doc__)
    data, pairs, seconds = arguments[0], int((arguments[1:] or [12])[0]), float((arguments[2:] or [10])[0])
    subprocess.run(["dotnet", "build", str(ROOT / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="byol-watched-"))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    training = subprocess.Popen([*CLI, "pretrain", "--recipe", "cifar10-small", "--data", data, "--out", str(folder / "run"), "--set",
                                 "training.epochs=1000", "--set", "training.log_every_steps=5"], **quiet)
    server = browser = None
    try:
        log = folder / "run" / "metrics.jsonl"
        while not (log.exists() and log.read_text().count("\n") > 20):
            time.sleep(1)
        server = subprocess.Popen([*CLI, "watch", str(folder / "run")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        page = server.stdout.readline().strip()
        browser = subprocess.Popen(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1400,1000",
                                    f"--user-data-dir={folder / 'profile'}", page], **quiet)
        time.sleep(20)      # both are warm, as they are after a minute of looking
        rates, taken = [], []
        for pair in range(pairs):
            found = {}
            for watched in (True, False) if pair % 2 == 0 else (False, True):
                tell([server, browser], signal.SIGCONT if watched else signal.SIGSTOP)
                before, start = processor_time([server, browser]), time.perf_counter()
                found[watched] = rate(log, seconds)
                if watched:
                    taken.append((processor_time([server, browser]) - before) / (time.perf_counter() - start) / os.cpu_count())
            rates.append((found[True], found[False]))
            print(f"{pair + 1}: watched {found[True]:.1f}, not {found[False]:.1f}, ratio {found[True] / found[False]:.4f}, "
                  f"{100 * taken[-1]:.2f} % of the cores", flush=True)
    finally:
        for process in (browser, server, training):
            if process is not None:
                tell([process], signal.SIGCONT)
                process.terminate()
        time.sleep(3)
        shutil.rmtree(folder, ignore_errors=True)
    ratios = [watched / alone for watched, alone in rates]
    low, high = interval(ratios)
    publish([
        "# A run that is watched", "", provenance(f"bench/watched.py DATA {pairs} {seconds:g}"),
        "the recipe cifar10-small on CIFAR-10, server and page on the machine that trains;",
        f"medians of {pairs} interleaved pairs of stretches of {seconds:g} s. The ratio is the median of the pairs' ratios, watched / not watched, with",
        "the 95 % interval of that median over resampled pairs. The target is 0.99.", "",
        "| watched, images/s | not watched | ratio | interval | processor time of server and browser, share of all cores |", "|---:|---:|---:|---:|---:|",
        f"| {statistics.median(w for w, _ in rates):.1f} | {statistics.median(a for _, a in rates):.1f} | {statistics.median(ratios):.4f} "
        f"| {low:.4f} to {high:.4f} | {100 * statistics.median(taken):.2f} % |"], out)


if __name__ == "__main__":
    main()
