"""What a panel is sent: one frozen class a panel, in `panels/`, whose shapes are checked before anything travels.

A field is a value of the header, or an array. `sized` and `array` name the shape by other fields (or properties):
`pattern: np.ndarray = array("uint16", "L", "H", "pairs")`. The JavaScript file of the same name describes the same
fields as its Payload; a test compares the two.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
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
        values = vars(self)
        for name, dtype, sizes in shapes(type(self)):
            value = values[name]
            if value is None:
                continue
            wanted = tuple([getattr(self, size) for size in sizes])
            if dtype is None:
                right = len(value) == wanted[0]
            else:
                right = isinstance(value, np.ndarray) and value.shape == wanted and value.dtype == dtype
            if not right:
                raise ShapeError(
                    f"{self.name}.{name} holds {held(value, dtype)}, but must be ({', '.join(sizes)}) = {wanted}."
                )

    def header(self) -> dict[str, Any]:
        """The fields that are no arrays."""
        values = vars(self)
        return {name: values[name] for name in plain(type(self))}

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """The arrays by name; one that is not there is empty."""
        values = vars(self)
        for name, dtype, sizes in shapes(type(self)):
            if dtype is not None:
                value = values[name]
                yield name, np.zeros((0,) * len(sizes), dtype) if value is None else value

    @classmethod
    @cache
    def growing(cls, name: str) -> int:
        """The axis of an array along which it grows with the text; the first one of an array that does not."""
        shape = cls.__dataclass_fields__[name].metadata["shape"]
        return next((axis for axis, size in enumerate(shape) if size in GROWING), 0)

    @classmethod
    @cache
    def has_arrays(cls) -> bool:
        """Whether it travels as bytes; else as JSON."""
        return any(dtype is not None for _, dtype, _ in shapes(cls))


def held(value: Any, dtype: np.dtype | None) -> str:
    """What a field holds, in words."""
    if dtype is None:
        return f"{len(value)} things"
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__


# What is said of the fields of a class is looked up once, for they are gone through at every key.


@cache
def shapes(kind: type[Panel]) -> tuple[tuple[str, np.dtype | None, tuple[str, ...]], ...]:
    """The fields that have a shape: name, type (None: no array) and sizes."""
    every = ((one.name, one.metadata) for one in dataclasses.fields(kind))
    return tuple((name, said.get("dtype"), said["shape"]) for name, said in every if "shape" in said)


@cache
def plain(kind: type[Panel]) -> tuple[str, ...]:
    """The names of the fields that are no arrays."""
    return tuple(one.name for one in dataclasses.fields(kind) if "dtype" not in one.metadata)
