"""`python -m gpt.sample MODEL`: a model writes on from a prompt, token by token, as they are drawn.

    python -m gpt.sample shakespeare --prompt "ROMEO:" --temperature 0.8 --top-p 0.9
    python -m gpt.sample my-run --tokens 500 --min-p 0.05 --seed 7
    python -m gpt.sample runs/my-run/steps/step-005000.safetensors --greedy

MODEL is the name of a model that comes with the app, the id of a run (its newest kept step), or a file of one. The same
settings and seed write what the app writes. Bad input is one sentence on the standard error, and exit code 2.
"""

from __future__ import annotations

import argparse
import codecs
import io
import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

os.environ.setdefault("OMP_NUM_THREADS", "1")  # a token is too little work to share

from gpt import bundled, checkpoint, runs
from gpt.checkpoint import Checkpoint
from gpt.config import SamplingConfig, need_int
from gpt.sampling import MOST, generate
from gpt.settings import Setting
from gpt.storage.step_files import step_files
from gpt.tokenizers import bytes_of

PROMPT, TOKENS = "\n", 200


class Parser(argparse.ArgumentParser):
    """One that refuses in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise ValueError with it."""
        raise ValueError(f"{message[:1].upper()}{message[1:]}; --help tells what there is.")


def parser() -> Parser:
    """The command line: the model, the prompt, how many tokens, and every field of SamplingConfig."""
    found = Parser(
        prog="python -m gpt.sample", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("model", metavar="MODEL", help="a bundled model, a run's id, or a model's file")
    found.add_argument("--prompt", default=PROMPT, help="the text to write on from (default: a new line)")
    found.add_argument("--tokens", default=TOKENS, metavar="N", help=f"how many to write (default {TOKENS})")
    for name, one in SamplingConfig.settings().items():
        told = f"{one.explain()} (default {one.written(one.default)})".replace("%", "%%")
        option: dict[str, Any] = {"metavar": "VALUE"} if one.kind != "switch" else {"action": "store_true"}
        found.add_argument("--" + name.replace("_", "-"), default=one.default, help=told, **option)
    return found


def value_of(kind: str, word: Any) -> Any:
    """A word of the command line as a number, where one is wanted; one that is none stays, and is refused later."""
    try:
        return {"whole": int, "real": float}.get(kind, lambda same: same)(word)
    except ValueError:
        return word


def settings_of(options: argparse.Namespace) -> SamplingConfig:
    """The sampling settings. Raises ConfigError for what cannot be."""
    fields: dict[str, Setting] = dict(SamplingConfig.settings())
    return SamplingConfig(**{name: value_of(one.kind, getattr(options, name)) for name, one in fields.items()})


def model_of(name: str) -> Checkpoint:
    """A model that comes with the app, the newest kept step of a run, or a file. Raises ValueError or OSError."""
    shelf = {model.name: model for model in bundled.shelf()}
    if name in shelf:
        return checkpoint.load(shelf[name].last)
    if Path(name).is_file():
        return checkpoint.load(name)
    try:
        kept = step_files(runs.find(name).steps)
    except runs.RunError:
        known = ", ".join(model.name for model in bundled.bundled())
        raise ValueError(
            f"There is no model, run or file {name[:80]!r}; models that come with the app: {known}."
        ) from None
    if not kept:
        raise ValueError(f"The run {name!r} has not kept a step yet: wait for its first, or choose another.")
    return checkpoint.load(kept[-1][1])


def written(loaded: Checkpoint, ids: list[int], settings: SamplingConfig, n: int) -> Iterator[str]:
    """Each token's text; of byte pairs a character comes with its last part."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for choice in generate(loaded.model, ids, settings, n):
        yield decoder.decode(bytes_of(loaded.tokenizer, choice.id))
    yield decoder.decode(b"", final=True)


def main(arguments: list[str] | None = None) -> int:
    """Write the prompt, then every token as soon as it is drawn."""
    try:
        options = parser().parse_args(arguments)
        settings, n = settings_of(options), value_of("whole", options.tokens)
        need_int("tokens", n, 1, MOST)
        loaded = model_of(options.model)
        parts = written(loaded, loaded.tokenizer.encode(options.prompt), settings, n)
        for part in chain([options.prompt], parts):
            print(part, end="", flush=True)
        print()
    except BrokenPipeError:  # whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print()
        return 130
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may lack a character that the model has
    sys.exit(main())
