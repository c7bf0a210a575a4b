"""Models that differ in their vocabulary alone: what is shipped is what the script measures; what is said of it."""

from __future__ import annotations

import dataclasses

import pytest

from gpt import corpora
from gpt.lessons import vocabularies
from gpt.lessons.rung import CORPUS
from gpt.lessons.train_vocabularies import steps_of, trained
from gpt.lessons.vocabularies import BEGUN, SEEDS, SIZES, Row, in_words, recorded
from gpt.tokenizers import BPETokenizer


def test_every_size_was_measured_with_every_seed() -> None:
    assert [found.size for found in recorded()] == [65, *SIZES[1:]]
    assert all(len(found.bits) == len(SEEDS) == len(set(found.bits)) for found in recorded())


def test_one_row_measured_again() -> None:
    """Lengths, steps and parameters to the last one; and the training up to its step BEGUN."""
    kept = recorded()[2]
    corpus = corpora.load(CORPUS)
    tokenizer = BPETokenizer.train(corpus.split()[0], kept.size)
    trainer, begun = trained(corpus, tokenizer, kept.steps, SEEDS[0], BEGUN)
    assert kept.tokens == len(trainer.held_out)
    assert kept.steps == steps_of(len(corpus.split()[0]), len(trainer.ids))
    assert kept.parameters == sum(weight.numel() for weight in trainer.model.parameters())
    assert begun == pytest.approx(kept.begun, abs=0.02)


def test_the_sentence_follows_from_the_numbers() -> None:
    small = Row(256, "byte pairs", 900, 900, 50, 1_000, 0.0, (3.0, 3.2))
    large = Row(512, "byte pairs", 450, 900, 25, 3_000, 0.0, (2.0, 2.2))
    said = in_words((small, large))
    assert "2.0 times shorter" in said
    assert "3.0 times heavier" in said
    assert "1.00 bits a character fewer (3.10 → 2.10), with every seed" in said
    dear = dataclasses.replace(large, bits=(3.1, 3.5))
    assert "0.20 bits a character more (3.10 → 3.30), on average, but not with every seed" in in_words((small, dear))
    middle = Row(300, "byte pairs", 600, 900, 30, 2_000, 0.0, (3.5, 3.6))
    assert "from 256 to 300 it rises from 3.10 to 3.55, with every seed" in in_words((small, middle, large))
    assert in_words((small,)) == ""
    letters = Row(65, "characters", 900, 900, 50, 900, 0.0, (2.5, 2.9))
    assert "65 characters cut the text exactly as 256 bytes do, and yet cost 0.40 bits less" in in_words(
        (letters, small, large)
    )


def test_nothing_was_measured(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(vocabularies, "FILE", tmp_path_factory.mktemp("none") / "vocabularies.json")
    recorded.cache_clear()
    assert recorded() == ()
    recorded.cache_clear()
