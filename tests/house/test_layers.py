"""The house plan as a test: who may import whom, what has which size, and what lies at the top level.

Every file is parsed, never run, so a lazy import inside a function counts too. A file that does not exist is no fault.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

SECTIONS = ("explore", "probe", "train", "learn")

# Inside the engine, imports point one way: a file or package -> those of gpt that it may import (lazily too).
# One that is not listed stands on top (a command line): it may import all of these, and none of these may import it.
INSIDE = {
    "settings": "",
    "numerals": "",
    "config": "settings",
    "storage": "",
    "tokenizers": "",
    "figures": "numerals",
    "size": "config",
    "diagram": "config size",
    "presets": "config",
    "published": "",
    "tap": "config",
    "past": "",
    "products": "",
    "positions": "",
    "model": "config past positions products tap",
    "weights": "config model",
    "trace": "config model past tap",
    "edits": "config tap trace",
    "decoder": "config model past",
    "pipeline": "config",
    "batch": "model past",
    "beam": "batch config model",
    "texttree": "",
    "sampling": "config decoder model pipeline tokenizers",
    "continuations": "batch config model sampling",
    "corpora": "storage tokenizers",
    "bundled": "numerals presets storage",
    "record": "storage",
    "checkpoint": "config model record storage tokenizers weights",
    "gpt2": "config model storage weights",
    "runs": "bundled checkpoint config corpora record size storage tokenizers",  # a checkpoint only to judge an upload
    "train": "bundled checkpoint config corpora model presets products record runs sampling settings "
    "storage tokenizers weights",
    "analysis": "config decoder figures numerals past pipeline positions tap model weights trace edits sampling "
    "tokenizers",
    "lessons": "analysis bundled checkpoint config corpora edits figures model positions presets published runs "
    "sampling size storage tap tokenizers trace train weights",
}

# What pip brings: a file or package -> the packages that it may import. "" is the standard library alone.
ENGINE = "torch numpy safetensors tokenizers tqdm filelock"
OUTSIDE = {
    **dict.fromkeys(
        "settings numerals config storage size diagram presets published bundled record corpora texttree".split(),
        "",
    ),
    "runs": "filelock",
    "figures": "numpy pandas",
    "bench": ENGINE + " playwright psutil transformers",  # it measures the page in a real browser, and a peer
}

# Page code may use these of Streamlit only in pages/ui.
ONLY_IN_UI = ("session_state", "query_params", "cache_data", "cache_resource", "components")

TOP_LEVEL = (
    "README.md CONTRIBUTING.md CHANGELOG.md LICENSE SECURITY.md Makefile pyproject.toml requirements.txt "
    "requirements-dev.txt Dockerfile .dockerignore compose.yaml .pre-commit-config.yaml .streamlit .ci .github "
    ".gitignore .gitattributes app.py pages gpt assets tests"
).split()


def python_files(*folders: str) -> list[Path]:
    """Every Python file below the folders, in a fixed order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def page_files() -> list[Path]:
    """The page scripts, without the shared code in pages/ui."""
    return python_files(*(f"pages/{section}" for section in SECTIONS))


def shown(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """The full dotted name of everything that is imported anywhere in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> set[str]:
    """What a file of this project imports."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return set(imports(ast.parse(path.read_text(encoding="utf-8")), package))


def packages_of(names: set[str]) -> set[str]:
    """Top-level packages that are neither the standard library nor this project."""
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"gpt", "pages"}


def engine_part(path: Path) -> str:
    """gpt/model.py -> model, gpt/analysis/lens.py -> analysis, gpt/__init__.py -> __init__."""
    return path.relative_to(ROOT / "gpt").with_suffix("").parts[0]


def parts_of(names: set[str]) -> set[str]:
    """The parts of the engine among imported names: {gpt.model.GPT} -> {model}."""
    return {name.split(".")[1] for name in names if name.startswith("gpt.")}


def run_python(*args: str) -> subprocess.CompletedProcess[str]:
    """This very Python in a fresh process, at the project's root."""
    return subprocess.run([sys.executable, *args], cwd=ROOT, capture_output=True, text=True, timeout=100)


def modules(names: tuple[str, ...]) -> list[str]:
    """Those of the engine's modules and packages that exist."""
    files = {name: (ROOT / "gpt" / f"{name}.py", ROOT / "gpt" / name / "__init__.py") for name in names}
    return [f"gpt.{name}" for name, places in files.items() if any(place.exists() for place in places)]


def test_the_table_itself_points_one_way() -> None:
    seen: list[str] = []
    waiting = dict(INSIDE)
    while waiting:
        ready = [part for part, below in waiting.items() if set(below.split()) <= set(seen)]
        assert ready, f"these import each other: {sorted(waiting)}"
        seen += ready
        waiting = {part: below for part, below in waiting.items() if part not in ready}


def test_the_engine_imports_only_what_lies_below() -> None:
    faults = []
    for path in python_files("gpt"):
        part = engine_part(path)
        if part in INSIDE:
            extra = parts_of(imports_of(path)) - set(INSIDE[part].split()) - {part}
            faults += [f"{shown(path)} imports gpt.{name}" for name in sorted(extra)]
    assert not faults, "\n".join(faults)


def test_the_engine_imports_only_its_packages() -> None:
    faults = []
    for path in python_files("gpt"):
        allowed = set(OUTSIDE.get(engine_part(path), ENGINE).split())
        faults += [f"{shown(path)} imports {name}" for name in sorted(packages_of(imports_of(path)) - allowed)]
    assert not faults, "\n".join(faults)


def test_no_page_code_below_the_pages() -> None:
    faults = [shown(path) for path in python_files("gpt") if any(n.startswith("pages") for n in imports_of(path))]
    assert not faults


def test_pages_do_not_import_pages() -> None:
    faults = []
    for path in python_files("pages"):
        others = {name for name in imports_of(path) if name.startswith(tuple(f"pages.{s}" for s in SECTIONS))}
        faults += [f"{shown(path)} imports {name}" for name in sorted(others)]
    assert not faults, "\n".join(faults)


def test_no_page_waits_for_torch() -> None:
    """The first page paints while torch is still being imported, so no page file imports it at its top."""
    faults = []
    for path in [ROOT / "app.py", *python_files("pages")]:
        top = ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []
        body = ast.Module([node for node in top if isinstance(node, ast.Import | ast.ImportFrom)], [])
        faults += [shown(path) for name in imports(body, "") if name.split(".")[0] in ("torch", "transformers")]
    assert not faults


def streamlit_uses(tree: ast.AST) -> set[str]:
    """Which of ONLY_IN_UI a tree uses, as st.name or by `from streamlit import name`."""
    used = {name.removeprefix("streamlit.") for name in imports(tree, "") if name.startswith("streamlit.")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used |= {node.attr} if node.value.id in ("st", "streamlit") else set()
    return {name for name in ONLY_IN_UI if any(use.split(".")[0] == name for use in used)}


def test_state_and_caches_live_in_ui() -> None:
    faults = []
    for path in [ROOT / "app.py", *page_files()]:
        if path.exists():
            used = streamlit_uses(ast.parse(path.read_text(encoding="utf-8")))
            faults += [f"{shown(path)} uses st.{name}" for name in sorted(used)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("st.session_state['a'] = 1", {"session_state"}),
        ("@st.cache_data(max_entries=3)\ndef f(): ...", {"cache_data"}),
        ("from streamlit import query_params", {"query_params"}),
        ("import streamlit.components.v2", {"components"}),
        ("st.switch_page('pages/explore/tokens.py', query_params={'a': '1'})", set()),
        ("from pages.ui import components\ncomponents.heads(x)", set()),
    ],
)
def test_uses_are_seen(code: str, found: set[str]) -> None:
    assert streamlit_uses(ast.parse(code)) == found


def test_relative_imports_are_seen() -> None:
    tree = ast.parse("from . import a\nfrom .b import c\nfrom ..model import GPT")
    assert set(imports(tree, "gpt.analysis")) == {"gpt.analysis.a", "gpt.analysis.b.c", "gpt.model.GPT"}


def test_sizes() -> None:
    limits = [(path, 300) for path in python_files("gpt", "pages", "tests")]
    limits += [(path, 100) for path in page_files()]
    limits += [(ROOT / "app.py", 60), (ROOT / "gpt/model.py", 220)]
    faults = []
    for path, limit in limits:
        lines = len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0
        if lines > limit:
            faults.append(f"{shown(path)} has {lines} lines, the limit is {limit}")
    for path in sorted(ROOT.glob("assets/components/**/*.*s")):
        if path.stat().st_size >= 12_000:
            faults.append(f"{shown(path)} has {path.stat().st_size:,} bytes, the limit is 12,000")
        longest = max(map(len, path.read_text(encoding="utf-8").splitlines()))
        if longest > 120:
            faults.append(f"{shown(path)} has a line of {longest} characters, the limit is 120")
    assert not faults, "\n".join(faults)


def test_top_level() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git clone: what belongs to the project cannot be told from what lies beside it")
    extra = {name.split("/")[0] for name in listed.stdout.splitlines()} - set(TOP_LEVEL)
    assert not extra, f"the house plan has no place for {sorted(extra)}"


def test_the_standard_library_is_enough_for_the_settings() -> None:
    """-S hides everything that pip installed, so a form can be checked before torch is there."""
    names = ["gpt", *modules(tuple(part for part, packages in OUTSIDE.items() if not packages))]
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(names)}"
    done = run_python("-I", "-S", "-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("hidden", "names"),
    [
        (
            ("torch", "numpy", "streamlit"),
            ["gpt", "gpt.runs.control", *modules(("runs", "lessons"))],
        ),
        (
            ("streamlit", "pandas", "transformers", "playwright"),
            ["gpt.train.__main__", *modules(("checkpoint", "corpora", "edits", "sampling", "tokenizers", "trace"))],
        ),
    ],
    ids=["runs without torch", "engine without streamlit"],
)
def test_imports_without(hidden: tuple[str, ...], names: list[str]) -> None:
    """A module that stands as None in sys.modules cannot be imported."""
    code = f"import sys; sys.modules.update(dict.fromkeys({hidden!r})); import {', '.join(names)}"
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr
