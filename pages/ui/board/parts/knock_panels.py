"""The panels of the page of knock-outs: the choices, heads and MLPs, tokens, edges, and guesses beside the truth."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np

from gpt.analysis.edit_lines import write_lines
from gpt.analysis.switches import top
from gpt.figures import probe as figures
from gpt.figures.glyphs import glyph, named
from pages.ui import cache
from pages.ui.board.knocked import SAID, Knocked, strongest
from pages.ui.board.panel import Panel
from pages.ui.board.panels.knock import Knock
from pages.ui.board.panels.knockbars import KnockBars
from pages.ui.board.panels.knockgrid import KnockGrid
from pages.ui.board.parts import knock_guesses
from pages.ui.state.reading import Reading

GROUPS = (
    (
        "by",
        "A silent part says",
        (("zero", "nothing"), ("mean", "its mean so far"), ("other", "what another prompt has there")),
    ),
    ("effect", "Effect on", (("logit", "the logit"), ("share", "the probability"), ("kl", "all (KL)"))),
)
OFFERED = 5  # tokens by a click
KEEP = "A click keeps the edit."


class EdgeGrid(KnockGrid):
    """The edges, beside the parts."""

    name = "knockgrid:edges"


def choices(seen: Reading, found: Knocked | None) -> Knock:
    """Which prediction it is, and what was found."""
    if found is None or seen.trace is None:
        empty = "Type a character: what the prediction needs will be measured, part by part."
        without = "This model has no blocks: nothing in it can be silenced. Choose another, such as shakespeare."
        return Knock(T=len(seen.ids), sentence=empty if seen.trace is None and seen.config.n_layer else without)
    chosen, asked, words = seen.inputs.probe, found.asked, seen.vocabulary
    takes = chosen.by == "other"
    return Knock(
        groups=[(parameter, label, options, getattr(chosen, parameter)) for parameter, label, options in GROUPS],
        offered=[(i, words[i], round(share, 5)) for i, share in top(seen.trace.logits[asked.position], OFFERED)],
        chosen=asked.token,
        other=chosen.other if takes else None,
        suggested=suggested(seen) if takes else "",
        T=len(seen.ids),
        sentence=sentence(found),
        found=found.job.problem or strongest(found) or "Measuring ...",
        busy=None if found.done >= 1 else found.done,
    )


def sentence(found: Knocked) -> str:
    """Which prediction it is, and what all is measured against."""
    missing = f"This model has no token “{glyph(found.missing)}”. " if found.missing else ""
    edits = len(found.asked.lines)
    made = f", with {edits} edit{'s' if edits > 1 else ''} made" if edits else ""
    on_top = " on top of them" if edits > 1 else " on top of it" if edits else ""
    return (
        f"{missing}After token {found.asked.position + 1}{made}, {found.called} has {100 * found.share:.1f} %. Each "
        f"part is silent in turn{on_top}, by itself; shown is the change of {SAID[found.seen.inputs.probe.effect]}. "
        "Pin another token to ask what comes after it."
    )


def suggested(seen: Reading) -> str:
    """A text that the model was not trained on, as many tokens long as this one; nothing where none is here."""
    tokenizer, T = seen.checkpoint.tokenizer, len(seen.ids)
    for ids in cache.texts(seen.inputs.model):
        text = tokenizer.decode(ids[:T])
        if len(ids) >= T and text != seen.inputs.probe.other and len(tokenizer.encode_known(text)[0]) == T:
            return text
    return ""


def panels(found: Knocked | None) -> list[tuple[Panel, int]]:
    """The pictures, each with its columns; what is not measured yet has no numbers, but its room."""
    if found is None:
        return []
    guesses = knock_guesses.panels(found)
    return [(parts(found), 30), (tokens(found), 30), (edges(found), 60), *((one, 20) for one in guesses)]


def stack(found: Knocked) -> str:
    """The edits that are kept, in words."""
    return write_lines(found.seen.inputs.probe.edits)


def parts(found: Knocked) -> KnockGrid:
    """Heads and MLPs as one picture."""
    config, job, by = found.seen.config, found.job, found.asked.by
    heads = found.change(job.heads, config.n_layer * config.n_head).reshape(config.n_layer, config.n_head)
    mlps = found.change(job.mlps, config.n_layer if config.feed_forward else 0).reshape(config.n_layer, -1)
    picture = figures.parts(heads, mlps, found.unit)
    alt = f"Change when each head or MLP is silent. {strongest(found)}"
    shown = KnockGrid.of(
        picture, alt, "knockouts", "Heads and MLPs", found.job.problem or f"Each is silent by itself. {KEEP}"
    )
    layers = range(1, config.n_layer + 1)
    taken = by == "other"
    return replace(
        shown,
        words=[f"patch.z.{i}.#.all" if taken else f"head.{i}.#.{by}" for i in layers],
        ends=[f"patch.mlp_out.{i}.all.all" if taken else f"mlp.{i}.{by}" for i in layers] if mlps.size else (),
        edits=stack(found),
        shows="heads",
    )


def tokens(found: Knocked) -> KnockBars:
    """Every token that is not read."""
    picture = figures.tokens(found.change(found.job.tokens, len(found.texts)), found.texts, found.unit)
    return KnockBars(
        **asdict(picture),
        title="Tokens",
        note=found.job.problem or f"What goes into the first block is silent there. {KEEP}",
        alt=f"Change when each token is not read. {strongest(found)}",
        file="knockouts-tokens",
        word="patch.resid_pre.1.all.#" if found.asked.by == "other" else f"token.#.{found.asked.by}",
        edits=stack(found),
        shows="tokens",
    )


def edges(found: Knocked) -> EdgeGrid:
    """Every edge of one token cut: in all layers, in each, or in the heads of one."""
    config, cut, texts = found.seen.config, found.cut, found.seen.tokens
    keys = texts[: cut.query + 1] if config.causal else texts
    alone = len(keys) < 2
    places = cut.rows(config)
    rows = [found.change(None if alone else found.edges.rows.get(r), len(keys)) for r in range(len(places))]
    picture = figures.edges(np.stack(rows), keys, [place(layer, head) for layer, head in places], found.unit)
    looks = f"token {cut.query + 1} {named(texts[cut.query])}"
    note = f"Cut one at a time: {looks} no longer sees another one. Its weights there are shared out. {KEEP}"
    if alone:
        note = f"The first token, {named(texts[0])}, sees nothing but itself: no edge of it can be cut."
    if found.edges.problem:
        note = found.edges.problem
    shown = EdgeGrid.of(picture, f"Change when single edges are cut. {note}", "knockouts-edges", "Edges", note)
    return replace(
        shown,
        words=[f"cut.{counted(layer)}.{counted(head)}.{cut.query + 1}.#" for layer, head in places],
        edits=stack(found),
        shows="edges",
        picks=picks(found),
    )


def picks(found: Knocked) -> tuple[tuple[str, str, list[tuple[str, str]], str], ...]:
    """The lists from which one chooses whose edges are cut, and where."""
    config, cut, texts = found.seen.config, found.cut, found.seen.tokens
    tokens = [(str(t + 1), f"{t + 1} {glyph(texts[t])}") for t in range(found.asked.seen(config))]
    layers = [("", "all layers, and each"), *((str(i), f"heads of layer {i}") for i in range(1, config.n_layer + 1))]
    within = "" if cut.layer is None else str(cut.layer + 1)
    return ("edges-of", "Token that looks", tokens, str(cut.query + 1)), ("edges-in", "Cut in", layers, within)


def counted(place: int | None) -> str:
    """A place in the words of an edit."""
    return "all" if place is None else str(place + 1)


def place(layer: int | None, head: int | None) -> str:
    """Where edges are cut, in words."""
    if layer is None:
        return "all layers"
    return f"layer {layer + 1}" if head is None else f"head {layer + 1}.{head + 1}"
