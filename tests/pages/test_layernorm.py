"""The page on layer norms without a browser: numpy's numbers, lines that print them, a link that restores."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt.analysis.layer_norms import places
from gpt.lessons import placements
from pages.ui import cache
from pages.ui.board.norms_seen import questions, worked_sum
from pages.ui.board.norms_seen.view import view_of
from pages.ui.board.panels import everynorm, gains, normhist, normoff, normsteps, normtable
from pages.ui.state import permalink, reading
from tests.support import shipped
from tests.support.numpy_gpt import NumpyGPT, softmax
from tests.support.visitor import APP, only_bundled, proto, tell, unpack, visit

PAGE = "pages/explore/layernorm.py"
TEXT = "ROMEO:\nO my love"


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent, unpacked."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


def vectors(model: str, text: str) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """What flows into every norm, what comes out and the gains, by numpy in double precision; each a list of M."""
    twin = NumpyGPT(shipped.shelved(model).last if shipped.is_bundled(model) else cache.offered()[model].files[-1][1])
    seen = twin.run(twin.read(text))
    names = ("norm1", "norm2") if twin.c["feed_forward"] else ("norm1",)
    found = [(f"blocks.{i}.{n}", here[f"into {n}"]) for i, here in enumerate(seen["layers"]) for n in names]
    if twin.c["norm"] == "pre":
        found.append(("norm_final", seen["stream"]))
    return [x for _, x in found], [twin.norm(n, x) for n, x in found], [twin.w[f"{n}.weight"] for n, _ in found]


@pytest.mark.parametrize(("model", "M"), [("shakespeare", 13), ("mini", 9), ("lesson-13", 4), ("lesson-14", 5)])
def test_all_norms_are_what_numpy_finds(model: str, M: int) -> None:
    app = visit(PAGE, model=model, prompt=TEXT, ln="mlp.2", **{"token": "3"})
    befores, afters, gains = vectors(model, TEXT)
    shown = sent(app, "everynorm")
    assert (shown["M"], shown["at"], len(befores)) == (M, 3, M)
    stats = np.array([[f(x, axis=-1) for x in pair for f in (np.mean, np.std)] for pair in zip(befores, afters)])  # noqa: B905
    scale = np.repeat(np.abs(stats).reshape(M, 2, -1).max(-1), 2, axis=1)[..., None]
    np.testing.assert_allclose(shown["stats"].reshape(stats.shape) / scale, stats / scale, atol=1e-5)
    np.testing.assert_allclose(sent(app, "gains")["gain"].reshape(M, -1), np.array(gains), atol=1e-6)
    one = sent(app, "normsteps")
    np.testing.assert_allclose(one["x"], befores[3][2], rtol=1e-4, atol=1e-5)
    low, high = (f"{edge:.2f}" for edge in (stats[:, 1].min(), stats[:, 1].max()))
    assert f"from {low} (" in shown["sentence"] and f"to {high} (" in shown["sentence"]


def test_a_clicked_number_is_worked_out_and_its_lines_print_it() -> None:
    app = visit(PAGE, model="lesson-14", prompt=TEXT)
    for word, pattern in (("output.7", "output, number 7"), ("mean", "mean"), ("spread after", "spread after")):
        app = tell(app, "normsteps", choice={"ln": "final", "ln-sum": word})
        told = sent(app, "worked")
        assert f"the final norm: {pattern}." in told["sentence"]
        shown = float(re.findall(r"Shown (\S+),", told["sum"])[0])
        assert told["difference"] < 1e-5
        with contextlib.chdir(APP.parent), contextlib.redirect_stdout(io.StringIO()) as said:
            exec(told["code"], {})  # noqa: S102 (the very lines that the page offers)
        assert float(said.getvalue()) == pytest.approx(shown, rel=1e-4, abs=1e-6)
    assert sent(app, "link")["link"]["ln-sum"] == "spread after"


def test_nonsense_leaves_what_was_chosen_and_another_model_what_it_has() -> None:
    app = visit(PAGE, model="shakespeare", prompt="ab", ln="mlp.6", **{"ln-sum": "divided.190"})
    for told in ({"ln": "mlp.7"}, {"ln": 3}, {"ln-sum": "output.0"}, {"ln-sum": "output.9999999"}, {"ln-sum": "q.1"}):
        app = tell(app, "normsteps", choice=told)
        assert sent(app, "everynorm")["at"] == 11 and sent(app, "normsteps")["dimension"] == 189
    other = permalink.restore({"model": "mini", "prompt": "ab", "ln": "mlp.6"})
    assert other.notices == ("The link's layer norm (ln) is not one of this model's; showing the first.",)
    assert other.layernorm.at == ""


def test_every_model_and_prompt_has_its_page() -> None:
    for model in cache.offered():
        seen = reading.read(permalink.restore({"model": model, "prompt": "ab"}))
        view = view_of(seen)
        assert (view is None) == (not places(seen.config)), model
        every = (everynorm, gains, normhist, normsteps, normtable, normoff, worked_sum, questions)
        told = [one.panel(seen, view) for one in every]  # shapes are checked as they are made
        assert bool(told[-1].questions) == bool(places(seen.config))
    for prompt in ("", "a", "x" * 200):
        app = visit(PAGE, prompt=prompt)
        assert sent(app, "everynorm")["T"] == min(len(prompt), 128)
    assert sent(visit(PAGE, prompt=""), "worked")["sentence"].startswith("Type a character first")


def test_the_questions_are_answered_by_the_models_numbers() -> None:
    first, second = sent(visit(PAGE, prompt=TEXT), "guess")["questions"]
    assert first["options"][first["right"]] == "1 added to number 1 alone"
    befores, _, gains = vectors("shakespeare", TEXT)
    c = int(np.abs(befores[-1]).mean(0).argmax())
    assert f"Dimension {c + 1} has" in second["explanation"] and f"gain is {gains[-1][c]:.2f} " in second["explanation"]
    assert second["right"] == int(gains[-1][c] < gains[-1].mean())


def test_the_tables_hold_the_same_numbers() -> None:
    app = visit(PAGE, prompt="abc", ln="attn.2")
    app.session_state["The numbers behind the pictures"] = True
    app.run()
    assert not app.exception
    tables = [frame.value for frame in app.dataframe]
    befores, afters, _ = vectors("shakespeare", "abc")
    assert len(tables) == 4 and len(tables[3]) == 27 * 9
    np.testing.assert_allclose(tables[0].loc["the final norm"]["spread before"], befores[-1].std(-1), rtol=1e-4)
    np.testing.assert_allclose(tables[2]["output"], afters[2][-1], atol=1e-5)


class Without(NumpyGPT):
    """The twin with some norms left out."""

    left: tuple[str, ...] = ()

    def norm(self, name: str, x: np.ndarray) -> np.ndarray:
        """What it gets, if it is left out."""
        return x if name in self.left else super().norm(name, x)


@pytest.mark.parametrize(("off", "left"), [("mlp.3", ("blocks.2.norm2",)), ("final", ("norm_final",)), ("all", ())])
def test_left_out_the_prediction_is_numpys(off: str, left: tuple[str, ...]) -> None:
    told = sent(visit(PAGE, prompt=TEXT, **{"ln-off": off}), "normoff")
    twin = Without(shipped.shelved("shakespeare").last)
    ids = twin.read(TEXT)
    before = twin.run(ids)
    every = [f"blocks.{i}.norm{n}" for i in range(twin.L) for n in (1, 2)]
    twin.left = left or (*every, "norm_final")
    after = twin.run(ids)
    for (_, top), seen in zip(told["tops"], (before, after), strict=True):
        np.testing.assert_allclose(
            [share for _, share in top], np.sort(softmax(seen["logits"][-1]))[::-1][:5], atol=1e-5
        )
    loss = [float(x) for x in re.findall(r"[\d.]+", dict(told["facts"])["loss on this text"])]
    assert loss == pytest.approx([twin.loss(before, ids), twin.loss(after, ids)], abs=6e-4)
    for (_, lengths), seen in zip(told["lengths"], (before, after), strict=True):
        streams = [here[f"into norm{n}"] for here in seen["layers"] for n in (1, 2)] + [seen["stream"]]
        np.testing.assert_allclose(lengths, [np.linalg.norm(x, axis=-1).mean() for x in streams], rtol=1e-4)
    assert ("as long as before" in told["sentence"]) == (off == "final")


def test_the_histograms_and_the_leak_are_the_prompts() -> None:
    app = visit(PAGE, prompt=TEXT, ln="attn.4")
    befores, afters, gains = vectors("shakespeare", TEXT)
    told = sent(app, "normhist")
    counts = told["counts"].reshape(3, -1)
    for i, part in enumerate((befores[6], afters[6] / gains[6], afters[6])):
        assert counts[i].sum() == part.size
        assert told["spread"][i] == pytest.approx(part.std(), rel=1e-4)
        edges = np.histogram(part, counts.shape[1], (-told["most"][i], told["most"][i]))[0]
        assert np.abs(counts[i] - edges).sum() <= 6  # a number on an edge may fall on either side
    x = befores[6]
    level = [(y - y.mean(0)) / np.sqrt(y.var(0) + 1e-5) for y in (x, x[:-1])]
    moved = float(re.findall(r"up to (\S+) under batch norm", sent(app, "normtable")["own"])[0])
    assert moved == pytest.approx(np.abs(level[0][0] - level[1][0]).max(), rel=6e-3)
    assert sent(visit(PAGE, prompt="ab"), "normtable")["own"] == ""


def test_what_is_said_of_models_trained_alike_is_what_was_measured() -> None:
    told = sent(visit(PAGE, prompt="a"), "placements")
    assert len(told["rows"]) == len(placements.measured()) == 27
    for (kind, _), (_, words) in zip(told["kinds"], told["facts"], strict=True):
        losses = [row[3] for row in told["rows"] if row[0] == kind and row[2] == told["steps"][-1]]
        assert f"loss {min(losses):.3f} to {max(losses):.3f} nats" in words
