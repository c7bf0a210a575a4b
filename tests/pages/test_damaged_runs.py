"""Whatever lies in the folder of runs, every page comes up: what cannot be read is a row that says why, and no more."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gpt import checkpoint, runs
from gpt.runs import Run, control
from gpt.storage.step_files import step_name
from pages.ui import cache
from tests.support import corrupt, shipped
from tests.support.hostile import put_together, take_apart
from tests.support.visitor import clean, forget, proto, visit

PAGES = ("", "pages/train/timeline.py", "pages/train/studio.py")
MODEL = shipped.shelved("mini").last


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, in which nothing ever starts."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("gpt.runs.queue.spawn", lambda run: False)
    forget()
    cache.forget_offered()
    yield tmp_path / "runs"
    forget()
    cache.forget_offered()


def rows(app: AppTest) -> dict[str, dict[str, Any]]:
    """The studio's table, by id."""
    return {row["id"]: row for row in json.loads(proto(app, "runs").json)["rows"]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_all_kinds_of_damage_at_once_take_no_page_down(home: Path) -> None:
    changes = {**corrupt.UNREADABLE, **{k: v for k, v in corrupt.READABLE.items() if "MB" not in k}}
    for place, change in enumerate(changes.values()):
        change(corrupt.good(home / f"run-{place:02d}", MODEL))
    bad = [f"run-{place:02d}" for place in range(len(corrupt.UNREADABLE))]
    for page in PAGES:
        began = time.thread_time()
        app = visit(page)
        assert time.thread_time() - began < 20, page
    listed = rows(app)
    assert len(listed) == len(changes) and {run for run, row in listed.items() if not row["readable"]} == set(bad)
    assert all(listed[run]["about"].startswith("This run cannot be read: ") for run in bad)
    assert set(cache.offered()) & set(listed) == set(listed) - set(bad)


def with_weight(number: float) -> bytes:
    """The model with one weight replaced."""
    header, body = take_apart(MODEL.read_bytes())
    assert header["token_embedding.weight"]["dtype"] == "F16"
    place = header["token_embedding.weight"]["data_offsets"][0]
    half = {math.inf: b"\x00\x7c", math.nan: b"\x00\x7e"}[number]
    return put_together(header, body[:place] + half + body[place + 2 :])


@pytest.mark.parametrize("data", [b"", b"no model", with_weight(math.nan), with_weight(math.inf)], ids=range(4))
@pytest.mark.parametrize("page", PAGES[:2], ids=["playground", "timeline"])
def test_a_kept_step_that_is_no_model_is_left_out(page: str, data: bytes, home: Path) -> None:
    """By a link, by the picker, newest or amid the others: a notice, or the nearest step, never a traceback."""
    run = corrupt.good(home / "some", MODEL)
    (run.steps / step_name(50)).write_bytes(data)
    only = corrupt.good(home / "only", MODEL)
    (only.steps / step_name(100)).write_bytes(data)
    app = visit(page, model="some", step="50")
    assert (app.session_state["inputs"].model, app.session_state["inputs"].step) == ("some", 100)
    app = visit(page, model="only")
    assert app.session_state["inputs"].model in cache.offered_at_start()
    assert [notice for notice in app.info if "only" in notice.value]
    app = visit(page)
    (picker,) = [box for box in app.selectbox if box.label == "Model"]
    cache.forget_offered()
    clean(picker.select_index(0).run())
    clean(app.run())


def test_a_run_that_is_damaged_while_it_is_shown(home: Path) -> None:
    run = corrupt.good(home / "some", MODEL)
    app = visit("", model="some")
    assert app.session_state["inputs"].model == "some"
    run.description.write_bytes(b"{")
    cache.forget_offered()
    forget()
    clean(app._run())  # AppTest's own run() would first look the old choice up in the picker
    assert [notice for notice in app.info if "cannot be read" in notice.value.replace("\\", "")]


RECORDS: list[Any] = [
    {"losses": "words", "model": None, "train": 3},
    {"losses": [{"step": 0, "train": math.nan, "val": 2.0}, {"step": "1"}, None, 7], "seconds": math.inf},
    {"losses": None, "model": [1], "train": "adamw", "corpus": {"a": 1}},
    {"losses": {"0": 1}, "model": {"deep": {}}, "torch": "\ud800"},
]


@pytest.mark.parametrize("record", RECORDS, ids=range(len(RECORDS)))
def test_a_record_of_a_stranger_is_shown_as_far_as_it_is_one(record: Any, home: Path) -> None:
    """And what is sent to the browser is JSON that it can read."""
    header, body = take_apart(MODEL.read_bytes())
    header["__metadata__"]["record"] = json.dumps(record)
    name = control.import_model(put_together(header, body), "a gift", "me")
    assert checkpoint.loads(runs.export(name)).record.get("losses", []) == []
    for page in PAGES:
        app = visit(page, model=name)
        for element in app.get("bidi_component"):
            json.loads(element.proto.json or "null", parse_constant=pytest.fail)
    app = visit("", model=name)
    for toggle in app.toggle:
        clean(toggle.set_value(True).run())


def test_labels_are_unique_and_say_what_comes_with_the_app(home: Path) -> None:
    """A run of the same name and size as a bundled model, and two of one name, can be told apart; ids travel."""
    shakespeare = cache.offered()["shakespeare"]
    assert shakespeare.label == "shakespeare · 2.7 M · bundled"
    first = control.import_model(shakespeare.last.read_bytes(), "shakespeare", "me")
    names = ("mine", "mine", "shakespeare · 2.7 M · bundled", f"mine ({first[-4:]})")
    made = [control.import_model(MODEL.read_bytes(), name, "me") for name in names]
    Run(home / first).folder.rename(home / "shakespeare")  # a run that takes a bundled model's id
    cache.forget_offered()
    offered = cache.offered()
    labels = [model.label for model in offered.values()]
    assert len(set(labels)) == len(labels) and set(made) < set(offered) and first not in offered
    assert offered["shakespeare"] == shakespeare and not cache.in_training("shakespeare")
    assert all(offered[run].label.endswith(" · run") for run in made)
    assert offered[made[0]].label.startswith(f"mine ({made[0][-4:]}) · ")
    app = visit("", model=made[1])
    assert app.session_state["inputs"].model == made[1]
    assert len({row["name"] for row in rows(visit("pages/train/studio.py")).values()}) == 5
