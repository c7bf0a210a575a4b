"""The lecture's one head: the log that ships is what the code trains, and what others' runs of the script print."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from torch import Generator, nn

from gpt.config import ConfigError
from gpt.lessons.tutorials import one_head, train_one_head
from gpt.lessons.tutorials.table import BY_KEY


def test_seventeen_lines_as_printed() -> None:
    lines = one_head.recorded(300)
    assert [step for step, _, _ in lines] == list(range(0, 5_000, 300)) and len(lines) == 17
    assert [step for step, _, _ in one_head.recorded(500)] == list(range(0, 5_000, 500)) == list(one_head.PRINTED[500])
    for every, least in ((300, 7), (500, 20)):
        rows = one_head.rows(every)
        assert len(rows) == least
        for row in rows:
            assert abs(float(row.printed) - float(row.ours)) <= 0.02 and row.same, row
    assert all(abs(train - val) < 0.05 for every in one_head.EVERY for _, train, val in one_head.recorded(every))
    with pytest.raises(ConfigError, match="every 7 steps"):
        one_head.recorded(7)


def test_the_log_that_ships_is_what_the_script_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two lines of the longer log, trained again: 300 steps."""
    shipped = one_head.recorded(300)[:2]
    for name, value in (("FILE", tmp_path / "log.json"), ("EVERY", (300,)), ("STEPS", 301)):
        monkeypatch.setattr(one_head, name, value)
    threads = torch.get_num_threads()
    train_one_head.make()
    torch.set_num_threads(threads)
    made = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))["300"]
    assert [line[0] for line in made] == [0, 300]
    for ours, theirs in zip(made, shipped, strict=True):
        assert ours[1:] == pytest.approx(theirs[1:], abs=2e-4)


def test_its_dice_fall_as_for_torch_s_own_layers() -> None:
    """The same layers made by torch, in the order of the lecture's class, while torch itself is seeded."""
    model, C = one_head.one_head(Generator().manual_seed(1337)), 32
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1337)
        token, place = nn.Embedding(65, C), nn.Embedding(8, C)
        key, query, value = (nn.Linear(C, C, bias=False) for _ in range(3))
        head = nn.Linear(C, 65)
    ids = torch.arange(8)[None] * 7  # (B, T)
    x = token(ids) + place(torch.arange(8))  # (B, T, C)
    wei = query(x) @ key(x).transpose(-2, -1) * C**-0.5  # (B, T, T)
    wei = wei.masked_fill(torch.ones(8, 8).triu(1).bool(), -math.inf).softmax(dim=-1)  # (B, T, T)
    torch.testing.assert_close(model(ids), head(wei @ value(x)), rtol=0, atol=1e-6)
    assert sum(weight.numel() for weight in model.parameters()) == 7_553


def test_the_listing_tells_which_lines_are_known() -> None:
    listing = BY_KEY["lecture-one-head-log"]
    found = listing.outcome()
    assert found.text.splitlines()[1] == "step 300: train loss 2.9418, val loss 2.9574"
    assert len(found.text.splitlines()) == 17 and all(row.same for row in found.printed)
    assert "17 lines" in found.said[0] and "known of 5 of them" in found.said[0] and "other 12" in found.said[0]
    assert "10 lines" in listing.outcome({"every": "500"}).said[0]
