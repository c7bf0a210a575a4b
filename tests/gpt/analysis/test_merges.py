"""Merges played one after another: after any number of them a text is cut as the library cuts it."""

from __future__ import annotations

import functools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt import corpora
from gpt.analysis.merges import NEVER, Merges, cut, words
from gpt.tokenizers import BPETokenizer

TEXT = corpora.load("shakespeare").text[:60_000]
TEXTS = st.one_of(st.text(max_size=60), st.integers(0, len(TEXT) - 80).map(lambda at: TEXT[at : at + 80]))


@functools.cache
def learned(size: int = 700) -> Merges:
    """Merges of a piece of Shakespeare."""
    return Merges(BPETokenizer.train(TEXT, size))


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(0, 500))
def test_after_any_number_of_merges_the_text_is_cut_as_the_library_cuts_it(text: str, merges: int) -> None:
    whole = learned()
    fewer = BPETokenizer(whole.tokenizer.merges[:merges])
    assert cut(text, whole.seams_of(text), merges) == [fewer.pieces[i] for i in fewer.encode(text)]
    assert "".join(words(text)) == text


def test_lengths_and_sizes_are_counted_merge_after_merge() -> None:
    whole, heard = learned(), list[float]()
    lengths = whole.lengths(TEXT, heard.append)
    assert len(lengths) == len(whole.sizes) == whole.count + 1
    assert (np.diff(lengths) <= 0).all()
    assert heard[0] == 0
    assert heard == sorted(heard)
    for merges in (0, 1, 100, whole.count):
        fewer = BPETokenizer(whole.tokenizer.merges[:merges])
        assert lengths[merges] == len(fewer.encode(TEXT))
        assert whole.sizes[merges] == fewer.vocab_size


def test_bytes_of_a_character_and_of_nothing() -> None:
    seams = learned().seams_of("é")
    assert seams == [NEVER]
    assert cut("é", seams, 400) == [b"\xc3", b"\xa9"]
    assert cut("", learned().seams_of(""), 3) == []
