"""Making run folders: the text, the checks that refuse what cannot work here, and the folder as a whole. No torch."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gpt import corpora, tokenizers
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.corpora.split import too_short
from gpt.corpora.upload import check
from gpt.runs import cost
from gpt.runs.description import describe
from gpt.runs.folder import Run, RunError, every, home
from gpt.runs.queue import enqueue, queue_lock, start_waiting, waiting
from gpt.storage.atomic import sync_folder, write_durable
from gpt.storage.printable import plain_name
from gpt.storage.safetensors_header import read_header
from gpt.tokenizers import CharTokenizer, Tokenizer

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another
MOST_OF_ONE_OWNER = 2  # trainings at a time: one runs, one waits
SPARE_DISK = 50_000_000  # bytes that stay free whatever is started


@dataclass(frozen=True)
class Asked:
    """Who asks for a run, and what it should be called."""

    name: str
    owner: str  # the token of a visitor's browser
    request: str  # the same for both clicks of a double click
    teacher: bool = False


@dataclass(frozen=True)
class Parent:
    """The model that a fork starts from, and how it was trained."""

    name: str  # the id of its run, or the name of a model that comes along
    step: int
    weights: bytes  # its file
    recipe: Mapping[str, Any]  # its corpus, model and train
    own_text: str | None = None  # what it was trained on, if that is on no shelf


def text_of(name: str, text: str | None) -> Corpus:
    """A text of the shelf, or one's own. Raises CorpusUnavailable; nothing is downloaded."""
    if text is None:
        return corpora.load(name)
    title = plain_name(name, "my text")
    return Corpus(title, title, check(text), "a text of one's own", "not known")


def create_run(
    config: GPTConfig,
    train: TrainConfig,
    corpus: Corpus,
    asked: Asked,
    files: Mapping[str, bytes],
    origin: Mapping[str, Any],
) -> str:
    """Check that it fits, write its folder as a whole, queue it, and start what can be started; returns its id.

    `files` are written into the folder, `origin` into its description. Raises ConfigError, RunError, OSError.
    """
    if refusal := too_short(len(corpus.text), config.block_size):
        raise ConfigError(refusal)
    if refusal := cost.fit(config, train):
        raise RunError(refusal)
    with queue_lock():
        if asked.request and (known := requested(asked)):
            return known
        check_quota(asked.owner, asked.teacher)
        free, needed = shutil.disk_usage(home()).free, cost.disk(config, train) + SPARE_DISK
        if free < needed:
            raise RunError(
                f"The disk has {cost.shown(free)} free, and this run needs {cost.shown(needed)}: "
                "free space or delete a run."
            )
        about = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "own_text": "corpus.txt" in files,
            "model": config.to_json(),
            "train": train.to_json(),
            **origin,
        }
        made = write_run(about, asked, files)
        enqueue(made)
        start_waiting()
    return made.folder.name


def requested(asked: Asked) -> str | None:
    """The id of the run that the same request has made already: the second click of a double click finds it."""
    for run in every():
        about = describe(run)
        if (about.request, about.owner) == (asked.request, asked.owner):
            return run.folder.name
    return None


def fork_run(parent: Parent, changes: Mapping[str, Any], corpus: str | None, text: str | None, asked: Asked) -> str:
    """A run that goes on from a model file, with the settings of `parent` changed; returns its id.

    Without `corpus` and `text` the text is the parent's. Raises as `create_run`, and RunError when the model does not
    know all characters of the text.
    """
    config = GPTConfig.from_json(parent.recipe.get("model"))
    try:
        train = TrainConfig.from_json({**TrainConfig.from_json(parent.recipe.get("train")).to_json(), **changes})
    except TypeError as error:
        raise ConfigError("The changes must name fields of the training: choose others.") from error
    if corpus is None and text is None:
        corpus, text = str(parent.recipe.get("corpus")), parent.own_text
    chosen = text_of(corpus or "", text)
    tokenizer = tokenizer_of(parent.weights)
    known = set(tokenizer.tokens) if isinstance(tokenizer, CharTokenizer) else set(chosen.text)
    if strange := sorted(set(chosen.text) - known):
        raise RunError(f"The model knows no {strange[0]!r}, which is in this text: choose the text it was trained on.")
    if refusal := too_few(tokenizer, chosen, config.block_size):
        raise ConfigError(refusal)
    train = dataclasses.replace(train, tokenizer=str(tokenizer.to_json()["kind"]))  # a model keeps its own
    files = {"start.safetensors": parent.weights}
    if text is not None:
        files["corpus.txt"] = chosen.text.encode("utf-8")
    return create_run(config, train, chosen, asked, files, {"parent": parent.name, "parent_step": parent.step})


def tokenizer_of(weights: bytes) -> Tokenizer:
    """The tokenizer of a model file of ours. Raises ModelFileError, or RunError when it has none."""
    notes = read_header(weights)[0]
    try:
        return tokenizers.load(json.loads(notes["tokenizer"]))
    except (KeyError, ValueError, RecursionError) as error:
        raise RunError("This model's file does not tell its tokens: choose another step or model.") from error


def trained_on(corpus: Corpus, train: TrainConfig) -> str:
    """What a tokenizer is made of: the characters of the whole text, but the pairs of what is there to train on."""
    return corpus.split()[0] if train.tokenizer == "bpe" else corpus.text


def too_few(tokenizer: Tokenizer, corpus: Corpus, block_size: int) -> str:
    """What to do about a text whose parts have fewer tokens than one window needs; nothing when they have enough."""
    need = block_size + 1
    longest = max(tokenizer.lengths)
    counts = [len(tokenizer.encode(part[: longest * need])) for part in corpus.split()]
    if min(counts) >= need:
        return ""
    return (
        f"A part of this text has {min(counts):,} tokens, but a context of {block_size} needs {need:,} in each: "
        "choose a smaller context, fewer tokens or a longer text."
    )


def write_run(about: Mapping[str, Any], asked: Asked, files: Mapping[str, bytes]) -> Run:
    """A new run folder, there as a whole or not at all. Only for the holder of the queue's lock."""
    for left in home().glob(".new-*"):  # of a server that died here
        shutil.rmtree(left, ignore_errors=True)
    draft = Run(home() / f".new-{os.getpid()}")
    now = datetime.now(UTC)
    while True:
        identity = now.strftime("%Y%m%d-%H%M-") + "".join(random.choices(LETTERS, k=4))
        if not os.path.lexists(home() / identity):
            break
    values = {"name": plain_name(asked.name, "Untitled"), "owner": asked.owner, "request": asked.request}
    created = now.isoformat(timespec="milliseconds")
    draft.create({"id": identity, **values, "created": created, **about})
    for file, data in files.items():
        write_durable(draft.folder / file, data)
    draft.lock.touch()
    made = Run(draft.folder.rename(home() / identity))
    sync_folder(home())
    return made


def check_quota(owner: str, teacher: bool) -> None:
    """Refuse a third training of one person. Raises RunError."""
    if teacher:
        return
    queued = {run.folder.name for run in waiting()}
    busy = [run for run in every() if run.folder.name in queued or run.held()]
    if sum(describe(run).owner == owner for run in busy) >= MOST_OF_ONE_OWNER:
        raise RunError("You already have one training running and one waiting: stop one of them first.")
