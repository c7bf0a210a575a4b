"""The Playground without a browser: any text, any link, many visitors; and what travels to the page is the engine's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from gpt.config import SamplingConfig
from pages.ui.state import permalink, validate
from pages.ui.state.inputs import Inputs
from tests.support import shipped
from tests.support.visitor import clean, only_bundled, proto, tell, type_in, unpack, visit


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def printed(shares: np.ndarray) -> list[str]:
    """What the browser prints of weights: one decimal of a percent, halves up."""
    return [str(Decimal(100 * x).quantize(Decimal("0.1"), ROUND_HALF_UP)) for x in shares.astype(np.float64).ravel()]


def agrees(app: AppTest, text: str, model: str = shipped.DEFAULT, step: int | None = None) -> None:
    """Heads, logits, input vectors and norms that were sent are those of a pass of our own."""
    ids, trace = shipped.ids_of(text, model), shipped.inside(text, model, step)
    loaded, T = shipped.loaded(model, step), len(ids)
    heads = unpack(proto(app, "heads").bytes)
    low = trace.pattern[..., *np.tril_indices(T)].numpy()  # (L, H, T (T + 1) / 2)
    told = heads["pattern"].reshape(low.shape) / 65535
    assert np.abs(told - low).max() <= 4e-5 and printed(told) == printed(low)
    bars = unpack(proto(app, "next").bytes)
    assert np.abs(bars["logits"].reshape(T, -1) - trace.logits.numpy()).max() <= 1e-5
    assert bars["tokens"] == [loaded.tokenizer.tokens[i] for i in ids]
    vectors = unpack(proto(app, "vectors").bytes)
    drawn = vectors["token"].reshape(-1, vectors["C"])[vectors["row"]] + vectors["position"].reshape(T, -1)  # (T, C)
    assert np.array_equal(drawn, loaded.model.embed(torch.tensor([ids]))[0].numpy())
    assert vectors["U"] == loaded.config.vocab_size  # a small alphabet: its table is sent once
    norms = unpack(proto(app, "norms").bytes)
    means = norms["stats"].reshape(norms["L"], -1, 4, T)[:, 0, 0]  # (L, T) of what enters each block
    assert np.abs(means - trace.resid_pre.mean(-1).numpy()).max() <= 1e-5


TEXTS = {
    "one token": "h",
    "two": "hi",
    "a line": "ROMEO:\nO my love",
    "500 characters": ("The quick brown fox jumps over the lazy dog.\n" * 12)[:500],
    "unknown among known": "a€b漢c\U0001f600",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_sent_is_the_engines(text: str) -> None:
    app = type_in(visit(), text)
    assert app.session_state["inputs"].text == text
    agrees(app, text)
    editor = json.loads(proto(app, "prompt").json)
    assert editor["ack"] == 1
    for character in set(text) - set(shipped.loaded().tokenizer.tokens):
        assert character in editor["note"]
    if len(text) > shipped.loaded().config.block_size:
        assert str(shipped.loaded().config.block_size) in editor["note"]


@pytest.mark.parametrize("text", ["", "€", "漢字"], ids=["empty", "one unknown", "all unknown"])
def test_no_token_at_all(text: str) -> None:
    """Every panel is there, and empty."""
    app = type_in(visit(), text)
    assert unpack(proto(app, "heads").bytes)["T"] == 0
    assert unpack(proto(app, "next").bytes)["T"] == 0
    assert json.loads(proto(app, "write").json)["ready"] is False
    assert type_in(app, "x", 2) and unpack(proto(app, "heads").bytes)["T"] == 1


def test_every_step_of_mini_is_its_own() -> None:
    steps = shipped.shelved("mini").steps
    app = visit(model="mini", prompt="O my")
    for step in (steps[0], steps[len(steps) // 2], steps[-1]):
        tell(app, "scrub", step=step)
        assert app.session_state["inputs"].step == step
        agrees(app, "O my", "mini", step)


def test_the_tables_are_of_the_pinned_token() -> None:
    """What follows it, and the layer's largest weights, whose rows do not sum to 1."""
    app = visit(prompt="ROMEO:", token="3", mode="max", layer="2")  # noqa: S106 (a token of the prompt)
    app.session_state["The numbers behind the pictures"] = True
    clean(app.run())
    weights, following = app.dataframe[0].value, app.dataframe[1].value
    inside = shipped.inside("ROMEO:")
    assert np.array_equal(weights.to_numpy(), inside.pattern[1].amax(0).numpy())
    assert float(following["logits"].to_numpy().max()) == pytest.approx(inside.logits[2].max().item())
    said = "\n".join(markdown.value for markdown in app.markdown)
    assert "largest of its heads: each row is a token that looks, rows do not sum to 1" in said
    assert "After token 3, “M”: from the model's logits" in said


BAD = {
    "layer": ("99", "abc", "-1", "", "1e9", "९"),
    "head": ("99", "abc", "0"),
    "step": ("-5", "x", "9" * 400),
    "model": ("nope", "../../etc", "", "<b>"),
    "t": ("nan", "1e400", "-1", "0", "x"),
    "k": ("9" * 400, "-1", "2.5"),
    "p": ("2", "nan", "-0.1"),
    "seed": ("x", "-1", "9" * 30),
    "token": ("x", "0", "99999"),
    "mode": ("sideways", ""),
    "prompt": ("\ufffd", "\x00", 5_000 * "long "),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_link(name: str, value: str) -> None:
    """A default or the nearest that exists, at most with a sentence; and the next key works."""
    app = visit(**{"prompt": "O my", name: value})
    check(app.session_state["inputs"])
    if name in ("t", "k", "p", "model") or value == "99":
        assert len(app.info) == 1, "nobody is told"
    agrees(type_in(app, "go on"), "go on")


def check(chosen: Inputs) -> None:
    """Everything that a visitor can choose lies where it must."""
    config = shipped.loaded(chosen.model, chosen.step).config
    assert shipped.is_bundled(chosen.model) and chosen.step in chosen.shelved.steps
    assert 0 <= chosen.layer < config.n_layer and 0 <= chosen.head < config.n_head
    assert chosen.mode in validate.MODES and (chosen.pin is None or 0 <= chosen.pin < validate.LIMIT)
    assert len(chosen.text) <= validate.LIMIT and chosen.text.encode().decode() == chosen.text
    assert SamplingConfig(**chosen.knobs.to_json()) == chosen.knobs
    assert all(len(notice) < 300 and notice.encode() for notice in chosen.notices)


@pytest.mark.parametrize("page", ["", "pages/explore/attention.py"])
@pytest.mark.parametrize("name", ["copy", "sort"])
def test_a_model_begins_with_what_it_can_read(page: str, name: str) -> None:
    """The usual beginning gives way, with a notice if the link asked for it; what somebody typed stays."""
    tokens = set(shipped.loaded(name).tokenizer.tokens)
    bare, asked = visit(page, model=name), visit(page, model=name, prompt=validate.START)
    typed = visit(page, model=name, prompt="ROMEO:")
    for app, notices in ((bare, 0), (asked, 1)):
        text = app.session_state["inputs"].text
        assert text in validate.EXAMPLES and set(text) <= tokens and len(app.info) == notices
    assert typed.session_state["inputs"].text == "ROMEO:" and not typed.info


LINKS = st.dictionaries(
    st.sampled_from([*BAD, "greedy", "present", "x"]),
    st.one_of(
        st.text(max_size=40),
        st.integers().map(str),
        st.floats().map(str),
        st.sampled_from(["mini", "shakespeare", "mean", "nan", "-0", "1_0", " 3 ", "+1", "0x1", "1e-400"]),
    ),
)


@settings(deadline=None, max_examples=150)
@given(link=LINKS)
def test_any_link_restores_something(link: dict[str, str]) -> None:
    """Whatever a link says: no exception, values in range, and a link made from them that restores the same."""
    chosen = permalink.restore(link)
    check(chosen)
    again = permalink.restore(permalink.link(chosen))
    assert not again.notices
    assert (again.model, again.step, again.layer, again.head, again.mode) == (
        *(chosen.model, chosen.step, chosen.layer, chosen.head, chosen.mode),
    )
    assert (again.text, again.pin, again.knobs.to_json()) == (chosen.text, chosen.pin, chosen.knobs.to_json())
