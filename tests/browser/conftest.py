"""One server and one browser for all browser tests; a fresh, watched page for each.

A page fails its test at the end if it logged an error, threw one, asked anything of another machine, or showed a
traceback; the server's own log must not hold one either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from gpt.bench.app_server import BROWSER_ARGS, BROWSERS, BenchError, Server, find_chromium, serving
from tests.browser.driver import PATIENCE, Driver
from tests.browser.windows import Windows

HERE = ("127.0.0.1", "localhost")
ONE_PROCESS = "--process-per-site"  # a window's visitors share what the first has compiled
SILENT = ("blob", "data", "about")  # these never leave the page

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test below this folder drives a browser; it may take as long as a slow machine needs."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="package")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server says."""
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="package")
def server(log: Path) -> Iterator[Server]:
    """The app as `make run` starts it, on a free port."""
    if find_chromium() is None:
        pytest.skip(f"no browser on the PATH (looked for {', '.join(BROWSERS)}): apt-get install chromium")
    try:
        with log.open("wb") as file, serving(file) as running:
            yield running
    except BenchError as error:
        pytest.fail(f"{error}\n{log.read_text(encoding='utf-8', errors='replace')[-4_000:]}")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's browser, headless."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"no browser on the PATH (looked for {', '.join(BROWSERS)}): apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=[*BROWSER_ARGS, ONE_PROCESS])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def windows(chromium: Browser) -> Windows:
    """The browser's windows, which are used again."""
    return Windows(chromium)


@pytest.fixture
def visitors() -> list[Driver]:
    """Who is there, during one test."""
    return []


@pytest.fixture
def visit(server: Server, windows: Windows, log: Path, visitors: list[Driver]) -> Iterator[Callable[..., Driver]]:
    """Open the app: `visit("prompt=abc", dark=True, width=390, height=844)`; every call is a new visitor."""
    said = log.stat().st_size

    def open_page(query: str = "", dark: bool = False, width: int = 1280, height: int = 720, page: str = "") -> Driver:
        assert server.process.poll() is None, f"the server ended by itself, code {server.process.poll()}"
        size: ViewportSize = {"width": width, "height": height}
        driver = Driver(windows.open(server.url, size, "dark" if dark else "light"), server)
        visitors.append(driver)
        driver.open(query, page)
        return driver

    yield open_page
    faults = [fault for driver in visitors for fault in faults_of(driver)]
    for driver in visitors:
        windows.close(driver.page)
    told = log.read_bytes()[said:].decode("utf-8", "replace")
    if "Traceback" in told:
        faults.append(f"the server's log holds a traceback:\n{told[-4_000:]}")
    assert not faults, "\n".join(faults)


@pytest.fixture
def leave(visit: Callable[..., Driver], windows: Windows, visitors: list[Driver]) -> Callable[[Driver], None]:
    """A visitor goes before the end: `leave(page)`; the next one has a window that has read the app already."""

    def go(driver: Driver) -> None:
        faults = faults_of(driver)
        visitors.remove(driver)
        windows.close(driver.page)
        assert not faults, "\n".join(faults)

    return go


def faults_of(driver: Driver) -> list[str]:
    """What no page may ever do."""
    faults = [f"page error: {text}" for text in driver.page_errors]
    faults += [f"console: {text} ({url})" for text, url in driver.console_errors]
    for url in driver.requests:
        parts = urlsplit(url)
        if parts.scheme not in SILENT and parts.hostname not in HERE:
            faults.append(f"asked another machine: {url}")
    if driver.page.get_by_test_id("stException").count():
        faults.append("shows a traceback: " + driver.page.get_by_test_id("stException").first.inner_text())
    return faults
