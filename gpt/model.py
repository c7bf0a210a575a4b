"""A small GPT, as the textbook has it, with one `tap` at every place worth seeing.

Letters used in every shape: **B** batch, **T** tokens, **C** width (n_embd), **H** heads, **D** = C / H numbers a
head, **L** layers, **N** neurons of an MLP (4C, if its config does not say otherwise), **V** vocabulary.

Sources: Vaswani et al. 2017 (attention, section 3.2), Radford et al. 2019 (GPT-2: pre-norm, section
2.3), Press & Wolf 2017 (tied tables), Elhage et al. 2022 (SoLU).
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt.config import FUSED_FROM, GPTConfig
from gpt.past import Past
from gpt.positions import computed_positions
from gpt.products import Linear
from gpt.tap import Tap, untapped


def solu(x: Tensor) -> Tensor:
    """Softmax linear unit: x * softmax(x), neurons compete (Elhage et al. 2022, section 3)."""
    return x * F.softmax(x, dim=-1)


ACTIVATION = {
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "solu": solu,
}


class CausalSelfAttention(nn.Module):
    """Every token asks (q), offers (k) and hands over (v); each head mixes the values of the tokens it looks at."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        C, bias = config.n_embd, config.bias and config.qkv_bias
        self.config = config
        self.query = Linear(C, C, bias=bias)
        self.key = Linear(C, C, bias=bias)
        self.value = Linear(C, C, bias=bias)
        self.project = Linear(C, C, bias=config.bias)
        # Without 1/sqrt(D) the scores of wide heads grow and softmax turns into arg max; 0 makes all tokens equal.
        self.scale = 1.0 / math.sqrt(config.head_size) if config.attention_scale else 1.0
        if config.uniform_attention:
            self.scale = 0.0

    def split(self, x: Tensor) -> Tensor:
        """Cut the width into heads: (B, T, C) -> (B, H, T, D)."""
        B, T, C = x.shape
        return x.view(B, T, self.config.n_head, C // self.config.n_head).transpose(1, 2)  # (B, H, T, D)

    def forward(self, x: Tensor, tap: Tap = untapped, layer: int = 0, past: Past | None = None) -> Tensor:
        """Map (B, T, C) to (B, T, C); tapped at q, k, v, scores, pattern, z. `past`: S = P + T are looked at."""
        B, T, C = x.shape
        q = tap("q", layer, self.split(self.query(x)))  # (B, H, T, D)
        k = tap("k", layer, self.split(self.key(x)))  # (B, H, T, D)
        v = tap("v", layer, self.split(self.value(x)))  # (B, H, T, D)
        if past is not None:
            k, v = past.extend(layer, k, v)  # (B, H, S, D), S = T where there is no past
        dropout = self.config.attention_dropout if self.training else 0.0
        q = q * self.scale  # (B, H, T, D)
        S = k.shape[2]
        if tap is untapped and S == T and (T >= FUSED_FROM or not torch.is_grad_enabled()):
            z = F.scaled_dot_product_attention(q, k, v, None, dropout, self.config.causal, scale=1.0)  # (B, H, T, D)
        else:
            scores = tap("scores", layer, q @ k.transpose(-2, -1))  # (B, H, T, S)
            if self.config.causal:  # made anew each time: kept, it would cost block_size^2 in every layer
                future = torch.full((T, S), -math.inf, dtype=scores.dtype, device=x.device).triu(1 + S - T)  # (T, S)
                # Softmax makes these 0. Adding is quicker; but inf - inf, which an edit can reach, is not a number.
                edited = tap is not untapped
                scores = scores.masked_fill(future < 0, -math.inf) if edited else scores + future  # (B, H, T, S)
            pattern = tap("pattern", layer, F.softmax(scores, dim=-1))  # (B, H, T, S), rows sum to 1
            z = F.dropout(pattern, dropout) @ v  # (B, H, T, D)
        z = tap("z", layer, z)  # (B, H, T, D)
        return self.project(z.transpose(1, 2).reshape(B, T, C))  # (B, T, C)


class MLP(nn.Module):
    """Each token alone: N neurons look at its vector, and each that fires adds its own direction."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.expand = Linear(config.n_embd, config.neurons, bias=config.bias)
        self.activation = ACTIVATION[config.activation]
        self.project = Linear(config.neurons, config.n_embd, bias=config.bias)

    def forward(self, x: Tensor, tap: Tap = untapped, layer: int = 0) -> Tensor:
        """Map (B, T, C) to (B, T, C); tapped at mlp_pre and mlp_post."""
        x = tap("mlp_pre", layer, self.expand(x))  # (B, T, N)
        x = tap("mlp_post", layer, self.activation(x))  # (B, T, N)
        return self.project(x)  # (B, T, C)


class Block(nn.Module):
    """Talk to the others (attention), then think alone (MLP); both write onto the residual stream."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        self.attn = CausalSelfAttention(config)
        self.norm1 = layer_norm(config)
        if config.feed_forward:
            self.mlp = MLP(config)
            self.norm2 = layer_norm(config)

    def join(self, x: Tensor, part: Tensor, norm: nn.Module) -> Tensor:
        """Write a part (B, T, C) onto the stream (B, T, C); post-norm levels the stream afterwards."""
        part = F.dropout(part, self.config.dropout, self.training)  # (B, T, C)
        x = x + part if self.config.residual else part  # (B, T, C)
        return norm(x) if self.config.norm == "post" else x  # (B, T, C)

    def forward(self, x: Tensor, tap: Tap = untapped, layer: int = 0, past: Past | None = None) -> Tensor:
        """Map the stream (B, T, C) to the stream (B, T, C)."""
        pre = self.config.norm == "pre"
        x = tap("resid_pre", layer, x)  # (B, T, C)
        part = tap("attn_out", layer, self.attn(self.norm1(x) if pre else x, tap, layer, past))  # (B, T, C)
        x = tap("resid_mid", layer, self.join(x, part, self.norm1))  # (B, T, C)
        if self.config.feed_forward:
            part = tap("mlp_out", layer, self.mlp(self.norm2(x) if pre else x, tap, layer))  # (B, T, C)
            x = self.join(x, part, self.norm2)  # (B, T, C)
        return tap("resid_post", layer, x)  # (B, T, C)


def layer_norm(config: GPTConfig) -> nn.Module:
    """Mean 0 and variance 1 for each token, then a learned gain (Ba et al. 2016, section 3.1); or nothing at all."""
    return nn.Identity() if config.norm == "none" else nn.LayerNorm(config.n_embd, bias=config.bias)


class GPT(nn.Module):
    """Token ids in, for every position the logits of the next token out.

    `GPT(config)(ids)`: ids (B, T) int64 -> logits (B, T, V). A `generator` makes the fresh weights.
    """

    computed: Tensor  # (T, C), with positions that are not learned

    def __init__(self, config: GPTConfig, generator: Generator | None = None, std: float = 0.02) -> None:
        super().__init__()
        self.config = config
        V, C = config.vocab_size, config.n_embd
        # from_pretrained: `reset` draws the numbers; drawn here on the meta device they cost 1.5 s of torch imports.
        self.token_embedding = nn.Embedding.from_pretrained(torch.empty(V, C), freeze=False)
        if config.position == "learned":
            self.position_embedding = nn.Embedding.from_pretrained(torch.empty(config.block_size, C), freeze=False)
        elif config.position != "none":
            with torch.device("cpu"):  # no weights: they have numbers even in a model of shapes only
                vectors = computed_positions(config.position, config.block_size, C)  # (T, C)
            self.register_buffer("computed", vectors, persistent=False)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        # Pre-norm never levels the stream itself, so it is levelled once at the end.
        self.norm_final = layer_norm(config) if config.has_final_norm else nn.Identity()
        if config.head != "none":
            self.unembed = Linear(C, V, bias=config.has_output_bias)
        if config.head == "tied":
            self.unembed.weight = self.token_embedding.weight
        self.reset(generator, std)

    def reset(self, generator: Generator | None = None, std: float = 0.02) -> None:
        """Fresh weights, in the order of the modules: matrices normal(0, std), biases 0, gains 1."""
        with torch.no_grad():
            for name, weight in self.named_parameters():
                if weight.is_meta:  # shapes only
                    continue
                if weight.dim() > 1:
                    weight.normal_(0.0, std, generator=generator)
                else:
                    weight.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)

    def embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """What the first block gets: token vector + position vector; ids (B, T), from `start` on -> (B, T, C)."""
        x = self.token_embedding(ids)  # (B, T, C)
        positions = self.positions(start + ids.shape[1])  # (start + T, C) or None
        return x if positions is None else x + positions[start:]  # (B, T, C)

    def positions(self, T: int) -> Tensor | None:
        """The first T position vectors (T, C), or None when the model has none."""
        if self.config.position == "learned":
            return self.position_embedding.weight[:T]  # (T, C)
        return None if self.config.position == "none" else self.computed[:T]  # (T, C)

    def unembed_stream(self, x: Tensor) -> Tensor:
        """Read a stream (..., C) as logits (..., V): the final norm, then the output table."""
        x = self.norm_final(x)  # (..., C)
        return x if self.config.head == "none" else self.unembed(x)  # (..., V)

    def forward(self, ids: Tensor, tap: Tap = untapped, past: Past | None = None) -> Tensor:
        """Logits (B, T, V) for ids (B, T); with a `past`, ids are what comes after it, and are added to it.

        Raises ValueError when they are longer than the context, and for a past in a model without the causal mask,
        whose tokens change with what follows them.
        """
        start = past.length if past is not None else 0
        if start + ids.shape[1] > self.config.block_size:
            many = start + ids.shape[1]
            raise ValueError(f"{many} tokens do not fit the context of {self.config.block_size}: give the last ones.")
        if past is not None and not self.config.causal:
            raise ValueError("Without the causal mask all tokens change with each new one: read them without a past.")
        x = F.dropout(self.embed(ids, start), self.config.dropout, self.training)  # (B, T, C)
        for layer, block in enumerate(self.blocks):
            x = block(x, tap, layer, past)  # (B, T, C)
        if past is not None:
            past.length = start + ids.shape[1]
        return self.unembed_stream(x)  # (B, T, V)
