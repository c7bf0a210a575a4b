"""A visitor's wishes for the tree of texts, checked and done: the choices before -> the choices after. No session."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from gpt.analysis.edit_lines import write_lines
from gpt.config import SamplingConfig
from gpt.texttree import LONGEST, Path, TextTree, TreeFull, common
from pages.ui import cache
from pages.ui.derived import writing
from pages.ui.state import reading
from pages.ui.state.choices.writing import SETTINGS, WIDEST
from pages.ui.state.inputs import Inputs, Written
from pages.ui.state.validate import clean, whole

COUNT = 10**9
AT_ONCE = 16  # tokens that one wish may draw: a run asks again and again, so that thirty who run take turns
SECONDS = 0.15  # after which a wish draws no more, whatever it asked for: the next one goes on
SEARCHED = 30  # tokens that greedy and beam search write on at once
SEARCHED_EDITED = 10  # with edits, where each is a whole pass
NOTHING = "Type at least one character that the model knows: then it can go on."
LONG = f"A text has at most {LONGEST} tokens after its prompt: rewind, or make what is written the prompt."


def prompt_of(inputs: Inputs) -> Path:
    """The prompt's ids, all of them."""
    return tuple(cache.model(inputs.model, inputs.step).tokenizer.encode_known(inputs.text)[0])


def path_of(inputs: Inputs) -> Path:
    """What was written on from it."""
    return tuple(token.id for token in inputs.written)


def key_of(inputs: Inputs) -> str:
    """What tells the text that stands here, of this model, step and edits, from others: in eight hexadecimal digits."""
    told, stack = (inputs.model, inputs.step, prompt_of(inputs), path_of(inputs)), reading.stack_of(inputs)
    told = (*told, write_lines(stack[0]), stack[1]) if stack[0] else told
    return f"{zlib.crc32(repr(told).encode()):08x}"


def is_elsewhere(inputs: Inputs) -> bool:
    """Whether there is a tree of this model on another prompt."""
    chosen = inputs.writing
    return bool(chosen.tree.branches) and chosen.model == inputs.model and chosen.text != inputs.text


def shown(inputs: Inputs) -> tuple[TextTree, int, Path]:
    """The tree with what is written in it, the branch that one is on, and that branch's whole path.

    What other pages wrote is in it, too, if there is room; else the branch is -1, and the path what is written.
    """
    path, chosen = path_of(inputs), inputs.writing
    tree = chosen.standing(inputs.model, inputs.text)
    with suppress(TreeFull):
        tree = tree.kept(path, now=chosen.now)
    on = [i for i, one in enumerate(tree.branches) if one.ids[: len(path)] == path]
    now = chosen.now if chosen.now in on else on[0] if on else -1
    return tree, now, tree.branches[now].ids if now >= 0 else path


def drawn(inputs: Inputs, count: int) -> tuple[Written, ...]:
    """The next tokens that the model draws, each with its probability then; none where there is nothing to continue."""
    from gpt import sampling

    prompt, loaded = prompt_of(inputs), cache.model(inputs.model, inputs.step)
    ids = (*prompt, *path_of(inputs))
    count = min(count, LONGEST - len(inputs.written))
    if not prompt or count < 1:
        return ()
    found, until = list[Written](), time.monotonic() + SECONDS
    model = cache.reads(inputs.model, inputs.step, reading.stack_of(inputs))
    for one in sampling.generate(model, ids, inputs.knobs, count, skip=len(inputs.written)):
        found.append(Written(one.id, loaded.tokenizer.tokens[one.id], round(one.probability, 4)))
        if time.monotonic() > until:
            break
    return tuple(found)


def asked(inputs: Inputs, ask: Mapping[str, Any]) -> Inputs:
    """The choices once a wish of the tree's panel is done; why not, if it could not be, as a sentence in them."""
    number = whole(ask.get("n"), 0, COUNT, 0)
    if number <= inputs.writing.answered:
        return inputs
    heard = replace(inputs, writing=replace(inputs.writing, answered=number, said=""))
    try:
        return done(heard, ask)
    except TreeFull as full:
        return replace(heard, writing=replace(heard.writing, said=str(full)))


def done(inputs: Inputs, ask: Mapping[str, Any]) -> Inputs:
    """A wish done. Raises TreeFull where there is no room."""
    what, path, tree = ask.get("what"), path_of(inputs), inputs.writing.standing(inputs.model, inputs.text)
    branch = whole(ask.get("branch"), 0, COUNT, COUNT)
    if what == "look":
        at = whole(ask.get("at"), -1, LONGEST, -1)
        return replace(inputs, writing=replace(inputs.writing, at=at if at >= 0 else None))
    if what == "return" and is_elsewhere(inputs):
        return replace(inputs, text=inputs.writing.text, written=(), rev=inputs.rev + 1)
    if what == "name" and branch < len(tree.branches):
        return planted(inputs, path, tree.renamed(branch, clean(ask.get("name", ""), 100)))
    if what == "remove" and branch < len(tree.branches):
        left = tree.without(branch)
        depth = len(path) if left.at(path) is not None else max((common(path, b.ids) for b in left.branches), default=0)
        return planted(inputs, path[:depth], left)
    if what == "show" and branch < len(tree.branches):
        ids = tree.branches[branch].ids
        to = whole(ask.get("to"), 0, LONGEST, len(ids))
        return planted(inputs, ids[:to], tree.kept(path, now=inputs.writing.now), branch)
    if not prompt_of(inputs):
        return replace(inputs, writing=replace(inputs.writing, said=NOTHING))
    return wrote(inputs, ask)


def wrote(inputs: Inputs, ask: Mapping[str, Any]) -> Inputs:
    """A wish that the model write, or that a certain token stand somewhere, done."""
    what, path = ask.get("what"), path_of(inputs)
    tree = inputs.writing.standing(inputs.model, inputs.text).kept(path, now=inputs.writing.now)
    ids, here = (*prompt_of(inputs), *path), (inputs.model, inputs.step)
    if what == "more":
        more = drawn(inputs, whole(ask.get("count"), 1, AT_ONCE, 1))
        if not more:
            raise TreeFull(LONG)
        return planted(inputs, (*path, *(one.id for one in more)), tree, fresh=more)
    if what == "force":
        ahead, token = shown(inputs)[2], whole(ask.get("id"), -1, COUNT, -1)
        at = whole(ask.get("at"), 0, len(ahead), len(path))
        if not 0 <= token < cache.model(*here).config.vocab_size:
            return inputs
        return planted(inputs, (*ahead[:at], token), tree)
    if what in ("greedy", "beam"):
        return searched(inputs, whole(ask.get("width"), 1, WIDEST, inputs.writing.width) if what == "beam" else 0, tree)
    if what == "plant":
        knobs = other_knobs(inputs) if ask.get("set") == "other" else inputs.knobs
        every = writing.continued(*here, ids, knobs, reading.stack_of(inputs))
        ahead = (*path, *every[whole(ask.get("which"), 0, len(every) - 1, 0)].ids)[:LONGEST]
        return planted(inputs, ahead, tree.kept(ahead, anew=True))
    return inputs


def searched(inputs: Inputs, width: int, tree: TextTree) -> Inputs:
    """What a beam of this width finds ahead (0: greedy) hangs in the tree as a branch; one stays where one is."""
    path, name = path_of(inputs), f"beam {width}" if width else "greedy"
    n, stack = min(searched_at_once(inputs), LONGEST - len(path)), reading.stack_of(inputs)
    if n < 1:
        raise TreeFull(LONG)
    best, *_ = writing.beams(inputs.model, inputs.step, (*prompt_of(inputs), *path), n, max(width, 1), stack)
    ahead, chosen = (*path, *best.ids), replace(inputs.writing, width=width or inputs.writing.width)
    found = tree.at(ahead)
    if found is not None:
        chosen = replace(chosen, said=f"“{name}” finds what “{tree.branches[found].name}” is already.")
    grown = tree.kept(ahead, name, anew=True)
    return planted(replace(inputs, writing=chosen), path, grown, grown.at(ahead))


def searched_at_once(inputs: Inputs) -> int:
    """How many tokens greedy and beam search write on at once."""
    return SEARCHED_EDITED if inputs.probe.active else SEARCHED


def other_knobs(inputs: Inputs) -> SamplingConfig:
    """The second setting, by the seed of the first."""
    return replace(SETTINGS[inputs.writing.other], seed=inputs.knobs.seed)


def planted(
    inputs: Inputs, path: Path, tree: TextTree, branch: int | None = None, fresh: tuple[Written, ...] = ()
) -> Inputs:
    """The choices with this tree, and this path in it as the text that is written. Raises TreeFull.

    A path that goes on from where one is grows the branch that one is on.
    """
    if len(path) > LONGEST:
        raise TreeFull(LONG)
    now = inputs.writing.now
    grown = tree.kept(path, now=now)
    if branch is None:
        on = [i for i, one in enumerate(grown.branches) if one.ids[: len(path)] == path]
        branch = now if now in on or not on else on[0]
    chosen = replace(
        inputs.writing,
        tree=grown,
        model=inputs.model,
        text=inputs.text,
        now=branch if branch < len(grown.branches) else 0,
    )
    return replace(inputs, writing=chosen, written=tokens_of(inputs, path, fresh), rev=inputs.rev + 1)


def tokens_of(inputs: Inputs, path: Path, fresh: tuple[Written, ...]) -> tuple[Written, ...]:
    """A path as all pages show it: what was drawn keeps its probability then, other tokens have the model's own."""
    known = common(path, path_of(inputs))
    if fresh or known == len(path):
        return (*inputs.written[:known], *fresh)
    nats = writing.scores(inputs.model, inputs.step, prompt_of(inputs), path, reading.stack_of(inputs)).nats
    tokens = cache.model(inputs.model, inputs.step).tokenizer.tokens
    rest = [(token, float(lost)) for token, lost in zip(path[known:], nats[known:], strict=True)]
    return (*inputs.written[:known], *(Written(i, tokens[i], round(math.exp(-lost), 4)) for i, lost in rest))
