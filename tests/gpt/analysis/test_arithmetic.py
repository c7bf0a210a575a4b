"""Every displayed number is the sum that stands beside it, on every kind of model, and the lines that say so run."""

from __future__ import annotations

import dataclasses
import math
import runpy
from functools import cache
from pathlib import Path

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gpt import bundled, checkpoint
from gpt.analysis.arithmetic import STAGES, Worked, pytorch, split, stages, worked
from gpt.analysis.stages import block_of
from gpt.analysis.switches import switched
from gpt.config import GPTConfig
from gpt.edits import AblateHead, ScaleSite
from gpt.model import GPT
from gpt.tokenizers import CharTokenizer
from gpt.trace import Trace, trace
from tests.support import ROOT
from tests.support.ladder import IDS, MODELS, WITH_BLOCKS, V, fresh
from tests.support.shipped import ids_of, loaded

TOLERANCE = 1e-5  # absolute
TEXTS = {"copy": "gacbdeh|gacbdeh\n", "sort": "cab>abc\nfed>def"}
SHELVED = [model.name for model in bundled.bundled()]
PLACES = [*WITH_BLOCKS, *SHELVED]
OWN = {"q": "q", "k": "k", "v": "v", "scaled": "scores", "pattern": "pattern", "z": "z"}  # stage -> site of the trace


@cache
def given_model(name: str) -> tuple[GPT, list[int]]:
    """A rung of the ladder or a bundled model, and what it reads."""
    if name in MODELS:
        return MODELS[name], list(IDS)
    text = TEXTS.get(name, "ROMEO:\nBut soft, what light through yonder window breaks?\nIt is the east, and Juliet")
    return loaded(name).model, ids_of(text, name)


@cache
def seen(name: str) -> Trace:
    model, ids = given_model(name)
    return trace(model, ids)


@st.composite
def cells(draw: st.DrawFn, of: tuple[str, ...] = STAGES) -> tuple[str, int, int, str, int, int]:
    """A model, and one number of it: layer, head, stage, row, column."""
    name, stage = draw(st.sampled_from(PLACES)), draw(st.sampled_from(of))
    model, ids = given_model(name)
    config = model.config
    across = config.head_size if stage in ("q", "k", "v", "z") else len(ids)
    numbers = (config.n_layer, config.n_head, len(ids), across)
    layer, head, row, column = (draw(st.integers(0, n - 1)) for n in numbers)
    return name, layer, head, stage, row, column


def work(name: str, layer: int, head: int, stage: str, row: int, column: int) -> Worked:
    return worked(given_model(name)[0], seen(name), layer, head, stage, row, column)


@settings(max_examples=600, deadline=None)
@given(cells())
def test_recomputed_is_shown(cell: tuple[str, int, int, str, int, int]) -> None:
    found = work(*cell)
    assert found.difference <= TOLERANCE
    assert found.difference == abs(found.recomputed - found.shown) or found.shown == found.recomputed
    sizes = [abs(term.product) for term in found.terms]
    assert sizes == sorted(sizes, reverse=True)


@settings(max_examples=200, deadline=None)
@given(cells(), st.integers(0, 400))
def test_the_parts_of_the_sum_are_all_there(cell: tuple[str, int, int, str, int, int], n: int) -> None:
    found = work(*cell)
    first, more, rest = split(found, n)
    assert first == found.terms[:n] and len(first) + more == len(found.terms)
    whole = math.fsum(term.product for term in first) + rest + (found.bias or 0.0)
    if found.stage == "pattern":  # the terms are the exps below the line
        assert whole >= 1.0 and all(term.product == math.exp(term.factors[0] - term.factors[1]) for term in found.terms)
    elif math.isfinite(found.shown):
        assert whole == pytest.approx(found.shown, abs=TOLERANCE)
        assert all(term.product == math.prod(term.factors) for term in found.terms)


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_every_cell_of_every_stage(name: str) -> None:
    """No cell of a small model is left to chance; and all but two stages are the trace's own numbers."""
    model, _ = given_model(name)
    here = seen(name)
    for layer in range(model.config.n_layer):
        for head in range(model.config.n_head):
            found = stages(model, here, layer, head)
            for stage, site in OWN.items():
                assert torch.equal(getattr(found, stage), getattr(here, site)[layer, head])
            future = torch.ones_like(found.scaled).triu(1).bool() & model.config.causal
            assert torch.equal(found.masked, found.scaled.masked_fill(future, -math.inf))
            for stage in STAGES:
                rows, columns = getattr(found, stage).shape
                worst = max(
                    worked(model, here, layer, head, stage, row, column).difference
                    for row in range(0, rows, 3)
                    for column in range(columns)
                )
                assert worst <= TOLERANCE, stage


def test_a_sum_by_hand() -> None:
    """The usual line, from numbers that one can follow with a pencil."""
    model = fresh(GPTConfig(vocab_size=V, block_size=8, n_layer=1, n_head=2, n_embd=8, bias=True))
    here = trace(model, IDS)
    found = worked(model, here, 0, 1, "dot", 3, 1)
    q, k = here.q[0, 1, 3].tolist(), here.k[0, 1, 1].tolist()
    pairs = sorted(zip(q, k, strict=True), key=lambda pair: -abs(pair[0] * pair[1]))
    (a, b), (c, d) = pairs[:2]
    assert found.text == f"{a:.3g} × {b:.3g} + {c:.3g} × {d:.3g} + 2 smaller = {found.recomputed:.3g}"
    assert found.recomputed == pytest.approx(sum(a * b for a, b in zip(q, k, strict=True)))
    assert found.formula == "q[4] · k[2] = sum over d of q[4, d] × k[2, d]"
    assert {term.label for term in found.terms} == {"d 1", "d 2", "d 3", "d 4"}
    read = worked(model, here, 0, 1, "q", 3, 1)
    assert read.bias == block_of(model, 0).attn.query.bias[5].item() and f"bias {read.bias:.3g}" in read.text
    assert len(read.terms) == 8 and "x[4, c]" in read.formula and "b_q" in read.formula


def test_hidden_and_seen() -> None:
    """The future is -inf and 0; an encoder hides nothing; the scale is told as it is."""
    hidden = work("pre-norm", 0, 1, "masked", 2, 5)
    assert hidden.shown == hidden.recomputed == -math.inf and hidden.difference == 0.0 and not hidden.terms
    assert hidden.text == "token 6 comes after token 3: hidden"
    assert work("pre-norm", 0, 1, "pattern", 2, 5).shown == work("pre-norm", 0, 1, "pattern", 2, 5).recomputed == 0.0
    assert len(work("pre-norm", 0, 1, "pattern", 2, 1).terms) == len(work("pre-norm", 0, 1, "z", 2, 1).terms) == 3
    assert len(work("sees the future", 0, 1, "pattern", 2, 1).terms) == len(IDS)
    assert math.isfinite(work("sees the future", 0, 1, "masked", 2, 5).shown)
    assert "hides nothing" in work("sees the future", 0, 1, "masked", 2, 5).text
    assert "1 / sqrt(4)" in work("pre-norm", 0, 1, "scaled", 2, 1).formula
    assert "scale is 1 in this model" in work("not scaled", 0, 1, "scaled", 2, 1).formula
    assert work("mean of the past", 0, 0, "scaled", 2, 1).shown == 0.0
    assert work("mean of the past", 0, 0, "pattern", 4, 1).text == "1 / (1 + 1 + 3 smaller) = 1 / 5 = 0.2"


def test_an_edit_shows_in_the_difference() -> None:
    """What was changed on the way is shown as changed, and the sum says what it would have been."""
    model = MODELS["pre-norm"]
    edited = trace(model, IDS, [ScaleSite("q", 0, 3.0, 1), AblateHead(1, 0)])
    found = worked(model, edited, 0, 1, "q", 3, 2)
    assert found.shown == pytest.approx(3 * found.recomputed) and found.difference > 1e-3
    assert worked(model, edited, 0, 1, "dot", 3, 2).difference <= TOLERANCE


def test_a_head_that_is_off_hands_on_nothing_in_the_sum_and_in_pytorch_too() -> None:
    model = MODELS["pre-norm"]
    seen = trace(model, IDS, [AblateHead(1, 0)])
    other = dataclasses.replace(seen, v=torch.zeros_like(seen.v))  # nothing to hand on, which is not the same
    assert worked(model, other, 1, 0, "z", 3, 2).terms
    silent = worked(model, seen, 1, 0, "z", 3, 2)
    assert silent.shown == silent.recomputed == silent.difference == 0.0 and not silent.terms
    assert "switched off" in silent.text and silent.formula == "z[4, 3] = 0"
    assert silent.code == "seen.z[1, 0, 3, 2]" and seen.z[1, 0, 3, 2].item() == 0.0
    assert worked(model, seen, 1, 1, "z", 3, 2).terms


@pytest.mark.parametrize("switch", ["scale", "scale bug"])
def test_scores_that_grew_are_as_exact_as_float32_is(switch: str) -> None:
    """In the hundreds a float32 itself is no closer than 1e-5; the rest of the head stays within it."""
    model, ids = given_model(SHELVED[0])
    other, edits = switched(model, [switch])
    here = trace(other, ids, edits)
    largest = float(here.scores[2, 1].abs().max())
    for place in range(len(ids)):
        for stage in STAGES:
            allowed = max(TOLERANCE, 1e-6 * largest) if stage == "scaled" else TOLERANCE
            assert worked(other, here, 2, 1, stage, place, place % 8).difference <= allowed


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ((0, 0, "softmax", 0, 0), "stage is 'softmax'.*q, k, v, dot"),
        ((2, 0, "q", 0, 0), "layer is 2.*0 to 1"),
        ((0, 2, "q", 0, 0), "head is 2.*0 to 1"),
        ((0, 0, "q", 8, 0), "row is 8.*0 to 7"),
        ((0, 0, "q", 0, 4), "column is 4.*0 to 3"),
        ((0, 0, "dot", 0, -1), "column is -1.*0 to 7"),
    ],
)
def test_what_is_not_there_is_refused(cell: tuple[int, int, str, int, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        worked(MODELS["pre-norm"], seen("pre-norm"), *cell)


def test_a_model_without_attention_is_refused() -> None:
    with pytest.raises(ValueError, match="no blocks"):
        stages(MODELS["bigram"], trace(MODELS["bigram"], IDS), 0, 0)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A file for every model: the bundled ones where they are, the ladder's saved."""
    folder = tmp_path_factory.mktemp("ladder")
    found = {name: next(m for m in bundled.bundled() if m.name == name).last.relative_to(ROOT) for name in SHELVED}
    for name in WITH_BLOCKS:
        found[name] = folder / f"{name}.safetensors"
        checkpoint.save(found[name], MODELS[name], CharTokenizer(tuple("abcdefghijk")))
    return {name: f'checkpoint.load("{path.as_posix()}")' for name, path in found.items()}


@pytest.mark.parametrize("stage", STAGES)
def test_the_lines_of_pytorch_print_the_shown_number(
    stage: str,
    files: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are written to a file and run as they are, as a program with nothing else in it, at the project's root."""
    monkeypatch.chdir(ROOT)
    script = tmp_path / "lines.py"

    @settings(max_examples=25, deadline=None)
    @given(cells((stage,)))
    @example(("untied with biases", 1, 1, stage, 3, 1))
    @example(("pre-norm", 1, 1, stage, 1, 3))  # of a pair of tokens, the hidden future
    def runs(cell: tuple[str, int, int, str, int, int]) -> None:
        found, (_, ids) = work(*cell), given_model(cell[0])
        lines = pytorch(files[cell[0]], ids, found)
        assert len(lines.splitlines()) <= 6
        script.write_text(lines, encoding="utf-8")
        capsys.readouterr()
        runpy.run_path(str(script))
        printed = float(capsys.readouterr().out)
        assert printed == found.shown or abs(printed - found.shown) <= TOLERANCE

    runs()
