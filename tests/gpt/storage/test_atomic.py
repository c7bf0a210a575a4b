"""A file is there as a whole or not at all, whoever writes at the same time and whatever fails on the way."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gpt.storage import atomic
from gpt.storage.atomic import sweep, write_durable


def test_what_was_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    for data in (b"", b"one", bytes(100_000)):
        write_durable(path, data)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_others_may_read_it(tmp_path: Path) -> None:
    write_durable(tmp_path / "a", b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_threads_that_write_one_path_never_share_a_temporary_file(tmp_path: Path) -> None:
    path, start = tmp_path / "a.bin", threading.Barrier(8)
    bodies = {bytes([i]) * (10_000 + i) for i in range(8)}

    def write(body: bytes) -> None:
        start.wait()
        for _ in range(10):
            write_durable(path, body)
            assert path.read_bytes() in bodies

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, bodies))
    assert path.read_bytes() in bodies and list(tmp_path.iterdir()) == [path]


def failing(name: str) -> object:
    """One operation of writing that fails as on a full or broken disk, or because someone pressed Ctrl-C."""

    def fail(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt if name == "fsync" else OSError(28, "No space left on device")

    return fail


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "chmod"), (Path, "replace")])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_failure_on_the_way_leaves_the_old_file(
    owner: object, name: str, before: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.bin"
    if before is not None:
        path.write_bytes(before)
    with monkeypatch.context() as broken, pytest.raises((OSError, KeyboardInterrupt)):
        broken.setattr(owner, name, failing(name))
        write_durable(path, b"new")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == ([] if before is None else [before])


def test_a_missing_folder_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        write_durable(tmp_path / "none" / "a.bin", b"x")


def test_sweep_removes_only_what_dead_writers_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic.os, "fsync", lambda handle: None)
    stay = [".gitkeep", ".a.tmp", "a.tmp-1", "run.json", ".hidden"]
    for name in (*stay, ".step-000001.safetensors.tmp-4711", ".run.json.tmp-ab_c0d"):
        (tmp_path / name).write_bytes(b"")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(stay)
    sweep(tmp_path / "none")  # a folder that is not there holds nothing
