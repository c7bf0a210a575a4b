"""What forms during a training, and when: head scores over the kept steps, and the moments at which a role appears."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.heads import CLEAR, ROLES, scores
from gpt.model import GPT
from gpt.trace import trace


@dataclass(frozen=True)
class Event:
    """From `step` on, a head gives at least the clear share of its attention to one kind of place."""

    step: int
    layer: int
    head: int
    role: str  # a key of ROLES
    share: float  # at the last step

    @property
    def sentence(self) -> str:
        """The event in words."""
        where = f"Layer {self.layer + 1}, head {self.head + 1}"
        return (
            f"{where} starts to look at {ROLES[self.role]} (step {self.step:,}; {100 * self.share:.0f} % at the end)."
        )


def shares(models: Iterable[GPT], ids: Sequence[int], tokens: Sequence[str]) -> Tensor:
    """Head scores of one prompt at every kept step: (S, R, L, H), R roles in the order of ROLES."""
    steps = [scores(trace(model, ids).pattern, tokens) for model in models]
    return torch.stack([torch.stack(list(found.values())) for found in steps])  # (S, R, L, H)


def events(found: Tensor, steps: Sequence[int], most: int = 8) -> list[Event]:
    """When each head took up its role for good: found (S, R, L, H) -> the clearest `most` events, in order of step.

    For good: the share is at least CLEAR at this step and at every later one. A head has one role, its clearest.
    """
    if not found.numel() or len(steps) < 2:
        return []
    clear = (found >= CLEAR).flip(0).cummin(dim=0).values.flip(0)  # (S, R, L, H) clear from here to the end
    _, roles, layers, heads = found.shape
    appeared = []
    for layer in range(layers):
        for head in range(heads):
            role = int(found[-1, :, layer, head].argmax())
            since = clear[:, role, layer, head]  # (S,)
            if since[-1] and not since[0]:
                step = steps[int(since.int().argmax())]
                appeared.append(Event(step, layer, head, list(ROLES)[role], float(found[-1, role, layer, head])))
    clearest = sorted(appeared, key=lambda event: -event.share)[:most]
    return sorted(clearest, key=lambda event: (event.step, event.layer, event.head))
