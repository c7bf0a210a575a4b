"""The page about the residual stream without a browser: its numbers are the engine's, and its lines print them."""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from gpt import bundled
from gpt.weights import with_config
from pages.ui.state import permalink
from tests.support import shipped
from tests.support.visitor import APP, only_bundled, proto, tell, type_in, unpack, visit

TEXT = "ROMEO:\nO my love"
PINNED = {"token": "9"}
PAGE = "pages/explore/residual.py"


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent, unpacked."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


def choose(app: AppTest, **words: str) -> AppTest:
    """What a panel of the page tells."""
    return tell(app, "lens", choice=words)


def printed(code: str) -> float:
    """What the lines that the page offers print, run as they are from the project's folder."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(APP.parent):
        file = Path(folder) / "offered.py"
        file.write_text(code, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()) as said:
            runpy.run_path(str(file))
    return float(said.getvalue())


def shown(worked: dict[str, Any]) -> float:
    """The number whose sum is shown."""
    found = re.search(r"Shown (\S+), recomputed", worked["sum"])
    assert found
    return float(found[1])


def test_the_lens_is_a_plain_softmax_at_every_boundary() -> None:
    told, inside, model = sent(visit(PAGE, prompt=TEXT), "lens"), shipped.inside(TEXT), shipped.loaded().model
    S, T, K = told["S"], told["T"], told["K"]
    assert (S, T) == (model.config.n_layer + 1, len(TEXT)) and told["names"][0] == "embedding"
    stream = torch.cat([inside.resid_pre, inside.resid_post[-1:]])  # (S, T, C)
    shares = model.unembed_stream(stream).double().softmax(-1).numpy()  # (S, T, V)
    best = told["best"].reshape(S, T, K)
    vocabulary = shipped.loaded().tokenizer.tokens
    ids = np.array([vocabulary.index(word) for word in told["words"]])[best]  # (S, T, K)
    assert np.abs(np.take_along_axis(shares, ids, -1).ravel() - told["shares"]).max() < 1e-5
    assert np.array_equal(ids[..., 0], shares.argmax(-1))
    rank, share = told["rank"].reshape(S, T), told["share"].reshape(S, T)
    for t, token in enumerate(shipped.ids_of(TEXT)[1:]):
        assert np.abs(shares[:, t, token] - share[:, t]).max() < 1e-5
        assert np.array_equal((shares[:, t] > shares[:, t, token, None]).sum(-1) + 1, rank[:, t])
    assert not rank[:, -1].any()
    own = int((ids[0, :, 0] == shipped.ids_of(TEXT)).sum())
    assert told["sentence"].startswith(f"Read at the embedding, the first guess is the token itself for {own} of {T}.")


@pytest.mark.parametrize("name", [model.name for model in bundled.bundled()])
@pytest.mark.parametrize("off", ["0", "1"])
def test_the_waterfall_ends_at_the_logit(name: str, off: str) -> None:
    """Of every bundled model, with and without its residual connections."""
    app = visit(PAGE, model=name, bare=off)
    told, worked = sent(app, "writes"), sent(app, "worked")
    outer = [effect for _, inner, _, _, effect in told["rows"] if not inner]
    inner = [effect for _, inner, _, _, effect in told["rows"] if inner]
    heads = [effect for name, _, _, _, effect in told["rows"] if name.endswith("attention")]
    whole = sum(outer) + sum(effect for _, effect in told["added"])
    assert whole == pytest.approx(told["logit"], abs=1e-4) and abs(float(told["remainder"])) < 1e-4
    assert sum(inner) == pytest.approx(sum(heads), abs=1e-6)
    assert told["added"][0][0] == "mean of all logits" and worked["difference"] < 1e-4
    assert printed(worked["code"]) == pytest.approx(told["logit"], abs=1e-4)


def test_lengths_and_cosines_are_of_the_traced_sites() -> None:
    rows = {name: row for name, *row in sent(visit(PAGE, prompt=TEXT, **PINNED), "writes")["rows"]}
    inside = shipped.inside(TEXT)
    for layer in range(6):
        for name, wrote, onto in (
            ("attention", inside.attn_out, inside.resid_pre),
            ("MLP", inside.mlp_out, inside.resid_mid),
        ):
            _, length, cosine, _ = rows[f"layer {layer + 1} {name}"]
            assert length == pytest.approx(float(wrote[layer, 8].norm()), rel=1e-5)
            by_torch = torch.cosine_similarity(wrote[layer, 8], onto[layer, 8], dim=0)
            assert cosine == pytest.approx(float(by_torch), abs=1e-5)


@pytest.mark.parametrize(
    "number", ["length.3", "cosine.0", "effect.9", "share.2.5", "share.6.3.20", "number.4.17", "drop.9", ""]
)
def test_every_number_is_worked_out(number: str) -> None:
    for name, off in (("shakespeare", "0"), ("mini", "1")):
        worked = sent(visit(PAGE, model=name, prompt=TEXT, worked=number, bare=off), "worked")
        assert worked["terms"] and worked["formula"] and worked["difference"] < 1e-5
        assert printed(worked["code"]) == pytest.approx(shown(worked), rel=1e-4, abs=1e-5)


def test_a_token_is_chosen_by_click_or_typed() -> None:
    app = visit(PAGE, prompt=TEXT)
    first = sent(app, "writes")
    assert first["chosen"] == first["offered"][0][0] == int(shipped.inside(TEXT).logits[-1].argmax())
    told = sent(choose(app, logit=str(first["offered"][2][0])), "writes")
    assert told["token"] == first["offered"][2][1]
    told = sent(choose(app, logit="~e"), "writes")
    assert (told["token"], sent(app, "ranks")["lines"][0][0]) == ("e", "e")
    told = sent(choose(app, logit="~€"), "writes")
    assert told["sentence"].startswith("This model has no token “€”.") and told["chosen"] == first["chosen"]
    for nonsense in ("-1", "99999999", "x", "1e3"):
        assert sent(choose(app, logit=nonsense, worked="../etc", draws="many"), "writes")["chosen"] == first["chosen"]


def test_ranks_are_those_of_the_lens() -> None:
    told = sent(visit(PAGE, prompt=TEXT, **PINNED), "ranks")
    assert told["position"] == 8 and len(told["names"]) == 7
    lens, at = sent(visit(PAGE, prompt=TEXT), "lens"), told["lines"][-1]
    assert at[2] == lens["rank"].reshape(7, -1)[:, 8].tolist()


@pytest.mark.parametrize("text", ["", "h", "h" * 300])
@pytest.mark.parametrize("model", ["shakespeare", "lesson-2", "lesson-4", "lesson-13"])
def test_any_text_and_model(text: str, model: str) -> None:
    told = sent(visit(PAGE, prompt=text, model=model, worked="number.1.63"), "lens")
    assert told["how"] and told["sentence"]


def test_what_does_not_fit_another_model_is_clamped() -> None:
    app = visit(PAGE, model="copy", prompt="ab|", worked="effect.40", logit="60", **PINNED)
    assert sent(app, "worked")["sentence"].startswith("The logit of")
    app = type_in(visit(PAGE, prompt=TEXT, worked="share.6.14", logit="3"), "R")
    assert sent(app, "worked")["terms"]


def test_without_residual_is_the_same_weights_without_the_sum() -> None:
    model = with_config(shipped.loaded().model, residual=False)
    logits = model(torch.tensor([shipped.ids_of(TEXT)]))[0, -1]  # (V,)
    told = sent(visit(PAGE, prompt=TEXT, bare="1"), "writes")
    assert told["logit"] == pytest.approx(float(logits.max()), abs=1e-4) and "takes the place" in told["note"]


def test_the_link_restores_what_is_chosen() -> None:
    asked = {
        "logit": "~zz€",
        "worked": "effect.3",
        "bare": "1",
        "gradient": "1",
        "dice": "7",
        "draws": "256",
        "drop": "0.5",
    }
    found = permalink.link(permalink.restore(asked))
    assert {name: found[name] for name in asked if name != "logit"} == {k: v for k, v in asked.items() if k != "logit"}
    assert found["logit"] == str(shipped.loaded().tokenizer.encode_known("z")[0][0])


def test_dimensions_are_the_stream_and_their_shares_sum_to_one() -> None:
    told, inside = sent(visit(PAGE, prompt=TEXT, **PINNED), "dimensions"), shipped.inside(TEXT)
    stream = torch.cat([inside.resid_pre, inside.resid_post[-1:]]).double()  # (S, T, C)
    S, T, C = stream.shape
    assert np.abs(told["values"] - stream[:, 8].ravel().numpy()).max() < 1e-6
    shares = (stream**2 / (stream**2).sum(-1, keepdim=True)).mean(1).numpy()  # (S, C)
    assert np.abs(told["shares"].reshape(S, C) - shares).max() < 1e-6
    assert told["tops"].reshape(S, told["n"])[:, 0].tolist() == shares.argmax(-1).tolist()


def test_gradients_are_measured_behind_a_click() -> None:
    app = visit(PAGE, model="mini", prompt=TEXT)
    assert not sent(app, "gradient")["series"]
    told = sent(choose(app, gradient="1"), "gradient")
    assert [len(lengths) for _, lengths in told["series"]] == [5] * 6 and "held-out texts" in told["sentence"]
    fresh, blocked = (
        dict(told["series"])[name]
        for name in ("fresh weights, 3 seeds, no norms", "fresh weights, 3 seeds, no norms, without x +")
    )
    assert 0.5 < fresh[0] / fresh[-1] < 2 and blocked[0] / blocked[-1] < 1e-3
    off = sent(choose(app, bare="1"), "gradient")
    assert off["off"] and "instead of" in off["lost"]
    assert "was built without" in sent(visit(PAGE, model="lesson-4"), "gradient")["sentence"]
    assert "has no blocks" in sent(visit(PAGE, model="lesson-2"), "gradient")["sentence"]


def test_dropout_is_of_this_vector_by_its_own_dice() -> None:
    told = sent(visit(PAGE, prompt=TEXT, layer="3", dice="7", draws="256", drop="0.2"), "dropout")
    vector = shipped.inside(TEXT).attn_out[2, -1]
    kept = [torch.rand(len(vector), generator=torch.Generator().manual_seed(7 + i)) >= 0.2 for i in range(256)]
    assert np.allclose(told["values"], vector) and np.allclose(told["draw"], vector * kept[0] / 0.8, atol=1e-6)
    assert np.allclose(told["mean"], torch.stack([vector * one / 0.8 for one in kept]).mean(0), atol=1e-5)
    assert f"keeps {int(kept[0].sum())} of 192" in told["sentence"]


def test_the_question_is_answered_by_the_waterfall() -> None:
    for text in (TEXT, "To be, or not to b"):
        told, rows = sent(app := visit(PAGE, prompt=text), "guess")["questions"][0], sent(app, "writes")["rows"]
        sums = dict.fromkeys(told["options"], 0.0)
        for name, _, _, _, effect in rows:
            kind = name.split()[-1]
            part = {"token": 0, "position": 0, "attention": 1, "MLP": 2}.get(kind)
            if part is not None:
                sums[told["options"][part]] += effect
        assert told["right"] == list(sums.values()).index(max(sums.values()))
    assert not sent(visit(PAGE, model="lesson-2"), "guess")["questions"]


def test_tables_have_the_same_numbers() -> None:
    app = visit(PAGE, prompt=TEXT)
    app.session_state["The numbers behind the pictures"] = True
    assert len(app.run().dataframe) == 3 and not app.exception
    parts = app.dataframe[0].value
    rows = [dict(zip(parts.columns, row, strict=True)) for row in parts.itertuples(index=False)]
    logit = next(row["effect"] for row in rows if row["part"] == "logit")
    assert logit == pytest.approx(sent(app, "writes")["logit"])
    outer = sum(row["effect"] for row in rows if not row["inside a sum"] and row["part"] != "logit")
    assert outer == pytest.approx(logit, abs=1e-4)
