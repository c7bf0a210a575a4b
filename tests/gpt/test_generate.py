"""Writing on, token by token: the same seed gives the same tokens, lazily, in any thread, within the context."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from gpt.config import ConfigError, SamplingConfig
from gpt.sampling import draw, generate


class FakeModel:
    """Logits that depend on the last token and on how much was seen; writes down every input."""

    def __init__(self, block_size: int = 8, vocab: int = 11) -> None:
        self.config, self.vocab = SimpleNamespace(block_size=block_size), vocab
        self.inputs: list[list[int]] = []
        self.grad: list[bool] = []

    def __call__(self, ids: Tensor) -> Tensor:
        assert ids.dtype == torch.int64 and ids.dim() == 2
        self.inputs.append(ids[0].tolist())
        self.grad.append(torch.is_grad_enabled())
        steps = torch.arange(self.vocab) * (1 + ids[..., None]) + ids.shape[1]  # (1, T, V)
        return torch.sin(steps.float())


HOT = SamplingConfig(temperature=1.5, seed=5)


def test_generate_same_seed_same_sequence() -> None:
    one, two = (list(generate(FakeModel(), [1, 2, 3], HOT, 20)) for _ in range(2))
    assert one == two and len(one) == 20
    assert [c.u for c in one] == [draw(5, i) for i in range(20)]
    other = list(generate(FakeModel(), [1, 2, 3], SamplingConfig(temperature=1.5, seed=6), 20))
    assert [c.id for c in other] != [c.id for c in one]


def test_generate_crops_to_the_last_block() -> None:
    model = FakeModel(block_size=4)
    written = [c.id for c in generate(model, [1, 2, 3, 4, 5], HOT, 6)]
    whole = [1, 2, 3, 4, 5, *written]
    assert model.inputs == [whole[i + 1 : i + 5] for i in range(6)]
    assert not any(model.grad)


def test_one_more_token_five_times_is_five_at_once() -> None:
    at_once, ids = [c.id for c in generate(FakeModel(), [3], HOT, 5)], [3]
    for pressed in range(5):
        ids += [c.id for c in generate(FakeModel(), ids, HOT, 1, skip=pressed)]
    assert ids[1:] == at_once


def test_greedy_does_not_shift_later_draws() -> None:
    greedy = list(generate(FakeModel(), [3], SamplingConfig(seed=5, greedy=True), 4))
    assert [c.u for c in greedy] == [draw(5, i) for i in range(4)]
    assert all((c.start, c.end, c.probability) == (0.0, 1.0, 1.0) for c in greedy)


def test_stop_is_asked_before_every_forward() -> None:
    for answers, expected in (([True], 0), ([False, False, True], 2)):
        model = FakeModel()
        replies = iter(answers)
        assert len(list(generate(model, [1], HOT, 10, stop=lambda replies=replies: next(replies)))) == expected
        assert len(model.inputs) == expected
    assert list(generate(FakeModel(), [1], HOT, 0)) == []


def test_generate_is_lazy_and_leaves_gradients_and_torchs_own_dice_alone() -> None:
    model, before, prompt = FakeModel(), torch.random.get_rng_state(), [1, 2]
    for _ in itertools.islice(generate(model, prompt, HOT, 1_000_000), 3):
        assert torch.is_grad_enabled()  # also between two tokens
    draw(3, 3)
    assert len(model.inputs) == 3 and prompt == [1, 2]
    assert torch.equal(torch.random.get_rng_state(), before)


def test_threads_are_independent() -> None:
    def write(seed: int) -> list[int]:
        return [c.id for c in generate(FakeModel(), [seed], SamplingConfig(temperature=1.5, seed=seed), 25)]

    alone = [write(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))) == alone


def test_generate_refuses_at_the_call() -> None:
    with pytest.raises(ValueError, match="prompt is empty"):
        generate(FakeModel(), [], HOT, 1)
    for n, skip, word in ((-1, 0, "n is"), (1, -1, "skip is"), (True, 0, "n is"), (10**9, 0, "n is")):
        with pytest.raises(ConfigError, match=word):
            generate(FakeModel(), [1], HOT, n, skip=skip)
    noisy = FakeModel()
    noisy.config.dropout, noisy.training = 0.1, True  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="eval mode"):
        generate(noisy, [1], HOT, 1)
