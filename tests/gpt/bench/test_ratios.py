"""What a key and a written token cost stays what it is: processor time beside a whole pass, in turns.

Each bound lies some 1.5 times above what was measured (trace 1.16 of a plain pass; one more token 0.38 of a whole
trace; a written token 0.16 of reading the window anew), so that noise passes and a step back does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import torch

from gpt.bench.training import take_turns
from gpt.config import SamplingConfig
from gpt.decoder import whole
from gpt.sampling import generate
from gpt.trace import read_on, trace
from tests.support import shipped

T, ROUNDS = 64, 25
MODEL = shipped.loaded().model
IDS = torch.arange(T) % MODEL.config.vocab_size  # (T,)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The clock counts one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def share(what: Callable[[], object], of: Callable[[], object]) -> float:
    """How much of the second's processor time the first takes."""
    seconds = take_turns({"what": what, "of": of}, ROUNDS, time.thread_time)
    return seconds["what"] / seconds["of"]


@torch.no_grad()
def test_looking_inside_costs_little_more_than_a_pass() -> None:
    assert share(lambda: trace(MODEL, IDS), lambda: MODEL(IDS[None])) <= 1.7


def test_a_key_behind_the_text_costs_its_own_row() -> None:
    seen = trace(MODEL, IDS[:-1])
    assert share(lambda: read_on(MODEL, seen, T - 1, IDS), lambda: trace(MODEL, IDS)) <= 0.6


@torch.no_grad()
def test_a_written_token_costs_no_second_look() -> None:
    """Twenty tokens after sixty-four, against as many passes over what is there."""
    prompt, knobs = IDS.tolist(), SamplingConfig()

    def anew() -> None:
        for i in range(20):
            whole(MODEL, prompt + [0] * i)

    assert share(lambda: list(generate(MODEL, prompt, knobs, 20)), anew) <= 0.45
