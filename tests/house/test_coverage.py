"""Which lines the tests run is measured by `make test`, with a floor of each half."""

from tests.support import ROOT, floors


def files(covered: int, missing: int) -> dict[str, dict[str, dict[str, int]]]:
    """Two files a half, as slipcover tells them."""
    summary = {"summary": {"covered_lines": covered, "missing_lines": missing}}
    return {name: summary for name in ("gpt/a.py", "gpt/train/b.py", "pages/c.py", "pages/ui/d.py")}


def test_make_test_measures_both_halves_and_asks_for_the_floors() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "-m slipcover --source gpt,pages --json --out coverage.json -m pytest -n 3" in makefile
    assert "-m tests.support.floors coverage.json" in makefile
    assert floors.FLOORS["gpt"] >= 92 and floors.FLOORS["pages"] >= 85


def test_a_half_below_its_floor_fails_and_names_its_files() -> None:
    lines, reached = floors.report(files(93, 7))
    assert reached and len(lines) == 2
    lines, reached = floors.report(files(91, 9))  # enough for the pages
    assert not reached
    assert lines[0] == "gpt: 91.0 % of 200 lines ran, floor 92 %" and lines[1] == "  gpt/a.py: 9 did not"
    assert not floors.report({})[1]  # nothing was measured
