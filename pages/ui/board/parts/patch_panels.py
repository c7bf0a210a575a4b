"""The panels of activation patching: the choices, the grid of heads, and the grid of layers and tokens."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gpt.analysis.ready_pairs import READY, ready
from gpt.figures import patching as figures
from gpt.numerals import percent
from pages.ui.board.panel import Panel
from pages.ui.board.panels.matrix import Matrix
from pages.ui.board.panels.patched import Patched
from pages.ui.board.panels.patching import Patching as Choices
from pages.ui.board.patched import Grids, Patching
from pages.ui.board.words import quoted
from pages.ui.state.choices.patching import PatchChoice

if TYPE_CHECKING:
    from pages.ui.derived.patches import Job

SITES = {  # in the middle of a sentence
    "resid_pre": "the stream into a layer",
    "attn_out": "what attention adds to the stream",
    "mlp_out": "what the MLP adds to the stream",
}
LIKELY = 8  # tokens of either prompt to choose an answer from
CLICK = "Click a cell to keep its patch as an edit; again to take it back."
TURNED = "To keep a patch as an edit, patch B into A."


class PatchedHeads(Patched):
    """One head at a time."""

    name = "patched:heads"


class PatchedTokens(Patched):
    """One vector at a time."""

    name = "patched:tokens"


def panels(found: Patching) -> list[tuple[Panel, int]]:
    """All of them, each with its columns."""
    shown: list[tuple[Panel, int]] = [(choices(found), 60)]
    if found.grids is not None:
        shown += [(heads(found, found.grids), 24), (tokens(found, found.grids), 36)]
    return shown


def choices(found: Patching) -> Choices:
    """The pair, what is patched, and what was found."""
    a, b = found.here.a, found.here.b
    open_ = ready(a.inputs.model, a.inputs.full_text, b.inputs.full_text) if a.inputs.model == b.inputs.model else None
    common = Choices(
        T=len(a.ids),
        sentence=f"Which vector of B brings B’s answer into A? {found.problem}",
        pairs=[(one.key, one.title) for one in READY],
        pair=open_.key if open_ else "",
        shows=open_.shows if open_ and as_found(found) else "",
        groups=[] if found.answers is None else groups(found),
        answers=[] if found.answers is None else answers(found),
        chosen=("", "") if found.answers is None else written(found),
    )
    if found.grids is None or found.answers is None:
        return common
    done = found.grids.done
    return dataclasses.replace(
        common,
        sentence=sentence(found, found.grids, found.answers),
        formula=formula(found, found.grids),
        found=strongest(found.grids) or "Measuring ...",
        busy=None if done >= 1 else done,
    )


def as_found(found: Patching) -> bool:
    """Whether everything is as it was when a ready pair's sentence was found: at the last step and the last token."""
    inputs, usual = found.here.a.inputs, PatchChoice(site=found.choice.site)
    return inputs.step == inputs.shelved.steps[-1] and inputs.pin is None and found.choice == usual


def groups(found: Patching) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """What is patched, and which way."""
    config, choice, position = found.here.a.checkpoint.config, found.choice, found.here.a.query
    sites = [("resid_pre", "the stream"), ("attn_out", "attention’s part")]
    sites += [("mlp_out", "the MLP’s part")] if config.feed_forward else []
    return [
        ("patch-way", "Way", [("in", "B into A (denoising)"), ("out", "A into B (noising)")], choice.way),
        ("patch-at", "Heads", [("all", "at every token"), ("here", f"at token {position + 1} alone")], choice.at),
        ("patch", "Layers and tokens", sites, choice.site),
    ]


def answers(found: Patching) -> list[tuple[str, str]]:
    """The tokens that an answer may be: the likeliest of both prompts, and those that are chosen."""
    from pages.ui import cache

    a, position = found.here.a, found.here.a.query
    ids = list(found.answers or ())
    for one in (found.here.a, found.here.b):
        logits = cache.trace(one.inputs.model, one.inputs.step, one.ids).logits
        ids += logits[min(position, len(logits) - 1)].topk(min(LIKELY, logits.shape[-1])).indices.tolist()
    return [("", "the likeliest"), *((str(one), quoted(a.vocabulary[one])) for one in dict.fromkeys(ids))]


def written(found: Patching) -> tuple[str, str]:
    """The chosen answers, as their list has them."""
    V = len(found.here.a.vocabulary)
    a, b = ("" if one is None or one >= V else str(one) for one in found.choice.answers)
    return a, b


def sentence(found: Patching, grids: Grids, between: tuple[int, int]) -> str:
    """What either prompt answers."""
    from pages.ui import cache

    a, position = found.here.a, found.here.a.query
    said = list[str]()
    for name, one in (("A", found.here.a), ("B", found.here.b)):
        shares = cache.trace(one.inputs.model, one.inputs.step, one.ids).logits[position].double().softmax(-1)
        told = [f"{quoted(a.vocabulary[token])} {percent(float(shares[token]), 1)}" for token in between]
        said.append(f"{name} gives {' and '.join(told)}")
    way = "B gets A’s vector" if found.turned else "A gets B’s vector"
    edits = " The grids are of the model without the edits." if found.here.shown.inputs.probe.active else ""
    return f"After token {position + 1}, {'; '.join(said)}. In each cell {way} at that place alone.{edits}"


def formula(found: Patching, grids: Grids) -> str:
    """The share that comes over, with both baselines."""
    texts = [quoted(found.here.a.vocabulary[one]) for one in grids.pair.answers]
    low, high = grids.pair.baselines
    names = ("B", "A") if found.turned else ("A", "B")
    return (
        f"share = (patched − {names[0]}) / ({names[1]} − {names[0]}), of logit {texts[1]} − logit {texts[0]}: "
        f"{names[0]} {low:.2f}, {names[1]} {high:.2f} nats. 0: nothing of {names[1]}’s answer comes over; 1: all of it."
    )


def strongest(grids: Grids) -> str:
    """The head and the token's vector that bring most over."""
    said = list[str]()
    if not np.isnan(grids.heads.share).all():
        i = int(np.nanargmax(grids.heads.share))
        layer, head = divmod(i, grids.pair.model.config.n_head)
        said.append(f"of the heads, {layer + 1}.{head + 1} ({grids.heads.share[i]:.2f})")
    if not np.isnan(grids.tokens.share).all():
        i = int(np.nanargmax(grids.tokens.share))
        layer, column = divmod(i, len(grids.tokens.share) // grids.pair.model.config.n_layer)
        token = grids.first + column
        where = f"layer {layer + 1} at token {token + 1} {quoted(grids.to.tokens[token])}"
        said.append(f"of {SITES[grids.tokens.asked.site]}, {where} ({grids.tokens.share[i]:.2f})")
    return f"Most comes over: {'; '.join(said)}." if said else ""


def heads(found: Patching, grids: Grids) -> Patched:
    """Layers and heads."""
    token = grids.heads.asked.token
    where = "at every token" if token is None else f"at token {token + 1} alone"
    picture = figures.heads(grids.heads.share.reshape(-1, grids.pair.model.config.n_head))
    base = Matrix.of(picture, f"Share that each head brings over. {strongest(grids)}", "patched-heads", "Heads")
    at = "all" if token is None else str(token + 1)
    said = f"What a head hands on, {where}. {note(found)}"
    return PatchedHeads(**cells(base, found, grids, grids.heads), at=at, note=said)


def tokens(found: Patching, grids: Grids) -> Patched:
    """Layers and tokens."""
    layers, first = grids.pair.model.config.n_layer, grids.first
    share = grids.tokens.share.reshape(layers, -1)
    some, source = slice(first, first + share.shape[1]), found.here.a if found.turned else found.here.b
    picture = figures.tokens(share, grids.to.tokens[some], source.tokens[some], first)
    site = grids.tokens.asked.site
    base = Matrix.of(picture, f"Share that each vector brings over. {strongest(grids)}", f"patched-{site}", "Tokens")
    before = f" Tokens 1 to {first} are left out: " + (
        "there A and B are the same." if first == grids.pair.first else "the picture has room for the last ones."
    )
    what = SITES[site][0].upper() + SITES[site][1:]
    said = f"{what}, one vector at a time.{before if first else ''} {note(found)}"
    return PatchedTokens(**cells(base, found, grids, grids.tokens), at="all", note=said)


def note(found: Patching) -> str:
    """What a click does."""
    return TURNED if found.turned else CLICK


def cells(base: Matrix, found: Patching, grids: Grids, job: Job) -> dict[str, Any]:
    """A matrix's fields and what its numbers are worked out from, but for `at` and the note."""
    from gpt.analysis.edit_lines import write_lines

    fields = {one.name: getattr(base, one.name) for one in dataclasses.fields(base) if one.name != "note"}
    low, high = grids.pair.baselines
    own = {"patched": job.patched.astype(np.float32), "a": low, "b": high, "turned": found.turned}
    stack = {"edits": write_lines(found.here.shown.inputs.probe.edits), "other": found.here.b.inputs.full_text}
    return {
        **fields,
        **own,
        **stack,
        "site": job.asked.site,
        "first": grids.first + 1,
        "kept": TURNED if found.turned else "",
    }
