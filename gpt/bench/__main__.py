"""`python -m gpt.bench`: how fast it is here, each figure next to what it is compared with, measured in one run.

    python -m gpt.bench                         everything: some five minutes
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
from typing import NamedTuple

import torch
from torch import Generator

from gpt import corpora
from gpt.bench import keystroke, opening, pointing, probing, race, training, writing
from gpt.bench.keystroke import Typing
from gpt.bench.training import BATCH, CONTEXT, processor, take_turns
from gpt.config import ConfigError, need_int
from gpt.trace import trace

PARTS = ("train", "trace", "write", "probe", "keys", "point", "open")
MODEL = "shakespeare"  # the bundled model that is traced, and writes
TRACE_GOAL, WRITE_GOAL = 1.3, 2.5
LOOKED_AT = ("pattern", "resid_pre", "resid_mid")  # of a trace, by the Playground: a site is stacked when one looks


class Goals(NamedTuple):
    """Of a key: milliseconds to the painted frame and of CPU time, kilobytes."""

    painted: float
    cpu: float | None = None
    frame: float | None = None


KEYS = (  # what is typed where, how many keys at most, and what is wanted
    ("Playground, behind the prompt", Typing(behind=True), 60, Goals(100, 12, 60)),
    ("Playground, anywhere in it", Typing(), 100, Goals(100, 12, 150)),
    ("Attention, anywhere in it", Typing(page="/attention"), 40, Goals(200)),
    ("Attention, anywhere in it", Typing(page="/attention", tokens=128), 40, Goals(200)),
    ("Timeline, anywhere in it", Typing(page="/timeline"), 40, Goals(200)),
    ("The model, anywhere in it", Typing(page="/model"), 40, Goals(200)),
    ("Tokens, anywhere in it", Typing(page="/tokens"), 40, Goals(200)),
    ("Embeddings, anywhere in it", Typing(page="/embeddings"), 40, Goals(200)),
    ("Layer norm, anywhere in it", Typing(page="/layernorm"), 40, Goals(200)),
    ("Feed-forward, anywhere in it", Typing(page="/mlp"), 40, Goals(200)),
    ("Residual stream, anywhere in it", Typing(page="/residual"), 40, Goals(200)),
    ("Next token, anywhere in it", Typing(page="/next_token"), 40, Goals(200)),
    ("What matters, anywhere in it", Typing(page="/knockout"), 40, Goals(200)),
    ("Edits, anywhere in it", Typing(page="/edits"), 40, Goals(200)),
    ("Compare, anywhere in it", Typing(page="/compare"), 40, Goals(200)),
)


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
    model = writing.loaded(MODEL).model
    ids = torch.randint(model.config.vocab_size, (CONTEXT,), generator=Generator().manual_seed(1337))  # (T,)
    batch = ids[None]  # (1, T)

    @torch.no_grad()
    def plain() -> None:
        model(batch)

    before = torch.get_num_threads()
    torch.set_num_threads(1)

    def looked() -> None:
        seen = trace(model, ids)
        for site in LOOKED_AT:
            getattr(seen, site)

    seconds = take_turns({"plain": plain, "trace": looked}, rounds, time.process_time)
    torch.set_num_threads(before)
    cost = seconds["trace"] / seconds["plain"]
    return [
        f"One pass of {MODEL!r} over {CONTEXT} tokens, CPU time, {rounds} passes each",
        line("plain forward", f"{1_000 * seconds['plain']:.2f} ms"),
        line("recording trace, as the Playground looks", f"{1_000 * seconds['trace']:.2f} ms"),
        line("trace against forward", f"{cost:.2f} x", f"<= {TRACE_GOAL} x", cost <= TRACE_GOAL),
    ]


def bench_write(rounds: int) -> list[str]:
    """Writing: tokens a second of CPU time, against `transformers` with its cache."""
    ours, theirs = writing.measure(MODEL, rounds)
    gain = ours / theirs
    return [
        f"Writing {writing.TOKENS} tokens with {MODEL!r}, CPU time, {rounds} texts each",
        line("transformers with its cache", f"{theirs:,.0f} tokens/s"),
        line("ours", f"{ours:,.0f} tokens/s"),
        line("ours against transformers", f"{gain:.2f} x", f">= {WRITE_GOAL} x", gain >= WRITE_GOAL),
    ]


def bench_probe(rounds: int) -> list[str]:
    """Silencing: every head, every token, every edge of one token by itself, in batched passes."""
    found = probing.measure(MODEL, rounds)
    return [
        f"What matters in {MODEL!r}, {probing.TOKENS} tokens, CPU time, {rounds} times each",
        at_most(f"{found.parts} heads silent in turn", found.heads, probing.GOAL, "ms", ".0f"),
        at_most(f"{probing.TOKENS} tokens not read in turn", found.tokens, None, "ms", ".0f"),
        at_most(f"{probing.TOKENS} edges cut in turn", found.edges, None, "ms", ".0f"),
    ]


def bench_keys(keys: int) -> list[str]:
    """Typing: from a key to the painted frame in which every panel has followed, in a real browser."""
    lines = ["A key, server and browser here: to the painted frame, the server's CPU time, what it sent"]
    for what, how, count, goals in KEYS:
        found = keystroke.measure(min(count, keys), how=how)
        p50, p95 = statistics.median(found.milliseconds), keystroke.percentile(found.milliseconds, 95)
        lines += [
            f"  {what}, {how.tokens} tokens, {len(found.milliseconds)} keys",
            line("  half of the keys", f"{p50:.0f} ms"),
            line("  95 % of the keys", f"{p95:.0f} ms", f"<= {goals.painted:.0f} ms", p95 <= goals.painted),
            at_most("  the server's CPU time a key", found.server_cpu, goals.cpu, "ms", ".1f"),
            at_most("  95 % of the frames", keystroke.percentile(found.kilobytes, 95), goals.frame, "kB", ".0f"),
        ]
    return lines


def bench_point() -> list[str]:
    """Pointing at the whole model: until what feeds a part is lit, and until that is painted; nothing is asked."""
    found = pointing.measure()
    lines = [f"Pointing at the whole model, {keystroke.CONTEXT} tokens, {len(found.lit)} parts"]
    for what, times, goal in (("lit", found.lit, pointing.LIT), ("painted", found.painted, pointing.PAINTED)):
        lines.append(at_most(f"half of them {what}", statistics.median(times), goal, "ms", ".1f"))
        lines.append(at_most(f"95 % of them {what}", keystroke.percentile(times, 95), goal, "ms", ".1f"))
    return lines


def at_most(what: str, found: float, goal: float | None, unit: str, digits: str) -> str:
    """A line whose number is to be small; without a goal it is only told."""
    if goal is None:
        return line(what, f"{found:{digits}} {unit}")
    return line(what, f"{found:{digits}} {unit}", f"<= {goal:.0f} {unit}", found <= goal)


def bench_open(visits: int) -> list[str]:
    """Opening: seconds to the first picture, for the first visitor of a page and for those who follow."""
    lines = [f"Opening a page in a new browser window, to the first picture, {visits} later visitors"]
    for what, (first, later) in opening.measure(visits).items():
        goal = opening.PAGES[what].goal
        lines.append(line(f"{what}, first visitor", f"{first:.2f} s", *opening.judged(first, goal.first)))
        lines.append(line(f"{what}, later ones", f"{later:.2f} s", *opening.judged(later, goal.later)))
    return lines


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
    parser.add_argument("--keys", type=int, default=100, help="keys to press at each place, at most")
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
            lines = {
                "train": lambda: bench_train(options.threads, options.rounds),
                "trace": lambda: bench_trace(5 * options.rounds),
                "write": lambda: bench_write(max(1, options.rounds // 6)),
                "probe": lambda: bench_probe(max(1, options.rounds // 6)),
                "keys": lambda: bench_keys(options.keys),
                "point": bench_point,
                "open": lambda: bench_open(5),
            }[part]()
            print("\n" + "\n".join(lines), flush=True)
        except (ValueError, OSError) as error:
            print(f"\n{part} was not measured. {error}", file=sys.stderr)
            code = 2
    return code


if __name__ == "__main__":
    sys.exit(main())
