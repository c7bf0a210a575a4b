"""Places told in another way: what is lost on this prompt, and what each way does to the vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis import placements
from gpt.analysis.perplexity import surprise
from gpt.analysis.placements import Idea
from gpt.analysis.switches import top
from gpt.trace import Trace
from pages.ui.board.panel import Panel
from pages.ui.board.words import quoted
from pages.ui.derived import embeddings as derived
from pages.ui.state.reading import Reading

OWN = {"sinusoidal": "sinusoids", "index": "the index", "index_scaled": "index ÷ context"}
TITLES = {
    "": "As trained",
    "none": "No positions",
    "sinusoids": "Sinusoids",
    "index": "Index added",
    "share": "Index / T added",
    "rows": "Position rows dealt anew",
    "tokens": "Token rows dealt anew",
}
LIKELIEST = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Places(Panel):
    """The ways that this model can be given, what the chosen one costs, and a table of them. It tells `choice`."""

    name = "places"
    schemes: Sequence[tuple[str, str, str]]  # name, title, sentence
    chosen: str
    facts: Sequence[tuple[str, str]]
    ideas: Sequence[tuple[str, Sequence[str]]]  # title, a number a column
    sentence: str
    waves: str


def panel(seen: Reading, trained: Reading) -> Places:
    """`seen` as the page shows it, and the model as it was trained."""
    config = trained.checkpoint.config
    ways = placements.available(config.position)
    chosen = scheme_of(trained)
    rows = derived.ideas(trained.inputs.model, trained.inputs.step)
    return Places(
        schemes=[
            ("", TITLES[""], "The model's own vectors."),
            *((name, TITLES[name], placements.SCHEMES[name]) for name in ways),
        ],
        chosen=chosen,
        facts=facts(seen.trace, trained.trace, trained),
        ideas=[(TITLES.get(one.scheme, own(config.position)), numbers(one)) for one in rows],
        sentence=sentence(chosen, rows),
        waves=waves(config.n_embd, config.block_size),
    )


def scheme_of(seen: Reading) -> str:
    """The chosen way, if it changes something in this model."""
    asked = seen.inputs.embeddings.scheme
    if seen.config.position != seen.checkpoint.config.position:
        return ""  # an edit has switched positions off
    return asked if asked in placements.available(seen.checkpoint.config.position) else ""


def own(position: str) -> str:
    """What the model's own position vectors are called."""
    return f"Its own, {OWN.get(position, 'learned')}"


def facts(now: Trace | None, before: Trace | None, seen: Reading) -> list[tuple[str, str]]:
    """What it costs on this prompt."""
    if now is None or before is None:
        return []
    losses = [float(surprise(one.logits, seen.ids).mean()) for one in (before, now)] if len(seen.ids) > 1 else []
    found = [("loss on this text", " → ".join(f"{loss:.3f}" for loss in losses) + " nats")] if losses else []
    for title, one in ((f"likeliest next, {seen.usual}", before), ("and now", now)):
        shares = [f"{quoted(seen.vocabulary[i])} {100 * share:.0f} %" for i, share in top(one.logits[-1], LIKELIEST)]
        found.append((title, ", ".join(shares)))
    moved = float((now.logits - before.logits).abs().max())
    return [*found, ("largest change of a logit", f"{moved:.3g}")]


def numbers(one: Idea) -> tuple[str, ...]:
    """A row of the table."""
    seen = f"{one.seen:.2f}" if one.seen > 1e-6 or one.scheme == "none" else "0 (lost)"
    return f"{one.longest:.2f} ×", f"{one.step:.3f} ×", f"{one.alike:.4f}", f"{one.typed:.3f} ×", seen


def sentence(chosen: str, rows: Sequence[Idea]) -> str:
    """What is tried, and that these weights never learned with it."""
    if not chosen:
        return "Give the model other position vectors and see what is lost on this prompt."
    by_name = {one.scheme: one for one in rows}
    base = "These weights were trained with their own vectors, so the loss shows how much they lean on them."
    if chosen == "index":
        return f"The last place's vector is {by_name['index'].longest:.0f} times as long as a token's. {base}"
    if chosen == "share":
        return f"Type one more token and the vectors of all places move: T is another. {base}"
    return f"{placements.SCHEMES[chosen]} {base}"


def waves(C: int, T: int) -> str:
    """The wavelengths of sinusoids of this width, beside the context."""
    found = placements.wavelengths(C)  # (ceil(C/2),)
    short = int((found <= T).sum())
    return (
        f"Sinusoids of this width are {len(found)} pairs of waves, {2 * math.pi:.2f} to {float(found[-1]):,.0f} places "
        f"long; {short} of them turn at least once within the context of {T:,}."
    )
