"""Byte-level BPE: pieces of text that were merged, pair by pair, out of the 256 bytes. Any text has such pieces.

The library `tokenizers` counts and merges; here is what its result means, and what a file may tell of it.

Sources: the merging, Gage 1994; for words, Sennrich, Haddow & Birch 2016, section 3.2; on bytes, Radford et al. 2019
(GPT-2), section 2.2, whose pattern cuts the text into words first.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gpt.tokenizers.protocol import UnknownCharacter

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library

MIN_VOCABULARY, MAX_VOCABULARY = 256, 8_192
USUAL_VOCABULARY = 1_024
MAX_MERGES = 2 * MAX_VOCABULARY  # several may lead to the same piece
LONGEST = 32  # bytes of one token
LEAST_SEEN = 2  # a pair that stands in a text only once is no habit of it
MOST_COUNTED = 4_000_000  # characters of a text whose pairs are counted: their habits are known by then
STRETCH = 100_000  # characters that the library is given at a time: of millions it would keep every place
VISIBLE = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))  # GPT-2's alphabet writes these as themselves
BYTES = (*VISIBLE, *(byte for byte in range(256) if byte not in VISIBLE))  # the byte of each of the first 256 ids
LETTERS = {byte: chr(byte if place < len(VISIBLE) else 256 + place - len(VISIBLE)) for place, byte in enumerate(BYTES)}
# Before a single blank between two words, the pattern cuts in any case.
CUT = re.compile(r"(?<=\S)[ \n](?=\S)")
HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class BPETokenizer:
    """One token for each byte, and one for each merge of two tokens that are there already.

    `merges` holds their ids, in the order in which they were found; the first 256 ids are the bytes, in the library's
    order. Raises ValueError unless the tokens are 8,192 at most, of 32 bytes at most.
    """

    merges: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.merges, tuple) or len(self.merges) > MAX_MERGES:
            count = f"{len(self.merges):,}" if isinstance(self.merges, tuple) else f"a {type(self.merges).__name__}"
            raise ValueError(f"merges is {count}, but it must be a tuple of {MAX_MERGES:,} pairs at most.")
        self.__dict__["pieces"] = merged(self.merges)  # as `chars` of characters: checked once, then known

    @classmethod
    def train(cls, text: str, vocab_size: int) -> BPETokenizer:
        """Merge the pairs of a text that are seen most often, up to `vocab_size` tokens, or as many as it gives.

        Of a very long text the first four million characters are counted.
        Raises ValueError for a size beyond 256 to 8,192.
        """
        check_vocabulary(vocab_size)
        library = empty()
        from tokenizers.trainers import BpeTrainer

        trainer = BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=LEAST_SEEN,
            max_token_length=LONGEST,
            initial_alphabet=[LETTERS[byte] for byte in BYTES],
            show_progress=False,
        )
        library.train_from_iterator(stretches(HALF.sub("", text[:MOST_COUNTED])), trainer)
        found = json.loads(library.to_str())["model"]
        ids = found["vocab"]
        return cls(tuple((ids[left], ids[right]) for left, right in found["merges"]))

    @classmethod
    def from_json(cls, values: object) -> BPETokenizer:
        """Build from `to_json`'s dict; anything missing, unknown or out of place raises ValueError."""
        if not isinstance(values, dict) or set(values) != {"kind", "merges"} or values["kind"] != "bpe":
            raise ValueError("A byte-pair tokenizer must be a JSON object with 'kind': 'bpe' and 'merges' only.")
        merges = values["merges"]
        if not isinstance(merges, list) or len(merges) > MAX_MERGES:
            count = f"{len(merges):,}" if isinstance(merges, list) else f"a {type(merges).__name__}"
            raise ValueError(f"merges is {count}, but it must be a list of {MAX_MERGES:,} pairs at most.")
        return cls(tuple(two_ids(place, pair) for place, pair in enumerate(merges)))

    def to_json(self) -> dict[str, Any]:
        """The merges as pairs of ids."""
        return {"kind": "bpe", "merges": [list(pair) for pair in self.merges]}

    @cached_property
    def pieces(self) -> tuple[bytes, ...]:
        """The bytes of each id."""
        return merged(self.merges)

    @property
    def vocab_size(self) -> int:
        """V: the bytes and what was merged of them."""
        return len(self.pieces)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The text of each id; what is a part of a character is shown as <0xE2>."""
        return self._tokens

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many characters begin in each id's token: in UTF-8 all bytes but 0x80 to 0xBF begin one."""
        return self._lengths

    @cached_property
    def _tokens(self) -> tuple[str, ...]:
        """The text of each id, made once."""
        return tuple(shown(piece) for piece in self.pieces)

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        """How many characters begin in each, counted once."""
        return tuple(sum(byte & 0xC0 != 0x80 for byte in piece) for piece in self.pieces)

    @cached_property
    def _library(self) -> Library:
        """The library's tokenizer of these merges."""
        letters = ["".join(LETTERS[byte] for byte in piece) for piece in self.pieces]
        vocabulary = {piece: place for place, piece in enumerate(letters)}
        return empty(vocabulary, [(letters[left], letters[right]) for left, right in self.merges])

    def encode(self, text: str) -> list[int]:
        """The ids of a text. Raises UnknownCharacter for half a character, which has no bytes."""
        if half := HALF.search(text):
            raise UnknownCharacter(
                f"The character at position {half.start():,} (counted from 0) is {half[0]!r}, half of one, which has "
                "no bytes; paste the text again from its source."
            )
        ids = list[int]()
        for stretch in stretches(text):
            ids += self._library.encode(stretch, add_special_tokens=False).ids
        return ids

    def encode_known(self, text: str) -> tuple[list[int], list[int]]:
        """The ids, and where in the text each begins; only half a character is left out."""
        ids, places, at = list[int](), list[int](), 0
        for part in HALF.split(text):
            for token in self.encode(part):
                ids.append(token)
                places.append(at)
                at += self.lengths[token]
            at += 1  # the half that was left out
        return ids, places

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids; bytes that are no text become U+FFFD. Raises ValueError for an id beyond V - 1."""
        found = bytearray()
        for token in ids:
            if not 0 <= token < self.vocab_size:  # a negative one would count from the end
                raise ValueError(f"The id {token} has no token; ids run from 0 to {self.vocab_size - 1:,}.")
            found += self.pieces[token]
        return found.decode("utf-8", "replace")


def check_vocabulary(vocab_size: object) -> None:
    """Refuse a number of tokens that byte pairs are not merged to. Raises ValueError."""
    if type(vocab_size) is not int or not MIN_VOCABULARY <= vocab_size <= MAX_VOCABULARY:
        shown = repr(vocab_size)[:40]
        bounds = f"a whole number from {MIN_VOCABULARY:,} to {MAX_VOCABULARY:,}"
        raise ValueError(f"vocab_size is {shown}, but for byte pairs it must be {bounds}.")


def two_ids(place: int, pair: object) -> tuple[int, int]:
    """A pair of a file. Raises ValueError for anything but two whole numbers."""
    if isinstance(pair, list | tuple) and len(pair) == 2 and all(type(one) is int for one in pair):
        return pair[0], pair[1]
    raise ValueError(f"merges[{place}] is {repr(pair)[:40]}, but it must be two ids.")


def merged(merges: Iterable[object]) -> tuple[bytes, ...]:
    """The bytes of each id, merge after merge. Raises ValueError for a pair that cannot be merged."""
    pieces = [bytes([byte]) for byte in BYTES]
    known, seen = set(pieces), set[object]()
    for place, pair in enumerate(merges):
        left, right = two_ids(place, pair)
        if not (0 <= left < len(pieces) and 0 <= right < len(pieces)):
            raise ValueError(f"merges[{place}] joins {left} and {right}, but ids so far run to {len(pieces) - 1:,}.")
        if pair in seen:
            raise ValueError(f"merges[{place}] joins {left} and {right} once more, but each pair must be there once.")
        seen.add(pair)
        if len(pieces[left]) + len(pieces[right]) > LONGEST:
            raise ValueError(f"merges[{place}] makes a token of more than {LONGEST} bytes, but that is the most.")
        piece = pieces[left] + pieces[right]
        if piece not in known:  # else another pair has led to it, and its id stays
            pieces.append(piece)
            known.add(piece)
            if len(pieces) > MAX_VOCABULARY:
                raise ValueError(f"The merges make more than {MAX_VOCABULARY:,} tokens, but those are the most.")
    return tuple(pieces)


def shown(piece: bytes) -> str:
    """A token's bytes as text: characters as they are, and bytes that are only a part of one as <0xE2>."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError as error:
        whole, part, rest = piece[: error.start], piece[error.start : error.end], piece[error.end :]
        return whole.decode("utf-8") + "".join(f"<0x{byte:02X}>" for byte in part) + shown(rest)


def empty(vocabulary: dict[str, int] | None = None, merges: list[tuple[str, str]] | None = None) -> Library:
    """The library's tokenizer, cutting text into words as GPT-2 does; it is imported only here, for it is large."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # a class shares two cores
    from tokenizers import Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel

    library = Tokenizer(BPE(vocabulary, merges))
    library.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)  # pyright: ignore
    return library


def stretches(text: str) -> Iterator[str]:
    """A text in parts, cut only where the pattern cuts it too: the parts' tokens are the text's."""
    start = 0
    while cut := CUT.search(text, start + STRETCH):
        yield text[start : cut.start()]
        start = cut.start()
    if start < len(text):
        yield text[start:]
