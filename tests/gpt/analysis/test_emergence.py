"""Every sentence of the timeline follows from its numbers: of all models that come along, at every kept step.

What heads look at is counted anew here, key by key in numpy, from what each role means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pytest
import torch

from gpt import bundled, checkpoint
from gpt.analysis import emergence, heads
from gpt.analysis.embeddings import in_words, maps
from gpt.analysis.emergence import Emergence
from gpt.analysis.heads import BACK, CLEAR, ROLES, Usual
from gpt.analysis.usual import patterns, usual
from gpt.checkpoint import Checkpoint
from gpt.corpora.excerpts import held_out

NAMES = [model.name for model in bundled.shelf()]
PROMPTS = ("JULIET:\nO Romeo, Romeo! wherefore art thou ", "abcabcabc", "cab>ab", "gacbdeh|gac", "R")
EVERY = pytest.mark.parametrize("name", NAMES)
NAMED = {phrase: role for role, phrase in ROLES.items()}


def kept(name: str) -> tuple[int, ...]:
    """The kept steps of a model."""
    return next(model for model in bundled.shelf() if model.name == name).steps


@cache
def loaded(name: str) -> tuple[Checkpoint, ...]:
    """A model at each of its kept steps."""
    return tuple(checkpoint.load(file) for _, file in next(m for m in bundled.shelf() if m.name == name).files)


@cache
def texts(name: str) -> tuple[tuple[int, ...], ...]:
    """The held-out texts that the page takes."""
    last = loaded(name)[-1]
    found = held_out(str(last.record.get("corpus")), last.tokenizer, min(last.config.block_size, 64))
    return tuple(tuple(ids) for ids in found)


@cache
def each(name: str) -> tuple[Usual | None, ...]:
    """What the heads do at each kept step, as the page asks."""
    return tuple(usual(one.model, texts(name), one.tokenizer.tokens) for one in loaded(name))


def keys(tokens: Sequence[str], role: str, q: int) -> list[int]:
    """Which tokens count for a role, from the token q."""
    if role in BACK or role == "previous":
        far = BACK.get(role, 1)
        return [q - far] if q >= far else []
    if q == 0:
        return []
    if role in ("first", "itself"):
        return [0 if role == "first" else q]
    if role == "same":
        return [k for k in range(q) if tokens[k] == tokens[q]]
    if role == "induction":
        return [k + 1 for k in range(q) if tokens[k] == tokens[q] and k + 1 < q]
    start = q
    while start and tokens[start].isalpha() and tokens[start - 1][-1:].isalpha():
        start -= 1  # " the" begins a word itself
    return [start] if tokens[q][-1:].isalpha() and start < q else []


@cache
def asked(tokens: tuple[str, ...], role: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The tokens that a role asks, each with its keys."""
    found = ((q, tuple(keys(tokens, role, q))) for q in range(len(tokens)))
    return tuple((q, counted) for q, counted in found if counted)


def counted(name: str, place: int, layer: int, head: int, role: str) -> float:
    """The share of a head for one role over the held-out texts, at the kept step of this place."""
    given, count = 0.0, 0
    for ids, pattern in zip(texts(name), held(name, place), strict=True):
        tokens = tuple(loaded(name)[place].tokenizer.tokens[i] for i in ids)
        for q, places in asked(tokens, role):
            given += float(pattern[layer, head, q, list(places)].sum())
            count += 1
    return given / max(count, 1)


@cache
def held(name: str, place: int) -> list[np.ndarray]:
    """The patterns (L, H, T, T) of all held-out texts at one kept step."""
    with torch.no_grad():
        return [patterns(loaded(name)[place].model, ids).numpy() for ids in texts(name)]


def found(name: str) -> Emergence:
    """What the page tells of a model."""
    return emergence.emergence(each(name), kept(name), held_out=True)


@EVERY
def test_marks_are_where_a_head_began_for_good(name: str) -> None:
    """From the mark's kept step to the last the share is clear, at the one before it is not, and the last is told."""
    steps, texts_read = kept(name), len(texts(name))
    assert texts_read == 20 and list(steps) == sorted(set(steps))
    last = each(name)[-1]
    for event in found(name).events if last else ():
        since = steps.index(event.step)
        shares = [counted(name, i, event.layer, event.head, event.role) for i in range(len(steps))]
        assert since > 0 and shares[since - 1] < CLEAR and min(shares[since:]) >= CLEAR - 1e-6
        where = f"Layer {event.layer + 1}, head {event.head + 1} starts to look at {ROLES[event.role]}"
        assert event.sentence.startswith(f"{where} (step {event.step:,}; ")
        percent = re.search(r"; (\d+) % at the end, over 20 texts\)", event.sentence)
        assert percent and abs(int(percent[1]) - 100 * shares[-1]) <= 0.5 + 1e-4
        others = [
            counted(name, len(steps) - 1, event.layer, event.head, role) for role in (last.shares if last else ())
        ]
        assert max(others) == pytest.approx(shares[-1], abs=1e-5), "another role is clearer"


@EVERY
def test_what_the_marks_are_or_why_there_are_none(name: str) -> None:
    """No sentence speaks of roles that the last step contradicts, and every head with a clear one is counted."""
    steps, told = kept(name), found(name) if each(name)[0] else None
    if told is None:
        assert not loaded(name)[-1].config.n_layer
        return
    last, first = each(name)[-1], each(name)[0]
    assert last and first
    L, H = loaded(name)[-1].config.n_layer, loaded(name)[-1].config.n_head
    clear, always = 0, 0
    for layer in range(L):
        for head in range(H):
            shares = {role: float(share[layer, head]) for role, share in last.shares.items()}
            role = max(shares, key=lambda one: shares[one])
            if shares[role] >= CLEAR:
                clear += 1
                always += all(one and float(one.shares[role][layer, head]) >= CLEAR for one in each(name))
    assert len(told.events) == min(clear - always, emergence.MOST)
    assert ("no head gives 40 %" in told.sentence) == (clear == 0)
    assert ("▼: from this kept step on" in told.sentence) == bool(told.events)
    assert (f"{always} " in told.sentence) or not always
    assert "over 20 held-out texts" in told.sentence
    if len(steps) == 1:
        assert not told.events and always == clear


@EVERY
def test_every_phrase_of_a_head_is_its_share(name: str) -> None:
    """On any prompt, at every kept step: its per cents are those of the patterns, and what is clear is not denied."""
    for place, one in enumerate(loaded(name)):
        vocabulary = one.tokenizer.tokens
        meaningful = heads.meaningful(vocabulary)
        for tokens, pattern in read(one):
            roles = heads.describe(torch.from_numpy(pattern), tokens, each(name)[place], meaningful)
            for role in roles:
                own = pattern[role.layer, role.head]
                here = {
                    kind: sum(float(own[q, list(counted)].sum()) for q, counted in asked(tokens, kind)) / n
                    for kind in meaningful
                    if (n := len(asked(tokens, kind))) >= heads.ENOUGH
                }
                say(role.phrase, here, each(name)[place], role.layer, role.head)


def read(one: Checkpoint) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """The prompts that a model knows something of, with its patterns; none of a model without heads."""
    for prompt in PROMPTS if one.config.n_layer else ():
        ids = one.tokenizer.encode_known(prompt)[0][-one.config.block_size :]
        if ids:
            with torch.no_grad():
                pattern = patterns(one.model, ids).numpy()  # (L, H, T, T)
            yield tuple(one.tokenizer.tokens[i] for i in ids), pattern


def say(phrase: str, here: dict[str, float], rule: Usual | None, layer: int, head: int) -> None:
    """Whether a phrase is true of a head's shares on a prompt and over the held-out texts."""
    often = {} if rule is None else {role: float(share[layer, head]) for role, share in rule.shares.items()}
    shares = re.findall(r"(\d+) %", phrase)
    on = re.search(r" % on (.+?)(?: here| over|$)", phrase)
    if phrase.startswith(heads.UNCLEAR):
        assert not here or max(here.values()) < CLEAR + 1e-6, phrase
        if on:
            assert often[NAMED[on[1]]] >= CLEAR and abs(int(shares[0]) - 100 * often[NAMED[on[1]]]) <= 0.51, phrase
        else:
            assert not often or max(often.values()) < CLEAR, phrase
        return
    assert on, phrase
    role = NAMED[on[1]]
    assert here[role] >= CLEAR - 1e-6 and close(phrase, shares[0], here[role]), phrase
    if len(shares) > 1:
        assert close(phrase, shares[1], often[role]), phrase


def close(phrase: str, percent: str, share: float) -> bool:
    """Whether so many per cent are a share, also where "> 99 %" or "< 1 %" is said."""
    if f"> {percent}" in phrase and int(percent) == 99:
        return 0.99 < share < 1
    if f"< {percent}" in phrase and int(percent) == 1:
        return 0 <= share < 0.01
    return abs(int(percent) - 100 * share) <= 0.5 + 1e-4


@EVERY
def test_losses_and_maps_of_every_step(name: str) -> None:
    """Losses rise in step and end with the training; the axes of the map keep what their sentence says."""
    steps, models = kept(name), [one.model for one in loaded(name)]
    losses = loaded(name)[-1].record["losses"]
    assert [line["step"] for line in losses] == sorted({line["step"] for line in losses})
    assert losses[-1]["step"] <= steps[-1] and all(np.isfinite([line["val"], line["train"]]).all() for line in losses)
    for drawn, model in zip(maps(models), models, strict=True):
        table = model.token_embedding.weight.numpy()  # (V, C)
        spread = np.linalg.svd(table - table.mean(0), compute_uv=False) ** 2
        percents = [int(one) for one in re.findall(r"(\d+) %", in_words(drawn)[0])]
        points = drawn.points.numpy()
        shares = [float(((points - points.mean(0)) ** 2).sum() / spread.sum()), float(spread[:2].sum() / spread.sum())]
        assert percents == pytest.approx([100 * one for one in shares[: len(percents)]], abs=0.51)


def test_reasons_for_no_marks() -> None:
    """No text, a text that is too short, one kept step, roles from the beginning, and more marks than are told."""
    nothing, told = Usual(1, {}), Usual(20, {"previous": torch.full((2, 6), 0.9), "first": torch.zeros(2, 6)})
    assert emergence.emergence([None, None], [0, 1], True) == Emergence((), emergence.NO_TEXT)
    assert emergence.emergence([nothing, nothing], [0, 1], False) == Emergence((), emergence.SHORT)
    always = emergence.emergence([told, told], [0, 1], True)
    assert not always.events and always.sentence == (
        "12 of 12 heads gave 40 % or more of their attention to one kind of place from the first kept step on, "
        "over 20 held-out texts; none began later."
    )
    young = {role: share.clone() for role, share in told.shares.items()}
    young["previous"][0, :4] = young["previous"][1] = 0.1
    later = emergence.emergence([Usual(20, young), told], [0, 1], True)
    assert len(later.events) == emergence.MOST and later.sentence.endswith(
        ", over 20 held-out texts, the 8 clearest of 10; 2 more did so from the first kept step on."
    )
    here = emergence.emergence([Usual(1, young), Usual(1, young)], [0, 1], False)
    assert here.sentence.startswith("2 of 12 heads gave") and "on your text" in here.sentence
