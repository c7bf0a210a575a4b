"""What the server is told before it starts, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

# As the command `nanoscope` starts it; the server and what it warms are replaced by what says where they were called.
START = """
import os, sys
import app
from streamlit.web import cli
app.warm.warm = lambda: print(os.getcwd())
cli.main = lambda args, name: print(*args, sep="\\n")
sys.argv = ["nanoscope", "--server.port", "8600"]
app.serve()
"""

# A page of another site knocks; nobody may be asked who this machine is.
KNOCK = """
from unittest import mock
from streamlit import net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins
from pages.ui import server
server.prepare()
with mock.patch.object(net_util, "_make_blocking_http_get", side_effect=AssertionError("asked the internet")):
    assert net_util.get_external_ip() == "127.0.0.1"
    print(is_url_from_allowed_origins("https://another.example"), is_url_from_allowed_origins("http://localhost:8501"))
"""

# What is true of a connection that the server accepts: Linux, macOS and Windows hand the listening socket's word on.
ACCEPT = """
import socket
from pages.ui import server
from streamlit.web.server.starlette import starlette_server
server.prepare()
listening = starlette_server._bind_socket("127.0.0.1", 0, 1)
listening.setblocking(True)
with listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
    print(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
"""


def python(code: str, folder: Path) -> str:
    """What this Python prints in a fresh process that was started in a folder."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_starts_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    assert python(START, tmp_path).splitlines() == [str(ROOT), "run", str(ROOT / "app.py"), "--server.port", "8600"]


def test_nobody_is_asked_for_this_machine_s_address() -> None:
    assert python(KNOCK, ROOT) == "False True\n"


def test_small_messages_are_sent_at_once() -> None:
    assert python(ACCEPT, ROOT) == "True\n"
