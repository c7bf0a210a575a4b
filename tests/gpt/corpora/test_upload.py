"""Texts that visitors bring: read, or refused with one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt.corpora import CorpusUnavailable
from gpt.corpora.split import split_at, too_short
from gpt.corpora.upload import check, read


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
        (b"aaaa", "only the character 'a'"),
        (b"caf\xe9 au lait", "save it as UTF-8"),
        (b"\x00\x01\x02" * 50, "zero bytes"),
        (b"ab" * 10_000_001, "over 20 MB"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 5000))).encode(), "different characters"),
    ],
)
def test_texts_that_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(CorpusUnavailable, match=words):
        read(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_sentence(data: bytes) -> None:
    try:
        assert len(set(read(data))) > 1
    except CorpusUnavailable as error:
        assert str(error).endswith(".")


def test_too_short_a_text_says_what_would_do() -> None:
    assert too_short(2_000, 64) == ""
    assert "context of 3 or less" in too_short(40, 64)
    assert "longer text" in too_short(2, 64)


@given(st.integers(0, 300_000), st.integers(1, 8_192))
def test_what_is_long_enough_gives_each_part_a_window(length: int, block_size: int) -> None:
    part = min(split_at(length), length - split_at(length))
    assert (too_short(length, block_size) == "") == (part > block_size)
    assert length < 10 * (block_size + 1) or not too_short(length, block_size)


@pytest.mark.parametrize("half", ["\ud800", "\udfff"])
def test_half_a_character_is_no_text(half: str) -> None:
    with pytest.raises(CorpusUnavailable, match="half a character"):
        check(f"abc{half}")
