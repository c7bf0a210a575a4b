"""The attention page without a browser: its numbers are the engine's, and its PyTorch lines print what it shows."""

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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from gpt import bundled, checkpoint
from gpt.analysis import arithmetic, heads, switches
from gpt.runs import Run
from gpt.storage.step_files import step_name
from gpt.trace import trace
from pages.ui import cache
from pages.ui.state.validate import STAGES
from tests.support import shipped
from tests.support.references import TOKENIZER, head_stages, inside_gpt2, tiny_gpt2
from tests.support.visitor import APP, clean, only_bundled, proto, tell, type_in, unpack, visit

TEXT = "ROMEO:\nO my love"


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def attention(**link: str) -> AppTest:
    """A new visitor who opens the page first."""
    return visit("pages/explore/attention.py", **link)


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent, unpacked."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


def printed(code: str) -> float:
    """What the lines that the page offers print, run as they are from the project's folder."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(APP.parent):
        file = Path(folder) / "offered.py"
        file.write_text(code, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()) as said:
            runpy.run_path(str(file))
    return float(said.getvalue())


def test_the_pages_stages_are_the_engines() -> None:
    assert STAGES == arithmetic.STAGES


@pytest.mark.parametrize("text", ["h", TEXT, "x" * 300], ids=["one token", "a line", "too long"])
def test_every_stage_is_the_models(text: str) -> None:
    """Six pictures from the trace itself, exactly."""
    app = attention(prompt=text, layer="2", head="3")
    told, inside = sent(app, "stages"), shipped.inside(text)
    found = arithmetic.stages(shipped.loaded().model, inside, 1, 2)
    assert (told["T"], told["layer"], told["head"]) == (len(inside.logits), 1, 2)
    for name in ("q", "k", "v", "dot", "scaled", "pattern", "z"):
        assert np.array_equal(told[name], getattr(found, name).numpy().ravel()), name


def test_scores_and_order_of_the_heads() -> None:
    app = attention(prompt=TEXT)
    told, pattern = sent(app, "heads"), shipped.inside(TEXT).pattern
    tokens = sent(app, "stages")["tokens"]
    offered = set(heads.ROLES) - set(heads.BACK) | {"two back"}  # of the far diagonals, the one that this model has
    for name in offered:
        score = heads.scores(pattern, tokens)[name]
        assert told["scores"][name] == pytest.approx(score.ravel().tolist(), abs=1e-4)
    assert set(told["scores"]) == set(told["words"]) == set(told["titles"]) == offered | {"diffuse"}
    assert sorted(told["order"]) == list(range(pattern.shape[0] * pattern.shape[1]))


def test_a_role_is_told_here_and_as_a_rule_and_only_as_trained() -> None:
    """Over twenty texts beside this prompt; with a switch on nobody knows the rule. No words where there are none."""
    two_back = sent(attention(prompt=TEXT), "heads")["roles"][3]
    assert re.fullmatch(r"9\d % on the token two back here, 99 % over 20 texts", two_back)
    switched = sent(attention(prompt=TEXT, off="scale"), "heads")["roles"]
    assert not any("texts" in role for role in switched)
    made = sent(attention(model="copy", prompt="gacbdeh|gacb"), "heads")
    assert "word start" not in made["scores"] and not any("word" in role for role in made["roles"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(STAGES), st.integers(0, 15), st.integers(0, 15))
def test_a_clicked_cell_is_worked_out(stage: str, row: int, column: int) -> None:
    """Shown and recomputed agree, the link keeps the cell, and the lines offered run as they are."""
    app = attention(prompt=TEXT, layer="3", head="6", cell=f"{stage}.{row}.{column}")
    told = sent(app, "worked")
    inside = shipped.inside(TEXT)
    shown = getattr(arithmetic.stages(shipped.loaded().model, inside, 2, 5), stage)[row, column].item()
    assert told["difference"] <= 1e-5
    assert app.session_state["inputs"].cell == (stage, row, column)
    assert printed(told["code"]) == pytest.approx(shown, abs=1e-5)


def test_a_click_tells_the_cell() -> None:
    app = tell(attention(prompt=TEXT), "selection", view={"cell": ["q", 3, 5]})
    assert app.session_state["inputs"].cell == ("q", 3, 5)
    assert sent(app, "link")["link"]["cell"] == "q.3.5"
    app = type_in(app, "hi")  # no such row any more: the strongest weight of the last token instead
    assert sent(app, "worked")["sentence"].startswith("Stage pattern, token 2")
    for nonsense in (["x", 0, 0], ["q", "many", 1], 7, ["z", 10**12, -3], ["q"], {}, [[], [], []]):
        tell(app, "selection", view={"cell": nonsense})


@pytest.mark.parametrize("name", list(switches.SWITCHES))
def test_each_switch_changes_the_page(name: str) -> None:
    """What every panel shows is the switched model's pass; the PyTorch lines turn the switch too."""
    app = attention(prompt=TEXT, layer="3", head="6", off=name)
    told = sent(app, "switches")
    assert told["on"] == [name] and len(told["tops"]) == 2
    model, edits = switches.switched(shipped.loaded().model, (name,), 2, 5)
    after = trace(model, shipped.ids_of(TEXT), edits)
    assert np.array_equal(sent(app, "stages")["pattern"], after.pattern[2, 5].numpy().ravel())
    change = switches.compare(shipped.inside(TEXT), after, shipped.ids_of(TEXT), 2, 5)
    assert f"{change.kl:.4f} bits" in [value for _, value in told["facts"]]
    work = sent(app, "worked")
    assert printed(work["code"]) == pytest.approx(float(after.pattern[2, 5, 15].max()), abs=1e-5)


def test_nothing_switched_changes_nothing() -> None:
    """To the last bit; and a switch that is turned back leaves no trace."""
    app = attention(prompt=TEXT)
    before = sent(app, "switches")
    assert before["on"] == [] and ["largest change of a weight", "0.00 %"] in before["facts"]
    turned = tell(app, "selection", view={"switches": ["mask"]})
    assert sent(turned, "switches")["on"] == ["mask"]
    back = tell(turned, "selection", view={"switches": []})
    assert sent(back, "switches")["facts"] == before["facts"]


def test_switches_that_contradict_each_other_or_are_none() -> None:
    """The last one of those counts; what is no switch is left out."""
    app = attention(prompt=TEXT, off="scale.uniform.nonsense")
    assert sent(app, "switches")["on"] == ["uniform"]
    for nonsense in (3, [["x"], None, 4], {}, ["head"] * 50):
        tell(app, "selection", view={"switches": nonsense})


@pytest.mark.parametrize("text", ["", "€"], ids=["empty", "unknown"])
def test_no_token_at_all(text: str) -> None:
    """Every panel is there, and says what will stand in it."""
    app = attention(prompt=text)
    assert sent(app, "stages")["T"] == 0 and not sent(app, "worked")["formula"]
    assert not sent(app, "flow")["rows"] and sent(app, "switches")["sentence"]


def test_what_flows() -> None:
    """Four rows over the tokens seen so far, which rank correlations compare, and an effect of every head."""
    told = sent(attention(prompt=TEXT, **{"token": "9"}), "flow")
    names = [name for name, _, _ in told["rows"]]
    assert names == ["raw pattern", "× value length", "rollout", "direct effect"]
    assert all(len(values) == 16 and not any(values[9:]) for _, values, _ in told["rows"])
    assert len(told["heads"]) == 36 and told["query"] == 8
    assert all(-1 <= rank <= 1 for _, rank in told["agreement"])


def test_a_silent_head_is_not_ranked_and_its_sums_agree() -> None:
    """Layer 1, head 1 of a model of one head a layer: switched off, it adds nothing and is not the most."""
    app = attention(prompt=TEXT, layer="3", head="6", off="head", cell="z.9.4")
    flow, work = sent(app, "flow"), sent(app, "worked")
    place = 2 * shipped.loaded().config.n_head + 5
    assert flow["heads"][place] == 0 and not any(flow["rows"][-1][1])
    assert "Layer 3, head 6 is switched off" in flow["legend"] and "the most: layer 3, head 6" not in flow["legend"]
    others = [effect for i, effect in enumerate(flow["heads"]) if i != place]
    assert f"{max(others):+.2f}" in flow["legend"]
    assert (work["difference"], printed(work["code"])) == (0.0, 0.0) and "Shown 0, recomputed" in work["sum"]


@pytest.mark.parametrize(("off", "scale"), [("", 32**-0.5), ("scale", 1.0), ("scale bug", 192**0.5), ("uniform", 0.0)])
def test_the_stages_know_what_the_scores_are_multiplied_by(off: str, scale: float) -> None:
    told = sent(attention(prompt=TEXT, **({"off": off} if off else {})), "stages")
    assert (told["D"], told["C"]) == (32, 192) and told["scale"] == pytest.approx(scale)
    assert np.allclose(told["scaled"], told["dot"] * told["scale"], atol=1e-3)


@pytest.mark.parametrize("mode", ["head", "mean", "max"])
def test_the_table_holds_what_the_picture_shows(mode: str) -> None:
    """The chosen head's weights, the mean of its layer's or the largest; and it says which."""
    app = attention(prompt=TEXT, layer="2", head="3", mode=mode)
    app.session_state["The numbers behind the pictures"] = True
    clean(app.run())
    layer = shipped.inside(TEXT).pattern[1]
    shown = {"head": layer[2], "mean": layer.mean(0), "max": layer.max(0).values}[mode][-1]  # (T,)
    best = int(shown.argmax())
    assert f" to {best + 1} " in app.dataframe[0].value["looks at"].iloc[-1].split(",")[0]
    name = {"head": "head 3", "mean": "mean of its heads", "max": "largest of its heads"}[mode]
    assert any(f"Layer 2, {name} in words" in markdown.value for markdown in app.markdown)


def test_tables() -> None:
    """The head in words, and a stage as a file."""
    app = attention(prompt=TEXT)
    app.session_state["The numbers behind the pictures"] = True
    clean(app.run())
    words, stage = (table.value for table in app.dataframe)
    pattern = shipped.inside(TEXT).pattern[app.session_state["inputs"].layer, app.session_state["inputs"].head]
    best = int(pattern[-1].argmax())
    assert words["looks at"].iloc[-1].startswith(f"{100 * float(pattern[-1, best]):.0f} % to {best + 1} ")
    assert np.array_equal(stage.to_numpy(), pattern.numpy())
    clean(app.selectbox(key="stage-table").set_value("z").run())
    assert app.dataframe[1].value.shape == (16, shipped.loaded().config.head_size)


def test_every_bundled_model() -> None:
    for name in [model.name for model in bundled.bundled()]:
        clean(attention(model=name, prompt="abc"))


@pytest.mark.parametrize(("layer", "head"), [(0, 1), (1, 3), (2, 0)])
def test_somebody_elses_model_through_the_page(
    layer: int, head: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GPT-2 of `transformers`, picked like any model: every stage on the page is what `transformers` computed."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    run = Run(tmp_path / "tiny")
    run.create({"name": "tiny", "model": tiny_gpt2().config.to_json(), "corpus": "words said twice", "train": {}})
    checkpoint.save(run.steps / step_name(1), tiny_gpt2(), TOKENIZER)
    cache.forget_offered()
    ids = inside_gpt2(0)["ids"].tolist()  # T tokens
    link = {"layer": str(layer + 1), "head": str(head + 1)}
    told = sent(attention(model="tiny", prompt=TOKENIZER.decode(ids), **link), "stages")
    theirs = head_stages(0, layer, head)
    hidden = np.isneginf(theirs.pop("masked").numpy())  # (T, T)
    for name, numbers in theirs.items():
        assert np.abs(told[name] - numbers.numpy().ravel()).max() <= 1e-5, name
    assert told["causal"] and np.array_equal(hidden, np.triu(np.ones((len(ids), len(ids))), 1) > 0)
    cache.forget_offered()
