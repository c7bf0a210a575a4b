"""The ladder to look things up in: a rung by name or number, what differs between two, and the code that matters."""

from __future__ import annotations

import inspect
import pkgutil
import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gpt.config import ConfigError, GPTConfig
from gpt.lessons.ladder import COMPANIONS, RUNGS
from gpt.lessons.rung import Rung

MODELS: Mapping[str, Rung] = MappingProxyType({rung.name: rung for rung in (*RUNGS, *COMPANIONS) if rung.model})


def numbered(number: int) -> Rung:
    """The rung of a lesson. Raises ConfigError for a number that is none."""
    for rung in RUNGS:
        if rung.number == number:
            return rung
    raise ConfigError(f"lesson is {number!r}, but it must be a whole number from 1 to {len(RUNGS)}.")


def named(name: str) -> Rung:
    """The rung or companion of that name. Raises ConfigError, naming those that exist."""
    for rung in (*RUNGS, *COMPANIONS):
        if rung.name == name:
            return rung
    known = ", ".join(rung.name for rung in (*RUNGS, *COMPANIONS))
    raise ConfigError(f"rung is {name!r}, but it must be one of {known}.")


def difference(a: GPTConfig, b: GPTConfig) -> dict[str, tuple[Any, Any]]:
    """The fields in which two models differ: name -> (in a, in b), in the order of GPTConfig."""
    old, new = a.to_json(), b.to_json()
    return {name: (old[name], new[name]) for name in old if old[name] != new[name]}


def code_lines(rung: Rung) -> str:
    """The lines of this very program that make the rung, read from its source: nothing is pasted.

    Imports the modules that hold them (and so torch). Each piece begins with a comment that says where it stands.
    """
    pieces = []
    for source in rung.sources:
        found = pkgutil.resolve_name(source)
        lines, first = inspect.getsourcelines(found)
        file = source.split(":")[0].replace(".", "/") + ".py"
        pieces.append(f"# {file}, line {first}\n" + textwrap.dedent("".join(lines)))
    return "\n".join(pieces)
