"""Reading on quickly, one token at a time: what writes a text computes only what is new (Pope et al. 2022, section 2).

`model.py` with a `Past` is the textbook; this is the same arithmetic for one token, with the tables of q, k and v laid
side by side and room for the whole context made once. Same logits to 1e-5, held by tests over every rung.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gpt.config import GPTConfig
from gpt.model import GPT, Block
from gpt.past import Past

# The fields of a config that `Decoder` reads, or that change nothing here: it knows what they do. A model in which any
# other is turned is read by the textbook, which is slower and right by itself.
KNOWN = frozenset(
    "vocab_size block_size n_layer n_head n_embd position norm final_norm residual feed_forward d_ff causal "
    "attention_scale uniform_attention activation bias qkv_bias output_bias head dropout attention_dropout".split()
)

Reader = Callable[[Sequence[int]], Tensor]  # all tokens so far -> the logits (V,) of the next one


def reader(model: Any) -> Reader:
    """What tells the next token's logits: from a cache where the model is a causal GPT, else by a whole pass each time.

    A reader belongs to one text that grows at its end. It sees the last `config.block_size` tokens; once the window
    slides, every token stands at another position, so everything is computed anew.
    """
    if not isinstance(model, GPT) or not model.config.causal:
        return lambda tokens: whole(model, tokens)
    decoder: list[Decoder | Textbook] = []  # made when the first pass is over

    def read(tokens: Sequence[int]) -> Tensor:
        if len(tokens) > model.config.block_size:
            return whole(model, tokens)
        if decoder and len(tokens) == decoder[0].length + 1:
            return decoder[0].read(tokens[-1])  # (V,)
        past = Past()
        with torch.no_grad():
            logits = model(torch.tensor([tokens]), past=past)[0, -1]  # (V,)
        decoder[:] = [Decoder(model, past) if is_known(model.config) else Textbook(model, past)]
        return logits

    return read


def whole(model: Any, tokens: Sequence[int]) -> Tensor:
    """One pass over the last tokens that fit: the logits (V,) of the next one."""
    window = torch.tensor([list(tokens[-model.config.block_size :])])  # (1, T)
    with torch.no_grad():
        return model(window)[0, -1]  # (V,)


def is_known(config: GPTConfig) -> bool:
    """Whether `Decoder` knows all that is turned in this config."""
    return all(name in KNOWN or getattr(config, name) == one.default for name, one in config.settings().items())


class Textbook:
    """The same as `Decoder` by `model.py` alone, for switches that came after it."""

    def __init__(self, model: GPT, past: Past) -> None:
        self.model, self.past = model, past

    @property
    def length(self) -> int:
        """How many tokens have been read."""
        return self.past.length

    def read(self, token: int) -> Tensor:
        """The logits (V,) after one more token."""
        with torch.no_grad():
            return self.model(torch.tensor([[token]]), past=self.past)[0, -1]  # (V,)


class Decoder:
    """One causal GPT and the text that it has read so far; `read` takes one more token."""

    def __init__(self, model: GPT, past: Past) -> None:
        config = model.config
        self.model, self.length = model, past.length
        with torch.no_grad():
            self.layers = [Layer(block, *past.layers[i]) for i, block in enumerate(model.blocks)]
            positions = model.positions(config.block_size)  # (block_size, C) or None
        self.positions = None if positions is None else positions.detach()

    def read(self, token: int) -> Tensor:
        """The logits (V,) after one more token."""
        with torch.no_grad():
            x = self.model.token_embedding.weight[token]  # (C,)
            if self.positions is not None:
                x = x + self.positions[self.length]  # (C,)
            for layer in self.layers:
                x = layer.read(x, self.length)  # (C,)
            self.length += 1
            return self.model.unembed_stream(x)  # (V,)


class Layer:
    """One block for one token: its tables side by side, and its keys and values with room for the whole context.

    Modules cost more than these small products, so the tables are called directly: `addmv` is bias + table @ vector.
    """

    def __init__(self, module: nn.Module, k: Tensor, v: Tensor) -> None:
        block = cast(Block, module)
        attn, config = block.attn, block.config
        C, H, D, P = config.n_embd, config.n_head, config.head_size, k.shape[2]
        self.heads, self.values = (3, H, D), C
        self.pre, self.residual = config.norm == "pre", config.residual
        # The scale goes into the query's table, which saves a product for every token.
        self.qkv = torch.cat([attn.query.weight * attn.scale, attn.key.weight, attn.value.weight])  # (3C, C)
        self.qkv_bias = torch.zeros(3 * C)  # (3C,)
        if config.bias and config.qkv_bias:
            self.qkv_bias = torch.cat([attn.query.bias * attn.scale, attn.key.bias, attn.value.bias])  # (3C,)
        self.project, self.project_bias = table(attn.project)  # (C, C), (C,)
        self.norm1 = normalise(block.norm1)
        self.feed_forward = config.feed_forward
        if config.feed_forward:
            self.expand, self.expand_bias = table(block.mlp.expand)  # (N, C), (N,)
            self.contract, self.contract_bias = table(block.mlp.project)  # (C, N), (C,)
            self.activation, self.norm2 = block.mlp.activation, normalise(block.norm2)
        self.k = torch.empty(H, D, config.block_size)  # (H, D, block_size) transposed, as the scores need them
        self.v = torch.empty(H, config.block_size, D)  # (H, block_size, D)
        self.k[:, :, :P], self.v[:, :P] = k[0].transpose(1, 2), v[0]

    def read(self, x: Tensor, at: int) -> Tensor:
        """The stream (C,) of the token at position `at`, into and out of this block."""
        level = self.norm1(x) if self.pre else x  # (C,)
        q, k, v = torch.addmv(self.qkv_bias, self.qkv, level).view(self.heads).unbind()  # (H, D) each
        self.k[:, :, at], self.v[:, at] = k, v
        scores = torch.bmm(q.unsqueeze(1), self.k[:, :, : at + 1])  # (H, 1, at + 1)
        z = torch.bmm(scores.softmax(dim=-1), self.v[:, : at + 1]).view(self.values)  # (C,)
        x = self.join(x, torch.addmv(self.project_bias, self.project, z), self.norm1)  # (C,)
        if not self.feed_forward:
            return x
        level = self.norm2(x) if self.pre else x  # (C,)
        neurons = self.activation(torch.addmv(self.expand_bias, self.expand, level))  # (N,)
        return self.join(x, torch.addmv(self.contract_bias, self.contract, neurons), self.norm2)  # (C,)

    def join(self, x: Tensor, part: Tensor, norm: Callable[[Tensor], Tensor]) -> Tensor:
        """What `Block.join` does in eval mode: (C,), (C,) -> (C,)."""
        if self.residual:
            part = part + x  # (C,)
        return part if self.pre else norm(part)  # (C,)


def table(linear: nn.Linear) -> tuple[Tensor, Tensor]:
    """A linear layer's table and its bias, zeros where it has none."""
    weight = linear.weight.detach()
    return weight, linear.bias.detach() if isinstance(linear.bias, Tensor) else torch.zeros(len(weight))


def normalise(norm: nn.Module) -> Callable[[Tensor], Tensor]:
    """A layer norm as a function of one vector (C,), or nothing at all."""
    if not isinstance(norm, nn.LayerNorm):
        return lambda x: x
    shape, weight, bias, eps = norm.normalized_shape, norm.weight.detach(), norm.bias, norm.eps
    bias = bias.detach() if isinstance(bias, Tensor) else None
    return lambda x: F.layer_norm(x, shape, weight, bias, eps)
