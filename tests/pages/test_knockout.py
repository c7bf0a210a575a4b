"""The page of knock-outs: what is shown is what single passes give, a text that is left is not measured, links hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpt.edits import AblateHead, AblateSite, SilenceToken
from gpt.trace import trace
from pages.ui.board import knocked
from pages.ui.board.parts import knock_panels
from pages.ui.derived import measuring
from pages.ui.state import permalink, reading
from tests.support.visitor import only_bundled, tell, visit

PAGE = "pages/probe/knockout.py"


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No runs of this machine; what is measured is waited for."""
    monkeypatch.setattr(measuring, "QUICK", 60.0)
    monkeypatch.setattr(measuring, "UNASKED", 60.0)
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def found(**link: str) -> knocked.Knocked:
    """What a link's choices let the page measure."""
    one = knocked.knocked(reading.read(permalink.restore(link)))
    assert one is not None and one.job.done == 1
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
    *charts, table = knock_panels.guesses(here)
    assert [len(chart.series[0]["x"]) for chart, _ in charts] == [36, len(here.seen.ids)]  # type: ignore[attr-defined]
    assert [row[1] for row in table[0].rows] == [  # type: ignore[attr-defined]
        "direct effect",
        "gradient × output",
        "attention",
        "rollout",
        "gradient × input",
        "integrated gradients",
    ]


def test_a_text_that_is_left_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "UNASKED", -1.0)
    one = knocked.knocked(reading.read(permalink.restore({"prompt": "never asked again"})))
    assert one is not None and one.job.done == 0
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
