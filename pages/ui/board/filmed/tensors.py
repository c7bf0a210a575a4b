"""Every tensor of the film as rows and columns: how it is called, drawn and read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gpt.figures.glyphs import glyph
from gpt.lessons.training_step.setting import CONFIG, TOKENIZER, WEIGHTS, B, T, Weight
from gpt.tap import HEAD_SITES
from pages.ui.board.filmed.view import View, character

if TYPE_CHECKING:
    from torch import Tensor

D, H = CONFIG.head_size, CONFIG.n_head

# Name -> title and shape in letters, as the pass has it.
ACTIVATIONS = {
    "resid_pre": ("stream into the block", "(B, T, C)"),
    "norm1_out": ("levelled, times gain", "(B, T, C)"),
    "q": ("what each asks for", "(B, H, T, D)"),
    "k": ("what each offers", "(B, H, T, D)"),
    "v": ("what each hands over", "(B, H, T, D)"),
    "scores": ("q · k / √D", "(B, H, T, T)"),
    "pattern": ("who looks at whom", "(B, H, T, T)"),
    "z": ("values, mixed", "(B, H, T, D)"),
    "attn_out": ("attention writes", "(B, T, C)"),
    "resid_mid": ("stream in between", "(B, T, C)"),
    "norm2_out": ("levelled, times gain", "(B, T, C)"),
    "mlp_pre": ("neurons", "(B, T, 4C)"),
    "mlp_post": ("neurons after ReLU", "(B, T, 4C)"),
    "mlp_out": ("the MLP writes", "(B, T, C)"),
    "resid_post": ("stream out of the block", "(B, T, C)"),
    "final_out": ("levelled, times gain", "(B, T, C)"),
    "logits": ("a score a character", "(B, T, V)"),
    "shares": ("softmax of the logits", "(B, T, V)"),
    "losses": ("-ln of the right share", "(B, T)"),
}
STAGES = {
    "old": "before the step",
    "gradient": "of the mean loss",
    "used": "gradient + λ × old",
    "m": "mean gradient",
    "v": "mean squared gradient",
    "m_hat": "m, bias corrected",
    "v_hat": "v, bias corrected",
    "momentum": "mean gradient",
    "ahead": "Nesterov's look ahead",
    "even": "made orthogonal",
    "move": "what the step adds",
    "new": "after the step",
}


@dataclass(frozen=True)
class Drawn:
    """One tensor as a matrix (R, C). Labels stand beside it; the names are said of a cell."""

    name: str
    title: str
    shape: str
    values: np.ndarray  # (R, C)
    gradients: np.ndarray | None  # (R, C); None: it has none
    rows: Sequence[str]
    columns: Sequence[str]
    down: Sequence[str] = ()  # labels of the rows
    across: Sequence[str] = ()
    kind: str = "signed"  # or "share": from 0 to 1; "token": ids
    weight: str = ""  # of WEIGHTS, where a click follows one
    split: tuple[int, int] = (0, 0)  # so many rows, and columns, belong together
    text: Sequence[str] = field(default=())  # (R * C,) what stands in the cells
    marks: Sequence[int] = ()  # a column a row: the right character's


def everything(view: View) -> dict[str, Drawn]:
    """All tensors by name; those of the followed weight's step begin with "step."."""
    before, after = view.before, view.after
    drawn = [tokens(view, "inputs"), tokens(view, "targets")]
    drawn += [weights(one, before.values[one.name], before.gradients[one.name]) for one in WEIGHTS.values()]
    drawn += [activations(view, name, before.values[name], before.gradients[name]) for name in ACTIVATIONS]
    drawn += [activations(view, name, after.values[name], None, "after.") for name in ("shares", "losses")]
    step = view.step
    stages = {"old": step.old, "gradient": step.gradient, **step.stages, "new": step.new}
    drawn += [weights(view.weight, x, None, name) for name, x in stages.items()]
    return {one.name: one for one in drawn}


def plain(x: Tensor, columns: int) -> np.ndarray:
    """A tensor as a matrix with so many columns, (R, C)."""
    return x.reshape(-1, columns).numpy()


def weights(weight: Weight, values: Tensor, gradients: Tensor | None, stage: str = "") -> Drawn:
    """A tensor of weights, or one stage of its step."""
    R, C = weight.rows, weight.columns
    characters = [glyph(token) for token in TOKENIZER.tokens] if weight.name in ("tokens", "output") else []
    kind = {"places": "place"}.get(weight.name, "row")
    return Drawn(
        name=f"step.{stage}" if stage else weight.name,
        title=STAGES[stage] if stage else weight.title,
        shape=weight.letters,
        values=plain(values, C),
        gradients=None if gradients is None else plain(gradients, C),
        rows=[f"row “{one}”" for one in characters] or ([f"{kind} {r + 1}" for r in range(R)] if R > 1 else [""]),
        columns=[f"{'column' if R > 1 and not characters else 'number'} {c + 1}" for c in range(C)],
        down=characters,
        weight=weight.name,
    )


def activations(view: View, name: str, values: Tensor, gradients: Tensor | None, where: str = "") -> Drawn:
    """What flows: a row for each character of each window."""
    title, letters = ACTIVATIONS[name]
    tall = [f"window {b + 1}, {character(view, b, t)}" for b in range(B) for t in range(T)]
    down = [glyph(TOKENIZER.tokens[int(id_)]) for id_ in view.film.inputs.flatten()]
    title = f"{title}, after" if where else title
    if name == "losses":
        return Drawn(
            name=where + name, title=title, shape=letters, values=plain(values, T),
            gradients=None if gradients is None else plain(gradients, T),
            rows=[f"window {b + 1}" for b in range(B)], columns=[f"place {t + 1}" for t in range(T)],
        )  # fmt: skip
    if name in HEAD_SITES:
        values = values.transpose(1, 2)  # (B, T, H, .)
        gradients = None if gradients is None else gradients.transpose(1, 2)  # (B, T, H, .)
        inner = values.shape[-1]
        kind = "looks at place" if name in ("scores", "pattern") else "number"
        columns = [f"head {h + 1}, {kind} {i + 1}" for h in range(H) for i in range(inner)]
    else:
        inner = 0
        characters = name in ("logits", "shares")
        of = [f"for “{glyph(token)}”" for token in TOKENIZER.tokens]
        columns = of if characters else [f"number {c + 1}" for c in range(values.shape[-1])]
    return Drawn(
        name=where + name,
        title=title,
        shape=letters,
        values=plain(values, len(columns)),
        gradients=None if gradients is None else plain(gradients, len(columns)),
        rows=tall,
        columns=columns,
        down=down,
        across=[glyph(token) for token in TOKENIZER.tokens] if name in ("logits", "shares") else (),
        kind="share" if name in ("pattern", "shares") else "signed",
        split=(T, inner),
        marks=view.film.targets.flatten().tolist() if name in ("logits", "shares") else (),
    )


def tokens(view: View, name: str) -> Drawn:
    """The batch itself."""
    ids = getattr(view.film, name)  # (B, T)
    return Drawn(
        name=name,
        title={"inputs": "what is read", "targets": "what comes next"}[name],
        shape="(B, T)",
        values=plain(ids, T).astype(np.float64),
        gradients=None,
        rows=[f"window {b + 1}" for b in range(B)],
        columns=[f"place {t + 1}" for t in range(T)],
        kind="token",
        text=[glyph(TOKENIZER.tokens[int(id_)]) for id_ in ids.flatten()],
    )
