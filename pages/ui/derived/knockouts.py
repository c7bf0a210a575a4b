"""What every part of a model does for a prediction: each silent in turn, measured in the background (see measuring)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gpt.analysis.edit_lines import Line
from pages.ui import cache
from pages.ui.derived.measuring import Measuring
from pages.ui.shared import shared

if TYPE_CHECKING:
    from torch import Tensor

    from gpt.analysis.variants import Effects
    from gpt.config import GPTConfig
    from gpt.model import GPT
    from gpt.tap import Edit
    from gpt.trace import Trace

JOBS = 48  # prompts whose effects are kept


@dataclass(frozen=True)
class Asked:
    """Which prediction, on top of which edits, and how parts are silenced."""

    name: str
    step: int
    ids: tuple[int, ...]
    position: int
    token: int
    by: str = "zero"
    lines: tuple[Line, ...] = ()  # the edits that are made in all passes
    other: tuple[int, ...] = ()  # the other prompt's tokens, where something is taken from it

    def seen(self, config: GPTConfig) -> int:
        """How many tokens the prediction can see."""
        return self.position + 1 if config.causal else len(self.ids)

    def flow(self) -> tuple[GPT, Sequence[Edit], Trace]:
        """The model with what is off, the edits, and the pass with those alone: what all is measured against."""
        if self.lines:
            flow = cache.edited(self.name, self.step, self.ids, self.lines, self.other)
            return flow.model, flow.edits, flow.trace
        return cache.model(self.name, self.step).model, (), cache.trace(self.name, self.step, self.ids)

    def measured(self, lines: Sequence[Line]) -> Effects:
        """Each line by itself. Raises ValueError where the other prompt is missing, or too short."""
        from gpt.analysis.knockout import measured
        from gpt.trace import trace

        model, edits, base = self.flow()
        takes = any(line.kind == "patch" for line in lines)
        source = trace(model, self.other) if takes and self.other else None
        return measured(model, self.ids, lines, self.position, self.token, source, edits, base)


@dataclass(frozen=True)
class Cut:
    """Which edges are cut: those of one token, at all layers together and one by one, or in one layer's heads."""

    query: int
    layer: int | None = None

    def rows(self, config: GPTConfig) -> list[tuple[int | None, int | None]]:
        """Where the edges of each row are cut: (layer, head), None for all of them."""
        if self.layer is None:
            return [(None, None), *((layer, None) for layer in range(config.n_layer))]
        return [(self.layer, None), *((self.layer, head) for head in range(config.n_head))]


class Job(Measuring):
    """One prediction. What is None is not measured yet."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked
        self.count = asked.seen(asked.flow()[0].config)
        self.quick = 1  # after the heads come the MLPs at once
        self.heads: Effects | None = None  # (L * H,)
        self.mlps: Effects | None = None  # (L,) or (0,)
        self.tokens: Effects | None = None  # (count,)
        self.of_heads: dict[str, Tensor] = {}  # guess -> (L * H,)
        self.of_tokens: dict[str, Tensor] = {}  # guess -> (count,)

    def parts(self) -> Sequence[Callable[[], None]]:
        """In the order in which the page shows them."""
        return self.measure_heads, self.measure_mlps, self.measure_tokens, self.guess, self.integrate

    def measure_heads(self) -> None:
        """Every head silent."""
        from gpt.analysis.knockout import head_lines

        self.heads = self.asked.measured(head_lines(self.asked.flow()[0].config, self.asked.by))

    def measure_mlps(self) -> None:
        """Every MLP silent."""
        from gpt.analysis.knockout import mlp_lines

        self.mlps = self.asked.measured(mlp_lines(self.asked.flow()[0].config, self.asked.by))

    def measure_tokens(self) -> None:
        """Every token that the prediction can see unread."""
        from gpt.analysis.knockout import token_lines

        self.tokens = self.asked.measured(token_lines(range(self.count), self.asked.by))

    def guess(self) -> None:
        """What is cheap to know, beside which the truth is put."""
        from gpt.analysis import guesses

        asked, (model, edits, trace) = self.asked, self.asked.flow()
        self.of_heads = guesses.of_heads(model, trace, asked.ids, asked.position, asked.token, edits)
        tokens = guesses.of_tokens(model, trace, asked.ids, asked.position, asked.token, edits)
        self.of_tokens = {name: one[: self.count] for name, one in tokens.items()}

    def integrate(self) -> None:
        """The dearest of the guesses, when all else is there."""
        from gpt.analysis.guesses import integrated

        asked, (model, edits, _) = self.asked, self.asked.flow()
        found = integrated(model, asked.ids, asked.position, asked.token, edits)
        self.of_tokens = {**self.of_tokens, "integrated gradients": found[: self.count]}


class EdgeJob(Measuring):
    """One token's edges, cut one at a time: a row of them after the other."""

    def __init__(self, asked: Asked, cut: Cut) -> None:
        super().__init__()
        self.asked, self.cut = asked, cut
        self.config = asked.flow()[0].config
        self.quick = 1  # after all layers together comes the first of them at once
        self.rows: dict[int, Effects] = {}  # (keys,) each
        self.guesses: dict[str, Tensor] = {}  # (L, H, T) each

    def parts(self) -> Sequence[Callable[[], None]]:
        """A row each, then what is cheap to know."""
        return *(partial(self.measure, row) for row in range(len(self.cut.rows(self.config)))), self.guess

    def measure(self, row: int) -> None:
        """The edges of one row."""
        from gpt.analysis.knockout import edge_lines

        layer, head = self.cut.rows(self.config)[row]
        lines = edge_lines(self.config, len(self.asked.ids), self.cut.query, layer, head)
        self.rows[row] = self.asked.measured(lines)

    def guess(self) -> None:
        """Weights, and what they carry."""
        from gpt.analysis.guesses import of_edges

        model, _, trace = self.asked.flow()
        self.guesses = of_edges(model, trace, self.cut.query, self.asked.position, self.asked.token)


@shared(JOBS)
def job(asked: Asked) -> Job:
    """The effects on one prediction, for everyone who looks."""
    return Job(asked)


@shared(JOBS)
def edges(asked: Asked, cut: Cut) -> EdgeJob:
    """The same of one token's edges."""
    return EdgeJob(asked, cut)
