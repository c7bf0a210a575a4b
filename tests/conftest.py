"""A quick start of all tests, and their order: what drives a browser comes first, no long file is left for the end."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each worker compiles another part of the tests first: of the rest it mostly finds what the others have kept.

    Nothing is checked here: what cannot be imported, or not without a warning, is tried again by the collection, which
    says why.
    """
    me: dict[str, object] = getattr(session.config, "workerinput", {})
    if not me or TESTS not in [Path(name).resolve() for name in session.config.args]:
        return
    own, count = int(str(me["workerid"]).removeprefix("gw")), int(str(me["workercount"]))
    for file in sorted(TESTS.rglob("test_*.py"))[own::count]:
        with warnings.catch_warnings(action="error"), contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files keep together, and those of one folder, whose server and browser are started once a worker."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/browser/"))
