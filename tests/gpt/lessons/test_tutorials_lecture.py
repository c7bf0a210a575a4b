"""The lecture's listings: what was trained is what is written down; what stands in for torch does the same."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Generator, nn

from gpt.lessons.tutorials import (
    default_init,
    lecture_averages,
    lecture_bigram,
    lecture_loss,
    lecture_norm,
    lecture_program,
    lecture_scale,
    stages,
    train_stages,
)
from gpt.lessons.tutorials.lecture_bigram import BARE, FLAT, MOVED
from gpt.lessons.tutorials.plain_adamw import PlainAdamW
from gpt.lessons.tutorials.table import BY_KEY, of


@pytest.mark.parametrize("stage", stages.STAGES, ids=lambda one: one.name)
def test_a_stages_first_loss_is_the_one_written_down(stage: stages.Stage) -> None:
    """The training itself takes minutes; its beginning does not. The last digits hang on the processor."""
    for seed, written in zip(stages.SEEDS, stages.measured(stage.name, "first"), strict=True):
        assert next(train_stages.losses(stage, seed)) == pytest.approx(written, abs=2e-4)


def test_the_stages_follow_the_lecture() -> None:
    """Each part that the lecture adds gains something, but three blocks without the addition, which lose."""
    loss = {one.name: sum(stages.measured(one.name)) / len(stages.SEEDS) for one in stages.STAGES}
    gains = ["positions", "head", "heads", "mlp", "residual", "wide", "norm"]
    assert all(loss[later] < loss[earlier] + 0.01 for earlier, later in itertools.pairwise(gains))
    assert loss["blocks"] > loss["mlp"]
    assert all(abs(loss[name] - 2.5) < 0.03 for name in ("embedding", "positions"))


def test_the_first_lines_of_the_script_are_those_written_down() -> None:
    for rate in lecture_loss.RATES:
        written = stages.recorded()[f"script {rate}"]
        assert len(written) == len(lecture_loss.LINES)
        for (train, val), line in zip(lecture_loss.script(float(rate), lecture_loss.LIVE), written, strict=False):
            assert (train, val) == pytest.approx((line["train"], line["val"]), abs=2e-4)


def test_the_long_bigram_ends_where_counting_does() -> None:
    (long,) = stages.recorded()["bigram"]
    assert long["loss"] == pytest.approx(long["counted"], abs=0.002)
    assert abs(long["last"] - long["loss"]) > 0.05, "one batch says little of the text"


def test_the_whole_program_begins_on_its_own_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few batches of the first line's two hundred; the first lines that were written down are the printed ones."""
    monkeypatch.setattr(lecture_program, "EVALUATED", 6)
    model = lecture_program.build(generator := Generator().manual_seed(1337))
    assert lecture_program.estimate(model, generator) == pytest.approx((4.41, 4.40), abs=0.05)
    for (_, *printed), one in zip(lecture_program.PRINTED[:2], stages.recorded()["program"], strict=False):
        assert [f"{one['train']:.4f}", f"{one['val']:.4f}"] == [f"{loss:.4f}" for loss in printed]


@pytest.mark.parametrize("width", [32, 384])
def test_fresh_weights_are_those_of_torch(width: int) -> None:
    theirs = torch.empty(width, width)  # (C, C)
    nn.init.kaiming_uniform_(theirs, a=math.sqrt(5), generator=Generator().manual_seed(7))
    ours = default_init.linear(width, width, Generator().manual_seed(7))
    assert torch.allclose(ours, theirs, atol=1e-7)


def test_the_lectures_class_has_as_many_parameters_as_its_script_counts() -> None:
    """Built in torch by hand, with biases where the lecture's layers have them."""
    for config, printed in ((lecture_scale.LAST, 10_788_929), (lecture_scale.NOTEBOOK, 209_729)):
        V, T, C, L = config.vocab_size, config.block_size, config.n_embd, config.n_layer
        with torch.device("meta"):
            block = [
                *(nn.Linear(C, C, bias=False) for _ in range(3)), nn.Linear(C, C), nn.Linear(C, 4 * C),
                nn.Linear(4 * C, C), nn.LayerNorm(C), nn.LayerNorm(C),
            ]  # fmt: skip
            outside = [nn.Embedding(V, C), nn.Embedding(T, C), nn.LayerNorm(C), nn.Linear(C, V)]
        numbers = [sum(weight.numel() for weight in nn.ModuleList(part).parameters()) for part in (block, outside)]
        assert L * numbers[0] + numbers[1] == printed
        assert lecture_scale.millions(config) == f"{printed / 1e6:f}"
        assert lecture_scale.shapes_only(lecture_scale.with_biases(config)) == printed


def test_the_plain_adamw_has_the_bits_of_torchs() -> None:
    start = torch.randn(40, 30, generator=Generator().manual_seed(1))
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    plain, torchs = PlainAdamW([ours], lr=0.01), torch.optim.AdamW([theirs], lr=0.01)
    goal = torch.randn(40, 30, generator=Generator().manual_seed(2))
    for _ in range(30):
        for weight, optimizer in ((ours, plain), (theirs, torchs)):
            (weight - goal).pow(4).sum().backward()
            optimizer.step()
        torchs.zero_grad()
    assert torch.equal(ours, theirs)


def test_cross_entropy_refuses_one_shape_and_takes_two() -> None:
    logits, targets = torch.randn(4, 8, 65), torch.zeros(4, 8, dtype=torch.long)
    flat, moved = (lecture_bigram.loss_in_shape(logits, targets, shape) for shape in (FLAT, MOVED))
    assert torch.allclose(flat, moved)
    with pytest.raises(RuntimeError, match="Expected target size"):
        lecture_bigram.loss_in_shape(logits, targets, BARE)


@pytest.mark.parametrize(("rtol", "atol"), [(1e-5, 1e-8), (1e-5, 1e-7), (0.0, 0.0)])
def test_apart_is_what_allclose_asks(rtol: float, atol: float) -> None:
    x = lecture_averages.numbers_of(1337)
    for near in (x, x * (1 + 5e-6), x + 2e-8):
        assert lecture_averages.apart(x, near, rtol, atol)[0] is torch.allclose(x, near, rtol, atol)


def test_levelling_rows_is_a_layer_norm_and_columns_a_batch_norm() -> None:
    """But for the variance, which the lecture divides by one less."""
    x, n = lecture_norm.vectors(), 100
    ours = lecture_norm.level(x, dim=1) * math.sqrt(n / (n - 1))
    assert torch.allclose(ours, nn.functional.layer_norm(x, (n,)), atol=1e-4)
    columns = lecture_norm.level(x, dim=0) * math.sqrt(32 / 31)
    assert torch.allclose(columns, nn.functional.batch_norm(x, None, None, training=True), atol=1e-4)


def test_what_differs_anywhere_is_not_said_to_be_the_same() -> None:
    """These differ anywhere; on another processor the last digits of a sum or a training may, too."""
    differ = {one.key for one in of("lecture") if not all(row.same for row in one.outcome().printed)}
    assert differ >= {"lecture-hundred", "lecture-recipe", "lecture-scales"}
    text = BY_KEY["lecture-thousand"].outcome()
    assert all(row.same for row in text.printed) and text.text.startswith("First Citizen:")
