"""The two bundled models of made texts do what they are there to show: one copies, by induction, and one sorts."""

from __future__ import annotations

import random
import re

import pytest
import torch

from gpt import bundled, corpora
from gpt.analysis.heads import CLEAR, ROLES, clearest, describe, meaningful, scores
from gpt.analysis.switches import switched
from gpt.analysis.usual import usual
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora.excerpts import held_out as held_out_texts
from gpt.corpora.generated import COPY_LENGTHS, COPY_LETTERS
from gpt.edits import AblateHead
from gpt.presets import PRESETS
from gpt.tap import Edit
from gpt.trace import trace
from tests.support.shipped import loaded, shelved

MADE = ("copy", "sort")
SIZE = 1_000_000  # bytes of both together
ENOUGH = 0.95
PROMPT = "gacbdeh|gac"


def words(n: int, seed: int = 2026) -> list[str]:
    """Random letters to copy, of the lengths that the text has."""
    dice = random.Random(seed)
    return ["".join(dice.choices(COPY_LETTERS, k=dice.randint(*COPY_LENGTHS))) for _ in range(n)]


def copied(found: list[str], edits: tuple[Edit, ...] = ()) -> float:
    """The share of characters after the bar, the first two left out, that are the likeliest to the model."""
    model, tokenizer = loaded("copy").model, loaded("copy").tokenizer
    right = asked = 0
    for word in found:
        ids = tokenizer.encode(f"{word}|{word}\n")
        best = trace(model, ids, edits).logits.argmax(-1).tolist()  # T tokens
        for i in range(len(word) + 2, len(ids) - 1):
            right, asked = right + (best[i] == ids[i + 1]), asked + 1
    return right / asked


def test_they_are_small_and_rebuilt_by_their_presets() -> None:
    files = [path for name in MADE for _, path in shelved(name).files]
    assert sum(path.stat().st_size for path in files) <= SIZE
    for name in MADE:
        preset, model = PRESETS[name], loaded(name)
        assert preset.corpus == name and shelved(name).description == preset.description
        assert model.step == preset.train.steps == shelved(name).steps[-1]
        fields = preset.model.to_json() | {"vocab_size": model.config.vocab_size}
        assert model.config == GPTConfig.from_json(fields)
        assert TrainConfig.from_json(model.record["train"]) == preset.train  # fields that came later: as they were
        assert model.record["corpus_sha256"] == corpora.load(name).sha256


def test_the_shelf_shows_the_largest_first() -> None:
    sizes = [model.parameters for model in bundled.bundled()]
    assert sizes == sorted(sizes, reverse=True) and {model.name for model in bundled.bundled()} >= set(MADE)


def test_copy_copies() -> None:
    assert copied(words(150)) >= ENOUGH


def test_the_induction_head_is_found_and_named() -> None:
    """On a string whose letters all differ, so that there is one place to look at only.

    On this string alone that place is always seven letters back; over many texts it is not.
    """
    model, tokenizer = loaded("copy").model, loaded("copy").tokenizer
    pattern = trace(model, tokenizer.encode(PROMPT)).pattern
    rule = usual(model, held_out_texts("copy", tokenizer, 24), tokenizer.tokens)
    found = describe(pattern, list(PROMPT), rule, meaningful(tokenizer.tokens))
    named = [role for role in found if role.name == "induction"]
    assert named and max(role.share for role in named) >= CLEAR
    assert named[0].layer == 1  # it takes two layers: the first writes down what each letter follows
    assert set(named) <= set(clearest(found, 4))
    assert re.fullmatch(rf"\d\d % on {ROLES['induction']} here, \d\d % over 20 texts", named[0].phrase)
    assert float(scores(pattern, list(PROMPT))["induction"].max()) == max(role.share for role in named)


def induction(edits: tuple[Edit, ...] = ()) -> torch.Tensor:
    """How much each head looks at the token after an earlier copy, (L, H)."""
    model, tokenizer = loaded("copy").model, loaded("copy").tokenizer
    return scores(trace(model, tokenizer.encode(PROMPT), edits).pattern, list(PROMPT))["induction"]


def test_the_two_heads_that_copy() -> None:
    """A head of the first layer writes down the previous letter; one of the second finds it. Each is needed for it."""
    looks = int(induction()[1].argmax())
    pattern = trace(loaded("copy").model, loaded("copy").tokenizer.encode(PROMPT)).pattern
    writes = int(scores(pattern, list(PROMPT))["previous"][0].argmax())
    blind = (AblateHead(0, writes),)
    assert float(induction(blind)[1, looks]) < 0.5 * CLEAR < CLEAR <= float(induction()[1, looks])
    some = words(40, seed=7)
    assert copied(some, blind) < 0.5 and copied(some, (AblateHead(1, looks),)) < 0.5
    assert copied(some, (AblateHead(1, 1 - looks),)) >= 0.9  # the other one of its layer is not


def held_out() -> list[str]:
    """The questions of `sort` that its training never asked: "cab>abc"."""
    early, late = corpora.load("sort").split()
    asked = set(early.splitlines())
    return sorted({line for line in late.splitlines() if len(line) == 7} - asked)


def test_sort_sorts_what_it_was_never_asked() -> None:
    model, tokenizer = loaded("sort").model, loaded("sort").tokenizer
    questions, right = held_out(), 0
    assert len(questions) >= 20
    for line in questions:
        ids = tokenizer.encode(line[:4])
        for _ in range(3):
            ids.append(int(trace(model, ids).logits[-1].argmax()))
        right += tokenizer.decode(ids) == line
    assert right / len(questions) >= ENOUGH


@pytest.mark.parametrize("name", MADE)
def test_uniform_attention_undoes_them(name: str) -> None:
    """It is the looking that does it: with the mean of the past the loss on the answer grows by far."""
    text = {"copy": "gacbdeh|gacbdeh\n", "sort": "fad>adf\n"}[name]
    model, ids = loaded(name).model, loaded(name).tokenizer.encode(text)
    start = text.index("|" if name == "copy" else ">")
    losses = []
    for switches in ((), ("uniform",)):
        other, edits = switched(model, switches)
        logits = trace(other, ids, edits).logits[start:-1]
        losses.append(float(torch.nn.functional.cross_entropy(logits, torch.tensor(ids[start + 1 :]))))
    assert losses[0] < 0.2 and losses[1] > losses[0] + 0.5
