"""The yardstick of the training benchmark: a GPT and a training step as most people write them, plain fp32 PyTorch.

It follows nanoGPT (Karpathy 2022, model.py and train.py) in what costs time: one fused linear layer for q, k and v, the
library's own attention, GELU, gradient clipping, AdamW. Same sizes and the same number of weights as ours; nothing here
is slowed down on purpose, and nothing of ours is used.
"""

from __future__ import annotations

import time

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt.config import GPTConfig


class PlainBlock(nn.Module):
    """Pre-norm attention and feed-forward, both added to the stream."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        C = config.n_embd
        self.n_head = config.n_head
        self.ln_1 = nn.LayerNorm(C, bias=config.bias)
        self.c_attn = nn.Linear(C, 3 * C, bias=config.bias)
        self.c_proj = nn.Linear(C, C, bias=config.bias)
        self.ln_2 = nn.LayerNorm(C, bias=config.bias)
        self.c_fc = nn.Linear(C, 4 * C, bias=config.bias)
        self.c_out = nn.Linear(4 * C, C, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        B, T, C = x.shape
        q, k, v = self.c_attn(self.ln_1(x)).split(C, dim=2)  # (B, T, C) each
        q, k, v = (part.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for part in (q, k, v))  # (B, H, T, D)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # (B, H, T, D)
        x = x + self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))  # (B, T, C)
        return x + self.c_out(F.gelu(self.c_fc(self.ln_2(x))))  # (B, T, C)


class PlainGPT(nn.Module):
    """Token and position tables, blocks, a final norm, and the token table again as output."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.h = nn.ModuleList(PlainBlock(config) for _ in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight
        for weight in self.parameters():
            if weight.dim() > 1:
                nn.init.normal_(weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (B, T, V) for ids (B, T)."""
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))  # (B, T, C)
        for block in self.h:
            x = block(x)  # (B, T, C)
        return self.lm_head(self.ln_f(x))  # (B, T, V)


class PlainLoop:
    """Model, optimizer and data of a plain training loop; `step` is one turn of it."""

    def __init__(self, config: GPTConfig, ids: Tensor, batch_size: int, generator: Generator) -> None:
        self.ids, self.block_size, self.batch_size, self.generator = ids, config.block_size, batch_size, generator
        self.model = PlainGPT(config).train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=3e-3, betas=(0.9, 0.99), weight_decay=0.1)

    def batch(self) -> tuple[Tensor, Tensor]:
        """Random windows, and the same shifted by one: (B, T), (B, T)."""
        starts = torch.randint(len(self.ids) - self.block_size, (self.batch_size,), generator=self.generator)  # (B,)
        x = torch.stack([self.ids[i : i + self.block_size] for i in starts.tolist()])  # (B, T)
        y = torch.stack([self.ids[i + 1 : i + 1 + self.block_size] for i in starts.tolist()])  # (B, T)
        return x, y

    def step(self) -> float:
        """One optimizer step; returns its seconds."""
        started = time.perf_counter()
        x, y = self.batch()  # (B, T), (B, T)
        logits = self.model(x)  # (B, T, V)
        loss = F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1))  # ()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        loss.item()  # a loop that shows its loss waits for it, as ours does
        return time.perf_counter() - started
