"""A visitor without a browser: Streamlit's AppTest, with what our components are sent and what they tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pages.ui.board import payload
from pages.ui.derived import measuring
from pages.ui.shared import forget_all
from tests.support import ROOT

APP = ROOT / "app.py"
NUMBERS = {"u16": np.uint16, "i16": np.int16, "f32": np.float32}


@contextmanager
def only_bundled(folder: Path) -> Iterator[None]:
    """Whatever was trained on this machine is out of sight: the app looks for runs in an empty folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NANOSCOPE_RUNS", str(folder))
        forget()
        yield
        forget()


@contextmanager
def measured_at_once(folder: Path) -> Iterator[None]:
    """The same; what is measured in the background is waited for."""
    with pytest.MonkeyPatch.context() as patch, only_bundled(folder):
        patch.setattr(measuring, "QUICK", 60.0)
        patch.setattr(measuring, "UNASKED", 60.0)
        yield


def forget() -> None:
    """Everything that is found once for all visitors is found anew."""
    streamlit.cache_resource.clear()
    forget_all()


def visit(page: str = "", /, **link: str) -> AppTest:
    """A new visitor, with a link's parameters, on a page's file (the Playground if none is named)."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update(link)
    return clean((app.switch_page(page) if page else app).run())


def clean(app: AppTest) -> AppTest:
    """No traceback; every message a short sentence."""
    assert not app.exception, app.exception
    for message in [*app.info, *app.warning, *app.error]:
        assert 0 < len(read_aloud(message.value)) < 300 and "Traceback" not in message.value
    return app


def read_aloud(markdown: str) -> str:
    """The text that people see of a message whose Markdown was made plain."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", markdown).replace("\u2060", "")


def proto(app: AppTest, name: str) -> Any:
    """What was sent to a component, or to a panel of the page's board (nothing, if that builds upon another frame)."""
    sent = [element.proto for element in app.get("bidi_component")]
    for one in sent:
        if one.component_name == "nanoscope_board" and name in (panel[0] for panel in board_head(one.bytes)["panels"]):
            kind, part = ("", b"") if board_head(one.bytes)["base"] else unpack_board(one.bytes)[name]
            return SimpleNamespace(id=one.id, bytes=part, json=part.decode() if kind == "json" else "")
    return next(one for one in sent if one.component_name == f"nanoscope_{name}")


def pictures(app: AppTest) -> list[tuple[str, dict[str, Any]]]:
    """What every chart and matrix outside of a board was sent, by its key, in their order on the page."""
    found = list[tuple[str, dict[str, Any]]]()
    for one in (element.proto for element in app.get("bidi_component")):
        kind = one.component_name.removeprefix("nanoscope_")
        if kind in ("chart", "matrix"):
            sent = unpack(one.bytes) if kind == "matrix" else json.loads(one.json)
            sent |= {"values": sent["values"].tolist()} if kind == "matrix" else {}
            found.append((sent["file"], sent))
    return found


def tables(app: AppTest) -> list[list[dict[str, str]]]:
    """Every small table outside of a board: its rows, cells by the columns' names."""
    sent = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "nanoscope_table"]
    told = [json.loads(one.json) for one in sent]
    return [[dict(zip(one["names"], row, strict=True)) for row in one["rows"]] for one in told]


def board_head(data: bytes) -> dict[str, Any]:
    """The header of a board: its name, the frame that it builds upon, and its panels."""
    return json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])


def unpack_board(data: bytes) -> dict[str, tuple[str, bytes]]:
    """The panels of a board that is told as a whole, (kind, data) by name, each as it would be told alone."""
    head, at, panels, common = board_head(data), 4 + int.from_bytes(data[:4], "little"), {}, {}
    assert not head["base"], "what builds upon another frame tells only what differs"
    for name, _, kind, _, length in head["panels"]:
        part, at = data[at : at + length], at + length + -length % 4
        start = 4 + int.from_bytes(part[:4], "little") if kind == "bytes" else length
        header = json.loads(part[4:start] if kind == "bytes" else part)
        header |= {field: common[field] for field in header.pop("also", [])}
        common = {field: value for field, value in header.items() if isinstance(value, list)} | common
        panels[name] = (kind, payload.headed(header) + part[start:] if kind == "bytes" else payload.as_json(header))
    assert at == len(data)
    return panels


def tell(app: AppTest, name: str, **values: Any) -> AppTest:
    """What a component's browser part tells; runs the app, callbacks included."""
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=proto(app, name).id, json_value=json.dumps(values)))
    return clean(app._run(states))


def type_in(app: AppTest, text: str, n: int = 1) -> AppTest:
    """A text typed into the editor."""
    return tell(app, "prompt", typed={"text": text, "n": n})


def unpack(data: bytes, held: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The header of a blob with its arrays under their names, as shared/bytes.js has them; `held` it builds upon."""
    size = int.from_bytes(data[:4], "little")
    head, at = {**(held or {}), **json.loads(data[4 : 4 + size])}, 4 + size
    for name, kind, (outer, size, inner), (front, back, told) in head["arrays"]:
        count = outer * (size - front - back) * inner
        array, at = blocks(data, at, count) if kind == "u16" else numbers(data, at, NUMBERS[kind], count)
        middle = array.reshape(outer, size - front - back, inner)
        if front or back or told:
            old = head[name].reshape(outer, -1, inner)
            by = middle[:, :told].astype(np.int32)
            from_old = old[:, front : front + told] + np.where(by & 1, -(by + 1) // 2, by // 2)
            parts = old[:, :front], from_old.astype(middle.dtype), middle[:, told:], old[:, old.shape[1] - back :]
            middle = np.concatenate(parts, axis=1)
        head[name] = middle.ravel()
    assert at == len(data)
    return head


def blocks(data: bytes, at: int, count: int) -> tuple[np.ndarray, int]:
    """So many numbers in blocks of eight, each with its own width, bit plane after bit plane; and the next place."""
    widths, at = numbers(data, at, np.uint8, -(-count // 16))
    found, begin = list[np.ndarray](), at
    for told in np.stack([widths & 15, widths >> 4], axis=1).ravel().tolist():
        width = 16 if told == 15 else told
        planes = np.frombuffer(data, np.uint8, width, at)
        bits = np.unpackbits(planes, bitorder="little").reshape(width, 8).astype(np.uint16)
        found.append((bits << np.arange(width, dtype=np.uint16)[:, None]).sum(axis=0, dtype=np.uint16))
        at += width
    return np.concatenate([*found, np.zeros(0, np.uint16)])[:count], at + -(at - begin) % 4


def numbers(data: bytes, at: int, kind: Any, count: int) -> tuple[np.ndarray, int]:
    """So many numbers that stand at a place, and the next place that is a multiple of four."""
    array = np.frombuffer(data, kind, count, at)
    return array, at + -(-array.nbytes // 4) * 4
