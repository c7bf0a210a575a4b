"""Text to ids and back: exact, strict about files, and gentle with a prompt that is being typed."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt.tokenizers import MAX_CHARS, CharTokenizer, Tokenizer, UnknownCharacter, load

TINY = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # Tiny Shakespeare's 65 symbols
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def test_the_lecture_s_ids() -> None:
    tokenizer = CharTokenizer.from_text(TINY * 2)
    assert tokenizer.vocab_size == 65
    assert tokenizer.encode("hii there") == [46, 47, 47, 1, 58, 46, 43, 56, 43]
    assert tokenizer.decode([46, 47, 47, 1, 58, 46, 43, 56, 43]) == "hii there"
    assert tokenizer.tokens == tuple(TINY)


@given(TEXT)
def test_text_and_file_go_there_and_back(text: str) -> None:
    tokenizer = CharTokenizer.from_text(text)
    ids = tokenizer.encode(text)
    assert len(ids) == len(text)
    assert set(ids) == set(range(tokenizer.vocab_size))
    assert tokenizer.decode(ids) == text
    assert [tokenizer.tokens[token] for token in ids] == list(text)
    assert load(json.loads(json.dumps(tokenizer.to_json()))) == tokenizer


def test_nothing_makes_nothing() -> None:
    tokenizer: Tokenizer = CharTokenizer.from_text("ab")
    assert tokenizer.encode("") == []
    assert tokenizer.decode([]) == ""


def test_equal_tokenizers_are_equal_and_frozen() -> None:
    tokenizer = CharTokenizer.from_text("ba")
    tokenizer.encode("a")  # the table made on the way is no part of the value
    assert tokenizer == CharTokenizer(("a", "b"))
    assert hash(tokenizer) == hash(CharTokenizer(("a", "b")))
    with pytest.raises(dataclasses.FrozenInstanceError):
        tokenizer.chars = ("x",)  # type: ignore[misc]


def test_an_unknown_character_is_named_placed_and_counted() -> None:
    tokenizer = CharTokenizer.from_text("abc")
    with pytest.raises(UnknownCharacter) as one:
        tokenizer.encode("abüc")
    assert "'ü' at position 2" in str(one.value)
    assert "more" not in str(one.value)
    with pytest.raises(UnknownCharacter) as three:
        tokenizer.encode("aüb🙂ü")
    assert "'ü' at position 1" in str(three.value)
    assert "2 more" in str(three.value)
    assert "\n" not in str(three.value)


@given(st.text())
def test_a_live_prompt_keeps_what_is_known(text: str) -> None:
    tokenizer = CharTokenizer.from_text(TINY)
    ids, places = tokenizer.encode_known(text)
    assert tokenizer.decode(ids) == "".join(text[place] for place in places)
    assert sorted(places + tokenizer.unknown(text)) == list(range(len(text)))
    if not tokenizer.unknown(text):
        assert ids == tokenizer.encode(text)


def test_places_of_a_live_prompt() -> None:
    tokenizer = CharTokenizer.from_text("abc")
    assert tokenizer.encode_known("aéb\udc80c") == ([0, 1, 2], [0, 2, 4])
    assert tokenizer.unknown("aéb\udc80c") == [1, 3]


@pytest.mark.parametrize("token", [-1, 3, 10**9])
def test_an_id_outside_is_refused(token: int) -> None:
    with pytest.raises(ValueError, match=f"The id {token} has no character; ids run from 0 to 2"):
        CharTokenizer.from_text("abc").decode([0, token])


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (None, "NoneType"),
        ([], "list"),
        ({}, "kind is None"),
        ({"kind": "bpe2"}, "bpe2"),
        ({"kind": ["char"]}, "kind is"),
        ({"kind": "x" * 10_000}, "kind is"),
        ({"kind": "char"}, "'chars'"),
        ({"kind": "char", "chars": ["a"], "more": 1}, "only"),
        ({"kind": "char", "chars": "abc"}, "list"),
        ({"kind": "char", "chars": {"a": 0}}, "list"),
        ({"kind": "char", "chars": []}, "1 to 4,096"),
        ({"kind": "char", "chars": [chr(0x4E00 + i) for i in range(MAX_CHARS + 1)]}, "4,097"),
        ({"kind": "char", "chars": ["a", "bc"]}, r"chars\[1\] is 'bc'"),
        ({"kind": "char", "chars": ["a", ""]}, r"chars\[1\] is ''"),
        ({"kind": "char", "chars": ["a", 7]}, r"chars\[1\] is 7"),
        ({"kind": "char", "chars": ["a", None]}, r"chars\[1\] is None"),
        ({"kind": "char", "chars": ["a", ["b"]]}, r"chars\[1\]"),
        ({"kind": "char", "chars": ["\ud800"]}, r"chars\[0\]"),
        ({"kind": "char", "chars": ["a", "b", "a"]}, "'a' more than once"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(values: object, names: str) -> None:
    with pytest.raises(ValueError, match=names) as refused:
        load(values)
    message = str(refused.value)
    assert message.endswith(".") and "\n" not in message and len(message) < 300


def test_the_most_characters_there_may_be() -> None:
    chars = [chr(0x4E00 + i) for i in range(MAX_CHARS)]
    assert load({"kind": "char", "chars": chars}).vocab_size == MAX_CHARS


def test_a_text_without_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 4,096"):
        CharTokenizer.from_text("")
