"""Every weight's gradient is the sum over tokens that the film says it is."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from gpt.lessons.training_step import chain, film
from gpt.lessons.training_step.setting import WEIGHTS, Followed


@pytest.mark.parametrize(("name", "seed", "taken"), [("adamw", 1, 0), ("muon", 5, 20)])
def test_each_gradient_is_the_sum_over_its_tokens(name: str, seed: int, taken: int) -> None:
    """Of every weight there is; so what the norms hand on has the gradients that autograd found."""
    found = film.play(name, 0.03, seed)
    seen = found.seen(taken)
    for key, weight in WEIGHTS.items():
        for place in range(weight.rows * weight.columns):
            at = Followed(key, *divmod(place, weight.columns))
            sum_ = chain.source(seen.values, seen.gradients, found.inputs, at)
            assert sum_.value == pytest.approx(seen.gradients[key][at.index].item(), abs=1e-14), at.word


def test_the_lines_print_the_same_gradient() -> None:
    found = film.play("adamw", 0.03, 1)
    seen = found.seen(0)
    for key in WEIGHTS:
        at = Followed(key, 0, 2)
        sum_ = chain.source(seen.values, seen.gradients, found.inputs, at)
        value = eval(sum_.code, {"seen": seen, "flat": chain.flat, "torch": torch})  # noqa: S307 (the page's lines)
        assert float(value) == pytest.approx(sum_.value, abs=1e-14), key


def test_a_row_that_no_token_reads_has_a_gradient_of_nothing() -> None:
    found = film.play("adamw", 0.03, 1)
    seen = found.seen(0)
    unread = next(i for i in range(16) if i not in found.inputs.flatten().tolist())
    sum_ = chain.source(seen.values, seen.gradients, found.inputs, Followed("tokens", unread, 1))
    assert (sum_.terms, sum_.value) == ((), 0.0)
    assert float(eval(sum_.code, {"seen": seen, "flat": chain.flat})) == 0.0  # noqa: S307 (the page's lines)


def test_what_a_norm_hands_on_is_layer_norms() -> None:
    seen = film.play("sgd", 0.1, 2).seen(7)
    own = F.layer_norm(seen.values["resid_mid"], (6,)) * seen.values["norm2"]
    assert torch.allclose(seen.values["norm2_out"], own, atol=1e-14)
