"""The page of knock-outs: what is shown is what single passes give, a text that is left is not measured, links hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpt.analysis.edit_lines import read_line
from gpt.analysis.stacks import build
from gpt.edits import AblateHead, AblateSite, SilenceToken
from gpt.trace import trace
from pages.ui.board import knocked
from pages.ui.board.panels.foretold import Foretold
from pages.ui.board.parts import knock_guesses, knock_panels
from pages.ui.derived import measuring
from pages.ui.state import permalink, reading
from tests.support.visitor import measured_at_once, tell, visit

PAGE = "pages/probe/knockout.py"


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No runs of this machine; what is measured is waited for."""
    with measured_at_once(tmp_path_factory.mktemp("runs")):
        yield


def found(**link: str) -> knocked.Knocked:
    """What a link's choices let the page measure."""
    one = knocked.knocked(reading.read(permalink.restore(link)))
    assert one is not None
    knocked.look(one)
    for job in (one.job, one.edges):
        assert job.thread is not None
        job.thread.join(60)
    assert one.done == 1
    return one


@pytest.mark.parametrize("by", ["zero", "mean"])
def test_the_shown_numbers_are_those_of_single_passes(by: str) -> None:
    here = found(model="copy", prompt="\nabcd|ab", by=by)
    model, ids = here.seen.model, here.seen.ids
    plain = trace(model, ids).logits[-1].double()
    shown = knock_panels.parts(here)
    L, H = here.seen.config.n_layer, here.seen.config.n_head
    values = shown.values.reshape(L, H + 1)
    for layer in range(L):
        edits = [*(AblateHead(layer, head, by) for head in range(H)), AblateSite("mlp_out", layer, by)]
        for i, edit in enumerate(edits):
            after = trace(model, ids, [edit]).logits[-1].double()
            assert values[layer, i] == pytest.approx(float((after - plain)[here.asked.token]), abs=1e-4)
    bars = knock_panels.tokens(here).series[0]["y"]
    for t, shown_change in enumerate(bars):
        after = trace(model, ids, [SilenceToken(t, by)]).logits[-1].double()
        assert shown_change == pytest.approx(float((after - plain)[here.asked.token]), abs=1e-4)


def test_what_was_guessed_stands_beside_the_truth() -> None:
    here = found(prompt="To be, or not", effect="kl")
    heads, tokens, edges = (one for one in knock_guesses.panels(here) if isinstance(one, Foretold))
    assert [one.N for one in (heads, tokens, edges)] == [36, len(here.seen.ids), len(here.seen.ids)]
    assert [name for name, _, _ in heads.guesses] == ["direct effect", "gradient × output"]
    named = ["attention", "rollout", "direct effect", "gradient × input", "integrated gradients"]
    assert [name for name, _, _ in tokens.guesses] == named
    assert [name for name, _, _ in edges.guesses] == ["attention", "attention × |value|", "direct effect"]
    assert all(score == "–" or -1 <= float(score) <= 1 for one in (heads, tokens) for _, score, _ in one.guesses)
    best = tokens.guesses[tokens.best]
    assert float(best[1]) == max(float(score) for _, score, _ in tokens.guesses)


def measured_alone(here: knocked.Knocked, word: str) -> float:
    """The change of the logit by an edit of these words, in a single pass, on top of the stack."""
    ids, other = here.seen.ids, here.asked.other
    model = here.seen.checkpoint.model
    lines = here.asked.lines
    before, after = (build(model, ids, stack, other) for stack in (lines, (*lines, read_line(word))))
    position, token = here.asked.position, here.asked.token
    logits = [float(trace(one, ids, edits).logits[position].double()[token]) for one, edits in (before, after)]
    return logits[1] - logits[0]


@pytest.mark.parametrize(
    "link",
    [
        {"by": "other", "other": "\nefgh|ef", "edges-of": "6", "edges-in": "2"},
        {"by": "mean", "edits": "head.1.2.zero~-mlp.2.zero~scale.attn_out.2.all.0.5", "logit": "3", "token": "5"},
        {"edits": "off.mask"},
    ],
)
def test_what_a_click_keeps_is_what_was_measured(link: dict[str, str]) -> None:
    """Of every panel some cells: the words of their edits, made in a single pass, give the number in the cell."""
    here = found(model="copy", prompt="\nabcd|ab", **link)
    grids = knock_panels.parts(here), knock_panels.edges(here)
    for grid in grids:
        columns = len(grid.cells[0]["across"])
        values = grid.values.reshape(-1, columns)
        for row, column in ((0, 0), (1, columns - 1), (len(values) - 1, columns // 2)):
            word = grid.words[row].replace("#", str(column + 1))
            word = grid.ends[row] if grid.ends and column == columns - 1 else word
            assert values[row, column] == pytest.approx(measured_alone(here, word), abs=1e-4), word
    bars = knock_panels.tokens(here)
    for i, change in enumerate(bars.series[0]["y"]):
        assert change == pytest.approx(measured_alone(here, bars.word.replace("#", str(i + 1))), abs=1e-4)
    shown = knock_panels.choices(here.seen, here)
    assert shown.chosen == here.asked.token and shown.offered
    assert ("on top of" in shown.sentence) == bool(here.asked.lines)


def test_what_cannot_be_measured_is_said_in_one_sentence() -> None:
    for link, words in (
        ({}, "name that prompt: 8 tokens"),
        ({"other": "ef"}, "has 2 tokens and the prediction sees 8"),
    ):
        one = knocked.knocked(
            reading.read(permalink.restore({"model": "copy", "prompt": "\nabcd|ab", "by": "other", **link}))
        )
        assert one is not None
        knocked.look(one)
        assert one.job.thread is not None
        one.job.thread.join(60)
        assert one.job.over and words in knock_panels.choices(one.seen, one).found
    alone = found(model="copy", prompt="a", logit="~q9")
    assert "sees nothing but itself" in knock_panels.edges(alone).note
    assert permalink.restore({"edges-of": "x", "edges-in": "-"}).probe.looks is None


def test_a_text_that_is_left_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "UNASKED", -1.0)
    one = knocked.knocked(reading.read(permalink.restore({"prompt": "never asked again"})))
    assert one is not None
    knocked.look(one)
    assert one.job.thread is not None
    one.job.thread.join(60)
    assert one.job.done == 0
    shown = knock_panels.parts(one)
    assert bool((shown.values != shown.values).all())  # no numbers yet, but their room
    assert knock_panels.choices(one.seen, one).busy == 0


@pytest.mark.parametrize("model", ["lesson-2", "lesson-5", "lesson-13", "sort", "mini"])
def test_every_kind_of_model(model: str) -> None:
    assert not visit(PAGE, model=model).exception


def test_the_choices_stand_in_the_link_and_nonsense_is_refused() -> None:
    app = visit(PAGE, prompt="ab", by="mean", effect="kl")
    tell(app, "knock", choice={"effect": "share"})
    assert permalink.restore({"by": "mean", "effect": "share"}).probe.effect == "share"
    wrong = permalink.restore({"by": "x", "effect": "y"})
    assert len(wrong.notices) == 2 and wrong.probe.by == "zero"
    assert not visit(PAGE, prompt="").exception
