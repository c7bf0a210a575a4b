"""`python -m gpt.sample`: what it writes is what the sampler draws, and what is wrong is said in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gpt import sample
from gpt.config import SamplingConfig
from tests.support import ROOT, shipped

PROMPT = "ROMEO:\n"
SHUFFLED = "top-p.penalty.temperature.min-p.top-k"


def wrote(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert sample.main(list(arguments)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_it_writes_what_the_app_writes(capsys: pytest.CaptureFixture[str]) -> None:
    knobs = SamplingConfig(0.8, 30, 0.95, seed=7, min_p=0.01, repetition_penalty=1.1, order=SHUFFLED)
    options = (
        "--temperature .8 --top-k 30 --top-p .95 --seed 7 --min-p .01 --repetition-penalty 1.1 --tokens 40".split()
    )
    expected = PROMPT + shipped.written(PROMPT, knobs, 40, "mini") + "\n"
    assert wrote(capsys, "mini", "--prompt", PROMPT, *options, "--order", SHUFFLED) == expected
    greedy = PROMPT + shipped.written(PROMPT, SamplingConfig(greedy=True), 5, "mini") + "\n"
    file = str(shipped.shelved("mini").last)
    assert wrote(capsys, file, "--prompt", PROMPT, "--greedy", "--tokens", "5") == greedy


def test_pieces_of_characters_are_written_whole(capsys: pytest.CaptureFixture[str]) -> None:
    expected = shipped.written("My lord", SamplingConfig(seed=3), 30, "shakespeare-bpe")
    assert (
        wrote(capsys, "shakespeare-bpe", "--prompt", "My lord", "--seed", "3", "--tokens", "30")
        == f"My lord{expected}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody"], "There is no model, run or file 'nobody'; models that come with the app: shakespeare"),
        (["../mini"], "There is no model, run or file '../mini'"),
        (["mini", "--top-p", "2"], "top_p is 2.0, but it must be a number from 0 to 1."),
        (["mini", "--temperature", "hot"], "temperature is 'hot', but it must be a number"),
        (["mini", "--tokens", "0"], "tokens is 0, but it must be a whole number from 1 to 1,000,000."),
        (["mini", "--order", "top-k"], "order is 'top-k', but it must be these in any order"),
        (["mini", "--prompt", ""], "The prompt is empty"),
        (["mini", "--prompt", "é"], "The character 'é' at position 0"),
        (["mini", "--wish"], "Unrecognized arguments: --wish"),
        ([], "The following arguments are required: MODEL"),
        (["README.md"], "This file is not a model I can read"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_code_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert sample.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith(told) and captured.err.count("\n") == 1


def test_a_run_is_found_by_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    (tmp_path / "mine/steps").mkdir(parents=True)
    (tmp_path / "mine/run.json").write_text("{}")
    assert sample.main(["mine"]) == 2
    assert capsys.readouterr().err == "The run 'mine' has not kept a step yet: wait for its first, or choose another.\n"
    (tmp_path / "mine/steps/step-000012.safetensors").write_bytes(shipped.shelved("copy").last.read_bytes())
    assert wrote(capsys, "mine", "--prompt", "abc|", "--greedy", "--tokens", "3").startswith("abc|")


def test_each_token_is_there_as_soon_as_it_is_drawn() -> None:
    """A reader of the stream sees the beginning while the rest is being written, and may go away."""
    command = [sys.executable, "-m", "gpt.sample", "mini", "--prompt", "ROMEO:", "--tokens", "1000000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.read(30).startswith(b"ROMEO:")
        assert running.poll() is None
        running.stdout.close()
        assert running.wait(60) == 0 and running.stderr.read() == b""
