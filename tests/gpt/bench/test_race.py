"""The race's pieces, with tiny models: turns, clocks that stop, one yardstick, and what counts as reached."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Generator

from gpt.bench import race as bench_race
from gpt.bench.race import PLAIN, Race, Runner, Side, plain_runner, race, report
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.corpora.generated import copy_lines
from gpt.model import GPT
from gpt.presets import preset
from gpt.train import evaluate
from gpt.train.evaluate import loss_in_windows
from gpt.train.precision import Choice

TEXT = Corpus("tiny", "Tiny", copy_lines(0)[:2_000], "the tests", "none")
MODEL = GPTConfig(block_size=8, n_layer=1, n_head=2, n_embd=8)
OURS = TrainConfig(steps=6, batch_size=4, optimizer="muon", precision="bf16", warmup=1)
BF16 = Choice("bf16")
OTHER = TrainConfig(steps=20, batch_size=4, warmup=2, schedule="cosine")


def side(loss: float, seconds: float, steps: int = 10) -> Side:
    return Side(steps, seconds, seconds, loss)


def test_both_sides_run_in_turns_and_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []
    advance = Runner.advance
    monkeypatch.setattr(Runner, "advance", lambda self, goal: (turns.append(self.steps), advance(self, goal)))
    monkeypatch.chdir(tmp_path)
    found = race(TEXT, MODEL, OURS, OTHER, part=2, chunks=3)
    assert turns == [10, 6, 6, 10, 10, 6]
    assert (found.plain.steps, found.ours.steps, found.plain_steps, found.scale) == (10, 6, 20, 2.0)
    assert min(found.plain.wall, found.plain.cpu, found.ours.wall, found.ours.cpu) > 0
    assert 0 < found.ours.loss < 10 and 0 < found.plain.loss < 10
    assert not list(tmp_path.iterdir())


def test_the_same_seed_reaches_the_same_losses() -> None:
    first, second = (race(TEXT, MODEL, OURS, OTHER, part=4, chunks=chunks) for chunks in (1, 3))
    assert (first.ours.loss, first.plain.loss) == (second.ours.loss, second.plain.loss)


def test_one_yardstick() -> None:
    model = GPT(dataclasses.replace(MODEL, vocab_size=20), Generator().manual_seed(0))
    ids = torch.randint(20, (500,), generator=Generator().manual_seed(0))  # (N,)
    assert loss_in_windows(model, ids, 8) == pytest.approx(evaluate.mean_loss(model, ids), abs=1e-6)
    assert model.training


def test_the_plain_side_follows_nanogpts_learning_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    loops = []
    monkeypatch.setattr(bench_race.PlainLoop, "step", lambda self: loops.append(self.optimizer.param_groups[0]["lr"]))
    runner = plain_runner(dataclasses.replace(MODEL, vocab_size=20), torch.zeros(100, dtype=torch.int64), PLAIN)
    runner.advance(PLAIN.steps)
    assert (runner.done, len(loops)) == (2_000, 2_000)
    assert loops[99] == pytest.approx(1e-3) == max(loops)
    assert loops[0] == pytest.approx(1e-5) and loops[-1] == pytest.approx(1e-4, rel=0.01)


@pytest.mark.parametrize(
    ("loss", "seconds", "reached"),
    [(1.88, 2.4, True), (1.89, 2.4, False), (1.88, 2.6, False), (float("nan"), 1, False)],
)
def test_both_goals_count(loss: float, seconds: float, reached: bool) -> None:
    found = Race(side(1.9, 1.0), side(loss, seconds), 100, BF16)
    assert found.scale == 10.0 and found.ratio == found.cpu_ratio == pytest.approx(seconds / 10)
    assert found.reached is reached
    assert sum("MISSED" in line for line in report(found)) == (0 if reached else 1)
    assert all(len(line) <= 120 for line in report(found))


def test_the_preset_is_the_plain_sides_model() -> None:
    recipe = preset("race")
    assert recipe.model == GPTConfig(block_size=64, n_layer=4, n_head=4, n_embd=128)
    assert recipe.train.threads == 1
    assert (PLAIN.steps, PLAIN.batch_size, PLAIN.lr) == (2_000, 12, 1e-3)


def test_exit_codes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    parts: list[int] = []

    def found(loss: float) -> Race:
        return Race(side(1.9, 1.0), side(loss, 1.0), 100, BF16)

    monkeypatch.setattr(bench_race, "race", lambda *given: (parts.append(given[4]), found(1.88))[1])
    assert bench_race.main(["--quick"]) == 0
    assert "reached" in capsys.readouterr().out
    monkeypatch.setattr(bench_race, "race", lambda *given: (parts.append(given[4]), found(1.99))[1])
    assert bench_race.main([]) == 1
    assert parts == [10, 1]

    def short(*given: object) -> Race:
        raise ConfigError("too short")

    monkeypatch.setattr(bench_race, "race", short)
    assert bench_race.main([]) == 2
    assert capsys.readouterr().err == "too short\n"
