"""Muon beside torch's own, and its iteration beside the same mathematics in double precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from gpt.train import muon
from gpt.train.muon import QUINTIC, Muon, orthogonal

SHAPES = [(8, 8), (8, 32), (32, 8), (8, 8), (8, 1), (1, 8), (12, 8)]
LR, MOMENTUM, DECAY = 0.02, 0.9, 0.1


def weights(seed: int) -> list[Tensor]:
    """One of each shape."""
    generator = Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in SHAPES]


def give_gradients(to: list[Tensor], seed: int) -> None:
    """The same random gradients whenever the seed is the same."""
    for weight, gradient in zip(to, weights(seed), strict=True):
        weight.grad = gradient.detach()


def in_double(matrix: Tensor, steps: int) -> np.ndarray:
    """The iteration of one matrix (R, S), R <= S, in float64."""
    x = matrix.double().numpy()
    x = x / np.linalg.norm(x)
    a, b, c = QUINTIC
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


@pytest.mark.parametrize("steps", [3, 5])
def test_the_same_steps_as_torch_s_own(steps: int) -> None:
    """Which iterates in bf16, matrix by matrix: three digits. The sums of its momentum are the same bits."""
    mine, its = weights(0), weights(0)
    ours = Muon(mine, LR, MOMENTUM, steps, DECAY, torch.bfloat16)
    torchs = torch.optim.Muon(its, lr=LR, momentum=MOMENTUM, weight_decay=DECAY, ns_steps=steps)
    for step in range(1, 4):
        before = [weight.detach().clone() for weight in its]
        give_gradients(mine, step)
        give_gradients(its, step)
        ours.step()
        torchs.step()
        for one, other, start in zip(mine, its, before, strict=True):
            assert (one - other).norm() <= 0.02 * step * (other - start).norm()
            assert torch.equal(ours.state[one]["momentum_buffer"], torchs.state[other]["momentum_buffer"])


@pytest.mark.parametrize("wide", [8, 12, 32])
@pytest.mark.parametrize("steps", [1, 4, 5])
def test_in_fp32_it_is_the_mathematics_to_six_digits(steps: int, wide: int) -> None:
    """Square, wide, and so wide that it goes through the gram matrix."""
    matrices = torch.randn(5, 8, wide, generator=Generator().manual_seed(1))  # (n, R, S)
    found = orthogonal(matrices, steps)
    wanted = np.stack([in_double(matrix, steps) for matrix in matrices])
    assert np.abs(found.numpy() - wanted).max() < 2e-6
    if steps == 5 and wide == 32:
        strengths = torch.linalg.svdvals(found)  # (n, R)
        assert 0.6 < strengths.min() and strengths.max() < 1.3


@pytest.mark.parametrize("wide", [8, 32])
@pytest.mark.parametrize("smallest", [1e-3, 1e-6, 0.0])
def test_directions_that_hardly_count_stay_as_small_as_the_mathematics_has_them(smallest: float, wide: int) -> None:
    """A gradient's singular values span many decades, and early in a training some are none at all."""
    generator = Generator().manual_seed(2)
    left, _ = torch.linalg.qr(torch.randn(8, 8, generator=generator))  # (R, R)
    right, _ = torch.linalg.qr(torch.randn(wide, 8, generator=generator))  # (S, R)
    strengths = torch.tensor([1.0, 0.5, 0.1, 0.01, *[smallest] * 4])  # (R,)
    matrix = left @ torch.diag(strengths) @ right.T  # (R, S)
    assert np.abs(orthogonal(matrix[None], 5)[0].numpy() - in_double(matrix, 5)).max() < 1e-3  # bf16: 4e-3
    rough = torch.linalg.svdvals(orthogonal(matrix[None].bfloat16(), 5)[0].float())  # (R,)
    assert rough.max() < 1.4


def test_a_step_of_every_shape_is_the_mathematics() -> None:
    mine, start = weights(0), weights(0)
    give_gradients(mine, 1)
    Muon(mine, LR, MOMENTUM, 5, DECAY, torch.float32).step()
    for weight, before in zip(mine, start, strict=True):
        assert weight.grad is not None
        gradient = weight.grad * ((1 - MOMENTUM) * MOMENTUM + 1 - MOMENTUM)  # Nesterov's, from nothing
        R, S = weight.shape
        direction = in_double(gradient if R <= S else gradient.T, 5)
        direction = direction if R <= S else direction.T
        wanted = before.detach().double().numpy() * (1 - LR * DECAY) - LR * max(1, R / S) ** 0.5 * direction
        assert np.abs(weight.detach().numpy() - wanted).max() < 1e-6


def test_how_many_go_together_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for together in (1, 200, 2**20):
        monkeypatch.setattr(muon, "TOGETHER", together)
        mine = weights(0)
        give_gradients(mine, 1)
        Muon(mine, LR, MOMENTUM, 5, DECAY, torch.float32).step()
        made.append(mine)
    for other in made[1:]:
        assert all(torch.allclose(one, two, atol=1e-6) for one, two in zip(made[0], other, strict=True))


def test_zeros_and_weights_without_a_gradient_stay() -> None:
    mine = weights(0)
    before = [weight.detach().clone() for weight in mine]
    mine[0].grad = torch.zeros_like(mine[0])
    Muon(mine, LR, MOMENTUM, 5, 0.0, torch.bfloat16).step()
    assert all(torch.equal(weight, start) for weight, start in zip(mine, before, strict=True))
