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
from pages.ui import cache
from pages.ui.state import permalink
from tests.support import shipped
from tests.support.numpy_gpt import NumpyGPT
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
        app = visit(PAGE, model=model, prompt="ab")
        normed = bool(places(cache.model(model, cache.offered()[model].steps[-1]).config))
        assert bool(sent(app, "everynorm")["M"]) == normed, model
        assert (sent(app, "guess")["questions"] == []) != normed
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
    assert len(tables) == 3
    np.testing.assert_allclose(tables[0].loc["the final norm"]["spread before"], befores[-1].std(-1), rtol=1e-4)
    np.testing.assert_allclose(tables[2]["output"], afters[2][-1], atol=1e-5)
