"""The page of the whole model: what its picture is sent is the engine's, of every model, and its link restores it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt import bundled
from gpt.analysis.norms import norms
from pages.ui.board.panels import model as panel
from pages.ui.state import permalink, reading
from tests.support.visitor import board_head, only_bundled, proto, tell, unpack, visit

TEXT = "ROMEO: a\nb"


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No runs of this machine."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def seen(**link: str) -> reading.Reading:
    """What a link's choices let the model read."""
    return reading.read(permalink.restore(link))


@pytest.mark.parametrize("name", [one.name for one in bundled.shelf()])
@pytest.mark.parametrize("text", ["", "a", TEXT, "ab cd" * 30])
def test_every_model_and_text_has_its_picture(name: str, text: str) -> None:
    found = seen(model=name, prompt=text)
    sent, trace, T = panel.panel(found), found.trace, len(found.ids)
    config = found.config
    assert (sent.T, sent.L, sent.B, len(sent.tokens)) == (T, config.n_layer, config.n_layer + 1, T)
    if trace is None:
        return
    last = np.asarray(trace.logits.softmax(-1))  # (T, V)
    assert np.allclose(sent.share[-1], last.max(-1), atol=1e-6)
    best = [found.vocabulary[int(i)] for i in last.argmax(-1)]
    assert [sent.texts[i] for i in sent.guess[-1]] == best
    truth = [float(last[t, found.ids[t + 1]]) for t in range(T - 1)]
    assert np.allclose(sent.truth[-1, :-1], truth, atol=1e-6) and sent.truth[-1, -1] == -1
    assert sent.right[-1].tolist() == [int(best[t] == found.tokens[t + 1]) for t in range(T - 1)] + [0]
    layer = sent.open
    if config.n_layer:
        assert np.allclose(sent.attn_length, trace.attn_out.norm(dim=-1), atol=1e-6)
        weights = trace.pattern[layer].numpy()
        rows = weights[..., *np.tril_indices(T)] if config.causal else weights.reshape(config.n_head, -1)
        assert sent.pattern is not None and np.abs(sent.pattern / 65_535 - rows).max() < 1e-3
        assert np.allclose(sent.spread, norms(found.model, trace).stats[layer, :, 1::2], atol=1e-6)


def test_a_large_vocabulary_is_read_for_the_last_tokens_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "LARGE", 100)
    sent = panel.panel(seen(prompt="To be, or not to be, that is"))
    assert (sent.U, sent.T) == (16, 28) and sent.guess.shape == (7, 16)


def test_the_scene_stands_in_the_link_and_nonsense_leaves_it() -> None:
    app = visit("pages/explore/model.py", prompt=TEXT, scene="5")
    assert shown(app)["scene"] == 5
    tell(app, "model", choice={"scene": "7"})
    assert shown(app)["scene"] == 7
    for nonsense in ("x", "-1", "99999", "", "٣x"):
        tell(app, "model", choice={"scene": nonsense})
        assert shown(app)["scene"] == 7
    tell(app, "model", choice={"scene": 3, "other": "1", "model": "mini"})
    assert shown(app)["scene"] == 7
    assert permalink.restore({"scene": "no"}).notices == ("The link's scene is not one of the story; nothing is told.",)
    assert "scene" not in permalink.link(permalink.restore({}))


@pytest.mark.parametrize(
    ("dive", "number", "inner"),
    [
        ("head", {"cell": "dot.3.1"}, "stages"),
        ("norm", {"ln-sum": "output.5"}, "normsteps"),
        ("neurons", {"neuron": "7"}, "neurons"),
        ("stream", {"worked": "effect.3"}, "writes"),
    ],
)
def test_one_dives_three_levels_down(dive: str, number: dict[str, str], inner: str) -> None:
    """The model beside the part; then beside one number, whose sum is right; a model that lacks the part shows all."""
    app = visit("pages/explore/model.py", prompt=TEXT, dive=dive)
    names = [name for name, *_ in board_head(proto(app, "board").bytes)["panels"]]
    assert names[-3:] == ["model", "dive", inner]
    crumbs = json.loads(proto(app, "dive").json)["crumbs"]
    assert len(crumbs) == 2 and crumbs[0][1]["dive"] == ""
    deeper = visit("pages/explore/model.py", prompt=TEXT, dive=dive, **number)
    assert len(json.loads(proto(deeper, "dive").json)["crumbs"]) == 3
    assert json.loads(proto(deeper, "worked").json)["difference"] < 1e-4
    tell(deeper, "dive", choice=json.loads(proto(deeper, "dive").json)["crumbs"][0][1], view={"n": 1, "cell": None})
    assert [name for name, *_ in board_head(proto(deeper, "board").bytes)["panels"]][-1] == "next"
    if dive != "stream":
        lacking = visit("pages/explore/model.py", model="lesson-2", prompt=TEXT, dive=dive)
        assert [name for name, *_ in board_head(proto(lacking, "board").bytes)["panels"]][-1] == "next"


def shown(app: AppTest) -> dict[str, Any]:
    """What the picture was sent last."""
    return unpack(proto(app, "model").bytes)


def test_its_payload_is_small() -> None:
    """At most 400 kB at 64 tokens, of all that the page sends."""
    app = visit("pages/explore/model.py", prompt=("JULIET: O Romeo, Romeo! wherefore art thou " * 2)[:64])
    assert len(proto(app, "board").bytes) <= 400_000
