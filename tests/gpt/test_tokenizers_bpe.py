"""Byte pairs: any text there and back, the library's own ids, and a file that is read like a stranger's."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Library

from gpt.tokenizers import MAX_VOCABULARY, BPETokenizer, Tokenizer, UnknownCharacter, load, of_text, pairs

TEXT = (
    "First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\nSpeak, speak. Ünd 漢字漢字 “…” €€ 12 12\n"
    * 20
)
ANY = st.text(st.characters(exclude_categories=["Cs"]))


@cache
def made() -> BPETokenizer:
    """What the text gives."""
    return BPETokenizer.train(TEXT, 400)


@cache
def theirs() -> Library:
    """The library's own tokenizer, trained by itself."""
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from tokenizers.trainers import BpeTrainer

    found = Library(BPE())
    found.pre_tokenizer = ByteLevel(add_prefix_space=False)  # pyright: ignore
    found.train_from_iterator(
        [TEXT],
        BpeTrainer(
            vocab_size=400,
            min_frequency=2,
            max_token_length=32,
            initial_alphabet=ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return found


@given(ANY)
def test_any_text_goes_there_and_back(text: str) -> None:
    tokenizer: Tokenizer = made()
    ids, places = tokenizer.encode_known(text)
    assert ids == tokenizer.encode(text) and tokenizer.decode(ids) == text
    at = 0
    for token, place in zip(ids, places, strict=True):
        assert place == at
        at += tokenizer.lengths[token]
    assert at == len(text)


@given(st.lists(st.one_of(ANY, st.sampled_from([" ", "\n", "  ", "word", "\n\n", " a", "'s", "\x1c", "\u3000"]))))
def test_ids_are_the_library_s_whatever_stretches_it_is_given(parts: list[str]) -> None:
    text = "".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "STRETCH", 3)
        assert made().encode(text) == theirs().encode(text).ids


def test_the_vocabulary_is_the_library_s() -> None:
    ours, known = made(), theirs().get_vocab()
    assert ours.vocab_size == len(known) <= 400
    letters = ["".join(pairs.LETTERS[byte] for byte in piece) for piece in ours.pieces]
    assert letters == sorted(known, key=known.__getitem__)
    assert load(json.loads(json.dumps(ours.to_json()))) == ours == BPETokenizer.train(TEXT, 400)
    assert hash(ours) == hash(BPETokenizer(ours.merges))
    with pytest.raises(dataclasses.FrozenInstanceError):
        ours.merges = ()  # type: ignore[misc]


def test_a_text_of_few_pairs_gives_few_tokens() -> None:
    assert BPETokenizer.train("", 256).vocab_size == BPETokenizer.train("ab", 8_192).vocab_size == 256
    assert of_text("bpe", "ab ab", 300).vocab_size == 257
    assert of_text("char", "ab ab", 300).vocab_size == 3
    for size in (255, 8_193, True, 300.0):
        with pytest.raises(ValueError, match="256 to 8,192"):
            BPETokenizer.train("ab", size)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="char, bpe"):
        of_text("words", "ab", 300)


def test_a_part_of_a_character_is_shown_by_its_bytes() -> None:
    bare = BPETokenizer(())
    ids = bare.encode("a€")
    assert [bare.tokens[i] for i in ids] == ["a", "<0xE2>", "<0x82>", "<0xAC>"]
    assert bare.encode_known("a€b") == (bare.encode("a€b"), [0, 1, 2, 2, 2])
    assert bare.decode(ids) == "a€" and bare.decode(ids[:3]) == "a\ufffd"
    assert sorted(bare.pieces) == [bytes([byte]) for byte in range(256)]
    assert pairs.shown(b" \xe2") == " <0xE2>" and pairs.shown(b"\x82\xacx\xff") == "<0x82><0xAC>x<0xFF>"


def test_half_a_character_has_no_bytes() -> None:
    ids, places = made().encode_known("a\ud800b")
    assert made().decode(ids) == "ab" and places == [0, 2]
    with pytest.raises(UnknownCharacter, match="position 1 "):
        made().encode("a\ud800b")


@pytest.mark.parametrize("token", [-1, 256, 10**9])
def test_an_id_outside_is_refused(token: int) -> None:
    with pytest.raises(ValueError, match=f"The id {token} has no token; ids run from 0 to 255"):
        BPETokenizer(()).decode([0, token])


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"kind": "bpe"}, "'merges'"),
        ({"kind": "bpe", "merges": [], "more": 1}, "only"),
        ({"kind": "bpe", "merges": "ab"}, "list"),
        ({"kind": "bpe", "merges": {}}, "list"),
        ({"kind": "bpe", "merges": [[0, 1]] * 20_000}, "20,000"),
        ({"kind": "bpe", "merges": [[0, 1], [0, 1]]}, "once more"),
        ({"kind": "bpe", "merges": [[0, 256]]}, "run to 255"),
        ({"kind": "bpe", "merges": [[-1, 0]]}, "joins -1"),
        ({"kind": "bpe", "merges": [[0, True]]}, "two ids"),
        ({"kind": "bpe", "merges": [[0, 1.0]]}, "two ids"),
        ({"kind": "bpe", "merges": [[0]]}, "two ids"),
        ({"kind": "bpe", "merges": [0]}, "two ids"),
        ({"kind": "bpe", "merges": [["!", "x" * 10_000]]}, "two ids"),
        ({"kind": "bpe", "merges": [[0, 0], *([i, i] for i in range(256, 262))]}, "more than 32 bytes"),
        ({"kind": "bpe", "merges": [[i // 256, i % 256] for i in range(MAX_VOCABULARY - 255)]}, "more than 8,192"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(values: object, names: str) -> None:
    with pytest.raises(ValueError, match=names) as refused:
        load(values)
    message = str(refused.value)
    assert message.endswith(".") and "\n" not in message and len(message) < 300


def test_the_most_tokens_there_may_be_are_read_soon() -> None:
    most = [[i // 256, i % 256] for i in range(MAX_VOCABULARY - 256)]
    tokenizer = load({"kind": "bpe", "merges": most})
    assert tokenizer.vocab_size == len(tokenizer.tokens) == MAX_VOCABULARY
    assert tokenizer.decode(tokenizer.encode("ab" * 5_000)) == "ab" * 5_000  # one long word, no quadratic time


def test_two_pairs_may_lead_to_one_piece() -> None:
    a, b = BPETokenizer(()).encode("ab")
    tokenizer = BPETokenizer(((a, b), (a, a), (257, b), (a, 256)))  # aab twice
    assert tokenizer.vocab_size == 259
    assert tokenizer.decode(tokenizer.encode("aab" * 3)) == "aab" * 3


def test_the_library_is_imported_only_for_byte_pairs() -> None:
    asked = "import sys, gpt.runs, gpt.tokenizers; sys.exit('tokenizers' in sys.modules or 'torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], check=True)
