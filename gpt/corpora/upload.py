"""A text of one's own, from the bytes of an upload or a file: read, or refused with one sentence that says what to do.

The sentences quote what is in the text: whoever shows them as Markdown makes them plain first.
"""

from __future__ import annotations

from pathlib import Path

from gpt.corpora.registry import Corpus, CorpusUnavailable
from gpt.storage.bounded import UnfitFile, read_bounded
from gpt.tokenizers import MAX_CHARS

MAX_BYTES = 20_000_000
MOST_STORED = 4 * MAX_BYTES  # bytes of as many characters in UTF-8
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # byte-order marks
TWO = "a text needs two different characters or more"


def read(data: bytes, this: str = "This text") -> str:
    """Text from UTF-8, or UTF-16 with its mark; Windows line ends become newlines. `this` begins a refusal.

    Raises CorpusUnavailable for what is empty, too long, binary, in another encoding, of one character only, or of
    more different characters than a character model takes. Nothing is ever replaced silently.
    """
    if len(data) > MAX_BYTES:
        raise CorpusUnavailable(f"{this} is over {MAX_BYTES // 10**6} MB long: cut out a part of it.")
    mark, encoding = next(((mark, name) for mark, name in MARKS if data.startswith(mark)), (b"", "utf-8"))
    if encoding == "utf-8" and data.count(0) * 1000 > len(data):
        raise CorpusUnavailable(f"{this} is not text (it holds many zero bytes): save it as plain UTF-8 text.")
    try:
        text = data[len(mark) :].decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        place = len(mark) + error.start
        raise CorpusUnavailable(
            f"{this} is not {encoding.upper()} text (at byte {place:,}): save it as UTF-8."
        ) from error
    return check(text, this)


def check(text: str, this: str = "This text") -> str:
    """The same text, if a character model can be trained on it. Raises CorpusUnavailable otherwise."""
    if len(text) > MAX_BYTES:
        raise CorpusUnavailable(f"{this} has over {MAX_BYTES:,} characters: cut out a part of it.")
    alphabet = set(text)
    if not text:
        raise CorpusUnavailable(f"{this} is empty: {TWO}.")
    if any("\ud800" <= char <= "\udfff" for char in alphabet):
        raise CorpusUnavailable(f"{this} holds half a character: paste it again from its source.")
    if len(alphabet) == 1:
        raise CorpusUnavailable(f"{this} holds only the character {text[0]!r}: {TWO}.")
    if len(alphabet) > MAX_CHARS:
        raise CorpusUnavailable(
            f"{this} has {len(alphabet):,} different characters, more than the {MAX_CHARS:,} that a character model "
            "takes: choose a text in one script."
        )
    return text


def from_file(path: str | Path) -> Corpus:
    """A text of one's own, from a file. Raises CorpusUnavailable for one that is missing, and as `read`."""
    path = Path(path)
    this = f"The file {path.name!r}"
    try:
        data = read_bounded(path, MAX_BYTES, links=True)
    except FileNotFoundError as error:
        raise CorpusUnavailable(f"{this} is missing: give the path of a text file.") from error
    except UnfitFile as error:
        raise CorpusUnavailable(f"{this} is {error}: give a text file, or cut out a part of it.") from error
    except (OSError, ValueError) as error:  # a name that cannot be one is a ValueError
        reason = error.strerror if isinstance(error, OSError) else error
        raise CorpusUnavailable(f"{this} cannot be read ({reason}): give the path of a text file.") from error
    return Corpus(path.stem, path.name, read(data, this), "a file of one's own", "not known to this program")
