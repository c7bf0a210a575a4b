"""The loss of a model on a text: the same as a naive loop over the windows, and one printed line a model."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import torch
from torch import Generator, Tensor

from gpt import bundled, checkpoint
from gpt.config import ConfigError
from gpt.model import GPT
from gpt.storage.step_files import step_name
from gpt.tokenizers import CharTokenizer
from gpt.train import batches, evaluate
from gpt.train.evaluate import mean_loss
from tests.support.ladder import RUNGS, V, fresh

T = 8
LETTERS = CharTokenizer(tuple("abcdefghijk"))


def tokens(count: int) -> Tensor:
    return torch.randint(V, (count,), generator=Generator().manual_seed(count))  # (N,)


def naive(model: GPT, ids: list[int], windows: list[int]) -> float:
    """Token by token: -log of the probability that the softmax gives the next one."""
    losses = []
    for window in windows:
        x = ids[window * T : window * T + T]
        with torch.no_grad():
            rows = model(torch.tensor([x]))[0].double()  # (T, V)
        for place in range(T):
            row, target = rows[place].tolist(), ids[window * T + place + 1]
            losses.append(math.log(math.fsum(math.exp(value) for value in row)) - row[target])
    return math.fsum(losses) / len(losses)


@pytest.mark.parametrize("rung", ["bigram", "gpt-2", "dropout", "post-norm"])
@pytest.mark.parametrize("count", [T + 1, 2 * T, 2 * T + 1, 333])
def test_equals_the_naive_loop(rung: str, count: int) -> None:
    model, ids = fresh(RUNGS[rung]), tokens(count)
    windows = list(range((count - 1) // T))
    assert mean_loss(model, ids) == pytest.approx(naive(model, ids.tolist(), windows), abs=1e-5)


def test_more_windows_than_a_batch_and_a_limit_spread_evenly() -> None:
    model, ids = fresh(RUNGS["gpt-2"]), tokens(100 * T + 1)
    whole = naive(model, ids.tolist(), list(range(100)))
    assert mean_loss(model, ids) == pytest.approx(whole, abs=1e-5)
    assert mean_loss(model, ids, limit=4) == mean_loss(model, ids)  # 4 batches of 32 are more than there are
    rows = torch.linspace(0, 99, 64).long().tolist()
    assert rows[0] == 0 and rows[-1] == 99 and len(set(rows)) == 64
    assert mean_loss(model, ids, limit=2) == pytest.approx(naive(model, ids.tolist(), rows), abs=1e-5)


def test_windows_do_not_overlap_and_lose_only_a_rest() -> None:
    inputs, targets = batches.windows(torch.arange(20), 6)
    assert inputs.tolist() == [list(range(0, 6)), list(range(6, 12)), list(range(12, 18))]
    assert torch.equal(targets, inputs + 1)
    for count in (0, 1, 6):
        with pytest.raises(ConfigError, match=rf"^{count} tokens are too few for a context of 6: "):
            batches.windows(torch.arange(count), 6)


def test_the_mode_and_the_gradients_are_as_before() -> None:
    model = fresh(RUNGS["dropout"])
    state = torch.get_rng_state()  # (bytes,)
    for training in (True, False):
        model.train(training)
        first, second = mean_loss(model, tokens(50)), mean_loss(model, tokens(50))
        assert first == second and model.training is training and torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), state)


def test_a_model_without_knowledge_has_the_loss_of_a_fair_die() -> None:
    model = GPT(RUNGS["gpt-2"], Generator().manual_seed(0), std=0.0)
    assert mean_loss(model, tokens(200)) == pytest.approx(math.log(V), abs=1e-6)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("".join(LETTERS.decode([token]) for token in tokens(500).tolist()))
    return path


def test_the_command_prints_a_line_a_model(text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    files = [tmp_path / "mine" / step_name(step) for step in (0, 1_500)]
    for step, path in zip((0, 1_500), files, strict=True):
        checkpoint.save(path, fresh(RUNGS["gpt-2"], seed=step), LETTERS, step)
    assert evaluate.main([str(text), *map(str, files)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for line, path in zip(lines, files, strict=True):
        model = checkpoint.load(path)
        held_out = model.tokenizer.encode(text.read_text()[450:])
        name, step, size, loss = re.fullmatch(
            r"(\S+) +step +([\d,]+) +([\d,]+) parameters  validation loss ([\d.]+)", line
        ).groups()  # type: ignore[union-attr]
        assert (name, int(step.replace(",", ""))) == ("mine", model.step)
        assert int(size.replace(",", "")) == sum(weight.numel() for weight in model.model.parameters())
        assert float(loss) == pytest.approx(naive(model.model, held_out, list(range(49 // T))), abs=1e-4)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "missing"), ("", "empty"), ("abc" * 10, "3 tokens are too few"), ("xyz" * 100, "character 'x'")],
)
def test_the_command_refuses_in_a_sentence(
    content: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "text.txt").write_text(content)
    checkpoint.save(tmp_path / "model", fresh(RUNGS["gpt-2"]), LETTERS)
    assert evaluate.main([str(tmp_path / "text.txt"), str(tmp_path / "model")]) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err and err.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"not a model at all", None])
def test_a_file_that_is_no_model(
    content: bytes | None, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "model").write_bytes(content)
    assert evaluate.main([str(text), str(tmp_path / "model")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_without_a_model_named_the_bundled_ones_are_judged(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bundled, "MODELS", tmp_path / "models")
    bundled.bundled.cache_clear()
    try:
        assert bundled.bundled() == ()  # no such folder: nothing to offer, and no error
        assert evaluate.main([str(text)]) == 0
        bundled.bundled.cache_clear()
        for name, rung in (("small", "bigram"), ("large", "gpt-2")):
            (tmp_path / "models" / name).mkdir(parents=True)
            for step in (0, 1_000_000, 20):
                path = tmp_path / "models" / name / step_name(step)
                checkpoint.save(path, fresh(RUNGS[rung], seed=step), LETTERS, step)
        (tmp_path / "models" / "README.md").write_text("not a model")
        found = bundled.bundled()
        assert [model.name for model in found] == ["large", "small"]
        assert found[0].steps == (0, 20, 1_000_000) and found[0].last == found[0].file(1_000_000)
        assert found[0].parameters == sum(weight.numel() for weight in fresh(RUNGS["gpt-2"]).parameters())
        with pytest.raises(KeyError):
            found[0].file(7)
        capsys.readouterr()
        assert evaluate.main([str(text)]) == 0
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["large", "small"]
    finally:
        bundled.bundled.cache_clear()
