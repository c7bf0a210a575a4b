"""A hundred views, recomputed: what a page sends is what another model, written in numpy from the papers, finds.

Models, steps, rungs, prompts, heads, pinned tokens and switches are drawn; the links are read as a visitor's would be.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages.ui import cache as caches
from pages.ui.board import payload
from pages.ui.board.panels import flow, heads, next_token, norms, stages, switches, token_map, vectors, worked, write
from pages.ui.state import permalink, reading
from pages.ui.state.reading import Reading
from tests.support.numpy_gpt import NumpyGPT, Seen, knobs, softmax
from tests.support.visitor import unpack

VIEWS = 100
WORST = 1e-5  # of the largest number of its kind
PROMPTS = (
    "\nROMEO:",
    "   \n\n  ",
    "To be, or not to be: that is the question",
    "a",
    "\n",
    "naïve café € 12 ROMEO",
    "JULIET:\nO Romeo, Romeo! wherefore art thou ",
    "No more, no more, no more of this. " * 9,  # beyond the context
    "aaaaaaaaaaaa",
)
MADE = ("gacbdeh|gac", "cab>abc\nfed>d", "a", "\nabc|ab", "fed>", "abcdefgh|abcdefgh\nabcdefgh|abcd", "b c d?!")
SWITCHES = ("", "", "mask", "scale", "positions", "head", "uniform", "mask.positions", "scale.head", "uniform.head")


def view(number: int) -> dict[str, str]:
    """One link."""
    dice = random.Random(number)
    names = list(caches.offered())
    name = names[number % len(names)] if number % 3 else "shakespeare"
    model = caches.offered()[name]
    return {
        "model": name,
        "step": str(dice.choice(model.steps)),
        "prompt": dice.choice(MADE if name in ("copy", "sort") else PROMPTS),
        "layer": str(dice.randint(1, 6)),
        "head": str(dice.randint(1, 6)),
        "token": str(dice.randint(1, 12)),
        "off": dice.choice(SWITCHES),
        "t": str(dice.choice((0.3, 0.8, 1.7))),
        "k": str(dice.choice((0, 1, 5, 40))),
        "p": str(dice.choice((1.0, 0.9, 0.3))),
        "greedy": str(dice.choice((0, 0, 0, 1))),
    }


@cache
def twin(path: Path, on: tuple[str, ...], place: tuple[int, int]) -> NumpyGPT:
    """The model in numpy."""
    return NumpyGPT(path, on, place)


class Judge:
    """Compares, and remembers the worst."""

    def __init__(self) -> None:
        self.worst: dict[str, float] = {}

    def same(self, what: str, sent: Any, true: Any) -> None:
        """Two arrays, by the largest of the true one."""
        sent, true = np.asarray(sent, np.float64), np.asarray(true, np.float64)
        assert sent.size == true.size, (what, sent.shape, true.shape)
        if true.size:
            away = np.abs(sent.ravel() - true.ravel()).max() / max(np.abs(true).max(), 1e-3)
            self.worst[what] = max(self.worst.get(what, 0.0), float(away))


def compare(seen: Reading, judge: Judge) -> None:
    """One view, panel by panel."""
    chosen = seen.inputs
    model = twin(chosen.shelved.file(chosen.step), chosen.switches, (chosen.layer, chosen.head))
    ids = model.read(chosen.full_text) if model.vocabulary else list(seen.ids)  # bytes in pairs: by their own tests
    assert tuple(ids) == seen.ids
    if not ids:
        return
    true = model.run(ids)
    compare_ends(seen, judge, model, true, ids)
    if model.L:
        compare_heads(seen, judge, model, true)
        compare_flow(seen, judge, model, true)
        compare_switches(seen, judge, model, true, ids)


def compare_ends(seen: Reading, judge: Judge, model: NumpyGPT, true: Seen, ids: list[int]) -> None:
    """What goes in, what comes out, the map, and the norms on the way."""
    sent = unpack(payload.pack(vectors.panel(seen)))
    judge.same("token vectors", sent["token"].reshape(-1, model.C)[sent["row"]], true["token"])
    judge.same("position vectors", sent["position"], [] if true["place"] is None else true["place"])
    sent = unpack(payload.pack(next_token.panel(seen)))
    judge.same("logits", sent["logits"], true["logits"])
    asked = sent["settings"]
    settings = (asked["temperature"], asked["top_k"], asked["top_p"], asked["greedy"])
    own = knobs(
        sent["logits"].reshape(len(ids), -1)[-1].astype(np.float64), *settings
    )  # a cut must fall where theirs does
    judge.same("probabilities", caches_probabilities(seen), own)
    said = write.panel(seen).reading
    if len(ids) > 1:
        loss = NumpyGPT.loss(model, model.run(ids), ids)
        choices = re.search(r"([\d.]+) equal options", said)
        if choices:
            assert abs(float(choices[1]) - np.exp(loss)) <= 0.005 + 1e-4 * np.exp(loss), said
        else:
            assert np.exp(loss) > model.c["vocab_size"]
    found = caches.token_map(seen.inputs.model, seen.inputs.step)
    sent = unpack(payload.pack(token_map.panel(found, seen)))
    table = model.w["token_embedding.weight"] - model.w["token_embedding.weight"].mean(0)
    _, lengths, axes = np.linalg.svd(table, full_matrices=False)
    points = sent["points"].reshape(-1, 2)
    if lengths[1] - lengths[2] > 1e-2 * lengths[0] and lengths[0] - lengths[1] > 1e-2 * lengths[0]:  # else no axes
        judge.same("map, up to sign", np.abs(points), np.abs(table @ axes[:2].T))
    kept = f"{100 * (lengths[:2] ** 2).sum() / (lengths**2).sum():.0f} %"
    assert f"keep {kept} of" in sent["sentences"][0], (kept, sent["sentences"])
    if model.c["norm"] != "none" and model.L:
        sent = unpack(payload.pack(norms.panel(seen)))
        stats, gain, shift = model.stats(true)
        mine = sent["stats"].reshape(stats.shape)
        for kind, name in enumerate(("mean before", "spread before", "mean after", "spread after")):
            scale = stats[:, :, kind - kind % 2 : kind - kind % 2 + 2]  # a mean is measured by its spread
            away = (mine - stats)[:, :, kind] / np.abs(scale).max()
            judge.same(f"norms: {name}", away + 1, np.ones_like(away))
        judge.same("gains", sent["gain"], gain)
        judge.same("shifts", sent["shift"], [] if shift is None else shift)


def caches_probabilities(seen: Reading) -> np.ndarray:
    """What the table of the next token shows."""
    from gpt import sampling

    assert seen.trace is not None
    return sampling.stages(seen.trace.logits[-1], seen.inputs.knobs).probabilities.numpy()


def compare_heads(seen: Reading, judge: Judge, model: NumpyGPT, true: Seen) -> None:
    """All weights, one head's stages, and the number that is worked out."""
    sent, T = unpack(payload.pack(heads.ordered(seen))), len(seen.ids)
    every = np.stack([here["pattern"] for here in true["layers"]])
    told = every[..., *np.tril_indices(T)] if model.causal else every
    shown = sent["pattern"].reshape(told.shape) / 65_535
    turning = np.abs((told * 1_000) % 1 - 0.5) < 1e-2  # where float32 itself may fall on the other side
    assert (np.floor(shown * 1_000 + 0.5) == np.floor(told * 1_000 + 0.5))[~turning].all()
    layer, head = seen.inputs.layer, seen.inputs.head
    sent, here = unpack(payload.pack(stages.panel(seen))), true["layers"][layer]
    for name in ("q", "k", "v", "dot", "scaled", "pattern", "z"):
        judge.same(f"stage {name}", sent[name], here[name][head])
    sum_ = worked.panel(seen)
    stage, row, column = seen.cell or ("", 0, 0)
    value = -np.inf if stage == "masked" else float(here[stage][head][row, column])
    printed = re.search(r"Shown (\S+), recomputed in double precision (\S+):", sum_.sum)
    assert printed is not None, sum_.sum
    for number in printed.groups():
        judge.same("the number worked out", float(number), value)


def compare_flow(seen: Reading, judge: Judge, model: NumpyGPT, true: Seen) -> None:
    """Four measures of one row, and every head's effect."""
    layer, head, row = seen.inputs.layer, seen.inputs.head, seen.query
    sent = flow.panel(seen)
    own = [
        true["layers"][layer]["pattern"][head, row],
        model.by_values(true, layer, head, row),
        model.rollout(true, layer)[row],
        model.effect_by_token(true, layer, head, row),
    ]
    for (name, values, _), numbers in zip(sent.rows, own, strict=True):
        judge.same(f"flow: {name}", values, numbers)
    judge.same("direct effects", sent.heads, model.effects(true, row))


def compare_switches(seen: Reading, judge: Judge, model: NumpyGPT, true: Seen, ids: list[int]) -> None:
    """What the switches changed, as far as it is printed."""
    sent, chosen = switches.panel(seen), seen.inputs
    plain = twin(chosen.shelved.file(chosen.step), (), (0, 0)).run(ids)
    for (_, top), one in zip(sent.tops, (plain, true), strict=True):
        p = softmax(one["logits"][-1])
        judge.same("likeliest tokens", [share for _, share in top], np.sort(p)[::-1][: len(top)])
    facts = dict(sent.facts)

    def bits(one: Seen) -> float:
        p = one["layers"][chosen.layer]["pattern"][chosen.head]
        return float(-(p * np.log2(np.where(p > 0, p, 1))).sum(-1).mean())

    numbers = [float(x) for x in re.findall(r"-?[\d.]+", facts["entropy of this head's rows"])]
    assert numbers == pytest.approx([bits(plain), bits(true)], abs=6e-4)
    if len(ids) > 1:
        losses = [float(x) for x in re.findall(r"-?[\d.]+", facts["loss on this text"])]
        assert losses == pytest.approx([model.loss(plain, ids), model.loss(true, ids)], abs=6e-4)


def test_a_hundred_views_are_what_numpy_finds() -> None:
    judge, links = Judge(), [view(number) for number in range(VIEWS)]
    for link in links:
        compare(reading.read(permalink.restore(link), switches=True), judge)
    assert {link["model"] for link in links} == set(caches.offered())
    assert max(judge.worst.values()) <= WORST, sorted(judge.worst.items(), key=lambda pair: -pair[1])[:8]
