"""Activation patching on the page Compare: the grids are the engine's, pairs open, clicks keep, nonsense is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt import bundled, checkpoint
from gpt.analysis.edit_lines import write_lines
from gpt.analysis.patching import pair
from gpt.analysis.ready_pairs import READY
from pages.ui.board import compared, patched
from pages.ui.board.parts import patch_panels
from pages.ui.derived.patches import Job
from pages.ui.state import permalink
from tests.support.visitor import measured_at_once, proto, tell, unpack, visit

PAGE = "pages/probe/compare.py"
A, B = "\ngacbdeh|gac", "\ngacfdeh|gac"
LINK = {"model": "copy", "prompt": A, "other": B}


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No runs of this machine; what is measured is waited for."""
    with measured_at_once(tmp_path_factory.mktemp("runs")):
        yield


def found(**link: str) -> patched.Patching:
    """What a link's choices let the page measure."""
    return patched.patching(compared.read(permalink.restore(link)))


def told(app: AppTest) -> dict[str, Any]:
    """What the panel of choices was sent."""
    return json.loads(proto(app, "patching").json)


@pytest.mark.parametrize("way", ["in", "out"])
def test_the_shown_numbers_are_the_engines(way: str) -> None:
    model = checkpoint.load(next(one for one in bundled.shelf() if one.name == "copy").last)
    ids, other = (model.tokenizer.encode(text) for text in ((A, B) if way == "in" else (B, A)))
    wanted = pair(model.model, ids, other)
    for site, at, token in (("attn_out", "here", 11), ("mlp_out", "all", None)):
        here = found(**LINK, **{"patch-way": way, "patch": site, "patch-at": at})
        assert here.grids is not None
        for panel, places in (
            (patch_panels.heads(here, here.grids), wanted.by_head(token)),
            (patch_panels.tokens(here, here.grids), wanted.by_token(site)),
        ):
            assert np.allclose(panel.patched, wanted.measured(places), atol=1e-4)
            assert (panel.a, panel.b) == pytest.approx(wanted.baselines, abs=1e-4)
            assert np.allclose(panel.values, (panel.patched - panel.a) / (panel.b - panel.a), atol=1e-5)
        assert (panel.first, panel.site, panel.turned) == (5, site, way == "out")


def test_a_ready_pair_opens_and_its_head_stands_out() -> None:
    app = visit(PAGE, prompt="ROMEO: a", edits="head.1.1.zero")
    for n, one in enumerate(READY):
        if one.model in ("copy", "sort", "mini"):
            tell(app, "patching", pair={"key": one.key, "n": n})
            shown = told(app)
            assert (shown["pair"], shown["shows"], shown["busy"]) == (one.key, one.shows, None)
            assert unpack(proto(app, "patched:heads").bytes)["other"] == one.b
    tell(app, "patching", pair={"key": "copied", "n": 99})
    assert told(app)["found"].startswith("Most comes over: of the heads, 2.1 (1.00); ")
    tell(app, "patching", pair={"key": "nonsense"})
    assert told(app)["pair"] == "copied"
    for one in ({"step": "405"}, {"patch-way": "out"}, {"token": "11"}):
        early = patch_panels.choices(found(**LINK, **one))
        assert (early.pair, early.shows) == ("copied", "")  # the sentence is not of this


def test_a_kept_patch_is_an_edit_and_the_grid_stays_what_it_was() -> None:
    app = visit(PAGE, **LINK)
    before = unpack(proto(app, "patched:heads").bytes)
    tell(app, "patched:heads", choice={"edits": "patch.z.2.1.all", "other": B})
    after = unpack(proto(app, "patched:heads").bytes)
    assert after["edits"] == "patch.z.2.1.all" and np.array_equal(before["values"], after["values"])
    assert "without the edits" in told(app)["sentence"]


def test_the_words_of_patches_are_edits_that_do_what_the_cell_says() -> None:
    """The patched model's own logits give the number of the cell."""
    words = ("patch.z.2.1.all", "heads", 2), ("patch.z.2.1.12", "heads", 2), ("patch.resid_pre.2.all.5", "tokens", 8)
    for word, kind, i in words:
        restored = permalink.restore({**LINK, "edits": word})
        assert write_lines(restored.probe.edits) == word
        at = {"patch-at": "here"} if word.endswith(".12") else {}
        here = found(**LINK, **at)
        edited = compared.read(restored).a
        assert here.grids is not None and here.answers is not None and edited.trace is not None
        logits = edited.trace.logits[-1].double()
        got = float(logits[here.answers[1]] - logits[here.answers[0]])
        job = here.grids.heads if kind == "heads" else here.grids.tokens
        assert job.patched[i] == pytest.approx(got, abs=1e-4)


def test_what_fails_in_the_background_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(job: Job, first: int) -> None:
        raise ValueError("The model has gone: choose another one.")

    monkeypatch.setattr(Job, "measure", fails)
    here = found(**LINK, answers="2.3")
    assert here.grids is None and here.problem == "The model has gone: choose another one."


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"prompt": ""}, "Type a character into both prompts"),
        ({"model": "copy", "prompt": A, "other": B[:-1]}, "has 11 tokens and this one 12: make them equally long"),
        ({"model": "copy", "prompt": A, "other": A}, "Both prompts are the same"),
        ({"model": "copy", "prompt": A, "other": B, "token": "3"}, "look from a later token"),
        ({"model": "copy", "prompt": A, "other": B, "answers": "3.3"}, "Both answers are “c”: choose another one"),
        ({"model": "copy", "prompt": A, "model2": "sort"}, "give B the model and the step of A"),
        ({"model": "lesson-2", "prompt": "ab", "other": "ac"}, "has no blocks"),
    ],
)
def test_why_nothing_can_be_patched_is_said(link: dict[str, str], words: str) -> None:
    here = found(**link)
    assert here.grids is None and words in here.problem
    assert [panel.name for panel, _ in patch_panels.panels(here)] == ["patching"]
    assert words in patch_panels.choices(here).sentence


def test_the_choices_stand_in_the_link_and_nonsense_is_refused() -> None:
    link = {"patch": "mlp_out", "patch-at": "here", "patch-way": "out", "answers": "3.4"}
    restored = permalink.restore({**LINK, **link})
    assert not restored.notices and permalink.link(restored).items() >= link.items()
    wrong = permalink.restore({name: "1.x" for name in link})
    assert len(wrong.notices) == 4
    here = found(**LINK, answers="3.999")  # no such token: the likeliest
    assert here.grids is not None and here.answers is not None and here.answers[0] == 3
