"""Which weights are pulled towards zero, seen by a step whose gradients are all zero: only decay moves them then."""

from __future__ import annotations

import pytest
import torch

from gpt.config import GPTConfig, TrainConfig
from gpt.model import GPT
from gpt.train.optimizers import optimizers

MODEL = GPTConfig(vocab_size=7, block_size=6, n_layer=2, n_head=2, n_embd=8, bias=True, head="untied")
TABLES = {"token_embedding.weight", "position_embedding.weight", "unembed.weight"}


def decayed(train: TrainConfig) -> set[str]:
    """The names of the weights that such a step makes smaller; the others must stay as they are, to the bit."""
    model = GPT(MODEL, torch.Generator().manual_seed(0), std=0.5)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(1.0)  # biases too: a zero cannot shrink
            weight.grad = torch.zeros_like(weight)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    for optimizer, _ in optimizers(model, train):
        optimizer.step()
    moved = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    after = dict(model.named_parameters())
    assert all(after[name].norm() < before[name].norm() for name in moved)
    return moved


def matrices() -> set[str]:
    """The blocks' matrices."""
    return {name for name, weight in GPT(MODEL).named_parameters() if name.startswith("blocks.") and weight.dim() > 1}


def test_muon_decays_the_blocks_matrices_and_neither_tables_nor_gains() -> None:
    assert decayed(TrainConfig(optimizer="muon", weight_decay=0.1)) == matrices()


def test_adamw_decays_matrices_and_tables_but_no_gain_or_bias() -> None:
    assert decayed(TrainConfig(optimizer="adamw", weight_decay=0.1)) == matrices() | TABLES


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_no_decay_moves_nothing(optimizer: str) -> None:
    assert decayed(TrainConfig(optimizer=optimizer, weight_decay=0.0)) == set()
