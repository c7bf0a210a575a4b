"""`python -m gpt.lessons`: train every rung of the ladder again and print the table.

    python -m gpt.lessons                        all, two at a time, into runs/rungs
    python -m gpt.lessons --out assets/rungs     the ones that come with the app
    python -m gpt.lessons --only heads           one alone
    python -m gpt.lessons --table assets/rungs   train nothing, only print the table of a folder
    python -m gpt.lessons --seeds runs/seeds     each with three seeds, and what the lessons say of them measured anew
    python -m gpt.lessons --norms                norms before, after and nowhere in nine deep small models, in minutes

The scaled-up rung is the bundled model; `python -m gpt.train --preset shakespeare` trains that one.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch starts its threads: two trainings, one thread each

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from gpt import checkpoint
from gpt.lessons import MODELS, named, train_placements, train_seeds, trained
from gpt.lessons.train_rungs import Result, faults, result, train, trainable
from gpt.storage.step_files import step_files


def table(results: dict[str, Result]) -> list[str]:
    """The lines of the table: the road first, then the side roads."""
    head = f"{'rung':15s} {'parameters':>10s} {'loss':>7s} {'published':>9s} {'apart':>7s} {'minutes':>7s}  changed"
    lines = [head, "-" * len(head)]
    for road in (True, False):
        for name, rung in MODELS.items():
            if name not in results or rung.road != road:
                continue
            here = results[name]
            published = "" if here.published is None else f"{here.published:.2f}"
            apart = "" if here.apart is None else f"{here.apart:+.3f}"
            numbers = f"{here.parameters:10,d} {here.loss:7.4f} {published:>9s} {apart:>7s} {here.minutes:7.2f}"
            lines.append(f"{name:15s} {numbers}  {here.changed}")
        lines.append("")
    return lines


def read(folder: Path) -> dict[str, Result]:
    """The lines of all rungs that a folder holds, and of the bundled ones."""
    found = {}
    for name in MODELS:
        files = [path for _, path in step_files(folder / name)]
        if name in trained.BUNDLED and trained.is_trained(name):
            files = [trained.file_of(name)]
        if files:
            found[name] = result(name, checkpoint.load(files[-1]).record)
    return found


def train_all(names: tuple[str, ...], folder: Path, jobs: int) -> list[str]:
    """Train each in a process of its own, `jobs` at a time, the longest first; returns what went wrong."""

    def one(name: str) -> str:
        command = [sys.executable, "-m", "gpt.lessons", "--only", name, "--out", str(folder), "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 (this very Python, our own names)
        return "" if done.returncode == 0 else f"{name}: {done.stderr.strip()[-500:]}"

    troubles = []
    with ThreadPoolExecutor(jobs) as pool, tqdm(total=len(names), unit="rung", disable=None) as bar:
        waiting = {pool.submit(one, name): name for name in sorted(names, key=lambda name: -work(name))}
        for future in as_completed(waiting):
            bar.update()
            bar.set_postfix_str(waiting[future])
            troubles += [future.result()] if future.result() else []
    return troubles


def work(name: str) -> int:
    """About how much there is to do: tokens times parameters."""
    rung = named(name)
    if rung.model is None or rung.train is None:
        return 0
    return rung.train.steps * rung.train.batch_size * rung.model.block_size * rung.model.n_layer * rung.model.n_embd


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m gpt.lessons", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=None, metavar="NAME", help="one of " + ", ".join(trainable()))
    parser.add_argument("--out", type=Path, default=Path("runs") / "rungs", help="where the files go")
    parser.add_argument("--jobs", type=int, default=2, help="how many are trained at a time")
    parser.add_argument("--table", type=Path, default=None, metavar="FOLDER", help="only print the table of a folder")
    parser.add_argument(
        "--seeds", type=Path, default=None, metavar="FOLDER", help="train with three seeds, and measure"
    )
    parser.add_argument("--norms", action="store_true", help="train models that differ in their norms, and measure")
    parser.add_argument("--quiet", action="store_true", help="no bar and no table")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when the road holds, 1 when a rung breaks its promise, 2 with a sentence when it could not."""
    options, began = parse(arguments), time.perf_counter()
    try:
        if options.seeds:
            train_seeds.make(options.seeds)
            return 0
        if options.norms:
            train_placements.make()
            return 0
        if options.only:
            train(named(options.only), options.out, options.quiet)
        elif options.table is None and (troubles := train_all(trainable(), options.out, max(1, options.jobs))):
            raise ValueError("\n".join(troubles))
        if options.quiet:
            return 0
        results = read(options.table or options.out)
        broken = [] if options.only else faults(results)
        took = f"{(time.perf_counter() - began) / 60:.1f} minutes in all"
        print("\n".join([*table(results), took, *broken]))  # noqa: T201 (a command line talks)
        return 1 if broken else 0
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    sys.exit(main())
