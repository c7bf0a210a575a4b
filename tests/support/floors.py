"""`python -m tests.support.floors FILE`: how many lines of each half the tests ran, by slipcover's JSON.

Ends with 1, and says where the lines are that no test runs, when a half lies below its floor.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOORS = {"gpt": 92.0, "pages": 85.0}  # per cent of the lines; they only rise
NAMED = 12  # files with the most lines that did not run


def report(files: Mapping[str, Any]) -> tuple[list[str], bool]:
    """One line a half and, below its floor, one a file that lacks most; and whether all floors are reached."""
    lines, reached = list[str](), True
    for half, floor in FLOORS.items():
        own = {name: about["summary"] for name, about in files.items() if Path(name).parts[0] == half}
        covered = sum(about["covered_lines"] for about in own.values())
        missing = sum(about["missing_lines"] for about in own.values())
        share = 100 * covered / max(covered + missing, 1)
        lines.append(f"{half}: {share:.1f} % of {covered + missing:,} lines ran, floor {floor:.0f} %")
        if share < floor:
            reached = False
            worst = sorted(own, key=lambda name: own[name]["missing_lines"], reverse=True)[:NAMED]
            lines += [f"  {name}: {own[name]['missing_lines']} did not" for name in worst]
    return lines, reached


if __name__ == "__main__":
    found, fine = report(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["files"])
    sys.stdout.write("\n".join(found) + "\n")
    sys.exit(not fine)
