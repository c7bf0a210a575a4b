"""`python -m gpt.bench`: how fast it is here, each figure next to what it is compared with, measured in one run.

    python -m gpt.bench                         everything: some two minutes
    python -m gpt.bench --parts train,trace     without a browser
    python -m gpt.bench --threads 2             training on two threads, on both sides
    python -m gpt.bench race                    how soon we reach what nanoGPT's CPU preset reaches: some minutes

Rivals take turns step by step, so that whatever else the machine does slows all of them, and medians are compared.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch starts its threads; --threads raises it

import argparse
import platform
import statistics
import sys
import time

import torch
from torch import Generator

from gpt import bundled, checkpoint, corpora
from gpt.bench import race, training
from gpt.bench.app_server import BenchError
from gpt.bench.keystroke import measure
from gpt.bench.training import BATCH, CONTEXT, processor, take_turns
from gpt.config import ConfigError, need_int
from gpt.trace import trace

PARTS = ("train", "trace", "keys")
MODEL = "shakespeare"  # the bundled model that is traced
TRACE_GOAL, KEY_GOAL, CPU_GOAL = 1.5, 200.0, 25.0


def line(what: str, measured: str, goal: str = "", reached: bool = True) -> str:
    """One line of the table."""
    return f"  {what:<42}{measured:>20}" + (f"    goal {goal:<10} {'reached' if reached else 'MISSED'}" if goal else "")


def bench_train(threads: int, rounds: int) -> list[str]:
    """Training: our step, in fp32 and in what "auto" takes here, against a plain fp32 loop of the same model."""
    found = training.measure(corpora.load("shakespeare"), ("adamw", "muon"), rounds, threads)
    speed = BATCH * CONTEXT / found.plain
    lines = [
        f"Training 4 layers of 4 heads, width 128, context {CONTEXT}, batch {BATCH}; {rounds} steps, threads {threads}",
        f"  auto takes {found.choice.reason}",
        line("a plain fp32 PyTorch loop, AdamW", f"{speed:,.0f} tokens/s"),
    ]
    for (optimizer, precision), seconds in found.ours.items():
        gain, goal = found.gain(optimizer, precision), training.GOALS[precision]
        name = f"our trainer, {precision}, {'AdamW' if optimizer == 'adamw' else 'Muon'}"
        lines.append(line(name, f"{BATCH * CONTEXT / seconds:,.0f} tokens/s"))
        wanted = f">= {goal} x" if optimizer == "adamw" else ""  # Muon's steps are dearer, and learn more
        lines.append(line("  against the plain loop", f"{gain:.2f} x", wanted, gain >= goal))
    return lines


def bench_trace(rounds: int) -> list[str]:
    """Looking inside: a recording trace against a plain forward pass, in CPU time on one thread."""
    shelved = {model.name: model for model in bundled.bundled()}
    if MODEL not in shelved:
        raise BenchError(f"{MODEL!r} is not in assets/models: `python -m gpt.train --preset {MODEL}` makes it.")
    model = checkpoint.load(shelved[MODEL].last).model
    ids = torch.randint(model.config.vocab_size, (CONTEXT,), generator=Generator().manual_seed(1337))  # (T,)
    batch = ids[None]  # (1, T)

    @torch.no_grad()
    def plain() -> None:
        model(batch)

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    seconds = take_turns({"plain": plain, "trace": lambda: trace(model, ids)}, rounds, time.process_time)
    torch.set_num_threads(before)
    cost = seconds["trace"] / seconds["plain"]
    return [
        f"One pass of {MODEL!r} over {CONTEXT} tokens, CPU time, {rounds} passes each",
        line("plain forward", f"{1_000 * seconds['plain']:.2f} ms"),
        line("recording trace", f"{1_000 * seconds['trace']:.2f} ms"),
        line("trace against forward", f"{cost:.2f} x", f"<= {TRACE_GOAL} x", cost <= TRACE_GOAL),
    ]


def bench_keys(keys: int) -> list[str]:
    """Typing: from a key to the painted frame in which every panel has followed, in a real browser."""
    found = measure(keys)
    ranked = sorted(found.milliseconds)
    p50, p95 = statistics.median(ranked), ranked[max(0, round(0.95 * len(ranked)) - 1)]
    return [
        f"A key in a {CONTEXT}-token prompt, server and browser here, the input's pause included, {keys} keys",
        line("key to painted, half of the keys", f"{p50:.0f} ms"),
        line("key to painted, 95 % of the keys", f"{p95:.0f} ms", f"<= {KEY_GOAL:.0f} ms", p95 <= KEY_GOAL),
        line(
            "the server's CPU time a key",
            f"{found.server_cpu:.1f} ms",
            f"<= {CPU_GOAL:.0f} ms",
            found.server_cpu <= CPU_GOAL,
        ),
    ]


def machine() -> str:
    """Where this was measured, and what else the machine was doing."""
    load = f"{os.getloadavg()[0]:.1f} processes running" if hasattr(os, "getloadavg") else "load unknown"
    return f"{os.cpu_count()} CPUs ({processor()}; {load}), {platform.system()}, torch {torch.__version__}"


def parts_of(words: str) -> list[str]:
    """The parts named on the command line. Raises ConfigError for one that is not there."""
    chosen = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [word for word in chosen if word not in PARTS]
    if unknown or not chosen:
        raise ConfigError(f"parts is {words!r}, but it must be some of {','.join(PARTS)}.")
    return chosen


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 2 with one sentence when a part could not be measured."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["race"]:
        return race.main(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="python -m gpt.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", default=",".join(PARTS), help="which, of " + ",".join(PARTS))
    parser.add_argument("--threads", type=int, default=1, help="torch threads of both sides of the training")
    parser.add_argument("--rounds", type=int, default=60, help="training steps each; five times as many passes")
    parser.add_argument("--keys", type=int, default=100, help="keys to press")
    options = parser.parse_args(arguments)
    code = 0
    try:
        chosen = parts_of(options.parts)
        for name in ("threads", "rounds", "keys"):
            need_int(name, getattr(options, name), 1, 10_000)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Nanoscope on {machine()}")
    for part in chosen:
        try:
            if part == "train":
                lines = bench_train(options.threads, options.rounds)
            elif part == "trace":
                lines = bench_trace(5 * options.rounds)
            else:
                lines = bench_keys(options.keys)
            print("\n" + "\n".join(lines), flush=True)
        except (ValueError, OSError) as error:
            print(f"\n{part} was not measured. {error}", file=sys.stderr)
            code = 2
    return code


if __name__ == "__main__":
    sys.exit(main())
