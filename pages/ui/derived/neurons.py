"""What is found once for all visitors about neurons: what breaking them costs on held-out text."""

from __future__ import annotations

from dataclasses import dataclass

from pages.ui import cache
from pages.ui.shared import shared

LAYERS = 12  # that are switched off one by one, at most


@dataclass(frozen=True)
class Losses:
    """Nats a token on held-out text."""

    trained: float
    off: tuple[float, ...]  # (L,) without each layer's MLP
    straight: tuple[float, ...]  # (L,) without each layer's bend


@shared(256)
def held_out_loss(name: str, step: int, breaks: tuple[str, ...], layer: int, neuron: int) -> float | None:
    """Nats a token over the texts of `cache.texts`, with an MLP broken; None without any text."""
    from gpt.analysis.mlp_switches import broken, mean_loss

    texts = [ids for ids in cache.texts(name) if len(ids) > 1]
    if not texts:
        return None
    model, edits = broken(cache.model(name, step).model, breaks, layer, neuron)
    return mean_loss(model, texts, edits)


def costs(name: str, step: int, breaks: tuple[str, ...], layer: int, neuron: int) -> tuple[float, float] | None:
    """The loss as trained and broken; what is broken tells its neuron only where it counts."""
    before = held_out_loss(name, step, (), 0, 0)
    after = held_out_loss(name, step, breaks, layer if breaks else 0, neuron if "neuron" in breaks else 0)
    return None if before is None or after is None else (before, after)


def without_each(name: str, step: int) -> Losses | None:
    """Every layer's MLP broken, one after another; None without neurons, of very many layers, or without any text."""
    from gpt.analysis.mlp import has_neurons

    config = cache.model(name, step).config
    before = held_out_loss(name, step, (), 0, 0) if has_neurons(config) and config.n_layer <= LAYERS else None
    if before is None:
        return None

    def each(what: str) -> tuple[float, ...]:
        return tuple(held_out_loss(name, step, (what,), layer, 0) or 0.0 for layer in range(config.n_layer))

    return Losses(before, each("layer"), each("identity"))
