"""What the engine itself says about a text, for the tests that compare a page with it."""

from __future__ import annotations

import functools

import torch

from gpt import bundled, checkpoint, sampling
from gpt.checkpoint import Checkpoint
from gpt.config import SamplingConfig
from gpt.trace import Trace, trace

DEFAULT = "shakespeare"


def shelved(name: str = DEFAULT) -> bundled.Shelved:
    """A bundled model's entry on the shelf."""
    return next(model for model in bundled.bundled() if model.name == name)


def is_bundled(name: str) -> bool:
    """Whether this model is on the shelf."""
    return any(model.name == name for model in bundled.bundled())


@functools.cache
def loaded(name: str = DEFAULT, step: int | None = None) -> Checkpoint:
    """A bundled model at a step, the last one by default; not the object that the app holds."""
    entry = shelved(name)
    return checkpoint.load(entry.last if step is None else entry.file(step))


def ids_of(text: str, name: str = DEFAULT) -> list[int]:
    """The tokens that the model sees: known characters, the last of them."""
    model = loaded(name)
    return model.tokenizer.encode_known(text)[0][-model.config.block_size :]


def inside(text: str, name: str = DEFAULT, step: int | None = None) -> Trace:
    """One pass on one thread, as the app makes it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return trace(loaded(name, step).model, ids_of(text, name))
    finally:
        torch.set_num_threads(before)


def shares(text: str, settings: SamplingConfig, name: str = DEFAULT, step: int | None = None) -> list[float]:
    """The next token's probabilities (V,)."""
    return sampling.distribution(inside(text, name, step).logits[-1], settings).tolist()


def written(text: str, settings: SamplingConfig, n: int, name: str = DEFAULT) -> str:
    """What the model writes on from a text."""
    model = loaded(name)
    drawn = sampling.generate(model.model, model.tokenizer.encode_known(text)[0], settings, n)
    return model.tokenizer.decode([choice.id for choice in drawn])
