"""Runs are started, queued, steered and found again, whoever clicks how often and whichever process dies."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gpt import runs
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.corpora import CorpusUnavailable
from gpt.runs import RunError, Status, control, queue
from gpt.runs.create import Asked
from gpt.runs.log import EVENTS
from gpt.storage.safetensors_header import ModelFileError
from tests.support import ROOT

MODEL = GPTConfig(block_size=8, n_layer=1, n_head=2, n_embd=8)
LONG = TrainConfig(steps=1_000_000, batch_size=2, eval_every=500, eval_batches=1, snapshots=4, save_every=20)
SHORT = TrainConfig(steps=6, batch_size=2, eval_every=3, eval_batches=1, snapshots=3, save_every=2)
MINE = Asked("mine", "me", "")
PATIENCE = 100.0  # seconds; a trainer has to import torch, perhaps on a busy machine


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, two slots, and no trainer left at the end."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("NANOSCOPE_SLOTS", "2")
    monkeypatch.setattr("gpt.runs.machine.budget", lambda: 2_000_000_000)
    yield tmp_path / "runs"
    for child in queue._children:
        child.kill()
        child.wait()
    queue._children.clear()


@pytest.fixture
def no_trainers(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """What is started holds its lock and sleeps: cheaper than a trainer, and it never ends by itself."""
    started = []

    def popen(command: list[str], **options: Any) -> subprocess.Popen[Any]:
        sleeper = [sys.executable, "-S", "-c", "import time; time.sleep(300)"]
        child = started_by(sleeper, **options)
        started.append(child)
        return child

    started_by = subprocess.Popen
    monkeypatch.setattr("gpt.runs.queue.subprocess.Popen", popen)
    return started


def new(owner: str = "me", request: str = "", train: TrainConfig = SHORT, name: str = "mine") -> str:
    """One more run."""
    return control.create(MODEL, train, "copy", name, owner, request)


def wait(name: str, ready: Callable[[Status], bool]) -> Status:
    """Poll as a page does until a run is as expected."""
    began = time.monotonic()
    while True:
        control.pump()
        status = runs.status_of(name)
        if ready(status):
            return status
        if time.monotonic() - began > PATIENCE:
            log = runs.find(name).folder / "output.log"
            pytest.fail(f"{status}\n{log.read_text(encoding='utf-8') if log.exists() else ''}")
        time.sleep(0.1)


def kinds(name: str) -> list[str]:
    """The kinds of the log's lines that say how it goes."""
    return [line.kind for line in runs.tail(name).lines if isinstance(line, EVENTS)]


def test_thirty_start_at_once(no_trainers: list[subprocess.Popen[bytes]]) -> None:
    together = threading.Barrier(30)

    def start(place: int) -> str:
        together.wait()
        made = new(f"student {place}", "the same for all")
        control.pump()
        return made

    with ThreadPoolExecutor(30) as pool:
        names = list(pool.map(start, range(30)))
    found = runs.listing()
    assert len(set(names)) == 30 and {status.id for status in found} == set(names)
    assert sum(status.state == "running" for status in found) == len(no_trainers) == 2
    assert sorted(status.place for status in found) == [0, 0, *range(1, 29)]
    assert all("of 28." in status.message for status in found if status.place)
    no_trainers[0].kill()
    no_trainers[0].wait()
    with ThreadPoolExecutor(30) as pool:
        started = [name for names in pool.map(lambda _: control.pump(), range(30)) for name in names]
    assert len(started) == 1 and len(no_trainers) == 3
    assert runs.status_of(started[0]).state == "running"
    assert sum(status.state == "interrupted" for status in runs.listing()) == 1


def test_a_double_click_is_one_run(no_trainers: list[subprocess.Popen[bytes]]) -> None:
    with ThreadPoolExecutor(10) as pool:
        names = set(pool.map(lambda _: new("me", "click"), range(10)))
    assert len(names) == len(runs.listing()) == len(no_trainers) == 1
    assert new("you", "click") not in names


def test_one_runs_and_one_waits(no_trainers: list[subprocess.Popen[bytes]]) -> None:
    first, second = new(), new()
    with pytest.raises(RunError, match="already have one training running and one waiting"):
        new()
    control.create(MODEL, SHORT, "copy", "mine", "me", "", teacher=True)
    control.stop(runs.waiting()[0].folder.name, "", teacher=True)
    assert {runs.status_of(name).state for name in (first, second)} == {"running"}


def test_only_the_owner_or_the_teacher(no_trainers: list[subprocess.Popen[bytes]]) -> None:
    dice = random.Random(11)
    names = {owner: new(owner) for owner in ("ann", "bob")}
    acts = (control.pause, control.stop, control.resume, control.step_once, control.delete)
    for _ in range(60):
        owner, actor = dice.choice(("ann", "bob")), dice.choice(("ann", "bob", "", "ann ", "eve"))
        if owner != actor:
            with pytest.raises(RunError, match="Only who started a run"):
                dice.choice(acts)(names[owner], actor)
            with pytest.raises(RunError, match="Only who started a run"):
                control.rename(names[owner], "mine now", actor)
    control.rename(names["ann"], "  a\nnew \x07name" + "x" * 99, "ann")
    assert runs.status_of(names["ann"]).name == ("a new name" + "x" * 99)[:60]
    control.rename(names["bob"], "", "", teacher=True)
    assert runs.status_of(names["bob"]).name == "Untitled"
    with pytest.raises(RunError, match="already being trained"):
        control.delete(names["ann"], "ann")
    for child in no_trainers:
        child.kill()
        child.wait()
    control.delete(names["ann"], "ann")
    assert [status.id for status in runs.listing()] == [names["bob"]]


def test_a_run_that_waits_can_be_paused_and_resumed(
    no_trainers: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NANOSCOPE_SLOTS", "1")
    new("ann")
    waiting = new("bob")
    assert runs.status_of(waiting).message == "Waiting: place 1 of 1."
    control.pause(waiting, "bob")
    assert runs.status_of(waiting).state == "paused" and not runs.waiting()
    with pytest.raises(RunError, match=r"^It is not running \(it is paused\)"):
        control.pause(waiting, "bob")
    control.resume(waiting, "bob")
    assert runs.status_of(waiting).place == 1
    with pytest.raises(RunError, match="It is queued"):
        control.resume(waiting, "bob")
    control.stop(waiting, "bob")
    assert runs.status_of(waiting).state == "stopped" and len(no_trainers) == 1


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "A", "x" * 41, "none", "a\n", ".lock", "con\0"])
def test_only_ids_name_runs(name: str) -> None:
    for act in (runs.status_of, runs.tail, runs.export, runs.reading, runs.find):
        with pytest.raises(RunError, match="no such run"):
            act(name)
    with pytest.raises(RunError, match="no such run"):
        control.delete(name, "", teacher=True)


def test_what_cannot_work_is_refused_before_it_starts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(kind: type[Exception], match: str, text: str | None = None, model: GPTConfig = MODEL) -> None:
        with pytest.raises(kind, match=match):
            control.create(model, SHORT, "mine", "n", "me", "r", text=text)
        assert not runs.listing() and not list(home.glob(".new-*"))

    refused(CorpusUnavailable, "no text 'mine' on the shelf")
    refused(CorpusUnavailable, "two different characters", "aaaa")
    refused(CorpusUnavailable, "two different characters", "")
    refused(CorpusUnavailable, "half a character", "ab\ud800" * 100)
    refused(ConfigError, "a context of 8 needs 90", "abcdefgh" * 8)
    refused(RunError, "needs about .* would fit", "ab" * 90_000, GPTConfig(block_size=8_192, n_layer=96, n_embd=1_536))
    monkeypatch.setattr("gpt.runs.create.SPARE_DISK", 10**18)
    refused(RunError, "free space or delete a run", "ab" * 900)


def test_no_torch_is_needed_to_list_and_start() -> None:
    code = "import sys; sys.modules['torch'] = None; from gpt import runs; from gpt.runs import control, cost;"
    code += "runs.listing()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_an_uploaded_model(no_trainers: list[subprocess.Popen[bytes]]) -> None:
    bundled = ROOT / "assets/models/mini"
    file = sorted(bundled.glob("step-*.safetensors"))[-1]
    name = control.import_model(file.read_bytes(), "from home", "me")
    status = runs.status_of(name)
    assert (status.state, status.name, status.kept) == ("done", "from home", (status.step,))
    assert runs.export(name) == file.read_bytes()
    for damaged in (b"", file.read_bytes()[:-1], b"\x80\x04" + file.read_bytes()):
        with pytest.raises(ModelFileError, match="not a model I can read"):
            control.import_model(damaged, "bad", "me")
    assert len(runs.listing()) == 1
    with pytest.raises(RunError, match="is not kept"):
        runs.export(name, 3)
    with pytest.raises(RunError, match="knows no '0'"):
        control.fork(name, status.step, {}, MINE, corpus="numbers", text="0123456789" * 200)
    with pytest.raises(ConfigError, match="no such field"):
        control.fork(name, status.step, {"learning": 1}, MINE, text="to be or not to be, " * 99)
    child = control.fork(name, status.step, {"steps": 5}, MINE, corpus="lines", text="to be, or not " * 99)
    assert (runs.status_of(child).parent, runs.status_of(child).parent_step) == (name, status.step)
    assert (runs.find(child).folder / "start.safetensors").read_bytes() == file.read_bytes()


def test_a_whole_life(home: Path) -> None:
    """Started, watched, paused, stepped, killed with its server, resumed, stopped, forked: with real trainers."""
    code = (
        "import sys, json; from gpt.runs import control; from gpt.config import GPTConfig, TrainConfig; "
        "m, t = map(json.loads, sys.argv[1:]); "
        "made = control.create(GPTConfig(**m), TrainConfig(**t), 'title', 'mine', 'me', 'r', text='abcd ' * 99); "
        "sys.stdout.write(made); "
        "sys.stdout.flush(); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", code, json.dumps(MODEL.to_json()), json.dumps(LONG.to_json())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == -signal.SIGKILL, done.stderr
    name = done.stdout
    assert runs.status_of(name).state == "running", "the trainer outlives who started it"
    wait(name, lambda status: status.step >= 5)
    control.pause(name, "me")
    paused = wait(name, lambda status: status.state == "paused")
    assert (
        paused.message == f"Paused at step {paused.step:,}; Resume goes on from there." and paused.step in paused.kept
    )
    assert paused.eta is None
    control.step_once(name, "me")
    stepped = wait(name, lambda status: status.state == "paused" and status.step > paused.step)
    assert stepped.step == paused.step + 1

    control.resume(name, "me")
    wait(name, lambda status: status.state == "running" and status.step > stepped.step + 30)
    trainer = queue._children[-1]  # the one before may still be on its way out
    trainer.kill()
    trainer.wait()
    died = runs.status_of(name)
    assert died.state == "interrupted" and died.resumable
    assert died.message == f"It stopped unexpectedly at step {died.step:,}; Resume goes on from its last saved step."

    before = len(kinds(name))
    control.resume(name, "me")
    wait(name, lambda status: status.state == "running" and len(kinds(name)) > before)
    began = time.monotonic()
    for child in queue._children:
        child.terminate()
        child.wait(60)
    spent = time.monotonic() - began
    ended = runs.status_of(name)
    assert ended.state == "paused" and spent < 30, "asked by a signal, it saves and ends"

    (runs.find(name).folder / "corpus.txt").write_text("abcd" * 100, encoding="utf-8")
    control.resume(name, "me")
    refused = wait(name, lambda status: status.state == "failed")
    assert refused.message.startswith("The text 'title' has changed since this run began (sha256 ")
    assert not list(runs.find(name).folder.rglob(".*.tmp-*"))


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="no such file on this system")
def test_a_trainer_gives_way(home: Path) -> None:
    name = new(train=LONG)
    wait(name, lambda status: status.step >= 1)
    (child,) = queue._children
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == 19 and os.getsid(child.pid) == child.pid
    assert os.sched_getscheduler(child.pid) == os.SCHED_IDLE
    assert int(Path(f"/proc/{child.pid}/oom_score_adj").read_text(encoding="ascii")) == 800
    assert Path(f"/proc/{child.pid}/fd/0").resolve() == Path(os.devnull)
    assert f"{name}\0" in Path(f"/proc/{child.pid}/cmdline").read_text(encoding="utf-8")
