"""Only regular files are read, only so many bytes of them, and nothing is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gpt.storage.bounded import UnfitFile, is_regular, open_regular, read_bounded


def test_a_regular_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for data in (b"", b"\r\n\x1a", bytes(1_000)):
        path.write_bytes(data)
        assert read_bounded(path, 1_000) == data and is_regular(path)
    with pytest.raises(UnfitFile, match=r"^over 0\.999 kB long$"):
        read_bounded(path, 999)


def test_a_file_beyond_all_memory_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    os.truncate(path, 10**12)
    with pytest.raises(UnfitFile, match=r"^over 1 MB long$"):
        read_bounded(path, 1_000_000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.timeout(5)
def test_pipes_devices_links_and_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"text")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "away").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UnfitFile, match="^a pipe or a device$"):
            read_bounded(path, 10)
    with pytest.raises(UnfitFile, match="^a link$"):
        read_bounded(tmp_path / "link", 10)
    assert read_bounded(tmp_path / "link", 10, links=True) == b"text"
    with pytest.raises(UnfitFile, match="^a pipe"):
        read_bounded(tmp_path / "away", 10, links=True)
    with pytest.raises(IsADirectoryError):
        read_bounded(tmp_path, 10)
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "none", 10)
    assert [path.name for path in tmp_path.iterdir() if is_regular(path)] == ["file"]
    assert not is_regular(Path("a\0b"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_what_is_exchanged_meanwhile_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"text")
    opened, handles = os.open, []

    def exchange(name: Path, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        handles.append(opened(name, flags))
        return handles[-1]

    monkeypatch.setattr("gpt.storage.bounded.os.open", exchange)
    with pytest.raises(UnfitFile):
        open_regular(path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handles[0])
