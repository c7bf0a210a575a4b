"""The command line of a script that trains what a lesson shows and writes its numbers to a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path


def write_file(script: str, make: Callable[[Path], None], file: Path, arguments: list[str] | None = None) -> int:
    """`python -m gpt.lessons.SCRIPT [--out FILE]`; 2 with a sentence when the text is not here."""
    parser = argparse.ArgumentParser(prog=f"python -m gpt.lessons.{script}", description=make.__doc__)
    parser.add_argument("--out", type=Path, default=file, help="the file to write")
    options = parser.parse_args(arguments)
    try:
        make(options.out)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command line talks)
        return 2
    return 0
