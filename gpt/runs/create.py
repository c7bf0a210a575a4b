"""Making run folders: the text, the checks that refuse what cannot work here, and the folder as a whole. No torch."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gpt import corpora, runs
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.corpora.split import too_short
from gpt.corpora.upload import check
from gpt.runs import Run, RunError, cost
from gpt.runs.queue import alone, line_up, start_waiting
from gpt.storage.atomic import sync_folder, write_durable
from gpt.storage.safetensors_header import read_header

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another
LONGEST_NAME = 60
SPARE_DISK = 50_000_000  # bytes that stay free whatever is started


def text_of(name: str, text: str | None) -> Corpus:
    """A text of the shelf, or one's own. Raises CorpusUnavailable; nothing is downloaded."""
    if text is None:
        return corpora.load(name)
    title = plain(name, "my text")
    return Corpus(title, title, check(text), "a text of one's own", "not known")


def plain(name: str, fallback: str) -> str:
    """A name as it may be shown: printable, one line, not too long."""
    kept = "".join(char if char.isprintable() else " " for char in str(name)[: 4 * LONGEST_NAME])
    return " ".join(kept.split())[:LONGEST_NAME] or fallback


def found_run(
    config: GPTConfig,
    train: TrainConfig,
    corpus: Corpus,
    name: str,
    owner: str,
    request: str,
    teacher: bool,
    extra: Mapping[str, bytes],
    origin: Mapping[str, Any],
) -> str:
    """Check that it fits, write its folder as a whole, queue it, and start what can be started."""
    if refusal := too_short(len(corpus.text), config.block_size):
        raise ConfigError(refusal)
    if refusal := cost.fit(config, train):
        raise RunError(refusal)
    with alone():
        for run in runs.every():
            known = description(run)
            if request and known.get("request") == request and known.get("owner") == owner:
                return run.folder.name
        enough(owner, teacher)
        free, needed = shutil.disk_usage(runs.home()).free, cost.disk(config, train) + SPARE_DISK
        if free < needed:
            raise RunError(
                f"The disk has {cost.shown(free)} free, and this run needs {cost.shown(needed)}: "
                "free space or delete a run."
            )
        about = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "own_text": "corpus.txt" in extra,
            "model": config.to_json(),
            "train": train.to_json(),
            **origin,
        }
        made = write_run(about, name, owner, request, extra)
        line_up(made)
        start_waiting()
    return made.folder.name


def grown(
    parent: Mapping[str, Any],
    weights: bytes,
    changes: Mapping[str, Any],
    name: str,
    owner: str,
    request: str,
    teacher: bool,
    corpus: str | None,
    text: str | None,
    origin: tuple[str, int],
) -> str:
    """Found a run that goes on from a model file, with the settings of `parent` changed; `origin` is whose and which.

    Without a text it is the parent's. Raises RunError when the model does not know all characters of the text.
    """
    config = GPTConfig.from_json(parent.get("model"))
    try:
        train = TrainConfig.from_json({**TrainConfig.from_json(parent.get("train")).to_json(), **changes})
    except TypeError as error:
        raise ConfigError("The changes must name fields of the training: choose others.") from error
    chosen = text_of(str(parent.get("corpus")) if corpus is None and text is None else corpus or "", text)
    strange = sorted(set(chosen.text) - set(alphabet(weights)))
    if strange:
        raise RunError(f"The model knows no {strange[0]!r}, which is in this text: choose the text it was trained on.")
    extra = {"start.safetensors": weights}
    if text is not None:
        extra["corpus.txt"] = chosen.text.encode("utf-8")
    told = {"parent": origin[0], "parent_step": origin[1]}
    return found_run(config, train, chosen, name, owner, request, teacher, extra, told)


def alphabet(weights: bytes) -> list[str]:
    """The tokens of a model file of ours."""
    return list(json.loads(read_header(weights)[0]["tokenizer"]).get("chars", ()))


def write_run(about: Mapping[str, Any], name: str, owner: str, request: str, extra: Mapping[str, bytes]) -> Run:
    """A new run folder, there as a whole or not at all. Only for who is alone."""
    home = runs.home()
    for left in home.glob(".new-*"):  # of a server that died here
        shutil.rmtree(left, ignore_errors=True)
    draft = Run(home / f".new-{os.getpid()}")
    values = {"name": plain(name, "Untitled"), "owner": owner, "request": request}
    now = datetime.now(UTC)
    while True:
        identity = now.strftime("%Y%m%d-%H%M-") + "".join(random.choices(LETTERS, k=4))
        if not (home / identity).exists():
            break
    created = now.isoformat(timespec="milliseconds")
    draft.create({"id": identity, **values, "created": created, **about})
    for file, data in extra.items():
        write_durable(draft.folder / file, data)
    (draft.folder / "lock").touch()
    made = Run(draft.folder.rename(home / identity))
    sync_folder(home)
    return made


def description(run: Run) -> dict[str, Any]:
    """What run.json says, or nothing: one damaged run must not keep others from starting."""
    try:
        return run.read()
    except RunError:
        return {}


def enough(owner: str, teacher: bool) -> None:
    """Refuse a third training of one person: one runs, one waits."""
    if teacher:
        return
    waiting = {run.folder.name for run in runs.waiting()}
    busy = [run for run in runs.every() if run.folder.name in waiting or run.held()]
    if sum(description(run).get("owner") == owner for run in busy) >= 2:
        raise RunError("You already have one training running and one waiting: stop one of them first.")
