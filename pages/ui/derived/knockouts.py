"""What every part of a model does for a prediction: each silent in turn, measured in the background (see measuring)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.derived.measuring import Measuring
from pages.ui.shared import shared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from gpt.analysis.variants import Effects
    from gpt.tap import Edit

JOBS = 48  # prompts whose effects are kept


@dataclass(frozen=True)
class Asked:
    """Which prediction, and how parts are silenced."""

    name: str
    step: int
    ids: tuple[int, ...]
    position: int
    token: int
    by: str


class Job(Measuring):
    """One prediction. What is None is not measured yet."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked
        self.quick = 1  # after the heads come the MLPs at once
        self.heads: Effects | None = None  # (L * H,)
        self.mlps: Effects | None = None  # (L,) or (0,)
        self.tokens: Effects | None = None  # (position + 1,)
        self.of_tokens: Mapping[str, Tensor] | None = None  # guess -> (position + 1,)
        self.of_heads: Mapping[str, Tensor] | None = None  # guess -> (L * H,)

    def parts(self) -> Sequence[Callable[[], None]]:
        """In the order in which the page shows them."""
        return self.measure_heads, self.measure_mlps, self.measure_tokens, self.guess

    def effects(self, edits: Sequence[Edit]) -> Effects:
        """Each edit by itself."""
        from gpt.analysis.variants import effects

        model, asked = cache.model(self.asked.name, self.asked.step).model, self.asked
        return effects(model, asked.ids, [(edit,) for edit in edits], asked.position, asked.token)

    def measure_heads(self) -> None:
        """Every head silent."""
        from gpt.analysis.knockout import silent_head

        config = cache.model(self.asked.name, self.asked.step).config
        places = [(layer, head) for layer in range(config.n_layer) for head in range(config.n_head)]
        self.heads = self.effects([silent_head(*place, self.asked.by, None) for place in places])

    def measure_mlps(self) -> None:
        """Every MLP silent."""
        from gpt.analysis.knockout import silent_mlp

        config = cache.model(self.asked.name, self.asked.step).config
        layers = range(config.n_layer if config.feed_forward else 0)
        self.mlps = self.effects([silent_mlp(layer, self.asked.by, None) for layer in layers])

    def measure_tokens(self) -> None:
        """Every token that the prediction can see unread."""
        from gpt.analysis.knockout import silent_token

        seen = range(self.asked.position + 1)
        self.tokens = self.effects([silent_token(t, self.asked.by, None) for t in seen])

    def guess(self) -> None:
        """What is cheap to know, beside which the truth is put."""
        from gpt.analysis.attribution import direct_effect, rollout
        from gpt.analysis.input_gradients import gradient_times_head, gradient_times_input, integrated_gradients

        asked = self.asked
        model, trace = cache.model(asked.name, asked.step).model, cache.trace(asked.name, asked.step, asked.ids)
        at, token, seen = asked.position, asked.token, slice(0, asked.position + 1)
        self.of_heads = {
            "direct effect": direct_effect(model, trace, at, token).flatten(),
            "gradient × output": gradient_times_head(model, asked.ids, at, token).flatten(),
        }
        self.of_tokens = {
            "attention": trace.pattern[:, :, at].mean((0, 1))[seen],
            "rollout": rollout(trace, model)[-1, at, seen],
            "gradient × input": gradient_times_input(model, asked.ids, at, token)[seen],
            "integrated gradients": integrated_gradients(model, asked.ids, at, token).parts[seen],
        }


@shared(JOBS)
def job(asked: Asked) -> Job:
    """The effects on one prediction, for everyone who looks."""
    return Job(asked)


def looked(asked: Asked) -> Job:
    """The same, begun or gone on with; what is quick is there at once."""
    found = job(asked)
    found.look()
    return found
