"""What the papers at the top say is so: commands run, files are there, figures are the models' own records."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gpt import bundled, corpora
from gpt.lessons import MODELS, RUNGS, trained
from gpt.presets import PRESETS
from gpt.record import by_character
from tests.support import ROOT
from tests.support.shipped import loaded

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING}
PAPERS |= {name: (ROOT / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "SECURITY.md")}
# A command of ours, up to the comment behind it. Those of others (pip, pytest) are installed: see test_door.py.
COMMAND = re.compile(r"python -m ((?:gpt|tests)[\w.]*)((?: [^\s#`]+)*)")
NUMBERS = (
    "none one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
WORDS = {word: number for number, word in enumerate(f"{NUMBERS} eighteen nineteen twenty".split())}


def section(title: str, text: str = README) -> str:
    """What stands below a heading of the README."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"no section {title}"
    return found[1]


def commands() -> dict[str, list[str]]:
    """The modules that the papers tell to run, and the options that they show with each."""
    found: dict[str, list[str]] = {}
    for text in PAPERS.values():
        for module, arguments in COMMAND.findall(text):
            found.setdefault(module, []).extend(part for part in arguments.split() if part.startswith("--"))
    return found


# ---- commands


# One process for all: torch takes longer to come than all the helps together.
HELP = """
import contextlib, io, json, runpy, sys
said = {}
for module in sys.argv[1:]:
    sys.argv = [module, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    said[module] = " ".join(out.getvalue().split())
print(json.dumps(said))
"""


def test_every_command_is_there_and_knows_its_options() -> None:
    asked = commands()
    assert {"gpt.train", "gpt.bench", "gpt.lessons", "gpt.config"} <= asked.keys()
    assert all(importlib.util.find_spec(module) for module in asked)
    done = subprocess.run([sys.executable, "-c", HELP, *asked], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    for module, said in json.loads(done.stdout).items():
        assert said.startswith(f"usage: python -m {module} "), said[:200]
        for option in asked[module]:
            assert option in said, f"python -m {module} does not know {option}"


def test_the_command_that_writes_the_table_changes_nothing(tmp_path: Path) -> None:
    copy = Path(shutil.copy(ROOT / "README.md", tmp_path / "README.md"))
    done = subprocess.run([sys.executable, "-m", "gpt.config", copy], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert copy.read_text(encoding="utf-8") == README


@pytest.mark.parametrize("name", PAPERS)
def test_what_is_made_has_a_rule(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^ {4})make ([a-z]+)", PAPERS[name], flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"make {target}"


def test_presets_and_texts_that_are_named_are_there() -> None:
    for preset in re.findall(r"--preset (\w+)", README):
        assert preset in PRESETS
    for text in re.findall(r"--corpus (\w+)", README):
        assert text in corpora.names()


# ---- files


def tree(lines: str) -> list[str]:
    """The paths that an indented list of names names: a folder's line ends in /, what is in it is indented deeper."""
    found: list[str] = []
    above: list[tuple[int, str]] = []
    for line in lines.splitlines():
        indent, text = len(line) - len(line.lstrip()), line.strip()
        if not text:
            continue
        while above and above[-1][0] >= indent:
            above.pop()
        names = re.split(r"\s{3,}", text)[0].split()
        base = "".join(folder for _, folder in above)
        found += [base + name for name in names]
        if len(names) == 1 and names[0].endswith("/"):
            above.append((indent, names[0]))
    return found


def places() -> list[str]:
    """What "Where things are" names."""
    return tree(re.search(r"((?:^ {4}.*\n)+)", section("Where things are"), flags=re.MULTILINE)[1])  # type: ignore[index]


def test_a_tree_is_read() -> None:
    assert tree("a.py   b\ngpt/   c\n  x  y   d\n  sub/   e\n    z   f\nq/  r/   g") == [
        *("a.py", "gpt/", "gpt/x", "gpt/y", "gpt/sub/", "gpt/sub/z", "q/", "r/")
    ]


def test_everything_in_the_list_of_places_exists() -> None:
    for name in places():
        path = ROOT / name
        assert path.is_dir() if name.endswith("/") else path.is_file() or path.with_suffix(".py").is_file(), name


def test_every_room_is_in_the_list_of_places() -> None:
    named = {name.rstrip("/") for name in places()}
    for folder in ("gpt", "pages", "pages/ui"):
        rooms = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / folder).glob("*/*.py")}
        assert rooms - {"pages/ui"} <= named, folder


@pytest.mark.parametrize("name", PAPERS)
def test_links_and_files_in_the_papers_lead_somewhere(name: str) -> None:
    text = PAPERS[name]
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target
    # `a/b.py` in code type is a file; NAME stands for what one makes, and a runs folder is made by running.
    for path in re.findall(r"`([\w.-]+(?:/[\w.<>-]+)+/?)`", text):
        if not re.search(r"[A-Z]{2,}|[<>]", path) and not path.startswith("runs/"):
            assert (ROOT / path).exists(), path


# ---- figures


def rows() -> list[tuple[str, str, str, str]]:
    """The table of the models: name, size, parameters, loss."""
    found = re.findall(
        r"^\| `([\w-]+)` \| (.*?) \| ([\d,]+) \| .*? \| \**([\d.]+)\** \|$", section("Commands"), flags=re.M
    )
    assert found
    return found


def test_the_table_has_every_bundled_model() -> None:
    assert [name for name, *_ in rows()] == [model.name for model in bundled.bundled()]


@pytest.mark.parametrize(("name", "size", "parameters", "loss"), rows())
def test_a_model_is_what_the_table_says(name: str, size: str, parameters: str, loss: str) -> None:
    file = loaded(name)
    config = file.config
    assert size == (
        f"{config.n_layer} layers, {config.n_head} heads, width {config.n_embd}, context {config.block_size}"
    )
    assert int(parameters.replace(",", "")) == sum(weight.numel() for weight in file.model.parameters())
    assert loss == f"{by_character(file.record['losses'][-1])[1]:.3f}"


def minutes(name: str) -> float:
    """How long a bundled model's training took, by its record."""
    return loaded(name).record["seconds"] / 60


def test_times_are_those_of_the_records() -> None:
    told = {
        preset: float(number)
        for preset, number in re.findall(r"--preset (\w+) .*\(.*?([\d.]+) minutes", section("Commands"))
    }
    assert told == {"shakespeare": round(minutes("shakespeare")), "mini": round(minutes("mini"), 1)}
    rungs = [name for name, rung in MODELS.items() if rung.trained_here]
    both = sum(trained.load(name).record["seconds"] for name in rungs) / 60 / 2  # two at a time
    (lessons,) = re.findall(r"python -m gpt.lessons .*\((\d+) minutes on two cores", section("Commands"))
    assert int(lessons) == round(both)


def test_what_comes_along_is_counted() -> None:
    models, small = re.search(r"(\w+) trained models and (\w+) small ones", README).groups()  # type: ignore[union-attr]
    assert WORDS[models.lower()] == len(bundled.bundled())
    assert WORDS[small] == sum(rung.trained_here for rung in MODELS.values()) == len(list(bundled.RUNGS.iterdir()))
    (rungs,) = re.findall(r"\*\*Lessons\*\*: (\w+) rungs", README)
    assert WORDS[rungs] == len(RUNGS)
    (stops,) = re.findall(r"\*\*tour\*\* of (\w+) things to do", README.replace("\n  ", " "))
    assert re.search(
        rf"tour of {stops} things", (ROOT / "assets/components/panels/tour.js").read_text(encoding="utf-8")
    )


def test_every_package_has_its_sentence() -> None:
    told = section("What each dependency is for")
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            package = re.match(r"[\w-]+(?=[\[=])", line)
            if package:
                assert re.search(rf"\b{re.escape(package[0])}\b", told), package[0]


def test_versions_agree() -> None:
    (version,) = re.findall(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.M)
    headings = re.findall(r"^## (.*)$", PAPERS["CHANGELOG.md"], flags=re.MULTILINE)
    assert headings[0] == "Unreleased" and headings[1].startswith(version)


def test_the_loss_of_the_changelog_is_the_model_s() -> None:
    (loss,) = re.findall(r"`shakespeare` \(validation loss ([\d.]+)\)", PAPERS["CHANGELOG.md"])
    (steps,) = re.findall(r"`mini` with (\d+) steps", PAPERS["CHANGELOG.md"])
    assert loss == f"{loaded('shakespeare').record['losses'][-1]['val']:.3f}"
    assert int(steps) == len(next(model for model in bundled.bundled() if model.name == "mini").files)
