"""One setting: what it may be, and how it explains itself.

A config is a frozen dataclass whose fields are made by `setting(...)`. What a field says there, once, is read by the
validator, the help of the command line, the studio's form, the diagram of the model and README's table.
Only the standard library is needed here, so a page can validate a form without importing torch.
Bad values raise `ConfigError`, a `ValueError` whose one sentence names the field, the value and what would do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, TypeVar

Value = TypeVar("Value")
Kind = Literal["switch", "whole", "real", "choice", "order"]
BEGIN, END = "<!-- {}: written by `python -m gpt.config README.md` -->", "<!-- end of {} -->"


class ConfigError(ValueError):
    """A setting that cannot work; the message is one sentence fit for the page."""


def refuse(field: str, value: object, wanted: str) -> ConfigError:
    """The one sentence every refusal uses: which field, what it was, what would do."""
    return ConfigError(f"{field} is {value!r}, but it must be {wanted}.")


def need_int(field: str, value: object, low: int, high: int) -> None:
    """Refuse anything but a whole number in [low, high] (True and False are not numbers here)."""
    if type(value) is not int or not low <= value <= high:
        raise refuse(field, value, f"a whole number from {low:,} to {high:,}")


def need_real(field: str, value: object, low: float, high: float) -> None:
    """Refuse anything but a finite number in [low, high]."""
    ok = isinstance(value, int | float) and not isinstance(value, bool)
    if not ok or not low <= value <= high:  # type: ignore[operator] # NaN is in no range
        raise refuse(field, value, f"a number from {low:g} to {high:g}")


def need_bool(field: str, value: object) -> None:
    """Refuse anything but True or False."""
    if type(value) is not bool:
        raise refuse(field, value, "True or False")


def need_one_of(field: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse anything outside the listed words."""
    if value not in choices:
        raise refuse(field, value, "one of " + ", ".join(choices))


def need_order(field: str, value: object, items: tuple[str, ...]) -> None:
    """Refuse anything but all the listed words, each once, with dots between them."""
    if not isinstance(value, str) or sorted(value.split(".")) != sorted(items):
        raise refuse(field, value, f"these in any order, each once, with dots between: {'.'.join(items)}")


@dataclass(frozen=True)
class Setting:
    """What one field of a config says about itself."""

    name: str
    default: object
    label: str  # above its widget in a form
    help: str  # one sentence for a learner
    low: float  # numbers: the bounds, both allowed
    high: float
    step: float | None  # numbers: by how much a slider moves; without it they are typed
    choices: Mapping[str, str]  # words: each with what it means, as the diagram says it
    on: str  # switches and numbers: what the diagram says while it is on (not 0); {} is the value
    off: str  # and while it is off
    parts: tuple[str, ...]  # the boxes of the diagram that say it (gpt/diagram.py names them)
    unless: str  # the switch that makes it meaningless while it is on
    optional: bool  # None will do, too
    in_form: bool  # offered to whoever starts a training from a page
    ordered: bool  # words: all of them in some order, with dots between them, instead of one

    @property
    def kind(self) -> Kind:
        """Which values it takes: a switch True or False, a choice one of its words, an order all, others numbers."""
        if self.choices:
            return "order" if self.ordered else "choice"
        kinds: dict[type, Kind] = {bool: "switch", int: "whole", float: "real"}
        return kinds[type(self.default)]

    def check(self, value: object) -> None:
        """Refuse a value that it cannot have. Raises ConfigError."""
        if value is None and self.optional:
            return
        match self.kind:
            case "switch":
                need_bool(self.name, value)
            case "whole":
                need_int(self.name, value, int(self.low), int(self.high))
            case "real":
                need_real(self.name, value, self.low, self.high)
            case "choice":
                need_one_of(self.name, value, tuple(self.choices))
            case "order":
                need_order(self.name, value, tuple(self.choices))

    @property
    def range(self) -> str:
        """What it may be, in a few words: "0 to 96", "on or off", "relu: ReLU; gelu: GELU"."""
        match self.kind:
            case "switch":
                return "on or off"
            case "whole":
                return f"{self.low:,} to {self.high:,}"
            case "real":
                return f"{self.low:g} to {self.high:g}"
            case "choice":
                return "; ".join(f"{word}: {meaning}" for word, meaning in self.choices.items())
            case "order":
                return f"{'.'.join(self.choices)}, in any order"

    def written(self, value: object) -> str:
        """A value as one types it: on, 0.003, 2000, muon."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:g}" if isinstance(value, float) else str(value)

    def explain(self) -> str:
        """What it is and what it may be, for a reader who sees the value; a switch shows itself what it may be."""
        return self.help if self.kind == "switch" else f"{self.help} {self.range}."

    def says(self, value: Any) -> str:
        """What the diagram says about a value; nothing for one that goes without saying."""
        return self.choices[value] if self.choices else (self.on if value else self.off).format(value)


def setting(
    default: Value,
    label: str,
    help: str,
    *,
    low: float = 0,
    high: float = 0,
    step: float | None = None,
    choices: Mapping[str, str] | None = None,
    on: str = "",
    off: str = "",
    parts: tuple[str, ...] = (),
    unless: str = "",
    optional: bool = False,
    in_form: bool = True,
    ordered: bool = False,
) -> Value:
    """A field of a config; the arguments are those of `Setting`, where each is explained."""
    known = MappingProxyType(dict(choices or {}))
    about = Setting(
        "", default, label, help, low, high, step, known, on, off, parts, unless, optional, in_form, ordered
    )
    return dataclasses.field(default=default, metadata={"setting": about})


@cache
def settings_of(kind: type[Config]) -> Mapping[str, Setting]:
    """What the fields of a config say about themselves, by name, in their order."""
    fields = dataclasses.fields(kind)  # type: ignore[arg-type] # every subclass is a dataclass
    return MappingProxyType({one.name: dataclasses.replace(one.metadata["setting"], name=one.name) for one in fields})


class Config:
    """To and from plain JSON values, strictly: an unknown field is refused, never ignored."""

    def __post_init__(self) -> None:
        """Refuse what a field cannot be. What several fields must agree on is checked by each config itself."""
        for name, one in self.settings().items():
            one.check(getattr(self, name))

    @classmethod
    def settings(cls) -> Mapping[str, Setting]:
        """What its fields say about themselves, by name, in their order."""
        return settings_of(cls)

    def to_json(self) -> dict[str, Any]:
        """The fields as a dict of JSON values."""
        return dataclasses.asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, values: object) -> Self:
        """Build from `to_json`'s dict. Raises ConfigError for anything unknown or out of range."""
        if not isinstance(values, dict):
            raise ConfigError(f"{cls.__name__} must be a JSON object, not {type(values).__name__}.")
        known = cls.settings()
        for name in values:
            if name not in known:
                raise refuse(str(name), values[name], "left out: no such field; known are " + ", ".join(sorted(known)))
        return cls(**values)


def table(kind: type[Config]) -> str:
    """A config's fields as a Markdown table."""
    rows = ["| field | may be | default | what it is |", "|---|---|---|---|"]
    for name, one in kind.settings().items():
        rows.append(f"| `{name}` | {one.range} | {one.written(one.default)} | {one.help} |")
    return "\n".join(rows)


def between_marks(text: str, name: str, new: str) -> str:
    """A text with a new piece between the marks of that name. Raises ValueError when the marks are not there."""
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"The marks {begin!r} and {end!r} must stand in the text, in this order.")
    return f"{before}{begin}\n{new}\n{end}{after}"


def write_table(path: Path, kind: type[Config]) -> None:
    """Put a config's table into a Markdown file, between its marks."""
    text = path.read_text(encoding="utf-8")
    path.write_text(between_marks(text, kind.__name__, table(kind)), encoding="utf-8", newline="\n")
