"""The ladder as data: its rungs, what differs between them, the code that matters, the texts and the glossary."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from gpt import model
from gpt.config import ConfigError, GPTConfig
from gpt.lessons import COMPANIONS, MODELS, RUNGS, code_lines, difference, glossary, named, numbered, texts
from gpt.lessons.facts import FACTS

LESSONS = [rung.number for rung in RUNGS]
TITLES = re.findall(r'title="([^"]+)"', (Path(__file__).parents[3] / "pages" / "ui" / "contents.py").read_text("utf-8"))
# What changes from the rung before, exactly. "the size" is what it is called where it is that.
ONE_FIELD = {
    "head": {"uniform_attention": (True, False)},
    "heads": {"n_head": (1, 4)},
    "mlp": {"feed_forward": (False, True)},
    "residual": {"residual": (False, True)},
    "norm": {"norm": ("none", "pre")},
    "dropout": {"dropout": (0.0, 0.005)},
    "positions": {"position": ("learned", "none")},
    "encoder": {"causal": (True, False)},
    "pseudogpt": {"norm": ("pre", "post")},
    "gpt2": {"activation": ("relu", "gelu_tanh"), "bias": (False, True), "head": ("untied", "tied")},
    "mlp-gelu": {"activation": ("relu", "gelu")},
    "mlp-solu": {"activation": ("relu", "solu")},
}


def test_there_are_fourteen_lessons_in_order() -> None:
    assert LESSONS == list(range(1, 15))
    assert len({rung.name for rung in (*RUNGS, *COMPANIONS)}) == len(RUNGS) + len(COMPANIONS)
    assert [rung.name for rung in RUNGS if rung.model is None] == ["numbers"]
    assert {rung.name: rung.published.loss for rung in RUNGS if rung.published} == {
        "bigram": 2.49, "head": 2.40, "heads": 2.28, "mlp": 2.27, "residual": 2.09, "norm": 2.08, "scaled": 1.48,
    }  # fmt: skip


def fields(name: str) -> dict[str, tuple[object, object]]:
    """What differs between a rung and the one before it."""
    rung = named(name)
    before = named(rung.before or "").model
    assert rung.model and before
    return difference(before, rung.model)


@pytest.mark.parametrize("name", ONE_FIELD)
def test_each_part_changes_one_field(name: str) -> None:
    assert fields(name) == ONE_FIELD[name]


def test_the_middle_of_the_road_is_trained_alike() -> None:
    alike = ("mean", "head", "heads", "mlp", "residual", "norm", "dropout", "positions", "encoder", "pseudogpt", "gpt2")
    assert len({named(name).train for name in alike}) == 1
    assert len({(m.n_layer, m.n_embd, m.block_size) for m in (named(name).model for name in alike) if m}) == 1
    assert len({rung.train for rung in COMPANIONS}) == 1


def test_only_sizes_change_among_the_four_sizes() -> None:
    sizes = [rung.model for rung in COMPANIONS if rung.name.startswith("size-")]
    assert len(sizes) == 4 and all(sizes)
    for small, large in zip(sizes, sizes[1:], strict=False):
        assert small and large and set(difference(small, large)) <= {"n_layer", "n_head", "n_embd"}


def test_difference_names_every_field() -> None:
    config = GPTConfig()
    assert difference(config, config) == {}
    assert difference(config, dataclasses.replace(config, n_layer=2, bias=True)) == {
        "n_layer": (6, 2),
        "bias": (False, True),
    }


@pytest.mark.parametrize("number", LESSONS)
def test_the_code_lines_are_the_program_s_own(number: int) -> None:
    rung = numbered(number)
    shown = code_lines(rung)
    assert shown.count("# gpt/") == len(rung.sources) > 0 and len(shown.splitlines()) <= 60
    for line in shown.splitlines()[1:2]:
        assert line.startswith(("def ", "class ", "@"))


def test_a_piece_of_code_says_where_it_stands() -> None:
    lines, first = inspect.getsourcelines(model.Block.join)
    shown = code_lines(named("residual")).splitlines()
    assert shown[0] == f"# gpt/model.py, line {first}" and shown[1] == lines[0].strip()
    assert any("x + part if self.config.residual else part" in line for line in shown)


def test_unknown_rungs_are_refused_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match="lesson is 15, but it must be a whole number from 1 to 14"):
        numbered(15)
    with pytest.raises(ConfigError, match="rung is 'nine', but it must be one of numbers, bigram"):
        named("nine")


# ---- the texts


@pytest.mark.parametrize("number", LESSONS)
def test_a_text_is_short_titled_and_readable(number: int) -> None:
    text = texts.shown(number)
    assert text.startswith(f"# {number} · ")
    assert 150 <= len(text.split()) <= 300
    before = texts.shown(number, whole=False)
    assert text.startswith(before) and len(before.split()) >= 30 and texts.source(number).count(texts.GUESS) == 1
    assert "**Look for:**" in text and "<!--" not in text and "{{" not in text
    assert max(map(len, texts.source(number).splitlines())) <= 120


@pytest.mark.parametrize("number", LESSONS)
def test_every_decimal_number_is_proved_or_has_its_source(number: int) -> None:
    text = texts.source(number)
    assert texts.unproved(text) == []
    for claim in texts.claims(text):
        assert claim.name in FACTS, f"{claim.name} is no fact of gpt.lessons.facts"
    assert text.count("<!-- = ") == len(texts.claims(text)), "a marker does not follow a number"


def test_the_scanner_sees_what_it_must() -> None:
    text = "It costs 2.49 <!-- = bigram.val_loss --> nats, 70 %\n<!-- = mlp.silent --> of "
    text += "−1,234.5<!-- = a.b-c -->, 3.25."
    assert [(c.number, c.name, c.half_digit) for c in texts.claims(text)] == [
        (2.49, "bigram.val_loss", 0.005),
        (70.0, "mlp.silent", 0.5),
        (-1234.5, "a.b-c", 0.05),
    ]
    assert texts.unproved(text) == ["3.25"]
    assert texts.unproved("`x * 0.5` and 0.2 <!-- published: a setting -->") == []


# ---- the glossary


def test_the_glossary_has_forty_terms_or_more_each_in_one_sentence() -> None:
    found = glossary.glossary()
    assert len(found) >= 40 and len({term.key for term in found}) == len(found)
    for term in found:
        assert term.sentence.endswith(".") and len(term.sentence) <= 160, term
        assert term.lesson in LESSONS or (not term.lesson and term.page not in ("playground", "lessons")), term
        assert term.page in {title.lower() for title in TITLES}, term
        assert glossary.term(term.key) is term


def test_an_unknown_term_is_refused() -> None:
    with pytest.raises(ConfigError, match="term is 'token-soup', but it must be one of activation"):
        glossary.term("token-soup")


def test_models_are_the_rungs_that_have_one() -> None:
    assert set(MODELS) == {rung.name for rung in (*RUNGS, *COMPANIONS)} - {"numbers"}
    assert not named("scaled").trained_here and named("bigram").trained_here
