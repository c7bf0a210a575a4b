"""The road from a bigram table to GPT-2 as tiny random models, on every rung of which the laws must hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from gpt.config import GPTConfig
from gpt.edits import (
    AblateHead,
    AblateSite,
    CutEdge,
    ScaleSite,
    SetWeight,
    SilenceToken,
    direction,
    patch_from,
    row_from,
)
from gpt.edits.places import ROW_SITES
from gpt.model import GPT
from gpt.tap import HEAD_SITES, Edit, sites_of
from gpt.trace import Trace

V, T = 11, 8
SIZE: dict[str, Any] = {"vocab_size": V, "block_size": T, "n_layer": 2, "n_head": 2, "n_embd": 8}
BARE: dict[str, Any] = SIZE | {"feed_forward": False, "residual": False, "norm": "none", "head": "untied"}

RUNGS: dict[str, GPTConfig] = {
    name: GPTConfig(**fields)
    for name, fields in {
        "bigram": SIZE | {"n_layer": 0, "n_head": 1, "n_embd": V, "position": "none", "head": "none"},
        "mean of the past": BARE | {"n_layer": 1, "n_head": 1, "uniform_attention": True},
        "one head": BARE | {"n_layer": 1, "n_head": 1},
        "many heads": BARE,
        "feed-forward": BARE | {"feed_forward": True, "activation": "relu"},
        "residual": BARE | {"feed_forward": True, "activation": "relu", "residual": True},
        "pre-norm": SIZE,
        "post-norm": SIZE | {"norm": "post"},
        "dropout": SIZE | {"dropout": 0.2, "attention_dropout": 0.1},
        "sinusoidal": SIZE | {"position": "sinusoidal"},
        "no positions": SIZE | {"position": "none"},
        "untied with biases": SIZE | {"head": "untied", "bias": True},
        "gpt-2": SIZE | {"activation": "gelu_tanh", "bias": True},
        "solu": SIZE | {"activation": "solu"},
        "sees the future": SIZE | {"causal": False},
        "not scaled": SIZE | {"attention_scale": False},
        "attention only": SIZE | {"feed_forward": False},
        "uniform in a whole gpt": SIZE | {"uniform_attention": True},
        "pseudo-gpt": SIZE | {"norm": "post", "activation": "relu", "bias": True, "head": "untied"},
        "pseudo-gpt with a final norm": SIZE
        | {"norm": "post", "final_norm": True, "activation": "relu", "bias": True, "head": "untied", "d_ff": 20}
        | {"position": "index_scaled"},
        "index": SIZE | {"position": "index", "output_bias": True},
        "lecture": SIZE | {"activation": "relu", "bias": True, "qkv_bias": False, "head": "untied"},
        "pseudo-gpt without biases": SIZE | {"norm": "post", "activation": "relu"},
    }.items()
}
# A switch that no rung above turns gets one of its own: the laws hold for it from the day on which it is a field.
for field, one in GPTConfig.settings().items():
    for value in one.choices if one.kind == "choice" else (True, False) if one.kind == "switch" else ():
        if all(getattr(config, field) != value for config in RUNGS.values()):
            RUNGS[f"{field} {value}"] = replace(GPTConfig(**SIZE), **{field: value})
CAUSAL = [name for name, config in RUNGS.items() if config.causal]
WITH_BLOCKS = [name for name, config in RUNGS.items() if config.n_layer]

IDS = (3, 1, 4, 1, 5, 9, 2, 6)  # (T,)
OTHER = (2, 7, 1, 8, 2, 8, 1, 0)  # (T,): another token at every place


def fresh(config: GPTConfig, seed: int = 0) -> GPT:
    """A model whose every number is random, gains and biases too: a term left out anywhere then shows."""
    generator = torch.Generator().manual_seed(seed)
    model = GPT(config, generator)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            gain = 1.0 if "norm" in name and name.endswith("weight") else 0.0
            weight.normal_(gain, 0.35, generator=generator)
    return model.eval().requires_grad_(False)


MODELS: dict[str, GPT] = {name: fresh(config) for name, config in RUNGS.items()}


def every_edit(config: GPTConfig, source: Trace) -> list[Edit]:
    """All that can be edited, in every way: each site of each layer, whole and head by head."""
    edits: list[Edit] = []
    for layer in range(config.n_layer):
        for site in sites_of(config):
            for head in (None, *range(config.n_head)) if site in HEAD_SITES else (None,):
                edits += [ScaleSite(site, layer, factor, head) for factor in (0.0, 3.0)]
                edits.append(patch_from(source, site, layer, head))
        edits += [AblateHead(layer, head, mode) for head in range(config.n_head) for mode in ("zero", "mean")]
        edits += [row_from(source, "z", layer, 0, head=head) for head in range(config.n_head)]
        edits += of_parts(config, source, layer)
    return edits + of_tokens(config, len(source.logits))


def of_parts(config: GPTConfig, source: Trace, layer: int) -> list[Edit]:
    """What can be edited of a layer's whole parts, everywhere and at the first token."""
    vector = torch.linspace(-1.0, 1.5, config.n_embd) ** 3  # (C,)
    edits: list[Edit] = []
    for site in (site for site in ROW_SITES if site in sites_of(config)):
        edits += [row_from(source, site, layer, 0), direction(site, layer, 2.0, vector, 0)]
        edits.append(direction(site, layer, -2.0, vector))
        if site in ("attn_out", "mlp_out"):
            edits += [AblateSite(site, layer, mode) for mode in ("zero", "mean")]
    return edits


def of_tokens(config: GPTConfig, T: int) -> list[Edit]:
    """Tokens that are not read and edges between two, where there are two: the last ones of the list of edits."""
    edits: list[Edit] = [SilenceToken(0)] if config.n_layer else []
    if T < 2 or not config.n_layer:
        return edits
    edits.append(SilenceToken(1, "mean"))
    for layer in range(config.n_layer):
        edits += [CutEdge(layer, head, 1, 0, causal=config.causal) for head in (None, 0)]
        edits.append(SetWeight(layer, 0, 1, 0, 0.9, config.causal))
    return edits
