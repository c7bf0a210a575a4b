"""The page Next token without a browser: it is sent the model's logits, and what a link asks for holds everywhere."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt import sampling
from gpt.analysis.luck import luck, verdict
from gpt.config import SamplingConfig
from pages.ui.board.panels import pipeline
from pages.ui.page_tables import next_token
from pages.ui.state.reading import Reading
from tests.support import shipped
from tests.support.visitor import proto, tell, unpack, visit

PAGE, TEXT = "pages/explore/next_token.py", "To be, or not to"
KNOBS = SamplingConfig(0.7, top_k=20, top_p=0.9, seed=7, min_p=0.05, repetition_penalty=1.3)
LINK = {"prompt": TEXT, "t": "0.7", "k": "20", "p": "0.9", "seed": "7", "minp": "0.05", "penalty": "1.3"}


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent, unpacked."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


def test_the_logits_are_the_model_s_and_the_settings_the_link_s() -> None:
    app = visit(PAGE, **LINK)
    found = sent(app, "pipeline")
    assert np.array_equal(found["logits"], shipped.inside(TEXT).logits[-1].numpy())
    assert found["ids"] == shipped.ids_of(TEXT) and found["place"] == len(TEXT) - 1
    assert SamplingConfig(**found["settings"]) == KNOBS
    pinned = sent(visit(PAGE, **LINK, **{"token": "3"}), "pipeline")
    assert np.array_equal(pinned["logits"], shipped.inside(TEXT).logits[2].numpy()) and pinned["place"] == 2


def test_a_knob_and_another_order_are_kept_and_nonsense_is_not() -> None:
    app = visit(PAGE, **LINK)
    order = "min-p.top-p.top-k.temperature.penalty"
    tell(app, "pipeline", knobs={**KNOBS.to_json(), "order": order, "min_p": 0.2})
    link = sent(app, "link")["link"]
    assert (link["order"], link["minp"], link["penalty"]) == (order, "0.2", "1.3")
    tell(app, "pipeline", knobs={**KNOBS.to_json(), "order": "top-k", "min_p": 7, "repetition_penalty": "x"})
    link = sent(app, "link")["link"]
    assert not {"order", "minp", "penalty"} & link.keys() and link["t"] == "0.7"


@pytest.mark.parametrize(
    ("name", "word", "told"),
    [
        ("minp", "2", "min_p is 2.0, but it must be a number from 0 to 1."),
        ("penalty", "nan", "repetition_penalty is nan, but it must be a number from 0.1 to 10."),
        ("order", "top-k.top-k", "with dots between: penalty.temperature.top-k.top-p.min-p."),
    ],
)
def test_a_link_that_cannot_be_says_so(name: str, word: str, told: str) -> None:
    app = visit(PAGE, prompt=TEXT, **{name: word})
    assert told in app.info[0].value.replace("\\", "") and not app.exception


def test_what_is_written_follows_min_p_and_the_penalty_on_the_playground_too() -> None:
    app = visit(**LINK)
    for n in (1, 2, 3):
        tell(app, "write", ask={"n": n, "what": "token"})
    written = "".join(token for token, _ in sent(app, "write")["written"])
    assert written == shipped.written(TEXT, KNOBS, 3)


def test_the_table_is_the_engine_s() -> None:
    logits = shipped.inside(TEXT).logits[-1]
    stages = sampling.stages(logits, KNOBS, shipped.ids_of(TEXT))
    seen = SimpleNamespace(
        inputs=SimpleNamespace(knobs=KNOBS), ids=shipped.ids_of(TEXT), query=len(TEXT) - 1,
        vocabulary=shipped.loaded().tokenizer.tokens,
    )  # fmt: skip
    table = next_token.columns(cast(Reading, seen), logits)
    assert list(table.columns) == ["token", "logit", *KNOBS.steps, "probability", "cumulative", "removed by"]
    assert np.array_equal(table["probability"].sort_index(), stages.probabilities)
    assert np.array_equal(table["min-p"].sort_index(), stages.after_min_p)
    assert table["logit"].is_monotonic_decreasing


def test_very_many_logits_come_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 64)
    app = visit(PAGE, prompt=TEXT)
    waiting = sent(app, "pipeline")
    assert (waiting["N"], len(waiting["logits"]), waiting["V"]) == (0, 0, 65)
    tell(app, "pipeline", choice={"asked": "another"})
    assert sent(app, "pipeline")["N"] == 0
    tell(app, "pipeline", choice={"asked": waiting["key"]})
    assert sent(app, "pipeline")["N"] == 65


def test_the_draw_is_the_seed_s_and_many_are_compared() -> None:
    app = visit(PAGE, **LINK)
    first = sent(app, "draw")
    assert (first["u"], first["index"], first["sentence"]) == (sampling.draw(7, 0), 0, "")
    tell(app, "draw", choice={"again": "1"})
    tell(app, "draw", choice={"many": "1000"})
    later, bars = sent(app, "draw"), sent(app, "chart:draws")
    assert (later["u"], later["index"], later["many"]) == (sampling.draw(7, 1), 1, 1_000)
    p = sampling.distribution(shipped.inside(TEXT).logits[-1], KNOBS, shipped.ids_of(TEXT))
    found = luck(p, 1_000, 7)
    assert f"p = {found.p_value:.3f}" in later["sentence"] and verdict(found) in later["sentence"]
    exact, drawn = (series["y"] for series in bars["series"])
    order = p.argsort(descending=True, stable=True)[: len(exact) - 1]
    assert exact[:-1] == p[order].tolist() and drawn[:-1] == (found.counts[order] / 1_000).tolist()
    assert sum(exact) == pytest.approx(1) and sum(drawn) == pytest.approx(1)
    tell(app, "draw", choice={"many": "-5", "again": "x"})
    assert sent(app, "draw")["many"] == 0 and sent(app, "draw")["again"] == 0
    assert sent(visit(PAGE, prompt=""), "draw")["sentence"] == ""
