"""The run folder: a log that no crash can spoil, and a lock that only one process holds."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gpt.runs import ID, Run, RunError, finite
from gpt.storage import jsonl
from tests.support import ROOT


def append(run: Run, line: dict[str, Any]) -> None:
    """Add a line of any kind, as `Run.append` does with those of a training."""
    jsonl.append(run.metrics, (json.dumps(finite(line)) + "\n").encode())


def told(run: Run) -> list[dict[str, Any]]:
    """Every line, whatever it tells."""
    return [values for _, values in run.raw_lines()]


def test_a_new_run(tmp_path: Path) -> None:
    run = Run(tmp_path / "mine")
    run.create({"id": "mine", "corpus": "grüß dich"})
    assert run.read() == {"id": "mine", "corpus": "grüß dich"}
    assert run.steps.is_dir() and run.state.is_dir() and told(run) == []
    with pytest.raises(RunError, match=r"^The folder mine already holds a run: .*choose another name\.$"):
        run.create({})
    assert run.read()["id"] == "mine"


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff", b"[]", b"[" * 100_000, b"null", b'"text"'])
def test_a_description_that_is_none_is_refused_in_a_sentence(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunError, match=rf"{tmp_path.name}.*choose another folder\.$"):
        Run(tmp_path).read()


def test_the_log_keeps_lines_in_order_and_writes_numbers_that_are_none_as_null(tmp_path: Path) -> None:
    run = Run(tmp_path)
    lines = [{"kind": "train", "step": i, "loss": 1 / (i + 1)} for i in range(5)]
    lines += [{"kind": "sample", "step": 5, "text": "ROMEO:\n\u2028\x85\ud800 ü\n"}]
    for line in lines:
        append(run, line)
    append(run, {"step": 6, "loss": math.nan, "norms": {"deep": {"down": math.inf}}, "rates": (1, -math.inf), "n": 1})
    assert told(run) == [
        *lines,
        {"step": 6, "loss": None, "norms": {"deep": {"down": None}}, "rates": [1, None], "n": 1},
    ]
    for text in run.metrics.read_bytes().splitlines():
        json.loads(text, parse_constant=pytest.fail)
    assert finite(0.5) == 0.5 and finite("nan") == "nan" and finite(None) is None


def test_a_log_torn_at_any_byte_gives_every_whole_line(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for step in range(12):
        append(run, {"kind": "sample", "step": step, "text": "ü{}\n"[: step % 5], "loss": step / 7})
    whole, lines = run.metrics.read_bytes(), told(run)
    assert len(lines) == 12
    for cut in range(len(whole) + 1):
        run.metrics.write_bytes(whole[:cut])
        assert told(run) == lines[: whole[:cut].count(b"\n")]


@pytest.mark.parametrize(
    "junk", [b"\0" * 50, b"{}{}", b"[1]", b"\xff\xfe", b'{"step":', b"", b"9" * 5_000, b"[" * 100_000]
)
def test_a_damaged_line_is_skipped(junk: bytes, tmp_path: Path) -> None:
    run = Run(tmp_path)
    append(run, {"step": 1})
    with run.metrics.open("ab") as log:
        log.write(junk + b"\n")
    append(run, {"step": 2})
    assert told(run) == [{"step": 1}, {"step": 2}]


def test_threads_never_mix_their_lines(tmp_path: Path) -> None:
    run = Run(tmp_path)

    def write(name: int) -> None:
        for step in range(50):
            append(run, {"name": name, "step": step, "text": "x" * 500})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    lines = told(run)
    assert len(lines) == 200
    for name in range(4):
        assert [line["step"] for line in lines if line["name"] == name] == list(range(50))


def test_forgetting_what_came_after_a_step(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for step in (0, 1, 1, 2, 3, 3, 4):
        append(run, {"step": step, "loss": 0.1 * step})
    with run.metrics.open("ab") as log:
        log.write(b'{"step": 1, "torn')
    before = told(run)
    run.truncate_log(3)
    assert told(run) == [line for line in before if line.get("step") != 4]
    assert run.metrics.read_bytes().endswith(b"\n")
    append(run, {"step": 9})  # starts a line of its own, although the last one was torn
    assert told(run)[-1] == {"step": 9}
    run.truncate_log(-1)
    assert told(run) == []


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert told(run) == []
    run.truncate_log(3)
    assert told(run) == []


def test_only_one_holds_a_run(tmp_path: Path) -> None:
    run = Run(tmp_path / "mine")
    lock = run.hold()
    with pytest.raises(RunError, match=r"^The run mine is already being trained by another process\.$"):
        run.hold()
    lock.release()
    run.hold().release()


def test_a_second_process_is_kept_out_until_the_first_is_dead(tmp_path: Path) -> None:
    """The first is killed, not asked to stop: the lock must not outlive it."""
    code = "import sys, pathlib; from gpt.runs import Run; lock = Run(pathlib.Path(sys.argv[1])).hold(); "
    waits = code + "print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", waits, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None and first.stdout.readline() == b"held\n"
        with pytest.raises(RunError, match="already being trained"):
            Run(tmp_path).hold()
        second = subprocess.run([*command[:2], code, str(tmp_path)], cwd=ROOT, capture_output=True, timeout=60)
        assert second.returncode == 1 and b"RunError" in second.stderr
        first.kill()
        first.wait()
    Run(tmp_path).hold().release()


def test_sweeping_removes_what_a_dead_writer_left_in_every_folder(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.sweep()  # nothing is there yet
    run.create({"id": "mine"})
    append(run, {"step": 0})
    left = [folder / ".a.tmp-12" for folder in (run.folder, run.steps, run.state)]
    for path in left:
        path.write_bytes(b"half")
    run.sweep()
    assert not any(path.exists() for path in left)
    assert run.read() == {"id": "mine"} and told(run) == [{"step": 0}]


@pytest.mark.parametrize("good", ["a", "shakespeare", "run-2026-01-31", "0", "-", "a" * 40])
def test_ids(good: str) -> None:
    assert ID.match(good)


@pytest.mark.parametrize(
    "wrong", ["", "A", "a b", "a/b", "..", ".", "a.b", "a\\b", "a\n", "\na", "ä", "a_b", "a\0", "a" * 41]
)
def test_no_id(wrong: str) -> None:
    assert not ID.match(wrong)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text(max_size=45))
def test_an_id_is_always_a_plain_folder_name(text: str) -> None:
    if ID.match(text):
        assert text.isascii() and 1 <= len(text) <= 40 and not set(text) & set("/\\.:\n\0 ")
