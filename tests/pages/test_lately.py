"""Which pass a text goes on from: the one of the same model whose text it shares the longest beginning with."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from gpt.analysis.heads import describe
from gpt.analysis.norms import norms as layer_norms
from gpt.trace import trace
from pages.ui import cache
from pages.ui.board import digits
from pages.ui.board.panels import heads, norms
from pages.ui.lately import LEAST, Lately, Lines, common
from pages.ui.state import permalink, reading
from tests.support import shipped
from tests.support.visitor import only_bundled

TEXT = tuple(range(40))


class Pass:
    """Stands in for a trace."""


@pytest.fixture(autouse=True, scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def test_the_longest_beginning_of_the_same_model() -> None:
    one: Any = object()
    other: Any = object()
    passes: list[Any] = [Pass() for _ in range(4)]
    lately = Lately(4)
    assert lately.closest(one, TEXT) == (None, 0)
    lately.add(one, TEXT[:20], passes[0])
    lately.add(one, (*TEXT[:30], 99), passes[1])
    lately.add(other, TEXT, passes[2])
    assert lately.closest(one, TEXT) == (passes[1], 30)
    assert lately.closest(one, TEXT[:12]) == (passes[1], 12)  # of two the newer one
    assert lately.closest(one, (*TEXT[:20], 98)) == (passes[1], 20)
    assert lately.closest(other, TEXT) == (passes[2], len(TEXT))
    assert lately.closest(one, (*TEXT[: LEAST - 1], 98, 97)) == (None, 0)  # read anew as fast
    assert lately.closest(one, ()) == (None, 0)
    passes[1] = None
    assert lately.closest(one, TEXT) == (passes[0], 20)  # nobody keeps the longer one any more
    for _ in range(4):
        lately.add(other, TEXT[:3], passes[3])
    assert lately.closest(one, TEXT) == (None, 0)  # the oldest are forgotten
    assert [common((1, 2, 3), x) for x in [(), (1,), (1, 2, 4), (1, 2, 3, 4)]] == [0, 1, 2, 3]


def test_a_text_that_was_typed_letter_by_letter_is_read_as_a_whole_one() -> None:
    """Up to the context's end, with a letter taken back and another put in the middle: every number to 1e-5."""
    loaded, step = shipped.loaded(), cache.offered()[shipped.DEFAULT].steps[-1]
    ids = tuple(loaded.tokenizer.encode("ROMEO:\nBut soft, what light through yonder window breaks?\n" * 3))[:128]
    read = [ids[:k] for k in range(1, 129)] + [ids[:90], (*ids[:50], ids[3], *ids[50:90]), ids[1:100]]
    for some in read:
        found = cache.trace(shipped.DEFAULT, step, some)
    for some in (ids, *read[-3:]):
        found, whole = cache.trace(shipped.DEFAULT, step, some), trace(loaded.model, some)
        for field in dataclasses.fields(whole):
            one, two = getattr(found, field.name), getattr(whole, field.name)
            torch.testing.assert_close(one, two, rtol=0.0, atol=1e-5 * max(1.0, float(two.abs().max())))


def test_what_is_read_on_leaves_what_was_read_before() -> None:
    """What nobody looked at is not held; two texts that go on differently from one do not see each other."""
    step = cache.offered()[shipped.DEFAULT].steps[-1]
    ids = tuple(shipped.ids_of("But soft, what light through yonder window breaks?"))
    read = [ids[:k] for k in range(20, 45)] + [(*ids[:30], 7), (*ids[:44], 8), (*ids[:44], 9), ids[:46]]
    passes = [cache.trace(shipped.DEFAULT, step, some) for some in read]
    looked = [one.pattern for one in passes[1:25]]
    assert len(looked) == 24 and not any("mlp_pre" in vars(one) for one in passes)
    names = [field.name for field in dataclasses.fields(passes[0])]
    before = [{name: getattr(one, name).clone() for name in names} for one in passes]
    cache.trace(shipped.DEFAULT, step, ids[:50])
    for one, other in zip(passes, before, strict=True):
        assert all(torch.equal(getattr(one, name), other[name]) for name in names)
    found, whole = passes[-3], trace(shipped.loaded().model, read[-3])
    torch.testing.assert_close(found.scores, whole.scores, rtol=0.0, atol=1e-4)
    torch.testing.assert_close(found.logits, whole.logits, rtol=0.0, atol=1e-4)


def test_what_panels_find_row_by_row_is_what_they_find_of_a_whole_text() -> None:
    text = "But soft, what light through yonder window breaks?"
    for some in (text[:30], text[:31], text[:20] + "x" + text[21:40], text[:20] + "x" + text[21:41]):
        seen = reading.read(permalink.restore({"prompt": some}))
        assert seen.trace is not None
        pattern, T = seen.trace.pattern, len(seen.ids)
        assert np.array_equal(heads.codes(seen), digits.shares(pattern.numpy()[..., *np.tril_indices(T)]))
        assert norms.panel(seen).stats == pytest.approx(layer_norms(seen.model, seen.trace).stats.numpy(), abs=1e-5)
        roles = describe(pattern, seen.tokens, cache.usual(seen.inputs.model, seen.inputs.step))
        assert [role.phrase for role in heads.roles_of(seen)] == [role.phrase for role in roles]


def test_a_text_that_grows_leaves_its_old_passes_behind() -> None:
    """Of each line a few are kept; the beginning of another line is not taken from it."""
    lines: Lines[Pass] = Lines(2)
    passes = [Pass() for _ in range(5)]
    names = [("mini", 1, tuple(range(n))) for n in range(5)]
    assert lines.left_behind(passes[0], names[0], None) == ()
    assert lines.left_behind(passes[1], names[1], passes[0]) == ()
    assert lines.left_behind(passes[2], names[2], passes[1]) == (names[0],)
    assert lines.left_behind(passes[3], names[3], passes[1]) == (names[0],)  # another text that goes on from there
    assert lines.left_behind(passes[4], names[4], None) == ()


def test_a_hundred_keys_hold_few_passes() -> None:
    step = cache.offered()[shipped.DEFAULT].steps[-1]
    ids = tuple(shipped.ids_of("What light through yonder window breaks? It is the east"))
    cache.trace.cache_clear()
    for n in range(10, len(ids)):
        cache.trace(shipped.DEFAULT, step, ids[:n])
    assert len(cache.trace.cache) == cache.OF_A_LINE  # type: ignore[attr-defined]
