"""What a run is: its run.json, read field by field, since another version or another person may have written it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.runs.folder import ID, Run, RunError
from gpt.storage.bounded import UnfitFile
from gpt.storage.printable import plain_name, printable
from gpt.storage.step_files import MAX_STEP

TIME = re.compile(r"[0-9T:.+Z -]{1,40}")
LONGEST_WORD = 80  # characters of what is compared, not read
LONGEST_REASON = 240  # characters of what is quoted in a sentence


@dataclass(frozen=True)
class Description:
    """The fields of a run.json. What is missing or is not what it should be is empty; `fault` says what matters."""

    fault: str  # one sentence, or "": then the model and its training are settings that this version knows
    name: str
    owner: str
    request: str
    created: str  # ISO 8601, UTC, or ""
    corpus: str
    own_text: bool
    parent: str  # the id of the run, or the name of the model, that it was forked from, or ""
    parent_step: int  # and at which step, or -1
    precision: str  # in which numbers its linear layers compute, or "" as long as nobody has decided
    imported: bool  # it was trained elsewhere, and brought here as a file
    model: dict[str, Any]  # GPTConfig's fields, all of them; {} with a fault
    train: dict[str, Any]  # TrainConfig's; of an imported run only those that are known, and steps


def fault(reason: str) -> str:
    """The one sentence for every run that cannot be read."""
    return f"This run cannot be read: {printable(reason.rstrip('.'), LONGEST_REASON)}."


def describe(run: Run) -> Description:
    """What a run's run.json says. Raises RunError when there is none (any more), else nothing."""
    if run.folder.is_symlink():
        return described(run, {}, fault("its folder is a link"))
    try:
        values = run.read()
    except RunError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise
        return described(run, {}, fault(f"its run.json is {unfit(error.__cause__)}"))
    try:
        model = GPTConfig.from_json(values.get("model")).to_json()
    except (ConfigError, TypeError) as error:
        return described(run, values, fault(f"its model is none that this version knows ({error})"))
    try:
        train = TrainConfig.from_json(values.get("train")).to_json()
    except (ConfigError, TypeError) as error:
        return described(run, values, fault(f"its training is none that this version knows ({error})"))
    if values.get("imported") is True:
        train = {name: value for name, value in train.items() if name in values["train"]}
    return described(run, values, "", model, train)


def unfit(error: BaseException | None) -> str:
    """Why a file could not be read, in a few words."""
    if isinstance(error, UnfitFile):
        return str(error)
    return f"not readable ({error.strerror})" if isinstance(error, OSError) else "no JSON object"


def described(
    run: Run,
    values: dict[str, Any],
    fault: str,
    model: dict[str, Any] | None = None,
    train: dict[str, Any] | None = None,
) -> Description:
    """The fields that are texts and numbers, each for itself."""

    def text(name: str) -> str:
        value = values.get(name)
        return plain_name(value, "") if isinstance(value, str) else ""

    def word(name: str) -> str:
        value = values.get(name)
        return value if isinstance(value, str) and len(value) <= LONGEST_WORD and value.isprintable() else ""

    created, parent, step = word("created"), word("parent"), values.get("parent_step")
    return Description(
        fault=fault,
        name=text("name") or run.folder.name,
        owner=word("owner"),
        request=word("request"),
        created=created if TIME.fullmatch(created) else "",
        corpus=text("corpus"),
        own_text=values.get("own_text") is True,
        parent=parent if ID.match(parent) else "",
        parent_step=step if type(step) is int and 0 <= step <= MAX_STEP else -1,
        precision=word("precision") or decided(train or {}),
        imported=values.get("imported") is True,
        model=model or {},
        train=train or {},
    )


def decided(train: dict[str, Any]) -> str:
    """The precision that was asked for, but "auto": that is decided when the run begins."""
    asked = train.get("precision")
    return asked if isinstance(asked, str) and asked != "auto" else ""
