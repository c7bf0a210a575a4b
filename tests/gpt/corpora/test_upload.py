"""Texts that visitors bring: read, or refused with one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt.corpora import CorpusUnavailable
from gpt.corpora.upload import long_enough, read


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"abc", "abc"),
        ("naïve ☃".encode(), "naïve ☃"),
        (b"\xef\xbb\xbfabc", "abc"),
        ("abc".encode("utf-16"), "abc"),
        (b"\xfe\xff" + "abc".encode("utf-16-be"), "abc"),
        (b"a\r\nb", "a\nb"),
    ],
)
def test_texts_that_are_read(data: bytes, text: str) -> None:
    assert read(data) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"aaaa", "Only one distinct character ('a')"),
        (b"caf\xe9 au lait", "save it as UTF-8"),
        (b"\x00\x01\x02" * 50, "zero bytes"),
        (b"ab" * 10_000_001, "over 20 MB"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 5000))).encode(), "different characters"),
    ],
)
def test_texts_that_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(CorpusUnavailable, match=words.replace("(", r"\(").replace(")", r"\)")):
        read(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_sentence(data: bytes) -> None:
    try:
        assert len(set(read(data))) > 1
    except CorpusUnavailable as error:
        assert str(error).endswith(".")


def test_too_short_a_text_says_what_would_do() -> None:
    assert long_enough("ab" * 1000, 64) == ""
    assert "context of 3 or less" in long_enough("ab" * 20, 64)
    assert "longer text" in long_enough("ab", 64)
