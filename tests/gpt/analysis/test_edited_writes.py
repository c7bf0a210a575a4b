"""What edits put into the stream is told as writes of their own: the stream and the logit stay sums that come out."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from gpt.analysis import stream_sums
from gpt.analysis.lens import streams
from gpt.analysis.stacks import flows, read_lines
from gpt.analysis.writes import grouped, written
from tests.support.ladder import IDS, MODELS, OTHER

WORDS = (
    "attn.1.zero~mlp.2.mean",
    "token.5.zero~head.2.1.zero~neuron.1.4",
    "add.resid_mid.1.all.2.0.token.7~scale.resid_post.1.all.1.5~patch.resid_pre.2.all.4",
    "scale.mlp_out.1.all.-2.0~weight.2.1.5.2.0.9~cut.all.all.5.1~scale.resid_post.2.all.3.0",
)


@pytest.mark.parametrize("rung", ["pre-norm", "residual", "untied with biases", "attention only"])
@pytest.mark.parametrize("words", WORDS)
def test_a_logit_and_the_stream_are_the_sums_of_what_was_written_and_edited(rung: str, words: str) -> None:
    model = MODELS[rung]
    flow = flows(model, IDS, read_lines(words), OTHER)
    found = written(flow.model, flow.trace, IDS, 4, 2, edited=True)
    assert abs(found.remainder) < 1e-4 * max(1.0, abs(found.logit))
    assert found.besides == 0.0
    assert any(one.kind.startswith("edit") for one in found.writes)
    stream = streams(flow.model, flow.trace, IDS)[:, 4]  # (S, C)
    for boundary in range(len(stream)):
        made = stream_sums.number_sum(flow.model, flow.trace, IDS, found, boundary, 3)
        assert made.value == pytest.approx(float(stream[boundary, 3]), abs=1e-4)
    seen: dict[str, Any] = {"model": flow.model, "seen": flow.trace, "ids": list(IDS), "torch": torch}
    for one in grouped(found):
        vector = eval(stream_sums.vector_code(one, 4), seen)  # noqa: S307 # the lines that the page shows
        assert one.kind == "attention" or torch.allclose(vector.double(), one.vector, atol=1e-4), one.name


def test_what_a_post_norm_levels_is_told_as_what_remains() -> None:
    """Behind it a changed stream is no vector that was added: the sum has a term for it, and comes out."""
    model = MODELS["post-norm"]
    flow = flows(model, IDS, read_lines("add.resid_mid.1.all.2.0.token.7~scale.resid_post.2.all.3.0"))
    found = written(flow.model, flow.trace, IDS, 4, 2, edited=True)
    assert found.besides == found.remainder != 0.0
    made = stream_sums.logit_sum(found)
    assert math.fsum(term.product for term in made.terms) == pytest.approx(found.logit, abs=1e-9)
    plain = flows(model, IDS, ())
    assert [one.name for one in written(plain.model, plain.trace, IDS, 4, edited=True).writes] == [
        one.name for one in written(plain.model, plain.trace, IDS, 4).writes
    ]
