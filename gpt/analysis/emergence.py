"""What forms during a training, and when: head scores at the kept steps, and the moments at which a role appears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.heads import CLEAR, ROLES, Usual
from gpt.numerals import percent


@dataclass(frozen=True)
class Event:
    """From `step` on, a head gives at least the clear share of its attention to one kind of place."""

    step: int
    layer: int
    head: int
    role: str  # a key of ROLES
    share: float  # at the last step
    texts: int = 1  # that the share is taken over

    @property
    def sentence(self) -> str:
        """The event in words."""
        where = f"Layer {self.layer + 1}, head {self.head + 1}"
        over = f", over {self.texts} texts" if self.texts > 1 else ""
        end = f"{percent(self.share)} at the end{over}"
        return f"{where} starts to look at {ROLES[self.role]} (step {self.step:,}; {end})."


def shares(found: Sequence[Usual]) -> Tensor:
    """Head scores at every kept step, (S, R, L, H), R roles in the order of ROLES; a role that was not asked has 0."""
    nothing = torch.zeros_like(next(iter(found[0].shares.values())))  # (L, H)
    return torch.stack([torch.stack([one.shares.get(role, nothing) for role in ROLES]) for one in found])


def events(found: Tensor, steps: Sequence[int], most: int = 8, texts: int = 1) -> list[Event]:
    """When each head took up its role for good: found (S, R, L, H) -> the clearest `most` events, in order of step.

    `texts` is over how many the shares were taken.

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
                share = float(found[-1, role, layer, head])
                appeared.append(Event(step, layer, head, list(ROLES)[role], share, texts))
    clearest = sorted(appeared, key=lambda event: -event.share)[:most]
    return sorted(clearest, key=lambda event: (event.step, event.layer, event.head))
