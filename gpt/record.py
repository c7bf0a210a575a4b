"""How a model was trained, as its file tells: read field by field, for the file may be a stranger's. No torch.

What does not fit is left out, so whoever draws a curve or a table of it meets numbers that are numbers, and what is
sent to a browser is valid JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpt.storage.step_files import MAX_STEP

LONGEST = 10_000  # characters of one text
DEEPEST = 6  # objects and lists inside each other
MOST_LOSSES = 2_000  # evaluations that a training remembers: a file's notes must not grow without end
MOST_LOSS = 1e6  # nats a token; a model that knows nothing is at ln V, about 4
MOST_SECONDS = 1e10
TEXTS = ("corpus", "corpus_sha256", "torch", "cpu", "rung", "precision", "precision_reason", "library")
BY_CHARACTER = ("train_char", "val_char")
NUMBERS = ("threads", "seconds", "share", "val_loss")
OBJECTS = ("model", "train")


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that are what they should be; unknown ones stay if they are plain JSON."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name == "losses":
            if isinstance(value, list | tuple):
                kept[name] = loss_lines(value)
        elif name in NUMBERS:
            if number(value, 0.0, MOST_SECONDS):
                kept[name] = value
        elif name in TEXTS:
            if isinstance(value, str) and plain(value):
                kept[name] = value
        elif name in OBJECTS:
            if isinstance(value, Mapping) and all(plain(one, deepest=0) for one in (*value, *value.values())):
                kept[name] = dict(value)
        elif plain(name) and plain(value):
            kept[name] = value
    return kept


def loss_lines(values: list[Any] | tuple[Any, ...]) -> list[dict[str, Any]]:
    """The evaluations on the way, by rising step: step, train and val in nats a token, and what else is told of them.

    That is the seconds, and, of a model whose tokens are no characters, both losses in nats a character.

    A line in which one of the first three is missing or no number is left out.
    """
    found: list[dict[str, Any]] = []
    for value in values:
        if not isinstance(value, Mapping):
            continue
        step = value.get("step")
        if type(step) is not int or not (found[-1]["step"] if found else -1) < step <= MAX_STEP:
            continue
        if all(number(value.get(name), 0.0, MOST_LOSS) for name in ("train", "val")):
            line = {"step": step, "train": value["train"], "val": value["val"]}
            if number(value.get("seconds"), 0.0, MOST_SECONDS):
                line["seconds"] = value["seconds"]
            if all(number(value.get(name), 0.0, MOST_LOSS) for name in BY_CHARACTER):
                line |= {name: value[name] for name in BY_CHARACTER}
            found.append(line)
    return thinned(found)


def by_character(line: Mapping[str, Any]) -> tuple[float, float]:
    """An evaluation's losses in nats a character, which compare whatever the tokens are: training, validation."""
    return line.get("train_char", line["train"]), line.get("val_char", line["val"])


def thinned(lines: list[Any]) -> list[Any]:
    """At most `MOST_LOSSES` lines: while they are more, every second one goes, but never the last."""
    while len(lines) > MOST_LOSSES:
        lines = [*lines[:-1:2], lines[-1]]
    return lines


def number(value: object, low: float, high: float) -> bool:
    """Whether this is a finite number from `low` to `high`."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def plain(value: object, deepest: int = DEEPEST) -> bool:
    """Whether this is a JSON value that every browser can read: finite numbers, no half characters, not too deep."""
    if isinstance(value, str):
        return len(value) <= LONGEST and not any("\ud800" <= char <= "\udfff" for char in value)
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) <= 2**53  # of NaN, too, this is not true
    if isinstance(value, list | tuple):
        return deepest > 0 and all(plain(one, deepest - 1) for one in value)
    if isinstance(value, Mapping):
        return deepest > 0 and all(plain(key) and plain(one, deepest - 1) for key, one in value.items())
    return False
