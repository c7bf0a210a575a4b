"""kill -9 at any moment: every saved step stays readable, nothing that was announced is lost, and it goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

KILLS = 200 if os.environ.get("NANOSCOPE_SOAK") else 25


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.timeout(900)
def test_killed_again_and_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.killer", str(tmp_path / "run"), str(KILLS)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS and found["step"] > KILLS / 5, found
    assert (found["unreadable"], found["lost"], found["left"]) == (0, 0, 0), found
