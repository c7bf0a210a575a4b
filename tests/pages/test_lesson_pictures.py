"""Every "Look for" has its picture: drawn from this rung's own trained model, on the student's own text, with one thing
to turn. What it shows is worked out here once more, from the model's trace alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor
from torch.nn import functional as F

from gpt import sampling
from gpt.config import SamplingConfig
from gpt.lessons import RUNGS, numbered, texts, trained
from gpt.lessons.experiments.numbers import ALPHABET
from gpt.trace import Trace, trace
from tests.support.visitor import clean, only_bundled, pictures, tables, visit

LESSONS = [rung.number for rung in RUNGS]
OWN = "KING HENRY:\nMy liege, the queen is dead."  # longer than 32 characters, and none of the examples


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the models that come with the app."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def opened(number: int, **link: str) -> AppTest:
    """A visitor in front of a lesson's experiment."""
    return visit("pages/learn/lessons.py", lesson=str(number), open="1", **link)


def look(app: AppTest) -> dict[str, Any]:
    """What the picture that "Look for" speaks of was sent; its numbers with it."""
    return next(picture for key, picture in pictures(app) if key == "look")


def series(app: AppTest) -> list[np.ndarray]:
    """One array a series of the chart."""
    return [np.array(one["y"], dtype=float) for one in look(app)["series"]]


def cells(app: AppTest) -> list[np.ndarray]:
    """One array a matrix of the picture, (R, C)."""
    picture, found, begin = look(app), [], 0
    for one in picture["cells"]:
        flat = picture["values"][begin : begin + one["R"] * one["C"]]
        found.append(np.array(flat).reshape(one["R"], one["C"]))
        begin += one["R"] * one["C"]
    assert begin == len(picture["values"])
    return found


def ids_of(text: str, most: int = 32) -> list[int]:
    """The tokens that a rung reads."""
    return ALPHABET.encode(text)[-most:]


def inside(name: str, text: str) -> tuple[Any, Trace, list[int]]:
    """The model, its trace of a text, and the tokens."""
    model, ids = trained.load(name).model, ids_of(text)
    return model, trace(model, ids), ids


def shares(row: Tensor) -> np.ndarray:
    """Logits (V,) as probabilities."""
    return row.softmax(dim=-1).numpy()


def numbers(text: str) -> list[np.ndarray]:
    window = ALPHABET.encode(text)[:9]
    return [np.array([window[:-1], window[1:]])]


def bigram(text: str) -> list[np.ndarray]:
    table = trained.load("bigram").model.token_embedding.weight.softmax(dim=-1)  # (V, V)
    rows = table[sorted(set(ALPHABET.encode(text)))]  # (N, V)
    order = (-rows * rows.clamp_min(1e-30).log()).sum(dim=-1).argsort()  # (N,)
    return [100 * rows[order].numpy()]


def mean(text: str) -> list[np.ndarray]:
    T = len(ids_of(text))
    return [np.tril(np.ones((T, T))) / np.arange(1, T + 1)[:, None]]


def head(text: str) -> list[np.ndarray]:
    return [pattern[0].numpy() for pattern in inside("head", text)[1].pattern]


def heads(text: str) -> list[np.ndarray]:
    return [pattern.numpy() for pattern in inside("heads", text)[1].pattern.flatten(0, 1)]


def mlp(text: str) -> list[np.ndarray]:
    post = inside("mlp", text)[1].mlp_post[-1].numpy()  # (T, N)
    return [post[:, np.argsort(-np.abs(post).sum(axis=0))]]


def residual(text: str) -> list[np.ndarray]:
    """The rows added up are the true characters' logits, less the mean of all."""
    _, found, ids = inside("residual", text)
    logits = found.logits[:-1]  # (T - 1, V)
    return [(logits[range(len(ids) - 1), ids[1:]] - logits.mean(dim=-1)).numpy()]


def norm(text: str) -> list[np.ndarray]:
    model, found, _ = inside("norm", text)
    before = found.resid_pre[1]  # (T, C) of the second attention
    after = F.layer_norm(before, before.shape[-1:]) * model.blocks[1].norm1.weight  # (T, C)
    return [x.std(dim=-1, correction=0).numpy() for x in (before, after)]


def dropout(text: str) -> list[np.ndarray]:
    records = [trained.load(name).record["losses"] for name in ("little", "little-dropout")]
    return [np.array([line[part] for line in lines]) for lines in records for part in ("train", "val")]


def scaled(text: str) -> list[np.ndarray]:
    ids, losses = ids_of(text), []
    for name in ("size-1", "size-2", "size-3", "size-4", "scaled"):
        logits = trained.load(name).model(torch.tensor([ids[:-1]]))[0]  # (T - 1, V)
        losses.append(float(F.cross_entropy(logits, torch.tensor(ids[1:]))))
    return [np.array(losses)]


def positions(text: str) -> list[np.ndarray]:
    """In order, with positions: the five likeliest of either order."""
    return [100 * shares(inside("norm", text)[1].logits[-1])]


def encoder(text: str) -> list[np.ndarray]:
    return [inside(name, text)[1].pattern[0, 0].numpy() for name in ("encoder", "norm")]


def pseudogpt(text: str) -> list[np.ndarray]:
    found = []
    for name in ("norm", "pseudogpt"):
        one = inside(name, text)[1]
        stream = torch.stack([one.resid_pre[0], *torch.stack([one.resid_mid, one.resid_post], dim=1).flatten(0, 1)])
        spread = stream.std(dim=-1, correction=0)  # (P, T)
        found += [spread[:, 0].numpy(), spread.amax(dim=-1).numpy(), spread.amin(dim=-1).numpy()]
    return found


def gpt2(text: str) -> list[np.ndarray]:
    model, ids = trained.load("gpt2").model, ALPHABET.encode(text)
    return [
        np.array([
            [100 * choice.probability for choice in sampling.generate(model, ids, SamplingConfig(heat, seed=1), 24)]
            for heat in (0.25, 0.5, 1.0, 1.5, 2.0)
        ])
    ]  # fmt: skip


def drawn(name: str, app: AppTest) -> list[np.ndarray]:
    """What the picture shows, as the functions above give it."""
    if name in ("numbers", "bigram", "mean", "head", "heads", "mlp", "gpt2"):
        return cells(app)
    if name == "residual":
        return [cells(app)[0].sum(axis=0)]
    if name == "encoder":
        return cells(app)[:2]
    if name == "scaled":
        own = next(one for one in look(app)["series"] if one["name"] == "on your text")
        return [np.array(own["y"])]
    return series(app)


WANTED: dict[str, Callable[[str], list[np.ndarray]]] = {
    "numbers": numbers, "bigram": bigram, "mean": mean, "head": head, "heads": heads, "mlp": mlp, "residual": residual,
    "norm": norm, "dropout": dropout, "scaled": scaled, "positions": positions, "encoder": encoder,
    "pseudogpt": pseudogpt, "gpt2": gpt2,
}  # fmt: skip


@pytest.mark.parametrize("number", LESSONS)
def test_the_picture_is_of_the_rung_s_own_model_on_the_student_s_text(number: int) -> None:
    name, app = numbered(number).name, opened(number, text=OWN)
    found, wanted = drawn(name, app), WANTED[name](OWN)
    if name == "positions":
        best = np.sort(wanted[0])[::-1]
        shown = found[0][-5:]  # the last panel's five bars: in order, with positions
        assert all(np.isclose(best, one, atol=1e-3).any() for one in shown) and np.isclose(shown, best[0]).any()
        return
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("number", [n for n in LESSONS if numbered(n).name != "dropout"])
def test_another_text_gives_another_picture(number: int) -> None:
    assert look(opened(number, text=OWN)) != look(opened(number, text="To be, or not to be, that is"))


def test_dropout_tells_of_the_student_s_text_below_its_curves() -> None:
    one, other = (tables(opened(9, text=text))[0] for text in (OWN, "To be, or not to be, that is"))
    assert one != other


# What to turn each control to, so that something else is seen.
TURNED = {
    1: "3", 2: "counted", 3: "2.0", 4: "4.0", 5: "1.2", 6: "SoLU", 7: "MLP 2", 8: "before the output table", 9: "0.6",
    10: "28,576", 11: "4", 12: "2.3", 13: "7", 14: "9",
}  # fmt: skip


@pytest.mark.parametrize("number", LESSONS)
def test_there_is_one_thing_to_turn_and_it_changes_what_is_seen(number: int) -> None:
    before = opened(number, text=OWN)
    widgets = [w for w in [*before.slider, *before.selectbox, *before.button_group] if w.key == f"lesson-turn-{number}"]
    assert len(widgets) == 1
    after = opened(number, text=OWN, turn=TURNED[number])

    def page(app: AppTest) -> str:
        """Everything of the experiment."""
        told = [element.value for element in [*app.markdown, *app.code]]
        return "\n".join([str(look(app)), *told, str(tables(app))])

    assert page(after) != page(before)


@pytest.mark.parametrize("number", LESSONS)
def test_what_to_look_for_is_said_and_the_picture_has_words_with_numbers(number: int) -> None:
    assert texts.source(number).count("**Look for:**") == 1
    app = opened(number, text=OWN)
    words = look(app)["alt"]
    assert len(re.findall(r"\d", words)) >= 2 and words.endswith(".") and len(words) < 600
    assert words in "\n".join(element.value for element in app.markdown).replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("text", ["R", "", "日本", "\\n", "a" * 300, "<b>*x*</b> [y](z) $1"])
@pytest.mark.parametrize("number", LESSONS)
def test_any_text_gives_a_picture_or_a_sentence(number: int, text: str) -> None:
    app = clean(opened(number, text=text))
    shown = [key for key, _ in pictures(app) if key == "look"]
    assert len(shown) == 1 or app.info
