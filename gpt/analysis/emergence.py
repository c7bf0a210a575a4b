"""What forms during a training, and when: head scores at the kept steps, and the moments at which a role appears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.heads import CLEAR, ROLES, Usual
from gpt.numerals import percent

MOST = 8  # events that are told
NO_HEADS = "This model has no heads, so none takes up a role."
NO_TEXT = "Type a text: on it heads show what they look at."
HERE = "on your text"
SHORT = "The text is too short to tell what a head looks at."


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


@dataclass(frozen=True)
class Emergence:
    """What formed during a training, as far as its kept steps tell."""

    events: tuple[Event, ...]  # the clearest, in order of step
    sentence: str  # what these are, or why there are none


def emergence(each: Sequence[Usual | None], steps: Sequence[int], held_out: bool) -> Emergence:
    """From what the heads do at every kept step; None: there was no text. `held_out`: over texts, else on a prompt."""
    found = [one for one in each if one is not None]
    if len(found) < len(each):
        return Emergence((), NO_TEXT)
    if not all(one.shares for one in found):
        return Emergence((), SHORT)
    table, texts = shares(found), found[0].texts  # (S, R, L, H)
    where = f"over {texts} held-out texts" if held_out and texts > 1 else "on a held-out text" if held_out else HERE
    return Emergence(tuple(events(table, steps, texts=texts)), in_words(table, where))


def shares(found: Sequence[Usual]) -> Tensor:
    """Head scores at every kept step, (S, R, L, H), R roles in the order of ROLES; a role that was not asked has 0."""
    nothing = torch.zeros_like(next(iter(found[0].shares.values())))  # (L, H)
    return torch.stack([torch.stack([one.shares.get(role, nothing) for role in ROLES]) for one in found])


def events(found: Tensor, steps: Sequence[int], most: int = MOST, texts: int = 1) -> list[Event]:
    """When each head took up its role for good: found (S, R, L, H) -> the clearest `most` events, in order of step.

    `texts` is over how many the shares were taken.

    For good: the share is at least CLEAR at this step and at every later one. A head has one role, its clearest.
    """
    appeared = list[Event]()
    for (layer, head), (role, first) in beginnings(found).items():
        if first > 0:
            share = float(found[-1, role, layer, head])
            appeared.append(Event(steps[first], layer, head, list(ROLES)[role], share, texts))
    clearest = sorted(appeared, key=lambda event: -event.share)[:most]
    return sorted(clearest, key=lambda event: (event.step, event.layer, event.head))


def beginnings(found: Tensor) -> dict[tuple[int, int], tuple[int, int]]:
    """Of each head (layer, head) whose clearest role at the last step is clear: which role, and since which place.

    found (S, R, L, H); the place, from 0 to S - 1, is the first from which on the share never falls below CLEAR again.
    """
    if not found.numel():
        return {}
    clear = (found >= CLEAR).flip(0).cummin(dim=0).values.flip(0)  # (S, R, L, H) clear from here to the end
    _, _, layers, heads = found.shape
    began = {}
    for layer in range(layers):
        for head in range(heads):
            role = int(found[-1, :, layer, head].argmax())
            since = clear[:, role, layer, head]  # (S,)
            if since[-1]:
                began[layer, head] = role, int(since.int().argmax())
    return began


def in_words(found: Tensor, where: str, most: int = MOST) -> str:
    """What `events` finds, or why it finds nothing, as a sentence: found (S, R, L, H); `where`: over which texts."""
    began = [first for _, first in beginnings(found).values()]
    later, always = sum(first > 0 for first in began), began.count(0)
    does = percent(CLEAR) + " or more of {} attention to one kind of place"
    if later:
        some = f", the {most} clearest of {later}" if later > most else ""
        rest = f"; {always} more did so from the first kept step on" if always else ""
        return f"▼: from this kept step on a head gives {does.format('its')}, {where}{some}{rest}."
    if always:
        heads = found.shape[2] * found.shape[3]
        gave = does.format("its" if always == 1 else "their")
        return f"{always} of {heads} heads gave {gave} from the first kept step on, {where}; none began later."
    return f"At the last kept step no head gives {does.format('its')}, {where}."
