"""The feed-forward page without a browser: its numbers are the model's, by numpy; its search, switches and sums."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import runpy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt.analysis import mlp_sums, mlp_switches
from gpt.analysis.neuron_names import BREAKS, KINDS
from pages.ui import cache
from pages.ui.board import feedforward
from pages.ui.board.panels import bend, fires, neurons, pushers
from pages.ui.board.parts import broken, neuron_sum
from pages.ui.derived.search import Job
from pages.ui.state import permalink, reading
from pages.ui.state.reading import Reading
from tests.support import ROOT
from tests.support.numpy_gpt import NumpyGPT, activate
from tests.support.visitor import board_head, only_bundled, proto, tell, unpack, visit

TEXT = "ROMEO:\nO my love"
PAGE = "pages/explore/mlp.py"
WORST = 1e-5


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models; and a search reads on only where a test says so."""
    with only_bundled(tmp_path_factory.mktemp("runs")), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Job, "look", lambda job: None)
        yield


def seen_by(**link: str) -> Reading:
    """A link, read."""
    return reading.read(permalink.restore(link))


def close(sent: Any, true: Any) -> bool:
    """The same, measured by the largest."""
    sent, true = np.asarray(sent, np.float64), np.asarray(true, np.float64)
    return bool(np.abs(sent - true).max() <= WORST * max(np.abs(true).max(), 1e-3))


def test_names_are_the_engines() -> None:
    assert set(BREAKS) == set(mlp_switches.SWITCHES) and mlp_sums.KINDS is KINDS


@pytest.mark.parametrize("number", range(16))
def test_numbers_are_what_numpy_finds(number: int) -> None:
    """Neurons, effects, pushes and what is worked out, of models, layers, places and tokens that are drawn."""
    dice = random.Random(number)
    names = [name for name in cache.offered() if cache.model(name, cache.offered()[name].steps[-1]).config.feed_forward]
    name = names[number % len(names)]
    text = dice.choice(("abc|ab", "cab>ab")) if name in ("copy", "sort") else dice.choice((TEXT, "q", "a rose\n" * 30))
    kind = KINDS[number % len(KINDS)]
    seen = seen_by(
        model=name, prompt=text, layer=str(dice.randint(1, 6)), token=str(dice.randint(1, 6)), number=kind,
        neuron=str(dice.randint(1, 192)), toward=dice.choice(("", "e", "a")),
        step=str(dice.choice(cache.offered()[name].steps)),
    )  # fmt: skip
    shown = feedforward.look(seen)
    if not seen.config.n_layer:
        assert shown is None
        return
    assert shown is not None
    model = NumpyGPT(seen.inputs.shelved.file(seen.inputs.step))
    true = model.run(list(seen.ids))
    layer, at, b = shown.layer, shown.position, f"blocks.{shown.layer}"
    here = true["layers"][layer]
    x = model.norm(f"{b}.norm2", here["mid"]) if model.c["norm"] == "pre" else here["mid"]
    before = model.linear(f"{b}.mlp.expand", x)
    after = activate(model.c["activation"], before)
    sent = neurons.panel(seen, shown)
    assert close(sent.before, before[at]) and close(sent.after, after[at])
    rest = float(np.mean(before[at] <= 0))
    assert abs(float(re.findall(r"(\d+) % of layer", sent.sentence)[0]) / 100 - rest) <= 0.0051
    size = np.sort(np.abs(after[at]))[::-1]
    half = int(np.argmax(np.cumsum(size) >= 0.5 * size.sum())) + 1
    assert abs(int(re.findall(r"strongest ([\d,]+) carry", sent.sentence)[0].replace(",", "")) - half) <= 1
    way, way_of_heads = to_logit(model, true, at, shown.token)[layer]
    table = model.w[f"{b}.mlp.project.weight"]  # (C, N)
    effect = after[at] * (table.T @ way)
    assert close(sent.effect, effect)
    pushed = pushes(model, layer, shown.neuron)
    told = fires.panel(seen, shown)
    for token, push in (*told.up, *told.down):
        assert close(push, pushed[seen.vocabulary.index(token)]) or abs(push) <= 1e-6
    assert close([push for _, push in told.up], np.sort(pushed)[::-1][: len(told.up)]) or not pushed.any()
    value = {
        "before": before[at, shown.neuron], "after": after[at, shown.neuron],
        "effect": effect[shown.neuron], "push": pushed[shown.token],
        "head": here["z"][seen.inputs.head, at] @ model.out_table(layer, seen.inputs.head) @ way_of_heads,
    }[kind]  # fmt: skip
    sum_ = neuron_sum.panel(seen, shown)
    for one in re.findall(r"(?:Shown|precision) (-?[\d.]+(?:e-?\d+)?)", sum_.sum):
        assert float(one) == pytest.approx(value, abs=2e-5 * max(1.0, np.abs(after[at]).max())), kind
    dots = bend.panel(seen, shown)
    assert np.array_equal(dots.before, sent.before) and dots.names[dots.own]


def to_logit(model: NumpyGPT, seen: Any, at: int, token: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each layer the directions, (C,) each, in which its MLP's and its attention's outputs lift a logit."""
    table = {"tied": "token_embedding", "untied": "unembed"}.get(model.c["head"])
    every = np.eye(model.C) if table is None else model.w[f"{table}.weight"]
    way, found = every[token] - every.mean(0), list[tuple[np.ndarray, np.ndarray]]()

    def back(name: str, x: np.ndarray, way: np.ndarray) -> np.ndarray:
        y = way * model.w[f"{name}.weight"] / np.sqrt(x.var() + 1e-5)
        return y - y.mean()

    if model.c["norm"] == "pre":
        way = back("norm_final", seen["stream"][at], way)
    for layer in reversed(range(model.L)):
        here, b = seen["layers"][layer], f"blocks.{layer}"
        if model.c["norm"] == "post":
            way = back(f"{b}.norm2", here["into norm2"][at], way)
        of_mlp, way = way, way if model.c["residual"] else way * 0
        if model.c["norm"] == "post":
            way = back(f"{b}.norm1", here["into norm1"][at], way)
        found.insert(0, (of_mlp, way))
        way = way if model.c["residual"] else way * 0
    return found


def pushes(model: NumpyGPT, layer: int, neuron: int) -> np.ndarray:
    """What a neuron writes x output table, through the gains on the way, less the mean, (V,)."""
    table = {"tied": "token_embedding", "untied": "unembed"}.get(model.c["head"])
    every = np.eye(model.C) if table is None else model.w[f"{table}.weight"]
    w = model.w[f"blocks.{layer}.mlp.project.weight"][:, neuron]
    on_the_way = ["norm_final"] if model.c["norm"] == "pre" else []
    if model.c["norm"] == "post":
        on_the_way = [f"blocks.{layer}.norm2"]
        on_the_way += [f"blocks.{i}.norm{n}" for i in range(layer + 1, model.L) for n in (1, 2)]
    for name in on_the_way:
        w = (w - w.mean()) * model.w[f"{name}.weight"]
    if not model.c["residual"] and layer < model.L - 1:
        w = w * 0
    return every @ w - (every @ w).mean()


def test_who_pushes_is_the_largest_of_all_layers() -> None:
    seen = seen_by(prompt=TEXT, toward="e", model="mini")
    shown = feedforward.look(seen)
    assert shown is not None
    sent, table = pushers.panel(seen, shown), shown.effects.neurons
    assert seen.vocabulary[shown.token] == "e" and "as you asked" in sent.sentence
    assert sent.neurons[0][3] == float(table.max()) and sent.neurons[-1][3] == float(table.min())
    for layer, n, activation, effect in sent.neurons:
        assert effect == float(table[layer, n]) and activation == float(shown.trace.mlp_post[layer, -1, n])
    assert sent.heads[0][2] == float(shown.effects.heads.max())
    for asked, token, words in (("the", "t", "first of the 3"), ("↵", "\n", "as you asked"), ("é", None, "no token")):
        other = feedforward.look(one := seen_by(prompt=TEXT, toward=asked, model="mini"))
        assert other is not None and words in pushers.panel(one, other).sentence
        assert token is None or seen.vocabulary[other.token] == token


def test_the_page_tells_and_hears() -> None:
    """Clicks, links and nonsense; the tables' page; a model without the part and an empty prompt say so."""
    app = visit(PAGE, prompt=TEXT, model="mini", layer="2")
    app = tell(app, "neurons", choice={"neuron": "7", "number": "before", "toward": "e", "breaks": "identity"})
    chosen = app.session_state["inputs"].feedforward
    assert (chosen.neuron, chosen.number, chosen.toward, chosen.breaks) == (6, "before", "e", ("identity",))
    link = json.loads(proto(app, "link").json)["link"]
    assert {name: link[name] for name in ("neuron", "number", "toward", "breaks")} == {
        "neuron": "7", "number": "before", "toward": "e", "breaks": "identity",
    }  # fmt: skip
    assert unpack(proto(app, "neurons").bytes)["neuron"] == 6
    assert "before" in json.loads(proto(app, "worked").json)["sentence"]
    for words in (
        {"neuron": "-3"},
        {"neuron": "9" * 30},
        {"number": "x"},
        {"role": "x" * 99},
        {"look": "1"},
        {"push": 3},
    ):
        app = tell(app, "neurons", choice=words)
    assert app.session_state["inputs"].feedforward.neuron == 6
    app = tell(app, "neurons", choice={"neuron": "99999", "breaks": "layer.neuron.x"})  # more than there are
    assert unpack(proto(app, "neurons").bytes)["neuron"] < 256
    assert json.loads(proto(app, "switches").json)["on"] == ["layer"]
    app = visit(PAGE, prompt="")
    assert (
        "Type a" in unpack(proto(app, "neurons").bytes)["sentence"]
        and not json.loads(proto(app, "fires").json)["places"]
    )
    app = visit(PAGE, model="lesson-5", prompt="ab")  # its heads are all that is left
    assert "no feed-forward part" in unpack(proto(app, "neurons").bytes)["sentence"]
    assert {panel[0] for panel in board(app)["panels"]} == {
        "link",
        "prompt",
        "selection",
        "tokens",
        "neurons",
        "habits",
    }
    app = visit(PAGE, model="lesson-2", prompt="ab")
    assert "no heads" in json.loads(proto(app, "habits").json)["sentence"]


def board(app: AppTest) -> dict[str, Any]:
    """What the page's board holds."""
    sent = [one.proto for one in app.get("bidi_component")]
    return next(board_head(one.bytes) for one in sent if one.component_name == "nanoscope_board")


def test_what_is_broken_and_what_it_costs() -> None:
    """As trained and broken, on the text and over held-out ones, by numpy."""
    seen = seen_by(prompt=TEXT, model="mini", layer="2", breaks="layer")
    shown = feedforward.look(seen)
    assert shown is not None
    facts = dict(broken.panel(seen, shown).facts)
    model = NumpyGPT(seen.inputs.shelved.file(seen.inputs.step))
    off = NumpyGPT(seen.inputs.shelved.file(seen.inputs.step))
    off.w["blocks.1.mlp.project.weight"] = off.w["blocks.1.mlp.project.weight"] * 0
    ids = list(seen.ids)
    losses = [float(x) for x in re.findall(r"[\d.]+", facts["loss on this text"])]
    assert losses == pytest.approx([one.loss(one.run(ids), ids) for one in (model, off)], abs=6e-4)
    texts = cache.texts("mini")
    held = [np.mean([one.loss(one.run(list(text)), list(text)) for text in texts]) for one in (model, off)]
    told = [float(x) for x in re.findall(r"[\d.]+", facts["loss on held-out texts"])]
    assert told == pytest.approx(held, abs=6e-4) and len({len(text) for text in texts}) == 1
    whole = seen_by(prompt=TEXT, model="mini")
    assert not broken.panel(whole, feedforward.look(whole)).facts


@pytest.mark.parametrize("kind", KINDS)
def test_the_lines_that_are_offered_print_the_number(kind: str) -> None:
    """They run as they are from the project's folder."""
    seen = seen_by(prompt=TEXT, model="mini", layer="3", neuron="77", number=kind, push="e", toward="a")
    shown = feedforward.look(seen)
    sum_ = neuron_sum.panel(seen, shown)
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT), contextlib.redirect_stdout(said):
        file = Path(folder) / "offered.py"
        file.write_text(sum_.code, encoding="utf-8")
        runpy.run_path(str(file))
    shown_number = re.findall(r"Shown (\S+),", sum_.sum)[0]
    assert float(said.getvalue()) == pytest.approx(float(shown_number), abs=1e-5)
