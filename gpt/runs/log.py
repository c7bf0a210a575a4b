"""What a training tells: one frozen dataclass a kind of line in its log, and which state each event leaves. No torch.

The trainer writes these, and whoever reads a log gets them back field by field: a kind that this version does not know
is ignored, and a line in which a field is missing or is not what it should be counts as damaged. It never raises.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, get_args

from gpt.storage import jsonl
from gpt.storage.jsonl import START, Mark
from gpt.storage.step_files import MAX_STEP, step_of

Kind = Literal["train", "eval", "sample", "snapshot", "state", "resumed", "paused", "stopped", "failed", "end"]
State = Literal["queued", "running", "paused", "done", "stopped", "failed", "interrupted", "unreadable"]
Control = Literal["pause", "stop"]  # what can be asked of a trainer
STATES: tuple[State, ...] = get_args(State)
CONTROLS: tuple[Control, ...] = get_args(Control)

# The state of a run that nobody trains and that does not wait, by the last event in its log. Without any, and after
# "resumed", its trainer ended without saying so.
STATE_AFTER: Mapping[Kind, State] = {
    "resumed": "interrupted",
    "paused": "paused",
    "stopped": "stopped",
    "failed": "failed",
    "end": "done",
}
MEASURED: tuple[Kind, ...] = ("eval", "sample", "snapshot", "state", "end")  # what is due at one step, told together

MOST_SECONDS = 1e10
LONGEST_TEXT = 20_000  # characters of a sample or a message


class Damaged(ValueError):
    """A line that is not what this kind of line is."""


def check_whole(value: object, most: int = MAX_STEP) -> int:
    """A whole number from 0. Raises Damaged."""
    if type(value) is not int or not 0 <= value <= most:
        raise Damaged
    return value


def check_number(value: object, low: float = -1e30, high: float = 1e30) -> float:
    """A finite number. Raises Damaged."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise Damaged
    return float(value)


def check_number_or_none(value: object) -> float | None:
    """A finite number, or None for one that was none when it was written. Raises Damaged."""
    return None if value is None else check_number(value)


def check_speed(value: object) -> int:
    """Tokens a second. Raises Damaged."""
    return check_whole(value, 10**15)


def check_seconds(value: object) -> float:
    """A time. Raises Damaged."""
    return check_number(value, 0.0, MOST_SECONDS)


def check_text(value: object, most: int = LONGEST_TEXT) -> str:
    """A text that UTF-8 can write. Raises Damaged."""
    if not isinstance(value, str) or len(value) > most or any("\ud800" <= char <= "\udfff" for char in value):
        raise Damaged
    return value


def check_file_name(value: object) -> str:
    """The name of a step's file. Raises Damaged."""
    if not isinstance(value, str) or step_of(value) is None:
        raise Damaged
    return value


def read_by(check: Callable[[object], Any], default: Any = dataclasses.MISSING) -> Any:
    """A field that is read by `check`; with a default it may be missing, as in the lines of other versions.

    With the default None it may also be null: a number that was none when it was written.
    """
    return dataclasses.field(default=default, metadata={"check": check})


def unsaid(name: str, value: object) -> bool:
    """Whether a training has no such number at all, so that its lines do not tell it."""
    return value is None and name in ("muon_lr", "loss_char", "train_char", "val_char")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log; `step` counts the optimizer steps that are done."""

    kind: ClassVar[Kind]
    step: int = read_by(check_whole)

    def to_json(self) -> dict[str, Any]:
        """The line as a JSON object; what a training has not (another optimizer's rate) is left out."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"kind": self.kind, **{name: value for name, value in values.items() if not unsaid(name, value)}}


@dataclass(frozen=True, slots=True)
class Train(Line):
    """One optimizer step. Numbers that were none, when a training diverged, are None once they are read."""

    kind: ClassVar[Kind] = "train"
    loss: float | None = read_by(check_number, None)  # nats a token, of the batch before the step
    rate: float | None = read_by(check_number, None)  # the learning rate's share of its peak
    lr: float | None = read_by(check_number, None)  # AdamW's
    muon_lr: float | None = read_by(check_number, None)  # Muon's, where it steps the matrices
    grad_norm: float | None = read_by(check_number, None)  # before it was clipped
    tokens_per_second: int | None = read_by(check_speed, None)
    seconds: float | None = read_by(check_seconds, None)  # trained so far, over all sittings
    loss_char: float | None = read_by(check_number, None)  # nats a character, where a token is none

    @property
    def by_character(self) -> float | None:
        """The loss in nats a character."""
        return self.loss if self.loss_char is None else self.loss_char


@dataclass(frozen=True, slots=True)
class Eval(Line):
    """The losses on both splits, in nats a token, and where a token is no character, also in nats a character."""

    kind: ClassVar[Kind] = "eval"
    train: float | None = read_by(check_number, None)
    val: float | None = read_by(check_number, None)
    seconds: float | None = read_by(check_seconds, None)
    train_char: float | None = read_by(check_number, None)
    val_char: float | None = read_by(check_number, None)

    @property
    def by_character(self) -> tuple[float | None, float | None]:
        """Both losses in nats a character, which compare whatever the tokens are: on training and validation text."""
        return (self.train, self.val) if self.val_char is None else (self.train_char, self.val_char)


@dataclass(frozen=True, slots=True)
class Sample(Line):
    """What the model writes at this step."""

    kind: ClassVar[Kind] = "sample"
    text: str = read_by(check_text)


@dataclass(frozen=True, slots=True)
class Snapshot(Line):
    """A model to look at was kept, durably, in this file of the folder `steps`."""

    kind: ClassVar[Kind] = "snapshot"
    file: str = read_by(check_file_name)


@dataclass(frozen=True, slots=True)
class Saved(Line):
    """A state from which the training can be resumed was saved, durably."""

    kind: ClassVar[Kind] = "state"


@dataclass(frozen=True, slots=True)
class Resumed(Line):
    """It goes on from here; `differs` says why the bits may, `message` what a page should tell."""

    kind: ClassVar[Kind] = "resumed"
    differs: str = read_by(check_text, "")
    message: str = read_by(check_text, "")


@dataclass(frozen=True, slots=True)
class Paused(Line):
    """It rests, by request or because the disk does not write."""

    kind: ClassVar[Kind] = "paused"
    message: str = read_by(check_text, "")


@dataclass(frozen=True, slots=True)
class Stopped(Line):
    """It was ended by request."""

    kind: ClassVar[Kind] = "stopped"
    message: str = read_by(check_text, "")


@dataclass(frozen=True, slots=True)
class Failed(Line):
    """It cannot go on as it is."""

    kind: ClassVar[Kind] = "failed"
    message: str = read_by(check_text, "")


@dataclass(frozen=True, slots=True)
class End(Line):
    """It is done."""

    kind: ClassVar[Kind] = "end"


Event = Resumed | Paused | Stopped | Failed | End
EVENTS = (Resumed, Paused, Stopped, Failed, End)
LINES: Mapping[str, type[Line]] = {
    line.kind: line for line in (Train, Eval, Sample, Snapshot, Saved, Resumed, Paused, Stopped, Failed, End)
}
# Each kind's fields: name, check, and default, which is MISSING where they must be there.
FIELDS = {
    kind: [(field.name, field.metadata["check"], field.default) for field in dataclasses.fields(line)]
    for kind, line in LINES.items()
}


def parse(values: Mapping[str, Any]) -> Line | None:
    """The line that a JSON object tells, or None for a kind of another version. Raises Damaged."""
    kind = check_text(values.get("kind"))
    if kind not in LINES:
        return None
    read = {}
    for name, check, default in FIELDS[kind]:
        value = values.get(name)
        if value is not None:
            read[name] = check(value)
        elif default is dataclasses.MISSING or (default is not None and name in values):
            raise Damaged
    return LINES[kind](**read)


class Tail(NamedTuple):
    """What a log holds beyond a mark."""

    lines: tuple[Line, ...]
    mark: Mark  # where to go on next time
    damaged: int  # lines that are none, or not what they should be
    again: bool  # it is another log than before (or this is the first look): `lines` starts from the beginning


def parse_all(values: Iterable[Mapping[str, Any]]) -> tuple[list[Line], int]:
    """The lines of known kinds, and how many are damaged."""
    found, damaged = [], 0
    for value in values:
        try:
            line = parse(value)
        except Damaged:
            damaged += 1
            continue
        if line is not None:
            found.append(line)
    return found, damaged


def tail(path: Path, mark: Mark = START) -> Tail:
    """The lines of a log that were added since `mark`; of very many, the first and the last.

    Raises UnfitFile for no regular file.
    """
    raw = jsonl.tail(path, mark)
    lines, damaged = parse_all(raw.lines)
    return Tail(tuple(lines), raw.mark, raw.bad + damaged, raw.again)


@dataclass(frozen=True, slots=True)
class Reading:
    """One sequence of the latest batch, and how surprising each of its tokens is to the model at this step."""

    step: int
    text: str
    tokens: tuple[str, ...]  # its tokens, T + 1
    loss: tuple[float | None, ...]  # nats, for each; nothing predicts the first

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: object) -> Reading:
        """Read `to_json`'s object field by field. Raises Damaged."""
        if not isinstance(values, dict):
            raise Damaged
        whole = check_text(values.get("text"))
        tokens, losses = values.get("tokens", list(whole)), values.get("loss")
        if not isinstance(tokens, list) or not isinstance(losses, list) or len(tokens) != len(losses):
            raise Damaged
        return cls(
            check_whole(values.get("step")),
            whole,
            tuple(check_text(token) for token in tokens),
            tuple(check_number_or_none(loss) for loss in losses),
        )
