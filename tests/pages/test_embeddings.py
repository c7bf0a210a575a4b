"""The page Embeddings without a browser: its numbers are the engine's, its choices stand in the link."""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt.analysis import placements
from gpt.analysis.embeddings import input_parts
from gpt.analysis.perplexity import surprise
from gpt.trace import trace
from pages.ui.board import payload
from pages.ui.board.panels import direction, near, onehot, shuffled, space, strips, tables
from pages.ui.board.parts import embedding_questions, vector_sum
from pages.ui.derived import embeddings as derived
from pages.ui.page_tables import embeddings as page_tables
from pages.ui.state import permalink, reading
from tests.support import shipped
from tests.support.numpy_gpt import NumpyGPT
from tests.support.visitor import only_bundled, proto, tell, unpack, unpack_board, visit

PAGE = "pages/explore/embeddings.py"
TEXT = "ROMEO:\nO my love"
MODELS = [("shakespeare", "5000"), ("mini", "193"), ("copy", "405"), ("lesson-13", "0")]


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def sent(name: str, **link: str) -> dict[str, Any]:
    """What a panel is sent for a link."""
    panels = {"tables": tables, "strips": strips, "near": near, "space": space}
    panel = panels[name].panel(reading.read(permalink.restore(link)))
    blob = payload.pack(panel)
    return unpack(blob) if panel.has_arrays() else panel.header()


@pytest.mark.parametrize(
    ("name", "step"), [("shakespeare", "5000"), ("mini", "193"), ("copy", "405"), ("lesson-13", "0")]
)
def test_every_number_is_what_numpy_finds(name: str, step: str) -> None:
    link = {"model": name, "step": step, "prompt": "abc" if name == "copy" else TEXT}
    seen = reading.read(permalink.restore(link))
    twin = NumpyGPT(seen.inputs.shelved.file(seen.inputs.step))
    table, true = twin.w["token_embedding.weight"].astype(np.float64), twin.run(list(seen.ids))
    shown = sent("tables", **link)
    assert shown["values"].reshape(shown["R"], -1) == pytest.approx(table[shown["ids"]], abs=1e-6)
    both = sent("strips", **link)
    own = both["token"].reshape(-1, both["C"])[both["row"]]
    assert own == pytest.approx(true["token"], abs=1e-6)
    place = both["position"].reshape(-1, both["C"]) if both["position"].size else 0
    assert own + place == pytest.approx(true["token"] + (0 if true["place"] is None else true["place"]), abs=1e-6)
    units = table / np.linalg.norm(table, axis=1, keepdims=True)
    found = sent("near", **link)
    for token, row in zip(seen.ids, found["row"], strict=True):
        cosines = units @ units[token]
        cosines[token] = -2
        best = np.sort(cosines)[::-1][: min(derived.NEAREST, len(table) - 1)]
        assert [c for _, _, c in found["nearest"][row]] == pytest.approx(best.tolist(), abs=1e-4)
        assert [cosines[i] for _, i, _ in found["nearest"][row]] == pytest.approx(best.tolist(), abs=1e-5)
    seen_from = sent("space", **link, **{"axes-of": "own"})
    middle = table - table.mean(axis=0)
    _, lengths, axes = np.linalg.svd(middle, full_matrices=False)
    shares = (lengths**2 / (lengths**2).sum())[: derived.AXES]
    assert seen_from["shares"] == pytest.approx(shares.tolist(), abs=1e-5)
    points = seen_from["points"].reshape(-1, seen_from["K"])
    apart = np.diff(lengths[:4]) < -1e-2 * lengths[0]  # else axes may turn
    for k in range(2):
        if apart[k] and (k == 0 or apart[k - 1]):
            assert np.abs(points[:, k]) == pytest.approx(np.abs(middle @ axes[k]), abs=1e-4)


def test_the_axes_of_the_last_step_show_every_step_and_their_own_keep_more() -> None:
    link = {"model": "mini", "step": "60"}
    last, own = sent("space", **link), sent("space", **link, **{"axes-of": "own"})
    assert sum(last["shares"][:2]) < sum(own["shares"][:2])
    assert "axes of step 2,000" in last["sentence"] and "axes of this step" in own["sentence"]
    grown = sent("space", model="mini", step="2000")
    points = grown["points"].reshape(-1, grown["K"])
    assert (np.array(last["low"]) <= points.min(axis=0)).all() and (np.array(last["high"]) >= points.max(axis=0)).all()


def test_rows_are_ordered_and_each_comes_once() -> None:
    ids = {order: sent("tables", rows=order)["ids"] for order in derived.ORDERS}
    assert all(sorted(found) == list(range(65)) for found in ids.values())
    names = shipped.loaded("shakespeare").tokenizer.tokens
    assert [names[i] for i in ids["frequency"][:4]] == [" ", "e", "t", "o"]
    assert [names[i] for i in ids["kind"][:5]] == ["A", "E", "I", "O", "U"]
    counts = derived.counts("shakespeare")
    assert [counts[i] for i in ids["frequency"]] == sorted(counts, reverse=True)


def test_a_large_vocabulary_is_shown_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "ROWS", 20)
    for found in (derived.listed, derived.mapped, derived.along, derived.axes):
        found.cache_clear()
    try:
        shown = sent("tables", **{"from": "60"})
        assert (shown["R"], shown["V"], shown["start"], shown["ids"][0]) == (20, 65, 45, 45)
        assert "Shown: 46 to 65" in shown["sentence"]
        assert sent("tables", table="positions", **{"from": "21"})["ids"] == list(range(20, 40))
        alike = sent("tables", rows="likeness")
        assert set(alike["ids"]) == set(derived.frequent("shakespeare")[:20])
        lie = sent("space", prompt="QX e")
        assert lie["U"] == 22 and [lie["names"][u] for u in lie["row"]] == ["Q", "X", " ", "e"]
        assert "the 20 most frequent of 65" in lie["sentence"]
    finally:
        for found in (derived.listed, derived.mapped, derived.along, derived.axes):
            found.cache_clear()


@pytest.mark.parametrize("link", [{"prompt": ""}, {"model": "lesson-2", "prompt": "ab"}, {"prompt": "a" * 200}])
def test_the_page_stands_for_every_text_and_for_a_model_without_positions(link: dict[str, str]) -> None:
    app = visit(PAGE, table="positions", **link)
    panels = unpack_board(proto(app, "board").bytes)
    assert {"strips", "tables", "near", "space"} <= set(panels)
    if link.get("model") == "lesson-2":
        assert "Choose “shakespeare” or “mini”" in unpack(panels["tables"][1])["sentence"]


def test_choices_are_heard_and_stand_in_the_link_and_nonsense_changes_nothing() -> None:
    app = visit(PAGE, prompt=TEXT)
    told = {"table": "positions", "axes": "3.1.8", "colour": "case", "rows": "likeness"}
    tell(app, "board", choice=told)
    assert link_of(app).items() >= told.items()
    before = link_of(app)
    odd = {
        "sum": "1.2",
        "emb-sum": "input.x.1",
        "places": "there",
        "table": "x",
        "axes": "1.1",
        "colour": "<b>",
        "rows": "",
        "axes-of": "9",
    }
    tell(app, "board", choice=odd)
    assert link_of(app) == before
    for name, word in odd.items():
        restored = permalink.restore({name: word})
        assert restored.embeddings == permalink.restore({}).embeddings
        assert restored.notices


def link_of(app: AppTest) -> dict[str, str]:
    """The parameters of the page's link."""
    return permalink.link(app.session_state["inputs"])


def test_a_number_is_worked_out_and_its_lines_print_it(tmp_path: Path) -> None:
    for number in ("input.5.17", "tokens.43.30", "positions.3.9", "input.99.1", ""):
        seen = reading.read(permalink.restore({"prompt": TEXT, **({"emb-sum": number} if number else {})}))
        found = vector_sum.panel(seen)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            (tmp_path / "lines.py").write_text(found.code)
            runpy.run_path(str(tmp_path / "lines.py"))
        shown = re.search(r"Shown (\S+), recomputed in double precision (\S+):", found.sum)
        assert shown is not None
        assert float(printed.getvalue()) == pytest.approx(float(shown[1]), abs=2e-6)
        assert float(shown[2]) == pytest.approx(float(shown[1]), abs=2e-6)
        products = sum(product for _, _, product in found.terms)
        rest = re.search(r"smaller terms together (-?[\d.]+)\.", found.sum)
        assert products + float(rest[1] if rest else 0) == pytest.approx(float(shown[2]), abs=1e-4)


def test_directions_are_those_of_the_definition_and_an_odd_sum_is_clamped() -> None:
    table = shipped.loaded("shakespeare").model.token_embedding.weight.double().numpy()
    names = shipped.loaded("shakespeare").tokenizer.tokens
    seen = reading.read(permalink.restore({}))
    found = direction.panel(seen)
    assert list(found.called) == ["a", "A", "B"] and found.nearest[0][0] == "b"
    a, b, c = (names.index(one) for one in found.called)
    wanted = table[a] - table[b] + table[c]
    for text, i, cosine in found.nearest:
        own = table[i] @ wanted / np.linalg.norm(table[i]) / np.linalg.norm(wanted)
        assert names[i] == text and cosine == pytest.approx(own, abs=1e-4)
    assert "for 25; for 13 it was already" in found.sentence
    odd = direction.panel(reading.read(permalink.restore({"sum": "999999.0.3", "model": "sort"})))
    assert odd.chosen == (7, 0, 3)


@pytest.mark.parametrize("scheme", ["none", "sinusoids", "index", "share", "rows", "tokens"])
def test_other_places_reach_the_strips_and_the_loss(scheme: str) -> None:
    link = {"prompt": TEXT, "model": "mini", "places": scheme}
    app = visit(PAGE, **link)
    panels = unpack_board(proto(app, "board").bytes)
    both, told = unpack(panels["strips"][1]), json.loads(panels["places"][1])
    trained = reading.read(permalink.restore(link))
    other = placements.with_scheme(shipped.loaded("mini").model, scheme, len(trained.ids))
    token, position = input_parts(other, trained.ids)
    assert both["token"].reshape(-1, 64)[both["row"]] == pytest.approx(token.numpy())
    assert both["position"] == pytest.approx([] if position is None else position.numpy().ravel())
    losses = [float(surprise(trace(model, trained.ids).logits, trained.ids).mean()) for model in (trained.model, other)]
    assert told["chosen"] == scheme
    assert dict(told["facts"])["loss on this text"] == f"{losses[0]:.3f} → {losses[1]:.3f} nats"
    assert losses[1] > losses[0]


def test_a_shuffle_is_computed_when_asked_for_and_told_in_numbers() -> None:
    app = visit(PAGE, prompt=TEXT, model="mini")
    assert json.loads(unpack_board(proto(app, "board").bytes)["shuffled"][1])["number"] == 0
    seen = reading.read(permalink.restore({"prompt": TEXT, "model": "mini", "shuffle": "4"}))
    found = shuffled.panel(seen)
    assert sorted(found.text) == sorted(seen.tokens) and found.text[-1] == seen.tokens[-1]
    assert found.without[0] < 1e-5 < 1e-2 < min(found.trained)
    questions = embedding_questions.panel(seen).questions
    assert len(questions) == 4 and questions[2]["right"] == 1
    for link in ({"prompt": "ab"}, {"prompt": TEXT, "model": "lesson-2"}):
        assert shuffled.panel(reading.read(permalink.restore({**link, "shuffle": "4"}))).number == 0


def test_the_lookup_and_the_product_are_told_equal() -> None:
    facts = dict(onehot.panel(reading.read(permalink.restore({"model": "mini"}))).facts)
    assert facts["outputs"] == facts["gradients of the table"] == "equal, bit for bit"
    assert facts["multiplications"] == f"{64 * 65 * 64:,}; not by 0: {64 * 64:,}"


@pytest.mark.parametrize("link", [{"prompt": TEXT}, {"prompt": "", "model": "lesson-2", "table": "positions"}])
def test_the_tables_below_are_what_is_shown(link: dict[str, str]) -> None:
    seen = reading.read(permalink.restore(link))
    with pytest.MonkeyPatch.context() as patch:
        found: dict[str, Any] = {}
        patch.setattr(page_tables, "show", lambda table, name, sentence: found.update({name: table}))
        page_tables.draw(seen)
    which = seen.inputs.embeddings.table
    shown = sent("tables", **link)
    assert found[f"{which}-table"].to_numpy().ravel() == pytest.approx(shown["values"])
    assert found[f"{which}-cosines"].shape == (shown["R"], shown["R"])
    assert ("input-vectors" in found) == bool(seen.ids)
    assert len(found["token-map"]) == len(seen.vocabulary)


def test_no_two_choices_have_one_name_in_the_link() -> None:
    names = [row.name for row in permalink.TABLE]
    assert len(set(names)) == len(names)
