"""What an MLP is for, seen by breaking it: one neuron silent, a layer's MLP off, or its activation left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gpt.analysis.mlp import check_neuron, has_neurons, mlp_of
from gpt.config import GPTConfig, need_one_of
from gpt.edits import AblateNeuron, ScaleSite
from gpt.model import GPT
from gpt.tap import Edit, untapped
from gpt.weights import with_config

# name -> what happens, for a learner; in the order in which a page shows them.
SWITCHES = {
    "neuron": "The chosen neuron writes nothing, on every token; all others work as before.",
    "layer": "The MLP of this layer adds nothing: a token passes on only what attention gave it.",
    "identity": "No bend between the two matrices: what comes in goes out, so together they are one straight matrix.",
}


def available(config: GPTConfig) -> tuple[str, ...]:
    """The switches that such a model has."""
    return tuple(SWITCHES) if has_neurons(config) else ()


def compatible(config: GPTConfig, asked: Sequence[str]) -> tuple[str, ...]:
    """Those of the switches that such a model has; a layer that is off has nothing else to break."""
    found = tuple(name for name in available(config) if name in asked)
    return ("layer",) if "layer" in found else found


def broken(model: GPT, switches: Collection[str], layer: int, neuron: int = 0) -> tuple[GPT, tuple[Edit, ...]]:
    """A model with these switched in one layer, and the edits to trace it with; the given one is not changed.

    It shares the given model's weights. Raises ValueError for a switch, layer or neuron that is not there.
    """
    for name in switches:
        need_one_of("switch", name, tuple(SWITCHES))
    mlp_of(model, layer)
    edits: list[Edit] = []
    if "neuron" in switches:
        check_neuron(model, layer, neuron)
        edits.append(AblateNeuron(layer, neuron))
    if "layer" in switches:
        edits.append(ScaleSite("mlp_out", layer, 0.0))
    if "identity" in switches:
        model = with_config(model)
        mlp_of(model, layer).activation = nn.Identity()
    return model, tuple(edits)


@torch.no_grad()
def mean_loss(model: GPT, texts: Sequence[Sequence[int]], edits: Sequence[Edit] = ()) -> float:
    """Nats a token over texts of ids (T,), T >= 2, each token alike. Raises ValueError without any such text.

    Texts of one length are read at once. Nothing is recorded: the twenty traces would take ten times as long.
    """

    def edited(site: str, layer: int, x: Tensor) -> Tensor:
        for edit in edits:
            if (edit.site, edit.layer) == (site, layer):
                x = edit(x)
        return x

    by_length: dict[int, list[Sequence[int]]] = {}
    for ids in texts:
        by_length.setdefault(len(ids), []).append(ids)
    total, count = 0.0, 0
    for length, group in by_length.items():
        if length > 1:
            ids = torch.tensor([list(text) for text in group])  # (B, T)
            logits = model(ids, edited if edits else untapped)[:, :-1]  # (B, T - 1, V)
            total += float(F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="sum"))
            count += len(group) * (length - 1)
    if not count:
        raise ValueError("There is no text of two tokens or more to be surprised by.")
    return total / count
