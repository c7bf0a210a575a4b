"""`python -m gpt.bench.race`: how soon the preset `race` writes as well as nanoGPT's CPU preset, and at what price.

    python -m gpt.bench.race                       both sides in full: some minutes
    python -m gpt.bench.race --quick               a tenth of the plain side, its time scaled up
    python -m gpt.bench.race --precision fp32      as on a processor that does not know bf16
    python -m gpt.bench.race --seed 1              other fresh weights, other batches

The goal post is nanoGPT's CPU preset (Karpathy 2022, README): 4 layers, 4 heads, width 128, context 64, batch 12, and
2,000 steps of AdamW end at a validation loss of 1.88. The plain side is that loop in plain fp32 PyTorch, with its
learning rates; ours is the preset, the same model with a recipe of its own. Both train on one thread and take turns in
small chunks, so that whatever else the machine does slows both. The clocks stand still while losses are measured.
What counts is processor time: it is what a training costs, and neighbours do not change it.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch starts its threads

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from torch import Generator, Tensor, nn
from tqdm import tqdm

from gpt import corpora
from gpt.bench.baseline import PlainLoop
from gpt.bench.training import processor
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.presets import preset
from gpt.tokenizers import CharTokenizer
from gpt.train.allocator import keep_freed_memory
from gpt.train.evaluate import loss_in_windows
from gpt.train.precision import Choice
from gpt.train.schedule import rate
from gpt.train.trainer import Trainer, own_randomness

# nanoGPT's CPU preset: warm up 100 steps to 1e-3, then a cosine down to a tenth; no dropout, no biases.
PLAIN = TrainConfig(steps=2_000, batch_size=12, lr=1e-3, warmup=100, schedule="cosine")
LOSS_GOAL = 1.886  # nats a character over the whole validation split
RATIO_GOAL = 0.25  # our processor time / the plain loop's
CHUNKS = 50  # turns of each side
QUICK_PART = 10  # --quick runs one in so many of the plain steps


@dataclass(frozen=True)
class Side:
    """What one side took and reached."""

    steps: int  # that it ran
    wall: float  # seconds of its steps
    cpu: float  # seconds of processor time of its steps
    loss: float  # nats a character over the whole validation split, after its last step


@dataclass(frozen=True)
class Race:
    """Both sides; the plain one may have run only a part of its `plain_steps`."""

    plain: Side
    ours: Side
    plain_steps: int  # that the plain side would run in full
    choice: Choice  # what ours computed in

    @property
    def scale(self) -> float:
        """Full plain steps / steps it ran."""
        return self.plain_steps / self.plain.steps

    @property
    def ratio(self) -> float:
        """Our wall time / the plain loop's, over all its steps."""
        return self.ours.wall / (self.plain.wall * self.scale)

    @property
    def cpu_ratio(self) -> float:
        """The same in processor time."""
        return self.ours.cpu / (self.plain.cpu * self.scale)

    @property
    def reached(self) -> bool:
        """Whether our side is good enough, and soon enough."""
        return self.ours.loss <= LOSS_GOAL and self.cpu_ratio <= RATIO_GOAL


class Runner:
    """One side of the race: a step, a model, and two clocks that run only while it steps."""

    def __init__(self, step: Callable[[int], object], model: nn.Module, steps: int) -> None:
        self.step, self.model, self.steps = step, model, steps
        self.done, self.wall, self.cpu = 0, 0.0, 0.0

    def advance(self, goal: int) -> None:
        """Step until `goal` steps are done."""
        wall, cpu = time.perf_counter(), time.process_time()
        while self.done < goal:
            self.step(self.done)
            self.done += 1
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu

    def result(self, held_out: Tensor, context: int) -> Side:
        """What it took and reached, over validation ids (M,)."""
        return Side(self.done, self.wall, self.cpu, loss_in_windows(self.model, held_out, context))


def plain_runner(config: GPTConfig, ids: Tensor, plain: TrainConfig) -> Runner:
    """The plain loop with nanoGPT's learning rates, on training ids (N,)."""
    loop = PlainLoop(config, ids, plain.batch_size, Generator().manual_seed(plain.seed))

    def step(done: int) -> None:
        for group in loop.optimizer.param_groups:
            group["lr"] = plain.lr * rate(done, plain)
        loop.step()

    return Runner(step, loop.model, plain.steps)


def race(corpus: Corpus, config: GPTConfig, train: TrainConfig, plain: TrainConfig, part: int, chunks: int) -> Race:
    """Both sides in turns: all steps of ours, one in `part` of the plain loop's (its learning rates stay the whole's).

    Raises ConfigError when the text is too short for the context.
    """
    keep_freed_memory()  # as the trainer does: for both sides
    tokenizer = CharTokenizer.from_text(corpus.text)
    config = dataclasses.replace(config, vocab_size=tokenizer.vocab_size)
    with own_randomness(train.seed, 1):
        trainer = Trainer(corpus, tokenizer, config, train)
        ours = Runner(lambda done: trainer.step(), trainer.model, train.steps)
        other = plain_runner(config, trainer.ids, plain)
        other.steps = max(1, plain.steps // part)
        for turn in tqdm(range(1, chunks + 1), unit="turn", disable=None):  # no bar outside a terminal
            for side in (other, ours) if turn % 2 else (ours, other):
                side.advance(side.steps * turn // chunks)
        results = [side.result(trainer.held_out, config.block_size) for side in (other, ours)]
    return Race(results[0], results[1], plain.steps, trainer.choice)


def report(found: Race) -> list[str]:
    """The table, and whether the goals were reached."""
    plain, ours, scale = found.plain, found.ours, found.scale
    scaled = f" (from {plain.steps:,})" if scale > 1 else ""

    def side(who: str, steps: int, scale: float, found: Side) -> str:
        times = f"{found.wall * scale:.1f} s, of CPU {found.cpu * scale:.1f} s"
        return f"  {who:<28}{steps:>6,} steps: {times}; loss {found.loss:.4f} after step {found.steps:,}"

    def goal(what: str, measured: str, limit: float, reached: bool) -> str:
        return f"  {what:<42}{measured:>20}    goal <= {limit:<7} {'reached' if reached else 'MISSED'}"

    ratio = f"{found.cpu_ratio:.3f} (wall {found.ratio:.3f})"
    why = f", {found.choice.reason}" if found.choice.reason else f", in {found.choice.precision}"
    return [
        "The race to nanoGPT's CPU preset, on tiny Shakespeare: 4 layers of 4 heads, width 128, context 64, one thread",
        f"  on {processor()}{why}",
        side(f"plain fp32 AdamW{scaled}", found.plain_steps, scale, plain),
        side("our preset", ours.steps, 1.0, ours),
        goal("loss over the whole validation split", f"{ours.loss:.4f}", LOSS_GOAL, ours.loss <= LOSS_GOAL),
        goal("our processor time / the plain loop's", ratio, RATIO_GOAL, found.cpu_ratio <= RATIO_GOAL),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 when a goal is missed, 2 with one sentence when it could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m gpt.bench.race", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the plain side, its time scaled up")
    parser.add_argument(
        "--precision",
        choices=list(TrainConfig.settings()["precision"].choices),
        default="auto",
        help="what ours computes in",
    )
    parser.add_argument("--seed", type=int, default=1337, help="of ours")
    options = parser.parse_args(arguments)
    recipe = preset("race")
    part = QUICK_PART if options.quick else 1
    try:
        train = dataclasses.replace(recipe.train, precision=options.precision, seed=options.seed)
        found = race(corpora.load(recipe.corpus), recipe.model, train, PLAIN, part, CHUNKS)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command line talks)
        return 2
    print("\n".join(report(found)))  # noqa: T201
    return 0 if found.reached else 1


if __name__ == "__main__":
    sys.exit(main())
