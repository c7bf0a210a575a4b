"""A text of one's own, from the bytes of an upload: read, or refused with one sentence that says what to do."""

from __future__ import annotations

from gpt.corpora import CorpusUnavailable
from gpt.tokenizers import MAX_CHARS

MAX_BYTES = 20_000_000
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # byte-order marks


def read(data: bytes) -> str:
    """Text from UTF-8, or UTF-16 with its mark; Windows line ends become newlines.

    Raises CorpusUnavailable for what is empty, too long, binary, in another encoding, of one character only, or of
    more different characters than a character model takes. Nothing is ever replaced silently.
    """
    if not data:
        raise CorpusUnavailable("This file is empty: put some text into it.")
    if len(data) > MAX_BYTES:
        raise CorpusUnavailable(f"This text is over {MAX_BYTES // 10**6} MB: cut out a part of it.")
    mark, encoding = next(((mark, name) for mark, name in MARKS if data.startswith(mark)), (b"", "utf-8"))
    if encoding == "utf-8" and data.count(0) * 1000 > len(data):
        raise CorpusUnavailable("This file is not text (it holds many zero bytes): save it as plain UTF-8 text.")
    try:
        text = data[len(mark) :].decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CorpusUnavailable(
            f"This file is not {encoding.upper()} text (byte {error.start:,}): save it as UTF-8."
        ) from error
    alphabet = set(text)
    if not text:
        raise CorpusUnavailable("This file is empty but for its mark: put some text into it.")
    if len(alphabet) == 1:
        raise CorpusUnavailable(f"Only one distinct character ({text[0]!r}): there is nothing to predict.")
    if len(alphabet) > MAX_CHARS:
        raise CorpusUnavailable(
            f"{len(alphabet):,} different characters are more than the {MAX_CHARS:,} that a character model takes: "
            "choose a text in one script."
        )
    return text


def long_enough(text: str, block_size: int) -> str:
    """What to do when the first 90 % or the rest cannot hold a window of the context; nothing when both can."""
    need = block_size + 1
    shortest = len(text) - int(0.9 * len(text))
    if shortest >= need:
        return ""
    fits = max(shortest - 1, 0)
    advice = f"choose a context of {fits} or less, or a longer text" if fits else "take a longer text"
    return (
        f"{len(text):,} characters, but a context of {block_size} needs at least {10 * need:,}, "
        f"since the last tenth is kept for judging: {advice}."
    )
