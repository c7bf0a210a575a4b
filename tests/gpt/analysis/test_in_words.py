"""Sentences about pictures that follow from their numbers: which axes, how near is alike, and how hard a text is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gpt.analysis import perplexity
from gpt.analysis.embeddings import in_words, maps
from gpt.numerals import percent
from gpt.trace import trace
from tests.support import shipped
from tests.support.ladder import IDS, MODELS


def test_nearness_in_the_picture_is_believed_as_far_as_it_holds() -> None:
    """Counted token by token in numpy: whose nearest in two dimensions is among the three most alike in all?"""
    model = shipped.loaded().model
    found = maps([model])[0]
    points, table = found.points.numpy(), model.token_embedding.weight.numpy()
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    hits = 0
    for i in range(len(table)):
        apart, cosine = np.linalg.norm(points - points[i], axis=1), unit @ unit[i]
        apart[i], cosine[i] = np.inf, -2
        hits += int(apart.argmin()) in np.argsort(-cosine)[:3]
    assert found.alike == pytest.approx(hits / len(table)) and 0.2 < found.alike < 1
    assert in_words(found)[1].startswith(f"For {percent(hits / len(table))} of the {len(table)} tokens")


def test_the_axes_are_this_step_s_own_or_those_of_all_steps() -> None:
    models = [shipped.loaded("mini", step).model for step in shipped.shelved("mini").steps[::9]]
    own, shared = maps(models[:1])[0], maps(models)[0]
    assert (own.steps, shared.steps) == (1, len(models)) and own.kept == own.best
    assert shared.best == pytest.approx(own.kept) and shared.kept < own.kept  # its own are the best there are
    assert f"keep {percent(own.kept)} of their variance" in in_words(own)[0]
    said = in_words(shared)[0]
    assert f"all {len(models)} kept steps" in said and f"its own have {percent(own.kept)}" in said


def test_worse_than_guessing_is_called_so() -> None:
    """A perplexity of 35,134 of 65 tokens is no number of choices."""
    V, ids = 65, [1, 2, 3]
    even, sure = torch.zeros(3, V), torch.full((3, V), -60.0)
    assert perplexity.in_words(even, ids) == "So far it was, on average, a guess among 65.00 equal options."
    sure[:, 9] = 0.0  # certain, and wrong each time
    assert "Guessing blindly among all 65 tokens would do better" in perplexity.in_words(sure, ids)
    assert math.isfinite(perplexity.choices_per_token(sure * 1e6, ids))
    assert "equal options" in perplexity.in_words(trace(MODELS["pre-norm"], IDS).logits * 0, list(IDS))
