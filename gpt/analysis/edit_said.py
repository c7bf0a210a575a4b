"""A line of a stack of edits in words: "Head 1.6 hands on nothing". No torch."""

from __future__ import annotations

from collections.abc import Sequence

from gpt.analysis.edit_lines import Line
from gpt.figures.glyphs import glyph

SITES = {
    "resid_pre": "the stream into layer {}",
    "attn_out": "what attention writes in layer {}",
    "resid_mid": "the stream inside layer {}",
    "mlp_out": "what MLP {} writes",
    "resid_post": "the stream out of layer {}",
    "q": "the queries of {}",
    "k": "the keys of {}",
    "v": "the values of {}",
    "scores": "the scores of {}",
    "pattern": "the pattern of {}",
    "z": "the z of {}",
    "mlp_pre": "the sums of MLP {}'s neurons",
    "mlp_post": "the neurons of MLP {}",
}
INSTEAD = {"zero": "nothing", "mean": "its mean so far"}
OFF = {
    "norm": "Layer norm is off",
    "positions": "Positions are off",
    "mask": "The causal mask is off: tokens see the future",
    "scale": "Scores are not divided by √D",
}


def said(line: Line, tokens: Sequence[str] = (), vocabulary: Sequence[str] = ()) -> str:
    """A line in words, for a prompt of these tokens (T,) and a model of this vocabulary (V,), where they are known."""
    layer, head = (0 if one is None else one + 1 for one in (line.layer, line.head))
    if line.kind == "head":
        return f"Head {layer}.{head} hands on {INSTEAD[line.mode]}"
    if line.kind in ("mlp", "attn"):
        return f"{'MLP' if line.kind == 'mlp' else 'Attention of layer'} {layer} writes {INSTEAD[line.mode]}"
    if line.kind == "token":
        instead = "is not read" if line.mode == "zero" else "is read as the mean so far"
        return f"{token(line.token, tokens, 'Token')} {instead}"
    if line.kind == "neuron":
        return f"Neuron {layer}.{number(line.neuron)} is silent"
    if line.kind == "off":
        return OFF[line.part]
    return of_edge(line, tokens) if line.kind in ("weight", "cut") else of_site(line, tokens, vocabulary)


def of_edge(line: Line, tokens: Sequence[str]) -> str:
    """The same of an edge between two tokens."""
    looks, seen = token(line.token, tokens, "Token"), token(line.key, tokens)
    if line.kind == "weight":
        return f"{looks} gives {seen} the weight {line.amount:g} in head {number(line.layer)}.{number(line.head)}"
    where = "everywhere"
    if line.layer is not None:
        where = f"in layer {line.layer + 1}" if line.head is None else f"in head {line.layer + 1}.{number(line.head)}"
    elif line.head is not None:
        where = f"in head {line.head + 1} of every layer"
    return f"{looks} does not see {seen}, {where}"


def of_site(line: Line, tokens: Sequence[str], vocabulary: Sequence[str]) -> str:
    """The same of what is changed at a site."""
    of_head = "layer" not in SITES[line.site] and "MLP" not in SITES[line.site]
    site = SITES[line.site].format(heads(line) if of_head else number(line.layer))
    if line.kind != "add":
        site = site[0].upper() + site[1:]
    at = "" if line.token is None else f", at {token(line.token, tokens)}"
    if line.kind == "scale":
        return f"{site}: times {line.amount:g}"
    if line.kind == "patch":
        return f"{site}: as on the other prompt{at}"
    what = "(the other prompt's mean − the mean so far)"
    if line.direction == "token":
        known = line.of is not None and line.of < len(vocabulary)
        what = f"the vector of {f'“{glyph(vocabulary[line.of or 0])}”' if known else f'the token of id {line.of}'}"
    elif line.direction == "neuron":
        what = f"what neuron {number(line.of_layer)}.{number(line.of)} writes"
    return f"{line.amount:g} × {what} is added to {site}{at}"


def heads(line: Line) -> str:
    """The head that a line is about, or all of its layer."""
    return f"layer {number(line.layer)}" if line.head is None else f"head {number(line.layer)}.{line.head + 1}"


def number(place: int | None) -> int:
    """A place as people count it."""
    return 0 if place is None else place + 1


def token(place: int | None, tokens: Sequence[str], word: str = "token") -> str:
    """A token of the prompt: "token 9 “e”"."""
    shown = f" “{glyph(tokens[place])}”" if place is not None and place < len(tokens) else ""
    return f"{word} {number(place)}{shown}"
