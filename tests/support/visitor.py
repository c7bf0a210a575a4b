"""A visitor without a browser: Streamlit's AppTest, with what our components are sent and what they tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from tests.support import ROOT

APP = ROOT / "app.py"
NUMBERS = {"u16": np.uint16, "i16": np.int16, "f32": np.float32}


@contextmanager
def only_bundled(folder: Path) -> Iterator[None]:
    """Whatever was trained on this machine is out of sight: the app looks for runs in an empty folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NANOSCOPE_RUNS", str(folder))
        streamlit.cache_resource.clear()
        yield
        streamlit.cache_resource.clear()


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
    """What was sent to a component, or to a panel of the page's board."""
    sent = [element.proto for element in app.get("bidi_component")]
    for one in sent:
        if one.component_name == "nanoscope_board" and name in (panels := unpack_board(one.bytes)):
            kind, part = panels[name]
            return SimpleNamespace(id=one.id, bytes=part, json=part.decode() if kind == "json" else "")
    return next(one for one in sent if one.component_name == f"nanoscope_{name}")


def unpack_board(data: bytes) -> dict[str, tuple[str, bytes]]:
    """The panels of a board, (kind, data) by name, as shared/bytes.js has them."""
    size = int.from_bytes(data[:4], "little")
    at, panels = 4 + size, {}
    for name, _, kind, length in json.loads(data[4 : 4 + size])["panels"]:
        panels[name] = (kind, data[at : at + length])
        at += -(-length // 4) * 4
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


def unpack(data: bytes) -> dict[str, Any]:
    """The header of a blob with its arrays under their names, as shared/bytes.js has them."""
    size = int.from_bytes(data[:4], "little")
    head, at = json.loads(data[4 : 4 + size]), 4 + size
    for name, kind, count in head["arrays"]:
        head[name] = np.frombuffer(data, NUMBERS[kind], count, at)
        at += -(-head[name].nbytes // 4) * 4
    assert at == len(data)
    return head
