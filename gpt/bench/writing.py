"""Writing: tokens a second of `sampling.generate`, which the app uses, and of `transformers`' GPT-2 with its cache."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch

from gpt import bundled, checkpoint
from gpt.bench.app_server import BenchError
from gpt.bench.training import take_turns
from gpt.config import GPTConfig, SamplingConfig
from gpt.sampling import generate

TOKENS = 120  # that are written, from one token on


def loaded(name: str) -> checkpoint.Checkpoint:
    """A bundled model. Raises BenchError when it is not here."""
    found = {model.name: model for model in bundled.bundled()}
    if name not in found:
        raise BenchError(f"{name!r} is not in assets/models: `python -m gpt.train --preset {name}` makes it.")
    return checkpoint.load(found[name].last)


def peer(config: GPTConfig) -> Callable[[], object]:
    """The same number of tokens by a GPT-2 of `transformers`, of the same size. Raises BenchError without it."""
    try:
        from transformers.models.gpt2.configuration_gpt2 import GPT2Config
        from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel
    except ImportError as error:
        raise BenchError(f"Writing needs {error.name}: pip install -r requirements-dev.txt brings it.") from error
    theirs: Any = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=config.vocab_size,
            n_positions=config.block_size,
            n_embd=config.n_embd,
            n_layer=config.n_layer,
            n_head=config.n_head,
            bos_token_id=0,
            eos_token_id=None,
        )
    ).eval()
    first = torch.zeros(1, 1, dtype=torch.int64)  # (B, T)
    choices = {"max_new_tokens": TOKENS, "min_new_tokens": TOKENS, "do_sample": True, "use_cache": True}

    def write() -> None:
        theirs.generate(first, attention_mask=torch.ones_like(first), pad_token_id=0, **choices)

    return write


def measure(name: str, rounds: int) -> tuple[float, float]:
    """Tokens a second of CPU time on one thread, ours and theirs: medians of texts written in turns."""
    model = loaded(name).model
    theirs = peer(model.config)

    def ours() -> None:
        for _ in generate(model, [0], SamplingConfig(temperature=0.8), TOKENS):
            pass

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]), torch.no_grad():  # theirs draws from torch's own generator
        seconds = take_turns({"ours": ours, "theirs": theirs}, rounds, time.process_time, warm=1)
    torch.set_num_threads(before)
    return TOKENS / seconds["ours"], TOKENS / seconds["theirs"]
