"""The residual stream's numbers, recomputed by another model, written in numpy from the papers: float64, to 1e-5."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pages.ui import cache
from pages.ui.board import stream
from pages.ui.board.panels import dimensions, lens, ranks, writes
from pages.ui.state import permalink
from tests.support.numpy_gpt import NumpyGPT, softmax
from tests.support.visitor import only_bundled

PROMPTS = ("\nROMEO:\nO my love", "To be, or not to be", "a", "No more, no more. " * 3)
MADE = ("gacbdeh|gac", "cab>abc\nfed>d", "abcdefgh|abcdefgh")
VIEWS = 24


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def close(sent: object, true: object) -> None:
    """Two arrays, by the largest of the true one."""
    one, other = np.asarray(sent, np.float64).ravel(), np.asarray(true, np.float64).ravel()
    assert one.shape == other.shape
    assert np.abs(one - other).max() / max(np.abs(other).max(), 1e-2) < 2e-5


@pytest.mark.parametrize("number", range(VIEWS))
def test_a_view_recomputed(number: int) -> None:
    dice = random.Random(number)
    names = list(cache.offered())
    name = names[number % len(names)] if number % 3 else "shakespeare"
    path: Path = cache.offered()[name].files[-1][1]
    text = dice.choice(MADE if name in ("copy", "sort") else PROMPTS)
    off = dice.random() < 0.3
    link = {"model": name, "prompt": text, "bare": str(int(off)), "token": str(dice.randint(1, 12))}
    seen, here = stream.read(permalink.restore(link))
    assert here is not None
    model = NumpyGPT(path)
    model.c["residual"] = model.c["residual"] and not (off and model.L)
    found = model.run(list(seen.ids))
    places = [layer["pre"] for layer in found["layers"]] + [found["stream"]]
    streams, row = np.array(places), seen.query  # (S, T, C)
    table = {"tied": "token_embedding", "untied": "unembed"}.get(model.c["head"])
    level = model.norm("norm_final", streams) if model.c["norm"] == "pre" and model.L else streams
    shares = softmax(level if table is None else model.linear(table, level))  # (S, T, V)

    told = lens.panel(seen, here)
    ids = np.array([seen.vocabulary.index(word) for word in told.words])[told.best]  # (S, T, K)
    close(told.shares, np.take_along_axis(shares, ids, -1))
    close(told.shares, np.sort(shares, -1)[..., ::-1][..., : told.K])
    for t, token in enumerate(seen.ids[1:]):
        close(told.share[:, t], shares[:, t, token])
    close(dimensions.panel(seen, here).values, streams[:, row])

    logits = found["logits"][row]
    parts = writes.panel(seen, here)
    close([parts.logit, parts.added[0][1]], [logits.max(), logits.mean()])
    _, _, _, line = ranks.panel(seen, here).lines[0]
    close(line, shares[:, row, int(logits.argmax())])
    heads = [part for part in parts.rows if " head " in part[0]]
    if model.L:
        close([effect for *_, effect in heads], model.effects(found, row))
        wrote = [
            layer["z"][head, row] @ model.out_table(i, head)
            for i, layer in enumerate(found["layers"])
            for head in range(model.H)
        ]
        onto = [layer["pre"][row] for layer in found["layers"] for _ in range(model.H)]
        close([length for _, _, length, _, _ in heads], [np.linalg.norm(w) for w in wrote])
        cosines = [w @ x / np.linalg.norm(w) / np.linalg.norm(x) for w, x in zip(wrote, onto, strict=True)]
        close([cosine for *_, cosine, _ in heads], cosines)
    token = found["token"][row]
    close(parts.rows[0][2], np.linalg.norm(token))
