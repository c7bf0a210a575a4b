"""The order of all tests: what drives a browser comes first, so that no long file is left to one worker at the end."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files keep together, and those of one folder, whose server and browser are started once a worker."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/browser/"))
