"""Reading on from kept keys and values gives what a whole pass gives: on every rung, however the text is cut."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt import decoder
from gpt.config import GPTConfig, SamplingConfig
from gpt.decoder import Decoder, Textbook, reader, whole
from gpt.model import GPT
from gpt.past import Past
from gpt.sampling import choose, generate, generator
from gpt.trace import Trace, Whole, count, read_on, trace
from tests.support import shipped
from tests.support.ladder import CAUSAL, MODELS, RUNGS, SIZE, T, V, fresh

ids_of = st.lists(st.integers(0, V - 1), min_size=1, max_size=T)
SEEDS = range(40)
FIELDS = [field.name for field in dataclasses.fields(Trace)]


def close(actual: torch.Tensor, expected: torch.Tensor) -> None:
    """Equal to 1e-5 of the largest number."""
    torch.testing.assert_close(actual, expected, rtol=0.0, atol=1e-5 * max(1.0, float(expected.abs().max())))


def alike(found: Trace, expected: Trace, sites: Collection[str]) -> None:
    """Equal at these sites, and of the same shape."""
    for site in sites:
        one, two = getattr(found, site), getattr(expected, site)
        assert one.shape == two.shape, site
        if two.numel():
            close(one, two)


@given(rung=st.sampled_from(CAUSAL), ids=ids_of, data=st.data())
@settings(max_examples=120, deadline=None)
def test_pieces_equal_a_whole_pass(rung: str, ids: list[int], data: st.DataObject) -> None:
    """Any split into pieces, read one after another, gives the logits of one pass at every position."""
    model, past, found = MODELS[rung], Past(), []
    left = ids
    with torch.no_grad():
        expected = model(torch.tensor([ids]))[0]  # (T, V)
        while left:
            n = data.draw(st.integers(1, len(left)))
            found.append(model(torch.tensor([left[:n]]), past=past)[0])  # (n, V)
            left = left[n:]
    assert past.length == len(ids)
    close(torch.cat(found), expected)


@given(rung=st.sampled_from(CAUSAL), ids=ids_of, other=ids_of, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_cut_past_reads_another_text(rung: str, ids: list[int], other: list[int], data: st.DataObject) -> None:
    """Cut after any token, the past knows nothing of what came later."""
    kept = data.draw(st.integers(0, min(len(ids), T - 1)))
    text = [*ids[:kept], *other][:T]
    past = Past()
    with torch.no_grad():
        MODELS[rung](torch.tensor([ids]), past=past)
        past.cut(kept)
        found = MODELS[rung](torch.tensor([text[kept:]]), past=past)[0]
        close(found, MODELS[rung](torch.tensor([text]))[0, kept:])


@given(rung=st.sampled_from(list(RUNGS)), ids=ids_of, other=ids_of, data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_trace_read_on_equals_a_whole_one(rung: str, ids: list[int], other: list[int], data: st.DataObject) -> None:
    """Every site of every layer, whatever was typed behind, in the middle of, or cut from the text before."""
    model = MODELS[rung]
    kept = data.draw(st.integers(0, len(ids)))
    text = [*ids[:kept], *other][:T] if data.draw(st.booleans()) or not kept else ids[:kept]
    found, expected = read_on(model, trace(model, ids), kept, text), trace(model, text)
    alike(found, expected, FIELDS)


@given(rung=st.sampled_from(CAUSAL), ids=ids_of, data=st.data())
@settings(max_examples=60, deadline=None)
def test_key_after_key_equals_whole_passes(rung: str, ids: list[int], data: st.DataObject) -> None:
    """Keys anywhere, behind, and back, each read on from the last; some sites are looked at in between."""
    model = MODELS[rung]
    found = trace(model, ids)
    for _ in range(data.draw(st.integers(2, 9))):
        kept = data.draw(st.integers(1, len(ids)))
        ids = [*ids[:kept], *data.draw(st.lists(st.integers(0, V - 1), min_size=kept == 0, max_size=T - kept))]
        found = read_on(model, found, kept, ids)
        alike(found, trace(model, ids), data.draw(st.sets(st.sampled_from(FIELDS), max_size=2)))
    alike(found, trace(model, ids), FIELDS)


def test_who_looks_at_the_same_time_sees_the_same() -> None:
    model = MODELS["pre-norm"]
    for _ in range(20):
        found = read_on(model, trace(model, [0, 1, 2]), 2, [0, 1, 1, 2])
        with ThreadPoolExecutor(8) as pool:
            looks = list(pool.map(lambda _, one=found: (one.pattern, one.scores, one.q), range(8)))
        assert all(a is b for look in looks for a, b in zip(look, looks[0], strict=True))


def test_what_nobody_looked_at_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that grows keeps the sites that were looked at before; another one costs a whole pass, once."""
    model = MODELS["pre-norm"]
    first = trace(model, [0, 1, 2])
    assert first.pattern.shape[-1] == 3
    passes, stacked = list[str](), Whole.stacked

    def noted(self: Whole, site: str) -> torch.Tensor:
        passes.append(site)
        return stacked(self, site)

    monkeypatch.setattr(Whole, "stacked", noted)
    one = read_on(model, first, 3, [0, 1, 2, 3])
    alike(one, trace(model, [0, 1, 2, 3]), ["pattern", "k", "v"])
    assert passes == []
    assert one.mlp_pre.shape[1] == 4 and passes == ["mlp_pre"]
    two = read_on(model, one, 4, [0, 1, 2, 3, 4])
    alike(two, trace(model, [0, 1, 2, 3, 4]), ["pattern", "mlp_pre"])
    assert passes == ["mlp_pre"]


@pytest.mark.parametrize("rung", RUNGS)
def test_how_many_numbers_a_trace_holds(rung: str) -> None:
    found = trace(MODELS[rung], [0, 1, 2])
    assert count(MODELS[rung], 3) == sum(getattr(found, site).numel() for site in FIELDS)


def test_a_trace_has_its_sites_only() -> None:
    found = trace(MODELS["pre-norm"], [0, 1])
    with pytest.raises(AttributeError, match="A trace has no 'head'"):
        _ = found.head  # type: ignore[attr-defined]
    assert torch.equal(copy.deepcopy(found).pattern, found.pattern)


def test_a_model_without_layers_reads_on() -> None:
    model = MODELS["bigram"]
    found, expected = read_on(model, trace(model, [0]), 1, [0, 2]), trace(model, [0, 2])
    for field in dataclasses.fields(expected):
        assert getattr(found, field.name).shape == getattr(expected, field.name).shape, field.name


def test_a_past_that_cannot_be() -> None:
    past = Past()
    with torch.no_grad():
        MODELS["pre-norm"](torch.zeros(1, T, dtype=torch.int64), past=past)
        with pytest.raises(ValueError, match=f"{T + 1} tokens do not fit the context of {T}"):
            MODELS["pre-norm"](torch.zeros(1, 1, dtype=torch.int64), past=past)
        with pytest.raises(ValueError, match="Without the causal mask"):
            MODELS["sees the future"](torch.zeros(1, 1, dtype=torch.int64), past=Past())


@pytest.mark.parametrize("rung", CAUSAL)
def test_a_switch_that_the_quick_way_does_not_know(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the textbook reads on: slower, and right before anybody has taught the quick way."""
    assert set(GPTConfig.settings()) >= decoder.KNOWN
    made: list[str] = []
    monkeypatch.setattr(decoder, "KNOWN", frozenset())
    monkeypatch.setattr(decoder.Decoder, "read", lambda self, token: made.append("quick"))
    monkeypatch.setattr(
        decoder.Textbook, "read", lambda self, token, read=Textbook.read: made.append("") or read(self, token)
    )
    model, read = MODELS[rung], reader(MODELS[rung])
    tokens = [3]
    for step in range(2 * T):
        logits = read(tokens)  # (V,)
        close(logits, whole(model, tokens))
        tokens.append((5 * step + int(logits.argmax())) % V)
    assert made == [""] * (T - 1)


@pytest.mark.parametrize("rung", RUNGS)
def test_one_token_at_a_time(rung: str) -> None:
    """The quick way is the textbook's arithmetic, up to the context's end and over the sliding window."""
    model, read = MODELS[rung], reader(MODELS[rung])
    tokens = [3]
    for step in range(2 * T):
        logits = read(tokens)  # (V,)
        close(logits, whole(model, tokens))
        tokens.append((int(logits.argmax()) + step) % V)


@pytest.mark.parametrize("name", ["shakespeare", "mini"])
def test_a_shipped_model_reads_quickly_and_the_same(name: str) -> None:
    model, past = shipped.loaded(name).model, Past()
    ids = shipped.ids_of("JULIET:\nO Romeo, Romeo!", name)
    with torch.no_grad():
        model(torch.tensor([ids[:8]]), past=past)
    decoder = Decoder(model, past)
    for n in range(8, len(ids)):
        close(decoder.read(ids[n]), whole(model, ids[: n + 1]))


def written(model: GPT, ids: list[int], seed: int, n: int) -> list[int]:
    """What a whole pass for every token writes."""
    draws, tokens, knobs = generator(seed), list(ids), SamplingConfig(temperature=0.9, seed=seed)
    for _ in range(n):
        tokens.append(choose(whole(model, tokens), knobs, draws))
    return tokens[len(ids) :]


@pytest.mark.parametrize("window", [False, True], ids=["inside the context", "over the sliding window"])
def test_forty_seeds_write_the_same(window: bool) -> None:
    """The same drawn tokens as without a cache, on forty seeds; some go beyond the context."""
    loaded = shipped.loaded("mini")
    ids = shipped.ids_of("ROMEO:\n", "mini")
    n = loaded.config.block_size + 10 - len(ids) if window else 24
    for seed in list(SEEDS)[:6] if window else SEEDS:
        knobs = SamplingConfig(temperature=0.9, seed=seed)
        assert [c.id for c in generate(loaded.model, ids, knobs, n)] == written(loaded.model, ids, seed, n), seed


def test_two_readers_of_one_model_do_not_meet() -> None:
    """Nothing is kept on the model: texts written in turns stay themselves."""
    model = fresh(dataclasses.replace(RUNGS["gpt-2"], **SIZE))
    alone = [list(generate(model, [k], SamplingConfig(seed=k), 6)) for k in (1, 2)]
    turns = [generate(model, [k], SamplingConfig(seed=k), 6) for k in (1, 2)]
    mixed = list(zip(*turns, strict=True))
    assert [[pair[k] for pair in mixed] for k in (0, 1)] == alone
