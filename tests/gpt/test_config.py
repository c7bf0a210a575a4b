"""Settings check themselves: every refusal names the field, the value and what would do; JSON brings them back."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gpt.config import Config, ConfigError, GPTConfig, SamplingConfig, TrainConfig
from gpt.settings import BEGIN, END, between_marks, table, write_table
from tests.support import ROOT

README = ROOT / "README.md"

KINDS = (GPTConfig, TrainConfig, SamplingConfig)
quick = hypothesis_settings(max_examples=100, deadline=None)

WORDS = {name: tuple(one.choices) for kind in KINDS for name, one in kind.settings().items() if one.kind == "choice"}
LIMITS: dict[str, tuple[float, float]] = {  # field -> the smallest and the largest that will do
    "vocab_size": (1, 200_000),
    "block_size": (1, 8_192),
    "n_layer": (0, 96),
    "n_head": (1, 128),
    "n_embd": (1, 8_192),
    "d_ff": (0, 65_536),
    "dropout": (0, 0.9),
    "attention_dropout": (0, 0.9),
    "steps": (1, 10_000_000),
    "batch_size": (1, 65_536),
    "lr": (1e-9, 100),
    "muon_lr": (1e-9, 100),
    "muon_momentum": (0.0, 0.999999),
    "muon_steps": (1, 20),
    "weight_decay": (0, 10),
    "beta2": (0, 0.999999),
    "warmup": (0, 1_000_000),
    "decay_from": (0, 1),
    "grad_clip": (0, 1e6),
    "init_std": (0, 10),
    "eval_every": (1, 10_000_000),
    "eval_batches": (1, 10_000),
    "snapshots": (2, 1_000),
    "save_every": (1, 10_000_000),
    "seed": (0, 2**32 - 1),
    "threads": (1, 256),
    "temperature": (0.01, 100),
    "top_k": (0, 1_000_000),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "repetition_penalty": (0.1, 10),
}
FIELDS = [(kind, field) for kind in KINDS for field in dataclasses.fields(kind)]
CHOICES = [(kind, field.name) for kind, field in FIELDS if field.type == "str"]
SWITCHES = [(kind, field.name) for kind, field in FIELDS if field.type == "bool"]
WHOLE = [(kind, field.name) for kind, field in FIELDS if str(field.type).startswith("int")]
REAL = [(kind, field.name) for kind, field in FIELDS if field.type == "float"]
ORDERS = [(kind, field.name) for kind, field in FIELDS if field.type == "Order"]


def refused(kind: type[Config], field: str, value: object) -> str:
    """The sentence with which a value is refused; it must name the field and the value."""
    with pytest.raises(ConfigError) as refusal:
        kind(**{field: value})
    sentence = str(refusal.value)
    assert sentence.startswith(f"{field} is {value!r}, but it must be "), sentence
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_every_field_is_tested_here() -> None:
    assert sorted(WHOLE + REAL + CHOICES + SWITCHES + ORDERS, key=str) == sorted(
        ((k, f.name) for k, f in FIELDS), key=str
    )
    assert {name for _, name in WHOLE + REAL} == LIMITS.keys()


def test_the_defaults_will_do_and_are_frozen() -> None:
    for kind in KINDS:
        chosen = kind()
        assert chosen == kind() and hash(chosen) == hash(kind())
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(chosen, dataclasses.fields(kind)[0].name, 1)


@pytest.mark.parametrize(("kind", "field"), CHOICES)
def test_words(kind: type[Config], field: str) -> None:
    for word in WORDS[field]:
        changed = {field: word} | ({"n_embd": 65, "n_head": 5} if word == "none" and field == "head" else {})
        assert getattr(kind(**changed), field) == word
    for wrong in ("", "Adam", WORDS[field][0].upper(), None, 1, ["adamw"], "x\ny"):
        assert refused(kind, field, wrong).endswith("one of " + ", ".join(WORDS[field]) + ".")


@pytest.mark.parametrize(("kind", "field"), ORDERS)
def test_orders(kind: type[Config], field: str) -> None:
    words = tuple(kind.settings()[field].choices)
    for other in (words, words[::-1]):
        assert getattr(kind(**{field: ".".join(other)}), field) == ".".join(other)
    for wrong in ("", ".".join(words[1:]), ".".join((*words, words[0])), " ".join(words), None, 1, list(words), "x\ny"):
        assert refused(kind, field, wrong).endswith(f"with dots between: {'.'.join(words)}.")
    assert kind.settings()[field].range == f"{'.'.join(words)}, in any order"


@pytest.mark.parametrize(("kind", "field"), SWITCHES)
def test_switches(kind: type[Config], field: str) -> None:
    for switch in (True, False):
        assert getattr(kind(**{field: switch}), field) is switch
    for wrong in (0, 1, "true", None, "yes", 1.0):
        assert refused(kind, field, wrong).endswith("True or False.")


@pytest.mark.parametrize(("kind", "field"), WHOLE)
def test_whole_numbers(kind: type[Config], field: str) -> None:
    low, high = LIMITS[field]
    for edge in (low, high):
        others = {"n_embd": edge} if field == "n_head" else {"n_head": 1} if field == "n_embd" else {}
        assert getattr(kind(**{field: edge, **others}), field) == edge
    for wrong in (low - 1, high + 1, -(10**30), 10**400, 1.0, math.nan, True, "7", [7], None):
        if wrong is None and field == "top_k":  # None keeps all, as 0 does
            continue
        assert refused(kind, field, wrong).endswith(f"a whole number from {low:,} to {high:,}.")


@pytest.mark.parametrize(("kind", "field"), REAL)
def test_numbers(kind: type[Config], field: str) -> None:
    low, high = LIMITS[field]
    for edge in (low, high):
        assert getattr(kind(**{field: edge}), field) == edge
    below, above = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    for wrong in (below, above, -1, 10**30, math.nan, math.inf, -math.inf, True, False, "0.5", None, [0.5], 1j):
        assert refused(kind, field, wrong).endswith(f"a number from {low:g} to {high:g}.")


@quick
@given(st.integers(1, 128), st.integers(1, 8_192))
def test_heads_share_the_width_and_what_the_refusal_proposes_will_do(n_head: int, n_embd: int) -> None:
    if n_embd % n_head == 0:
        assert GPTConfig(n_head=n_head, n_embd=n_embd).head_size * n_head == n_embd
        return
    with pytest.raises(ConfigError, match=rf"^n_embd is {n_embd}, .*divisible by n_head = {n_head} ") as refusal:
        GPTConfig(n_head=n_head, n_embd=n_embd)
    sentence = str(refusal.value)
    width, heads = sentence.split("(say ")[1].split("):")[0].split(", or n_head ")
    assert GPTConfig(n_head=n_head, n_embd=int(width)).n_embd % n_head == 0
    assert GPTConfig(n_head=int(heads), n_embd=n_embd).n_head <= n_head


def test_without_a_head_the_width_is_the_vocabulary() -> None:
    assert GPTConfig(head="none", vocab_size=11, n_embd=11, n_head=1).n_embd == 11
    with pytest.raises(ConfigError, match=r"^n_embd is 12, but it must be vocab_size = 11 when head is 'none'.*\.$"):
        GPTConfig(head="none", vocab_size=11, n_embd=12, n_head=1)


def whole(field: str) -> st.SearchStrategy[Any]:
    """Any whole number that will do, both ends more often than by chance."""
    low, high = map(int, LIMITS[field])
    return st.sampled_from([low, high]) | st.integers(low, high)


def good(kind: type[Config]) -> st.SearchStrategy[Config]:
    """Every config of a kind that will do."""
    fields: dict[str, st.SearchStrategy[Any]] = {name: st.sampled_from(WORDS[name]) for k, name in CHOICES if k is kind}
    fields |= {name: st.booleans() for k, name in SWITCHES if k is kind}
    for name in (name for k, name in ORDERS if k is kind):
        fields[name] = st.permutations(tuple(kind.settings()[name].choices)).map(".".join)
    fields |= {name: whole(name) for k, name in WHOLE if k is kind}
    fields |= {name: st.floats(*LIMITS[name]) for k, name in REAL if k is kind}
    if kind is SamplingConfig:
        fields["top_k"] = st.none() | whole("top_k")
    if kind is not GPTConfig:
        return st.builds(kind, **fields)

    def fitting(n_head: int, size: int, values: dict[str, Any]) -> GPTConfig:
        values = values | {"n_head": n_head, "n_embd": n_head * size}
        if values["head"] == "none":
            values["vocab_size"] = values["n_embd"]
        return GPTConfig(**values)

    return st.builds(fitting, whole("n_head"), st.integers(1, 64), st.fixed_dictionaries(fields))


@pytest.mark.parametrize("kind", KINDS)
def test_json_brings_every_config_back(kind: type[Config]) -> None:
    @quick
    @given(good(kind))
    def there_and_back(chosen: Config) -> None:
        text = json.dumps(chosen.to_json(), allow_nan=False)
        again = kind.from_json(json.loads(text))
        assert again == chosen and type(again) is kind
        assert json.dumps(again.to_json()) == text
        assert list(chosen.to_json()) == [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]

    there_and_back()


@pytest.mark.parametrize("kind", KINDS)
def test_from_json_is_strict(kind: type[Config]) -> None:
    assert kind.from_json({}) == kind()  # an older file may lack a field that came later
    first = dataclasses.fields(kind)[0].name  # type: ignore[arg-type]
    for unknown in ("dropuot", "", "__class__", first.upper(), 1, None):
        with pytest.raises(ConfigError, match=r"left out: no such field; known are ") as refusal:
            kind.from_json({unknown: 0.5})
        sentence = str(refusal.value)
        assert sentence.startswith(f"{unknown} is 0.5, but it must be ") and first in sentence
    for wrong in (None, [], "{}", 1, [[first, 1]]):
        with pytest.raises(
            ConfigError, match=rf"^{kind.__name__} must be a JSON object, not {type(wrong).__name__}\.$"
        ):
            kind.from_json(wrong)
    with pytest.raises(ConfigError, match=rf"^{first} is 'x', "):
        kind.from_json({first: "x"})


def test_a_form_is_checked_without_torch() -> None:
    code = "import sys, gpt.config; sys.exit(str([m for m in ('torch', 'numpy') if m in sys.modules] or ''))"
    root = ROOT
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(("kind", "name"), [(kind, field.name) for kind, field in FIELDS])
def test_every_field_explains_itself(kind: type[Config], name: str) -> None:
    """A label, one sentence, and a value that is explained wherever it is shown."""
    one = kind.settings()[name]
    assert one.name == name and one.label and "\n" not in one.label
    assert one.help.endswith(".") and one.help[0].isupper() and "\n" not in one.help and "|" not in one.explain()
    assert all(one.choices.values()) and one.range and one.explain().startswith(one.help)
    assert not one.unless or kind.settings()[one.unless].kind == "switch"
    assert getattr(kind(), name) == one.default


def test_a_value_is_refused_in_the_words_that_explain_it() -> None:
    """The bounds that a reader is told are those that hold."""
    for kind, name in WHOLE + REAL:
        low, high = LIMITS[name]
        said = kind.settings()[name].range
        assert said == (f"{low:,} to {high:,}" if (kind, name) in WHOLE else f"{low:g} to {high:g}")


def test_readme_has_the_table_of_the_model() -> None:
    text = README.read_text(encoding="utf-8")
    assert between_marks(text, "GPTConfig", table(GPTConfig)) == text, "it is old: run python -m gpt.config README.md"


def test_the_table_is_written_between_its_marks(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    begin, end = (mark.format("GPTConfig") for mark in (BEGIN, END))
    file.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    write_table(file, GPTConfig)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["before", begin] and lines[-2:] == [end, "after"] and "old" not in lines
    assert len(lines) == 6 + len(dataclasses.fields(GPTConfig)) and all(line.count("|") == 5 for line in lines[2:-2])
    for wrong in ("", begin, f"{end}\n{begin}"):
        with pytest.raises(ValueError, match="must stand in the text, in this order"):
            between_marks(wrong, "GPTConfig", "new")
