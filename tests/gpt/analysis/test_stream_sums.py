"""Every number of the stream is the sum that it is said to be, and its line of PyTorch gives it again."""

from __future__ import annotations

import runpy
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch

from gpt.analysis import stream_sums
from gpt.analysis.lens import streams
from gpt.analysis.stream_sums import Found
from gpt.analysis.writes import grouped, written
from gpt.model import GPT
from gpt.trace import Trace, trace
from tests.support.ladder import IDS, MODELS, RUNGS

POSITION, WORDS = 5, [f"t{i}" for i in range(11)]


def run(model: GPT, here: Trace, found: Found) -> float:
    """What the line that is offered gives."""
    room: dict[str, Any] = {"model": model, "ids": list(IDS), "seen": here}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "offered.py"
        file.write_text(f"{found.imports}\nvalue = ({found.code}).item()")
        return float(runpy.run_path(str(file), room)["value"])


def holds(model: GPT, here: Trace, found: Found) -> None:
    assert found.value == pytest.approx(found.shown, abs=1e-4) and found.formula and found.text
    assert run(model, here, found) == pytest.approx(found.shown, abs=1e-4)
    sizes = [abs(term.product) for term in found.terms]
    assert found.terms and all(label.label for label in found.terms) and sizes[0] >= 0


@pytest.mark.parametrize("name", RUNGS)
def test_of_every_rung(name: str) -> None:
    model = MODELS[name]
    here = trace(model, IDS)
    found = written(model, here, IDS, POSITION)
    for one in grouped(found):
        for made in (
            stream_sums.length_sum(one, POSITION),
            stream_sums.cosine_sum(one, POSITION),
            stream_sums.effect_sum(one, POSITION, found.token),
        ):
            holds(model, here, made)
            assert made.value == pytest.approx(made.shown, abs=1e-9)
    holds(model, here, stream_sums.logit_sum(found))
    stream = streams(model, here, IDS)
    for boundary in range(len(stream)):
        for token in (found.token, 0, 10):
            made = stream_sums.share_sum(model, stream, boundary, POSITION, token, WORDS)
            holds(model, here, made)
            assert sum(term.product for term in made.terms) >= 1.0
        for column in (0, model.config.n_embd - 1):
            holds(model, here, stream_sums.number_sum(model, here, IDS, found, boundary, column))


def test_what_norms_add_counts_from_one() -> None:
    assert stream_sums.name_of("layer 0 norm after mlp") == "layer 1 norm after mlp: its shift"
    assert stream_sums.name_of("final norm") == "final norm's shift"
    assert stream_sums.name_of("output bias") == "output bias"


def test_groups_are_the_sums_of_their_parts() -> None:
    for name in ("gpt-2", "post-norm", "many heads"):
        found = written(MODELS[name], trace(MODELS[name], IDS), IDS, POSITION)
        rows = grouped(found)
        assert len(rows) == len(found.writes) + MODELS[name].config.n_layer
        for one in (row for row in rows if row.kind == "attention"):
            parts = [w for w in found.writes if w.layer == one.layer and w.kind in ("head", "bias")]
            assert one.effect == pytest.approx(sum(w.effect for w in parts))
            assert torch.allclose(one.vector, torch.stack([w.vector for w in parts]).sum(0))
