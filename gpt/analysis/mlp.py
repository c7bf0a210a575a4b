"""What the neurons of an MLP do: when each fires, what it writes, and what that does to a logit.

A neuron is a row of the first matrix, which decides when it fires, and a column of the second, which says what it then
writes onto the stream. The MLP's output is the sum of these columns, each times its neuron's activation, plus a bias
(Geva et al. 2021, section 2: keys and values of a memory).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gpt.analysis.attribution import head_effects
from gpt.analysis.logit_direction import Way, read_backwards
from gpt.analysis.stages import block_of
from gpt.config import ACTIVATIONS, GPTConfig, need_int
from gpt.model import ACTIVATION, GPT, MLP
from gpt.trace import Trace

NONE = "This model has no feed-forward part, so it has no neurons: choose one that has, for example shakespeare."


@dataclass(frozen=True)
class Curve:
    """An activation drawn as a curve: what it makes of each number, the others being 0 (which SoLU looks at)."""

    name: str
    x: Tensor  # (N,)
    y: Tensor  # (N,)


def activation_curves(reach: float = 4.0, points: int = 161) -> list[Curve]:
    """All activations over -reach..reach. SoLU lets neurons compete: here x competes with three neurons at 0."""
    x = torch.linspace(-reach, reach, points)  # (N,)
    others = torch.zeros(points, 3)  # (N, 3)
    together = torch.cat([x[:, None], others], dim=1)  # (N, 4)
    return [Curve(name, x, ACTIVATION[name](together)[:, 0]) for name in ACTIVATIONS]


def has_neurons(config: GPTConfig) -> bool:
    """Whether there is any neuron in such a model."""
    return config.n_layer > 0 and config.feed_forward


def mlp_of(model: GPT, layer: int) -> MLP:
    """One layer's MLP. Raises ValueError, with a sentence, when there is none."""
    if not has_neurons(model.config):
        raise ValueError(NONE)
    need_int("layer", layer, 0, model.config.n_layer - 1)
    return block_of(model, layer).mlp


def check_neuron(model: GPT, layer: int, neuron: int) -> MLP:
    """The MLP of a neuron that is there. Raises ValueError for any other."""
    found = mlp_of(model, layer)
    need_int("neuron", neuron, 0, model.config.neurons - 1)
    return found


def mlp_input(model: GPT, trace: Trace, layer: int) -> Tensor:
    """What a layer's MLP reads, (T, C): the stream after attention, which a pre-norm model levels first."""
    stream = trace.resid_mid[layer]  # (T, C)
    return block_of(model, layer).norm2(stream).detach() if model.config.norm == "pre" else stream  # (T, C)


def at_rest(pre: Tensor) -> float:
    """The share of neurons whose sum before the activation is 0 or less: pre (N,) -> 0 to 1.

    Of ReLU's exactly nothing comes out then; of the others little, and never more than 0.
    """
    return float((pre <= 0).float().mean())


def carry_half(post: Tensor) -> int:
    """How many of a token's neurons, the strongest first, carry half of its activity: post (N,)."""
    reached = post.abs().sort(descending=True).values.cumsum(0) >= 0.5 * post.abs().sum()  # (N,)
    return int(reached.int().argmax()) + 1


def level(norm: nn.Module, written: Tensor) -> Tensor:
    """What a norm passes on of something written (..., C), at a spread of 1: its mean taken away, times the gain."""
    if not isinstance(norm, nn.LayerNorm):
        return written
    return (written - written.mean(dim=-1, keepdim=True)) * norm.weight.detach()  # (..., C)


def as_read(model: GPT, layer: int, written: Tensor) -> Tensor:
    """What a layer's MLP writes (..., C), as the output table gets it: through every norm on the way, at a spread of 1.

    Only the direct way: what later layers make of it is theirs. Without residual connections nothing but the last
    layer's writing arrives, and all else is 0.
    """
    config = model.config
    if not config.residual and layer < config.n_layer - 1:
        return torch.zeros_like(written)  # (..., C)
    if config.norm == "post":
        written = level(block_of(model, layer).norm2, written)  # (..., C)
        for later in range(layer + 1, config.n_layer):
            written = level(block_of(model, later).norm2, level(block_of(model, later).norm1, written))  # (..., C)
    return level(model.norm_final, written)  # (..., C)


def output_table(model: GPT) -> Tensor:
    """The output table (V, C), each column's mean over the tokens taken away; where there is none, the stream is it."""
    if model.config.head == "none":
        table = torch.eye(model.config.n_embd)  # (V, C), V = C
    else:
        table = model.unembed.weight.detach()  # (V, C)
    return table - table.mean(dim=0)  # (V, C)


def written_by(model: GPT, layer: int, neuron: int) -> Tensor:
    """What a neuron adds to the stream for each 1 of its activation: a column of the second matrix, (C,)."""
    return check_neuron(model, layer, neuron).project.weight.detach()[:, neuron]  # (C,)


def pushes(model: GPT, layer: int, neuron: int) -> Tensor:
    """How far a neuron lifts each token's logit, (V,): for each 1 of its activation, at a final spread of 1.

    What it writes x output table, measured from the mean over the vocabulary, through the norms on the way (`as_read`):
    a reading of the weights alone, the same for every prompt. At a place of a text it is divided by the spread there.
    Raises ValueError for a neuron that is not there.
    """
    read = as_read(model, layer, written_by(model, layer, neuron))  # (C,)
    lifted = read if model.config.head == "none" else model.unembed.weight.detach() @ read  # (V,)
    return lifted - lifted.mean()  # (V,)


@dataclass(frozen=True)
class Effects:
    """What every neuron and every head itself adds to one logit at one place, in nats from the mean logit."""

    token: int  # whose logit
    neurons: Tensor  # (L, N)
    biases: Tensor  # (L,) of the second matrices; with the neurons, all that the MLPs add
    heads: Tensor  # (L, H)


def effects(model: GPT, trace: Trace, position: int, token: int | None = None) -> Effects:
    """Activation x what it writes x output table, of the predicted token's logit, or a given one's.

    Norms on the way are taken as what they are at this place (see `attribution.direct_effect`). Law: a layer's neurons
    and its bias sum to what its MLP adds. Raises ValueError for a place, a token or neurons that are not there.
    """
    mlp_of(model, 0)
    way = read_backwards(model, trace, position, token)
    token = int(trace.logits[position].argmax()) if token is None else token
    rows = [neuron_effects(model, trace, layer, position, way) for layer in range(model.config.n_layer)]  # (N,) each
    return Effects(
        token,
        torch.stack(rows),
        torch.tensor([bias_effect(model, layer, way) for layer in range(model.config.n_layer)]),
        head_effects(model, trace, position, way),
    )


def neuron_effects(model: GPT, trace: Trace, layer: int, position: int, way: Way) -> Tensor:
    """One layer's neurons, (N,)."""
    lifts = mlp_of(model, layer).project.weight.detach().T @ way.mlp[layer].float()  # (N,)
    return trace.mlp_post[layer, position] * lifts  # (N,)


def bias_effect(model: GPT, layer: int, way: Way) -> float:
    """What the second matrix's bias adds; 0 in a model without biases."""
    bias = mlp_of(model, layer).project.bias
    return float(bias.detach().double() @ way.mlp[layer]) if isinstance(bias, Tensor) else 0.0


def strongest(table: Tensor, count: int) -> list[tuple[int, int, float]]:
    """The largest and, after them, the smallest numbers of (L, N): (layer, place, number), `count` of each."""
    flat = table.flatten()  # (L * N,)
    count = min(count, len(flat) // 2)
    order = flat.sort(descending=True, stable=True).indices  # (L * N,)
    places = [*order[:count].tolist(), *order[len(order) - count :].tolist()]
    width = table.shape[1]
    return [(place // width, place % width, float(flat[place])) for place in places]
