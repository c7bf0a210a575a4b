"""A and B of a comparison: which two they are, and where they differ most, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gpt.numerals import percent, short
from pages.ui import cache
from pages.ui.board.compared import Compared
from pages.ui.board.panel import Panel
from pages.ui.board.words import quoted
from pages.ui.state.inputs import Inputs
from pages.ui.state.sides import is_edited, one_changed
from pages.ui.state.validate import LIMIT

UNKNOWN = 4  # characters that are named


@dataclass(frozen=True, kw_only=True, eq=False)
class Sides(Panel):
    """It tells B as `choice`, in words of the link, and `swap`."""

    name = "sides"
    T: int  # aligned tokens
    a: str  # what A is, in words
    models: Sequence[tuple[str, str]]  # (id, label) of all that B may be
    model: str  # B's
    steps: Sequence[int]  # that B's model has
    step: int
    text: str  # B's prompt
    own: bool  # whether that is another than A's
    changed: str  # A's prompt with one character changed
    limit: int  # characters
    edits: bool | None  # whether B has the edits; None: there are none
    quick: Sequence[tuple[str, Mapping[str, str]]]  # (what it is called, the words of the choice)
    swaps: int
    found: str
    note: str


def panel(chosen: Inputs, here: Compared) -> Sides:
    """Both sides of these choices."""
    a, b = here.a.inputs, here.b.inputs
    offered = cache.offered()
    edits = None if not is_edited(chosen) else is_edited(b)
    return Sides(
        T=len(here.found.pairs) if here.found else 0,
        a=side_said(a, is_edited(chosen)),
        models=[(name, model.label) for name, model in offered.items()],
        model=b.model,
        steps=offered[b.model].steps,
        step=b.step,
        text=b.full_text,
        own=b.full_text != a.full_text,
        changed=one_changed(a),
        limit=LIMIT,
        edits=edits,
        quick=quick(chosen, a),
        swaps=chosen.compare.swaps,
        found=found(here),
        note=note(here),
    )


def side_said(side: Inputs, editable: bool) -> str:
    """A side in words."""
    prompt = side.full_text
    shown = prompt if len(prompt) <= 40 else f"…{prompt[-39:]}"
    edited = "" if not editable else ", with the edits" if is_edited(side) else ", without the edits"
    return f"{side.shelved.label}, step {side.step:,}{edited}, on {quoted(shown)}"


def quick(chosen: Inputs, a: Inputs) -> list[tuple[str, dict[str, str]]]:
    """What B may be by one click."""
    same = {"model2": "", "step2": "", "off2": "", "prompt2": "a"}
    ways = list[tuple[str, dict[str, str]]]()
    if a.step and 0 in a.shelved.steps:
        ways.append(("the same prompt at step 0", {**same, "step2": "0"}))
    if is_edited(chosen):
        ways.append(("without the edits", {**same, "off2": "1"}))
    if a.full_text:
        ways.append(("one character changed", {**same, "prompt2": "", "other": one_changed(a)}))
    return ways


def found(here: Compared) -> str:
    """Where A and B differ most, in a sentence of numbers."""
    if here.found is None:
        return "Type a character into both prompts: then A and B can be compared."
    if here.alike:
        return "A and B are the same pass, so every difference is 0. Choose another B."
    said, one = list[str](), here.found
    if one.heads.js.numel() and not one.heads.js.isnan().all():
        layer, head = one.heads.order()[0]
        said.append(f"head {layer + 1}.{head + 1} ({short(float(one.heads.js[layer, head]))} of at most 1 bit)")
    if one.stream is not None and one.stream.relative.numel():
        S, t = divmod(int(one.stream.relative.argmax()), len(one.pairs))
        place = one.pairs[t][0]
        after = f"after block {S}" if S else "in the embedding"
        said.append(
            f"the stream {after} at token {place + 1} {quoted(here.a.tokens[place])} "
            f"({percent(float(one.stream.relative[S, t]))} of its length)"
        )
    if one.next is not None:
        i = int((one.next.a - one.next.b).abs().argmax())
        shares = f"{percent(float(one.next.a[i]), 1)} in A, {percent(float(one.next.b[i]), 1)} in B"
        said.append(f"the next token {quoted(one.next.words[i])} ({shares})")
    return f"They differ most in {', '.join(said)}." if said else "They have nothing in common to be compared."


def note(here: Compared) -> str:
    """How many tokens are compared, and what cannot be."""
    from gpt.analysis.comparison import limits

    if here.found is None:
        return ""
    count, T, U = len(here.found.pairs), len(here.a.ids), len(here.b.ids)
    both = f"all {T}" if count == T == U else f"{count} of A's {T} and B's {U}"
    return f"Compared at the tokens that both have: {both}. {limits(here.found.a, here.found.b)} {left(here)}".strip()


def left(here: Compared) -> str:
    """What B cannot read or make; of A that is told where prompt and stack are."""
    said, flow = list[str](), here.b.flow
    if here.b.unknown and not here.alike:
        shown = ", ".join(quoted(text) for text in here.b.unknown[:UNKNOWN])
        more = len(here.b.unknown) - UNKNOWN
        said.append(f"B has no token for {shown}{f' and {more} more' if more > 0 else ''}.")
    if flow is not None and flow.left and not here.alike:
        (_, why), *others = flow.left
        said.append(f"B is without {len(others) + 1} of the edits: {why[0].lower()}{why[1:]}")
    return " ".join(said)
