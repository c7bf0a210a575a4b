"""You are here: the parts of the model in the order in which a token passes them, each a way to its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gpt import diagram
from gpt.config import GPTConfig
from gpt.diagram import Box
from pages.ui.board.panel import Panel

EXPLORE = Path(__file__).resolve().parents[3] / "explore"
JOIN = "+"
# What a box of the diagram is called in so little room, and the page that is about it.
INSIDE = {"norm": ("norm", "layernorm"), "attention": ("attention", "attention"), "mlp": ("MLP", "mlp")}


@dataclass(frozen=True, kw_only=True, eq=False)
class Here(Panel):
    """Each part with its name, what it is, and its page's path ("" without one); which of them are blocks' parts."""

    name = "here"
    stops: Sequence[tuple[str, str, str]]
    block: tuple[int, int]  # the first of a block's parts, and the first behind them
    times: int  # how many blocks
    here: str  # the path of the page
    slim: bool = False  # no higher than its words: a sentence stands above it


def panel(config: GPTConfig, here: str, slim: bool = False) -> Here:
    """The strip of a model, on a page of this path."""
    drawn = diagram.diagram(config)
    before = [("text", "stream", page("tokens")), ("embedding", "stream", page("embeddings"))]
    block = [stop(box) for box in drawn.block]
    after = [stop(box) for box in drawn.after if box.kind == "norm"]
    after += [("logits", "stream", page("next_token")), ("next token", "stream", page("next_token"))]
    stops = [*before, *block, *after]
    inner = (len(before), len(before) + len(block))
    return Here(stops=stops, block=inner, times=config.n_layer, here=here, slim=slim)


def stop(box: Box) -> tuple[str, str, str]:
    """A box as its short name, kind and page; how a part is written onto the stream is the stream's own matter."""
    if box.kind == "join":
        return JOIN, "stream", page("residual")
    name, path = INSIDE[box.kind]
    return name, box.kind, page(path)


def page(path: str) -> str:
    """The path, if there is such a page."""
    return path if (EXPLORE / f"{path}.py").is_file() else ""
