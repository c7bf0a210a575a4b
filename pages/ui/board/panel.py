"""What a panel is sent: one frozen class a panel, in `panels/`, whose shapes are checked before anything travels.

A field is a value of the header, or an array. `sized` and `array` name the shape by other fields (or properties):
`pattern: np.ndarray = array("uint16", "L", "H", "pairs")`. The JavaScript file of the same name describes the same
fields as its Payload; a test compares the two.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

import numpy as np

GROWING = ("T", "U", "pairs")  # sizes that follow the text: a key behind it leaves what was before


class ShapeError(ValueError):
    """A panel was given something of another shape or type than it draws: a fault of the program."""


def array(dtype: str, *shape: str) -> Any:
    """A field that holds an array of this type and shape; None stands for one that is not there."""
    return field(metadata={"dtype": np.dtype(dtype), "shape": shape})


def sized(name: str) -> Any:
    """A field that holds as many things as the field `name` says."""
    return field(metadata={"shape": (name,)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """What one panel is sent. `name` is its file in assets/components/panels.

    Two of a kind on one board have names of their own behind it: "chart:losses".
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        """Raise ShapeError unless every field has the shape that it says."""
        for name, metadata in fields(type(self)):
            value = getattr(self, name)
            if "shape" not in metadata or value is None:
                continue
            wanted = tuple(getattr(self, size) for size in metadata["shape"])
            if "dtype" not in metadata:
                found, right = f"{len(value)} things", len(value) == wanted[0]
            elif isinstance(value, np.ndarray):
                found = f"{value.dtype} {value.shape}"
                right = value.dtype == metadata["dtype"] and value.shape == wanted
            else:
                found, right = type(value).__name__, False
            if not right:
                shape = ", ".join(metadata["shape"])
                raise ShapeError(f"{self.name}.{name} holds {found}, but must be ({shape}) = {wanted}.")

    def header(self) -> dict[str, Any]:
        """The fields that are no arrays."""
        return {name: getattr(self, name) for name, metadata in fields(type(self)) if "dtype" not in metadata}

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """The arrays by name; one that is not there is empty."""
        for name, metadata in fields(type(self)):
            if "dtype" in metadata:
                value = getattr(self, name)
                yield name, np.zeros((0,) * len(metadata["shape"]), metadata["dtype"]) if value is None else value

    @classmethod
    def growing(cls, name: str) -> int:
        """The axis of an array along which it grows with the text; the first one of an array that does not."""
        shape = cls.__dataclass_fields__[name].metadata["shape"]
        return next((axis for axis, size in enumerate(shape) if size in GROWING), 0)

    @classmethod
    def has_arrays(cls) -> bool:
        """Whether it travels as bytes; else as JSON."""
        return any("dtype" in metadata for _, metadata in fields(cls))


@cache
def fields(kind: type[Panel]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The fields of a class with what is said of them: looked up once, for they are gone through at every key."""
    return tuple((one.name, one.metadata) for one in dataclasses.fields(kind))
