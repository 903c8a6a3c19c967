#!/usr/bin/python3
"""The live page of a run of a million steps: how long until it is open, and what a new line of the log costs the server.

    bench/page.py [LINES] [--before CHECKOUT] [--out FILE.md]        default 100 new lines

Makes a log of a million steps with a thousand evaluations in a temporary folder (200 MB). Times are those of whole answers on this machine:
`runs` reads what is new in the log, `figures` has all curves. With --before the server of another checkout, built first, answers the same
questions of a log of its own, in turn with ours, and the table has both. Chromium opens the page as people do; what an empty page takes
is taken off.
"""
import http.client
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from views import ROOT, provenance, publish
from watched import processor_time

PROGRAM = "src/Byol.Cli/bin/Release/net10.0/Byol.Cli.dll"
STEPS, PER_EPOCH = 1_000_000, 1000


def lines(step):
    epoch, seconds = step / PER_EPOCH, step * 0.05
    wave = 1 + (step * 7919 % 1000) / 5000
    yield (f'{{"kind":"step","step":{step},"epoch":{epoch},"loss":{2 * wave / (1 + step / 1e5):.6f},"learning_rate":{0.1 * (1 - step / 2e6):.8f},'
           f'"tau":{0.99 + step / 1e8:.8f},"embedding_std":{0.8 * wave:.6f},"images_per_second":{1280 * wave:.4f},"data_wait":{0.01 * wave:.6f},'
           f'"seconds":{seconds:.4f}}}\n')
    if step % PER_EPOCH == 0:
        yield (f'{{"kind":"diagnosis","step":{step},"epoch":{epoch},"effective_rank":{30 * wave:.4f},"representation_std":{0.7 * wave:.6f},'
               f'"alignment":{0.4 * wave:.6f},"uniformity":{-2 * wave:.6f},"seconds":{seconds:.4f}}}\n')
        yield f'{{"kind":"knn","step":{step},"epoch":{epoch},"knn":{0.5 * wave:.6f},"seconds":{seconds:.4f},"probe":{0.4 * wave:.6f}}}\n'


def make(folder):
    folder.mkdir(parents=True)
    (folder / "recipe.toml").write_text("[training]\nepochs = 2000\nbatch_size = 64\n")
    with open(folder / "metrics.jsonl", "w") as log:
        for step in range(1, STEPS + 1):
            log.writelines(lines(step))


class Server:
    def __init__(self, checkout, run):
        self.log = run / "metrics.jsonl"
        self.process = subprocess.Popen(["dotnet", str(checkout / PROGRAM), "watch", str(run)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        self.address = urllib.parse.urlparse(self.process.stdout.readline().strip())
        self.connection = http.client.HTTPConnection(self.address.netloc)

    def ask(self, path):
        start = time.perf_counter()
        self.connection.request("GET", self.address.path + path)
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        return 1000 * (time.perf_counter() - start), body

    def add(self, step):
        with open(self.log, "a") as log:
            log.writelines(lines(step))
        runs, body = self.ask("runs")
        assert json.loads(body)[0]["step"] == step
        figures, body = self.ask("runs/0/figures")
        return runs, figures, len(body)


def opened(address):
    def once(page):
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as profile:
            dom = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--virtual-time-budget=1500",
                                  "--dump-dom", page], capture_output=True, text=True).stdout
        return time.perf_counter() - start, dom
    taken, dom = once(address)
    assert 'data-chart="Loss"' in dom and "data-points" in dom, "the page has no curve"
    return taken - once("about:blank")[0]


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main():
    arguments = sys.argv[1:]
    out, before = (arguments.pop(arguments.index(option) + 1) if option in arguments else None for option in ("--out", "--before"))
    count = int(next((a for a in arguments if a.isdigit()), 100))
    checkouts = ([("before", pathlib.Path(before).resolve())] if before else []) + [("now", ROOT)]
    for _, checkout in checkouts:
        subprocess.run(["dotnet", "build", str(checkout / "src/Byol.Cli"), "-c", "Release", "-v", "quiet", "--nologo"], check=True)
    servers, rows = [], []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for name, checkout in checkouts:
                make(pathlib.Path(folder) / name)
                servers.append((name, Server(checkout, pathlib.Path(folder) / name)))
            first = {name: (server.ask("runs")[0], server.ask("runs/0/figures")[0]) for name, server in servers}
            taken = {name: [] for name, _ in servers}
            for name, server in servers:
                server.add(STEPS + 1)       # the first of its kind compiles
            before_lines = {name: processor_time([server.process]) for name, server in servers}
            for i in range(count):
                for name, server in servers if i % 2 == 0 else servers[::-1]:
                    taken[name].append(server.add(STEPS + 2 + i))
            spent = {name: 1000 * (processor_time([server.process]) - before_lines[name]) / count for name, server in servers}
            pages = {name: [opened(server.address.geturl()) for _ in range(3)] for name, server in servers}
        finally:
            for _, server in servers:
                server.process.terminate()
                server.process.wait()
    for name, _ in servers:
        answers = [runs + figures for runs, figures, _ in taken[name]]
        rows.append(f"| {name} | {first[name][0] / 1000:.2f} s | {first[name][1]:.0f} | {statistics.median(r for r, _, _ in taken[name]):.1f} "
                    f"| {statistics.median(f for _, f, _ in taken[name]):.1f} | {statistics.median(answers):.1f} | {quantile(answers, .95):.1f} "
                    f"| {max(answers):.1f} | {spent[name]:.1f} | {taken[name][-1][2] / 1000:.0f} | {statistics.median(pages[name]):.2f} s |")
    publish([
        "# The live page of a run of 1,000,000 steps", "", provenance(f"bench/page.py {count}" + (" --before CHECKOUT" if before else "")),
        f"milliseconds where nothing else stands there; {count} new lines, both servers in turn where there are two; the page in Chromium is the median of 3.",
        "", "| | log read, first | figures, first | after a new line: runs | figures | together | 95 % | most | processor time of the server for each | kB of figures | open in Chromium |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", *rows], out)


if __name__ == "__main__":
    main()
