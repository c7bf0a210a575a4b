"""A download is asked for, checked, and whole or not there; every failure is one sentence."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from gpt.corpora import CorpusUnavailable, registry
from gpt.storage import download

TEXT = b"to be, or not to be\n"
SUM = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and no proxy between the tests and their own server."""
    monkeypatch.setenv("NANOSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "data"


class Answers(BaseHTTPRequestHandler):
    """/text is the text; /slow drips; /huge never ends; /cut promises more than it sends; the rest is 404."""

    hits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hits.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path == "/cut":
            self.send_header("Content-Length", str(len(TEXT) + 10))
        self.end_headers()
        pieces = {"/huge": [b"x" * 1_000_000] * 6, "/slow": [b"x"] * 50}.get(self.path, [TEXT])
        try:
            for piece in pieces:
                self.wfile.write(piece)
                if self.path == "/slow":
                    threading.Event().wait(0.05)
        except OSError:
            pass  # the reader has had enough

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Answers.hits = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def used(*arguments: object, **options: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(download.urllib.request, "urlopen", used)


@pytest.mark.usefixtures("offline")
def test_tiny_shakespeare_without_its_file_is_the_rebuilt_text(folder: Path) -> None:
    for copy in (None, "First Citizen:\n"):  # none, or a damaged one
        if copy:
            folder.mkdir()
            (folder / "tinyshakespeare.txt").write_text(copy)
        corpus, entry = registry.load("tinyshakespeare"), registry.SHELF["tinyshakespeare"]
        assert (corpus.name, corpus.title, corpus.licence) == (entry.name, entry.title, entry.licence)
        assert corpus.source.startswith("rebuilt offline") and corpus.source.endswith("identical by sha256")
        assert corpus.sha256 == registry.TINY_SHA256


@pytest.mark.usefixtures("offline")
def test_a_kept_copy_comes_first(folder: Path) -> None:
    folder.mkdir()
    (folder / "tinyshakespeare.txt").write_text(registry.load("shakespeare").text)
    assert registry.load("tinyshakespeare").source == registry.SHELF["tinyshakespeare"].source
    assert registry.fetch("tinyshakespeare").name == "tinyshakespeare"  # nothing to download


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("rebuilt", ["another edition", None])
def test_load_never_fetches_tiny_shakespeare(
    rebuilt: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither when the package is missing, nor when it holds another edition, which must not pass for the file."""
    if rebuilt is None:
        monkeypatch.setattr(registry.importlib.util, "find_spec", lambda package: None)
    else:
        monkeypatch.setattr(registry, "rebuild", lambda plays: rebuilt)
    with pytest.raises(CorpusUnavailable, match=r"not on this computer.*fetch"):
        registry.load("tinyshakespeare")
    folder.mkdir()
    (folder / "tinyshakespeare.txt").write_text("First Citizen:\n")
    with pytest.raises(CorpusUnavailable, match=r"damaged.*fetch"):
        registry.load("tinyshakespeare")


def test_fetch_downloads_once(server: str, folder: Path) -> None:
    first = registry.fetch("tinyshakespeare", server + "/text", SUM)
    again = registry.fetch("tinyshakespeare", server + "/text", SUM)
    assert first == again
    assert first.text.encode() == TEXT == (folder / "tinyshakespeare.txt").read_bytes()
    assert Answers.hits == ["/text"]
    assert [path.name for path in folder.iterdir()] == ["tinyshakespeare.txt"]


def test_fetch_replaces_a_damaged_copy(server: str, folder: Path) -> None:
    folder.mkdir()
    (folder / "tinyshakespeare.txt").write_text("half of i")
    assert registry.fetch("tinyshakespeare", server + "/text", SUM).text.encode() == TEXT


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("/missing", "404"),
        ("/huge", "too many"),
        ("/slow", "over 0.3 s"),
        ("/cut", "IncompleteRead|sha256"),
        ("/x", "sha256"),
    ],
)
def test_a_bad_download_keeps_nothing(server: str, folder: Path, page: str, says: str) -> None:
    wanted = "0" * 64
    with pytest.raises(CorpusUnavailable, match=says) as refused:
        registry.fetch("tinyshakespeare", server + page, wanted, timeout=0.3 if page == "/slow" else 10)
    assert "'shakespeare' is the same one" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_fetch_offline_says_so() -> None:
    with pytest.raises(CorpusUnavailable, match=r"cannot be read.*rebuilt offline"):
        registry.fetch("tinyshakespeare", "http://127.0.0.1:9/", SUM, timeout=2)  # nobody answers there


def test_only_web_addresses_are_opened(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    with pytest.raises(CorpusUnavailable, match="not a web address"):
        registry.fetch("tinyshakespeare", (tmp_path / "text").as_uri(), SUM)


def test_fetch_into_a_folder_that_cannot_be(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("NANOSCOPE_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(CorpusUnavailable, match="cannot be written"):
        registry.fetch("tinyshakespeare", server + "/text", SUM)


def test_a_rename_that_fails_leaves_no_part(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CorpusUnavailable, match="No space left"):
        registry.fetch("tinyshakespeare", server + "/text", SUM)
    assert list(folder.iterdir()) == []
