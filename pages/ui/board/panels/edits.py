"""The stack of edits, and what there is to add to it in this model and on this prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gpt.analysis.edit_lines import FORMS, MOST_LINES, Line, write_lines
from gpt.config import GPTConfig
from gpt.tap import sites_of
from pages.ui.board.edited import NO_BLOCKS, WAITING, Sides, editable, off_parts, other_ids, problems
from pages.ui.board.panel import Panel
from pages.ui.board.parts.edit_stacks import ready
from pages.ui.state.reading import Reading
from pages.ui.state.validate import LIMIT

MOST_WORDS = 1_200  # tokens that are offered as a direction: all of a small vocabulary
LIKELIEST = 40  # of a larger one, besides those of the prompt
SLIDERS = {"scale": (-2.0, 3.0), "add": (-20.0, 20.0), "weight": (0.0, 1.0)}
SITES = {
    "resid_pre": ("the stream into it", "vector"),
    "attn_out": ("what attention writes", "vector"),
    "resid_mid": ("the stream after attention", "vector"),
    "mlp_out": ("what the MLP writes", "vector"),
    "resid_post": ("the stream out of it", "vector"),
    "q": ("queries", "head"),
    "k": ("keys", "head"),
    "v": ("values", "head"),
    "scores": ("scores", "head"),
    "pattern": ("attention weights", "head"),
    "z": ("what heads hand on", "head"),
    "mlp_pre": ("neurons before the activation", ""),
    "mlp_post": ("neurons", ""),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Edits(Panel):
    """The stack and its form. It tells `edits` and `other` as `choice`, in the words of the link."""

    name = "edits"
    sentence: str
    lines: Sequence[Mapping[str, object]]
    room: int
    tokens: Sequence[str]
    L: int
    H: int
    N: int
    causal: bool
    cannot: Mapping[str, str]
    sites: Sequence[tuple[str, str, str]]
    parts: Sequence[tuple[str, str]]
    vocabulary: Sequence[tuple[int, str]]
    other: str
    said: str
    wanted: bool
    limit: int
    stacks: Sequence[tuple[str, str, str]]


def panel(seen: Reading, found: Sides | None) -> Edits:
    """The stack; without blocks, a sentence alone."""
    trained, chosen = seen.checkpoint.config, seen.inputs.probe
    sentence = NO_BLOCKS if not editable(trained) else WAITING if found is None else found.sentence
    lines = chosen.edits
    return Edits(
        sentence=sentence,
        lines=[told(seen, line, why) for line, why in zip(lines, problems(seen), strict=True)],
        room=MOST_LINES,
        tokens=seen.tokens,
        L=trained.n_layer,
        H=trained.n_head,
        N=trained.neurons,
        causal=seen.config.causal,
        cannot=cannot(trained),
        sites=[(site, f"{title} ({site})", per) for site, (title, per) in SITES.items() if site in sites_of(trained)],
        parts=off_parts(trained),
        vocabulary=offered(seen, found),
        other=chosen.other,
        said=of_other(seen),
        wanted=any(line.kind == "patch" or line.direction == "prompts" for line in lines),
        limit=LIMIT,
        stacks=ready(seen),
    )


def told(seen: Reading, line: Line, why: str) -> dict[str, object]:
    """One line as the browser shows it."""
    from gpt.analysis.stacks import said

    scaled = "amount" in FORMS[line.kind]
    least, most = SLIDERS.get(line.kind, (0.0, 1.0))
    beyond = abs(line.amount) if line.kind != "weight" else 1.0
    return {
        "words": write_lines([replace(line, on=True)]),
        "on": line.on,
        "said": said(line, seen.tokens, seen.vocabulary),
        "amount": line.amount if scaled else None,
        "least": min(least, -beyond) if line.amount < least else least,
        "most": max(most, beyond) if line.amount > most else most,
        "problem": why,
    }


def cannot(config: GPTConfig) -> dict[str, str]:
    """The kinds of edits that such a model cannot have, each with the sentence why."""
    from gpt.analysis.stacks import problem

    found = dict[str, str]()
    if not config.n_layer:
        found = dict.fromkeys(FORMS, problem(config, 1, Line("attn", layer=0, mode="zero")))
    elif why := problem(config, 1, Line("mlp", layer=0, mode="zero")):
        found = {"mlp": why, "neuron": why}
    return {
        **found,
        "off": "" if off_parts(config) else "This model has none of the parts that can be switched off.",
    }


def offered(seen: Reading, found: Sides | None) -> list[tuple[int, str]]:
    """Tokens whose vectors can be added: all, or of very many the prompt's and the likeliest."""
    words = seen.vocabulary
    if len(words) <= MOST_WORDS:
        return list(enumerate(words))
    ids = dict.fromkeys(seen.ids)
    if found is not None:
        ids |= dict.fromkeys(found.after.logits[seen.query].topk(min(LIKELIEST, len(words))).indices.tolist())
    return [(i, words[i]) for i in list(ids)[-MOST_WORDS:]]


def of_other(seen: Reading) -> str:
    """How the model reads the other prompt."""
    text, n = seen.inputs.probe.other, len(other_ids(seen))
    if not text:
        return "Patches take from it what flows at each of its tokens; a difference, the mean of all."
    if not n:
        return "The model has no token for any of it: type something that it can read."
    many = f"{n} token{'s' if n != 1 else ''}; this prompt has {len(seen.ids)}."
    return f"{many} A patch of all tokens reaches as far as both go." if n != len(seen.ids) else many
