"""The tutorials' own models as recipes: the notebook's class in plain torch, and the lecture's last one counted."""

from __future__ import annotations

import dataclasses
import math

import torch
from torch import Tensor, nn

from gpt import size
from gpt.config import GPTConfig
from gpt.presets import PRESETS
from gpt.runs import cost
from tests.support.ladder import fresh

NOTEBOOK, LECTURE = PRESETS["notebook"].model, PRESETS["lecture"].model


class Block(nn.Module):
    """Attention, then ReLU neurons; each part is dropped out, added, and the sum levelled."""

    def __init__(self, C: int, H: int, d_ff: int, p: float) -> None:
        super().__init__()
        self.H, self.drop = H, nn.Dropout(p)
        self.q, self.k, self.v = (nn.Linear(C, C, bias=False) for _ in range(3))
        self.out, self.norm1, self.norm2 = nn.Linear(C, C), nn.LayerNorm(C), nn.LayerNorm(C)
        self.mlp = nn.Sequential(nn.Linear(C, d_ff), nn.ReLU(), nn.Linear(d_ff, C))

    def forward(self, x: Tensor) -> Tensor:
        B, T, C = x.shape
        q, k, v = (part(x).view(B, T, self.H, C // self.H).transpose(1, 2) for part in (self.q, self.k, self.v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.H)  # (B, H, T, T)
        weights = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -math.inf).softmax(dim=-1)  # (B, H, T, T)
        mixed = (self.drop(weights) @ v).transpose(1, 2).reshape(B, T, C)  # (B, T, C)
        x = self.norm1(x + self.drop(self.out(mixed)))  # (B, T, C)
        return self.norm2(x + self.drop(self.mlp(x)))  # (B, T, C)


class PlainGPT(nn.Module):
    """The notebook's whole class, out of torch's parts alone."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        V, C = config.vocab_size, config.n_embd
        self.token, self.place = nn.Embedding(V, C), nn.Embedding(config.block_size, C)
        self.drop = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(C, config.n_head, config.d_ff, config.dropout) for _ in range(config.n_layer))
        self.norm, self.head = nn.LayerNorm(C), nn.Linear(C, V)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.drop(self.token(ids) + self.place(torch.arange(ids.shape[1])))  # (B, T, C)
        for block in self.blocks:
            x = block(x)  # (B, T, C)
        return self.head(self.norm(x))  # (B, T, V)


OURS = {  # how the plain class calls what ours calls otherwise
    "token.": "token_embedding.", "place.": "position_embedding.", "norm.": "norm_final.", "head.": "unembed.",
    ".q.": ".attn.query.", ".k.": ".attn.key.", ".v.": ".attn.value.", ".out.": ".attn.project.",
    ".mlp.0.": ".mlp.expand.", ".mlp.2.": ".mlp.project.",
}  # fmt: skip


def ours(name: str) -> str:
    """The name of the same weight in our model."""
    for theirs, called in OURS.items():
        if name.startswith(theirs) if not theirs.startswith(".") else theirs in name:
            return name.replace(theirs, called)
    return name


def test_the_notebook_s_class_has_as_many_numbers_and_the_same_logits() -> None:
    model = fresh(NOTEBOOK)
    plain, weights = PlainGPT(NOTEBOOK).eval().requires_grad_(False), model.state_dict()
    theirs = {name: weights[ours(name)] for name, _ in plain.named_parameters()}
    assert len(theirs) == len(weights)
    plain.load_state_dict(theirs)
    counted = sum(weight.numel() for weight in plain.parameters())
    assert counted == size.count(NOTEBOOK) == sum(weight.numel() for weight in model.parameters()) == 209_729
    ids = torch.randint(65, (3, 32), generator=torch.Generator().manual_seed(0))  # (B, T)
    with torch.no_grad():
        plainly, found = plain.double()(ids), model.double()(ids)
    torch.testing.assert_close(found, plainly, rtol=0, atol=1e-6)
    model.train()
    assert not torch.equal(model(ids), model(ids)), "dropout falls anew each time"


def test_the_lecture_s_last_recipe_has_10_77_million_parameters() -> None:
    """As its script counts, which has biases but for q, k and v, it is 10.788929 million."""
    assert size.count(LECTURE) == 10_770_048
    assert size.count(dataclasses.replace(LECTURE, bias=True, qkv_bias=False)) == 10_788_929
    train = PRESETS["lecture"].train
    assert (LECTURE.block_size, train.batch_size, train.lr, train.steps) == (256, 64, 3e-4, 5_000)
    told = PRESETS["lecture"].description
    assert cost.shown(cost.memory(LECTURE, train)) in told and "10.77 million" in told and train.device == "auto"
