"""The blogs' listings: what they say is checked another way."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import pytest
import torch
from torch.nn import functional as F

from gpt.figures.chart import Chart
from gpt.figures.matrix import Matrix
from gpt.lessons import facts, ngrams, seeds, trained
from gpt.lessons.experiments import bigram, encoder
from gpt.lessons.experiments.positions import next_row
from gpt.lessons.tutorials import blog_attention, blog_counting, blog_encoder, blog_letters
from gpt.lessons.tutorials.table import BY_KEY, LISTINGS


def test_counting_up_to_five_on_shakespeare() -> None:
    plain, backed = blog_counting.held_out_losses("add one"), blog_counting.held_out_losses("back off")
    assert plain[1] == pytest.approx(bigram.counted_loss(facts.ids_of(0), facts.ids_of(1), 65), abs=1e-6)
    assert 0 < min(seeds.losses("bigram")) - plain[1] < max(seeds.losses("bigram")) - plain[1] < 0.02
    assert list(backed) == sorted(backed, reverse=True) and plain[4] > plain[3] < plain[2]
    assert trained.loss("scaled") < backed[4] < plain[4]
    assert blog_counting.counted().strength in ngrams.STRENGTHS[1:-1]  # none at an end: there is no better one beyond


def test_a_sentence_is_as_likely_as_its_characters_one_after_the_other() -> None:
    loaded = trained.load("scaled")
    ids = loaded.tokenizer.encode("\n" + blog_counting.SENTENCES[0])
    by_hand = 1.0
    for place in range(1, len(ids)):
        by_hand *= float(next_row(loaded.model, ids[:place])[ids[place]])
    logs = blog_counting.log_probabilities(loaded.model, ids)
    assert blog_counting.product([math.exp(log) for log in logs]) == pytest.approx(by_hand, rel=1e-3)
    assert math.exp(sum(logs)) == pytest.approx(by_hand, rel=1e-3)
    pairs = blog_counting.by_counting(blog_counting.SENTENCES[0], 2)
    table = bigram.counts(facts.ids_of(0), 65)
    s, t, o = blog_counting.counted().strength, *loaded.tokenizer.encode("To")
    alone = (int(table[:, o].sum()) + s / 65) / (len(facts.ids_of(0)) + s)
    assert pairs[1] == pytest.approx(math.log((int(table[t, o]) + s * alone) / (int(table[t].sum()) + s)), abs=1e-5)
    assert len(pairs) == len(logs)
    said = BY_KEY["letters-sentence"].outcome().said[0]
    assert said.count(f"{math.exp(sum(logs)):.4g}") == 2  # the product and e to the sum, alike


def test_without_positions_no_order_is_noticed_and_with_them_every_one_is() -> None:
    loaded = trained.load("encoder")
    ids = loaded.tokenizer.encode(blog_attention.POINTER)
    for how in blog_attention.ORDERS:
        order = blog_attention.order_of(blog_attention.POINTER, how)
        assert sorted(order) == list(range(len(ids))) != order
        without, with_them = (blog_attention.permute(loaded.model, ids, order, one) for one in (False, True))
        assert without.furthest < 1e-5 < 1 < with_them.furthest
    first = "".join(blog_attention.POINTER[i] for i in blog_attention.order_of(blog_attention.POINTER, "words swapped"))
    assert first == "array pointer"
    straight = blog_attention.permute(loaded.model, ids, range(len(ids)), True)
    assert torch.equal(*straight.weights) and straight.furthest == 0


def test_a_permuted_map_is_what_the_model_itself_makes() -> None:
    """The first head's map with positions is the trace's own."""
    from gpt.trace import trace

    loaded = trained.load("encoder")
    ids = loaded.tokenizer.encode(blog_attention.POINTER)
    found = blog_attention.permute(loaded.model, ids, range(len(ids)), True)
    assert torch.allclose(found.weights[0], trace(loaded.model, ids).pattern[0, 0], atol=1e-6)


def test_ids_pick_columns() -> None:
    model, tokenizer = blog_attention.sorting()
    E = blog_attention.embedding_table(model)
    for word in blog_attention.WORDS:
        ids = tokenizer.encode(word)
        wanted = F.embedding(torch.tensor(ids), model.token_embedding.weight).T
        assert torch.equal(blog_attention.by_lookup(E, ids), wanted)
        assert torch.equal(blog_attention.by_one_hot(E, ids), wanted)


def test_scores_turned_down_are_the_mean_of_the_past_and_learned_ones_are_best() -> None:
    assert "up to 0.0000 from 1/t" in BY_KEY["attention-learned"].outcome({"scores": "none: uniform"}).said[0]
    losses = [blog_attention.loss_with_scores("head", factor) for factor in (0.0, 0.5, 1.0, 2.0)]
    assert losses[0] > losses[1] > losses[2] < losses[3]
    assert min(seeds.losses("mean")) > max(seeds.losses("head"))


def test_tokens_read_back_are_the_line() -> None:
    for line in blog_letters.LINES:
        found = BY_KEY["letters-subwords"].outcome({"text": line})
        assert found.text.replace(" | ", "") == line
    found = BY_KEY["letters-contexts"].outcome()
    assert found.text.splitlines()[::4] == ["'H'      → 'i'", "'Hi To'  → 'm'"]


def test_what_each_may_see_is_what_the_models_see() -> None:
    looks = encoder.shapes(blog_encoder.TEXTS[0], 1, 0, blog_encoder.SOURCE)
    for kind, one in looks.items():
        assert torch.equal(one.weights > 0, blog_encoder.may_see(kind, *one.weights.shape) > 0), kind
    said = " ".join(BY_KEY["encoder-masks"].outcome().said)
    T, S = len(blog_encoder.TEXTS[0]), len(blog_encoder.SOURCE)
    assert f"encoder {T * T} of {T * T}" in said and f"decoder {T * (T + 1) // 2} of {T * T}" in said
    assert f"cross-attention {T * S} of {T * S}" in said and "puts 0 of its weight" in said


def test_words_are_written_backwards() -> None:
    for word in blog_encoder.WORDS:
        found = BY_KEY["encoder-cross"].outcome({"word": word})
        assert found.text == word[::-1] and "right. Looked at most" in found.said[0]
        (picture,) = found.pictures
        assert isinstance(picture.figure, Matrix)
        assert picture.figure.cells[0].values.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_what_is_drawn_can_be_sent_and_every_picture_is_told_in_words() -> None:
    names = list[str]()
    for listing in (one for one in LISTINGS if one.road in ("letters", "attention", "encoder")):
        for one in listing.outcome().pictures:
            names.append(one.name)
            assert one.alt.endswith("."), one.name
            if isinstance(one.figure, Chart):
                assert json.loads(json.dumps(asdict(one.figure)))["series"], one.name
            else:
                for cells in one.figure.cells:
                    assert cells.values.shape == (len(cells.down), len(cells.across)), one.name
    assert len(set(names)) == len(names) >= 11
