"""What this project never does, looked for in every file: run text as code or HTML, unpickle, seed globally, phone out.

Each scanner is first shown what it must catch and what it must let pass, so that a blind one cannot pass.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

NEVER = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "pickle": "unpickling runs code",
    "cPickle": "unpickling runs code",
    "cloudpickle": "unpickling runs code",
    "dill": "unpickling runs code",
    "joblib": "unpickling runs code",
    "marshal": "reads code objects",
    "shelve": "pickles",
    "torch.load": "unpickles; checkpoints are safetensors",
    "torch.save": "pickles; checkpoints are safetensors",
    "torch.hub": "downloads and runs code",
    "streamlit.components.v1": "frames of raw HTML; ours are v2 components",
}
NEVER_AS_ARGUMENT = {"unsafe_allow_html", "unsafe_allow_javascript", "allow_pickle"}

# One process serves many people: a global seed would change what others draw. The trainer is its own process.
SEEDS = {"torch.manual_seed", "torch.random.manual_seed", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all"}
SEEDS |= {"torch.seed", "numpy.random.seed", "random.seed"}
SEEDS_ALLOWED = "gpt/train/*.py"

# Nothing leaves the machine unless someone presses a button that says so; those buttons end in gpt/storage/download.py.
# (The benchmark asks its own server on this machine.)
NETWORK = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "huggingface_hub", "ftplib"}
NETWORK_ALLOWED = ("gpt/storage/download.py", "gpt/bench/*.py")

SCRIPT = {
    r"\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bsetHTML|\bsrcdoc\b": "text would become HTML; use textContent",
    r"\bdocument\s*\.\s*write|\bcreateContextualFragment\b|\bDOMParser\b": "text would become HTML; use textContent",
    r"\beval\s*\(|\bFunction\s*\(|javascript:": "runs text as code",
    r"\bset(Timeout|Interval)\s*\(\s*[\"'`]": "runs text as code",
    r"\bfetch\s*\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b": "data comes from Python only",
    r"\bimport\s*\(|\bimportScripts\b": "what a file imports stands at its top, where it is checked",
    r"\b(from|import)\s*[\"'`](?!\.{1,2}/)": "imports are of the project's own files",
    r"(?:https?|wss?)://(?!www\.w3\.org/)|[\"'`]//\w": "nothing is asked from another machine",
}
STYLE = {r"@import|url\(\s*[\"']?(?!data:|#)|https?:|expression\(": "nothing is asked from another machine"}


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported or used name with its line, aliases undone: `import numpy as np; np.load` -> numpy.load."""
    alias: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            alias |= {name.asname or name.name.split(".")[0]: name.name for name in node.names if name.asname}
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            alias |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)
    for node in ast.walk(tree):
        parts: list[str] = []
        here = node
        while isinstance(here, ast.Attribute):
            parts.insert(0, here.attr)
            here = here.value
        if isinstance(here, ast.Name):
            yield here.lineno, ".".join([alias.get(here.id, here.id), *parts])


def among(name: str, banned: set[str] | dict[str, str]) -> str | None:
    """The banned name that this one is or lies below."""
    return next((ban for ban in banned if name == ban or name.startswith(ban + ".")), None)


def python_faults(code: str, path: Path) -> list[str]:
    """What a Python file does that it must not; `path` (from the root) decides which exceptions apply."""
    tree = ast.parse(code)
    faults = set()
    for line, name in names_in(tree):
        if ban := among(name, NEVER):
            faults.add((line, f"{ban}: {NEVER[ban]}"))
        if (ban := among(name, SEEDS)) and not path.match(SEEDS_ALLOWED):
            faults.add((line, f"{ban}: use your own torch.Generator"))
        if (ban := among(name, NETWORK)) and not any(path.match(allowed) for allowed in NETWORK_ALLOWED):
            faults.add((line, f"{ban}: only gpt/storage/download.py talks to the network"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in NEVER_AS_ARGUMENT:
            faults.add((node.value.lineno, f"{node.arg}: tokens are text that users type"))
    return [f"{path.as_posix()}:{line}: {why}" for line, why in sorted(faults)]


def text_faults(text: str, path: Path, bans: dict[str, str]) -> list[str]:
    """Which patterns a script or style sheet matches, outside comments that fill whole lines."""
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)
    lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if not line.lstrip().startswith("//")]
    hits = [(n, m.group(), why) for n, line in lines for ban, why in bans.items() for m in re.finditer(ban, line)]
    return [f"{path.as_posix()}:{line}: {found}: {why}" for line, found, why in hits]


def project_files(*patterns: str) -> list[Path]:
    """The product's own files, as paths from the root; tests may name what they forbid."""
    return sorted(path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())


def test_python() -> None:
    faults = []
    for path in project_files("app.py", "gpt/**/*.py", "pages/**/*.py"):
        faults += python_faults((ROOT / path).read_text(encoding="utf-8"), path)
    assert not faults, "\n".join(faults)


def test_components() -> None:
    faults = []
    for suffix, bans in ((".js", SCRIPT), (".css", STYLE)):
        for path in project_files(f"assets/**/*{suffix}"):
            faults += text_faults((ROOT / path).read_text(encoding="utf-8"), path, bans)
    assert not faults, "\n".join(faults)


def test_models_are_only_safetensors_and_json() -> None:
    kinds = {path.suffix for path in project_files("assets/models/**/*")}
    assert kinds <= {".safetensors", ".json", ".jsonl", ".md"}, kinds


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')",
        "exec(text)",
        "import pickle",
        "from pickle import loads",
        "import torch\ntorch.load(path)",
        "import torch as t\nt.load(path, weights_only=True)",
        "from torch import load as read\nread(path)",
        "import torch\ntorch.save(x, path)",
        "import streamlit.components.v1 as c\nc.html('<b>')",
        "import streamlit as st\nst.components.v1.html('<b>')",
        "from streamlit.components import v1",
        "st.markdown(text, unsafe_allow_html=True)",
        "st.html(text, unsafe_allow_javascript=True)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import torch\ntorch.manual_seed(1)",
        "from torch import manual_seed",
        "import torch\ntorch.random.manual_seed(1)",
        "import numpy as np\nnp.random.seed(1)",
        "import random\nrandom.seed(1)",
        "import urllib.request",
        "from urllib import request",
        "import requests",
    ],
)
def test_python_scanner_catches(code: str) -> None:
    assert python_faults(code, Path("pages/explore/playground.py"))


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("model.eval()", "gpt/model.py"),
        ('"""Never torch.load, never pickle."""', "gpt/checkpoint.py"),
        ("from safetensors.torch import load\nload(raw)", "gpt/checkpoint.py"),
        ("import torch\ntorch.Generator().manual_seed(1)", "gpt/sampling.py"),
        ("import random\nrandom.Random(1)", "gpt/corpora/generated.py"),
        ("import numpy as np\nnp.random.default_rng(1)", "gpt/analysis/maps.py"),
        ("import torch\ntorch.manual_seed(1)", "gpt/train/__main__.py"),
        ("import torch\ntorch.manual_seed(1)", "gpt/train/trainer.py"),
        ("import urllib.request", "gpt/storage/download.py"),
        ("import streamlit as st\nst.components.v2.component('heads', html='', js=js)", "pages/ui/board/components.py"),
        ("json.load(file)", "gpt/runs/folder.py"),
    ],
)
def test_python_scanner_lets_pass(code: str, path: str) -> None:
    assert python_faults(code, Path(path)) == []


@pytest.mark.parametrize(
    "code",
    [
        "el.innerHTML = text",
        "el['outerHTML'] = text",
        "el.insertAdjacentHTML('beforeend', text)",
        "document.write(text)",
        "eval(text)",
        "new Function(text)()",
        "frame.srcdoc = text",
        "setTimeout('go()', 1)",
        "fetch('/x')",
        "new WebSocket(url)",
        "const m = await import(url)",
        "const m = await import('./a.js')",
        'import { a } from "a";',
        "import { a } from '/a.js';",
        'import { a } from "https://example.org/a.js";',
        'import "a";',
        'export { a } from "a";',
        "img.src = 'https://example.org/a.png'",
        "img.src = '//example.org/a.png'",
        "/* fine */ el.innerHTML = 1",
    ],
)
def test_script_scanner_catches(code: str) -> None:
    assert text_faults(code, Path("a.js"), SCRIPT)


@pytest.mark.parametrize(
    "code",
    [
        "el.textContent = text",
        "// never innerHTML",
        "/* never\n innerHTML */",
        "document.createElementNS('http://www.w3.org/2000/svg', 'path')",
        "setTimeout(() => go(), 50)",
        "const evaluate = (x) => x / y // a half",
        "const rows = {https: 1, ws: 2}",
        "typeof f === 'function'",
        'import { a } from "./a.js";',
        'import { a } from "../a.js";',
        "say(`from ${low} to ${high}`)",
    ],
)
def test_script_scanner_lets_pass(code: str) -> None:
    assert text_faults(code, Path("a.js"), SCRIPT) == []


@pytest.mark.parametrize("code", ["@import 'a.css';", "a { background: url(b.png) }", "a { src: url('https://x') }"])
def test_style_scanner_catches(code: str) -> None:
    assert text_faults(code, Path("a.css"), STYLE)
