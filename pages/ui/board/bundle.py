"""The browser half in one module: every file of assets/components, in the order in which they import each other.

The files are ES modules, so a browser, node and the type checker read them as they are. Streamlit hands a component's
code over as one text, in which a file cannot import another: so each becomes a function that gives what it exports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

IMPORT = re.compile(r'^import \{(\s*\w+(?:,\s*\w+)*,?\s*)\} from "(\.{1,2}/[^"\n]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (default )?((?:async )?(?:class|function)|const) (\w+)", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/)[ \t]*\n", re.MULTILINE | re.DOTALL)  # of whole lines
STATEMENT = re.compile(r"^\s*(?:import|export)\b(?!\()", re.MULTILINE)


class BundleError(ValueError):
    """Files that do not fit together; the message is one sentence."""


@dataclass(frozen=True)
class Module:
    """One file, taken apart."""

    imports: Mapping[str, tuple[str, ...]]  # names by the file they come from
    exports: Mapping[str, str]  # the name inside by the name outside, which is "default" for the default export
    body: str  # without its import and export words


def bundle(sources: Mapping[str, str], tail: str) -> str:
    """One module of all files, by their path, and a last part that uses `modules["path"]`.

    Raises:
        BundleError: an import or export of another form, of what is not there, or in a circle.
    """
    files = {path: take_apart(path, source) for path, source in sources.items()}
    parts = ["const modules = {};"]
    for path in ordered(files):
        taken = [f"const {{ {names} }} = modules[{json.dumps(of)}];" for of, names in wanted(files, path)]
        given = ", ".join(f"{json.dumps(outside)}: {inside}" for outside, inside in files[path].exports.items())
        inner = "\n".join([*taken, files[path].body, f"return {{ {given} }};"])
        parts.append(f"modules[{json.dumps(path)}] = (() => {{\n{inner}\n}})();")
    return "\n".join([*parts, tail, ""])


def take_apart(path: str, source: str) -> Module:
    """A file's imports and exports. Raises BundleError for a form that is not used here."""
    folder, source = PurePosixPath(path).parent, COMMENT.sub("", source)
    imports: dict[str, tuple[str, ...]] = {}
    for found in IMPORT.finditer(source):
        imports[resolve(folder, found[2])] = tuple(name.strip() for name in found[1].split(",") if name.strip())
    exports = {"default" if default else name: name for default, _, name in EXPORT.findall(source)}
    body = EXPORT.sub(r"\2 \3", IMPORT.sub("", source))
    if odd := STATEMENT.search(body):
        line = body[odd.start() :].lstrip().splitlines()[0]
        raise BundleError(f'{path}: write imports as `import {{ a }} from "./b.js";` and exports by name: {line}')
    return Module(imports, exports, body)


def resolve(folder: PurePosixPath, target: str) -> str:
    """The path, from the root, of what a file in a folder names."""
    parts: list[str] = list(folder.parts)
    for part in PurePosixPath(target).parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def ordered(files: Mapping[str, Module]) -> list[str]:
    """The files, each after those that it imports. Raises BundleError."""
    for path, file in files.items():
        for of in file.imports:
            if of not in files:
                raise BundleError(f"{path} imports {of}, which is not there.")
    try:
        return list(TopologicalSorter({path: sorted(files[path].imports) for path in sorted(files)}).static_order())
    except CycleError as error:
        raise BundleError("Files import each other in a circle: " + " <- ".join(error.args[1]) + ".") from error


def wanted(files: Mapping[str, Module], path: str) -> Iterator[tuple[str, str]]:
    """What a file imports: (file, names). Raises BundleError if one of them is not exported there."""
    for of, names in files[path].imports.items():
        if missing := [name for name in names if name not in files[of].exports]:
            raise BundleError(f"{path} imports {', '.join(missing)} from {of}, which does not export it.")
        yield of, ", ".join(names)
