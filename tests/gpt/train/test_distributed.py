"""Two processes of half the batch train the same model as one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gpt.config import ConfigError
from gpt.runs import Run
from gpt.train.distributed import join
from tests.support import ROOT
from tests.support.tiny import logged

OPTIONS = (
    "--corpus copy --block-size 16 --n-layer 2 --n-head 2 --n-embd 16 --steps 12 --batch-size 8 --eval-every 6 "
    "--eval-batches 1 --save-every 5 --warmup 2 --snapshots 2 --lr 0.01"
).split()


def train(*command: str) -> None:
    """One command line, from beginning to end."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(600)
def test_two_are_as_good_as_one(tmp_path: Path) -> None:
    alone, team = Run(tmp_path / "alone"), Run(tmp_path / "team")
    together = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "gpt.train")
    train("-m", "gpt.train", str(alone.folder), *OPTIONS)
    train(*together, str(team.folder), *OPTIONS, "--budget", "7")
    assert logged(team)[-1]["kind"] == "paused"
    train(*together, str(team.folder), *OPTIONS)
    for kind, names in (("train", ("loss", "grad_norm")), ("eval", ("train", "val"))):
        one, two = ([line for line in logged(run) if line["kind"] == kind] for run in (alone, team))
        assert [line["step"] for line in one] == [line["step"] for line in two]
        for name in names:
            assert [line[name] for line in two] == pytest.approx([line[name] for line in one], abs=1e-4)


def test_a_batch_that_cannot_be_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dataclasses.astuple(join(7)) == (0, 1)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match="batch_size is 7, but it must be divisible by the 2 processes"):
        join(7)
