"""Every number that a panel shows, against one computed by hand."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from gpt.analysis import emergence, heads
from gpt.analysis.embeddings import input_parts, maps
from gpt.analysis.norms import norms
from gpt.analysis.perplexity import choices_per_token, surprise
from gpt.analysis.usual import usual
from gpt.config import GPTConfig
from gpt.figures import tables
from gpt.figures.training import loss_curve
from gpt.model import GPT
from gpt.trace import trace

TOKENS = list("ab ab cab")  # two words, then a third; "ab" comes back twice


def model(seed: int = 0, **fields: object) -> GPT:
    values: dict[str, Any] = {"vocab_size": 11, "block_size": 16, "n_layer": 2, "n_head": 2, "n_embd": 8} | fields
    return GPT(GPTConfig(**values), torch.Generator().manual_seed(seed), std=0.4).eval().requires_grad_(False)


def looking_at(places: list[int]) -> torch.Tensor:
    """A pattern (1, 1, T, T) whose token i gives everything to places[i]."""
    pattern = torch.zeros(len(places), len(places))
    for query, key in enumerate(places):
        pattern[query, key] = 1.0
    return pattern[None, None]


@pytest.mark.parametrize(
    ("role", "places"),
    [
        ("previous", [0, 0, 1, 2, 3, 4, 5, 6, 7]),
        ("first", [0] * 9),
        ("itself", list(range(9))),
        #  a  b  _  a  b  _  c  a  b   the earlier copy of each, where there is one
        ("same", [0, 1, 2, 0, 1, 2, 6, 3, 4]),
        #  a  b  _  a  b  _  c  a  b   the token after an earlier copy
        ("induction", [0, 0, 0, 1, 2, 3, 0, 4, 5]),
        #  a  b  _  a  b  _  c  a  b   the first letter of the word
        ("word start", [0, 0, 0, 3, 3, 3, 6, 6, 6]),
    ],
)
def test_a_head_made_by_hand_gets_its_role_in_full(role: str, places: list[int]) -> None:
    found = heads.scores(looking_at(places), TOKENS)
    assert float(found[role]) == pytest.approx(1.0)
    enough = [name for name, (_, n) in heads.answers(looking_at(places), TOKENS).items() if n >= heads.ENOUGH]
    assert max(float(found[name]) for name in enough if name != role) < 1.0
    phrase = heads.describe(looking_at(places), TOKENS)[0].phrase
    assert phrase == f"100 % on {heads.ROLES[role]}"


def test_uniform_attention_has_no_clear_role() -> None:
    uniform = torch.ones(9, 9).tril()
    roles = heads.describe((uniform / uniform.sum(-1, keepdim=True))[None, None], TOKENS)
    assert roles[0].phrase == heads.UNCLEAR and heads.clearest(roles, 4) == []


def test_roles_of_one_token_and_of_none() -> None:
    assert heads.describe(torch.ones(1, 1, 1, 1), ["a"])[0].phrase == heads.UNCLEAR
    assert heads.describe(torch.zeros(0, 1, 1, 1), ["a"]) == []


@pytest.mark.parametrize("norm", ["pre", "post", "none"])
@pytest.mark.parametrize("feed_forward", [True, False])
def test_norms_are_what_the_model_applies(norm: str, feed_forward: bool) -> None:
    one = model(norm=norm, feed_forward=feed_forward, bias=True)
    seen = trace(one, [1, 2, 3, 4])
    found = norms(one, seen)
    if norm == "none":
        assert found.names == () and found.stats.shape == (2, 0, 4, 4)
        return
    assert found.stats.shape == (2, 2 if feed_forward else 1, 4, 4)
    for layer in range(2):
        before = seen.resid_pre[layer] + (seen.attn_out[layer] if norm == "post" else 0)
        by_hand = (before - before.mean(-1, keepdim=True)) / (before.var(-1, correction=0, keepdim=True) + 1e-5).sqrt()
        assert torch.allclose(found.stats[layer, 0, 0], before.mean(-1), atol=1e-6)
        assert torch.allclose(found.stats[layer, 0, 1], before.std(-1, correction=0), atol=1e-6)
        assert torch.allclose(found.stats[layer, 0, 2], by_hand.mean(-1), atol=1e-5)  # fresh gains are 1
        assert torch.allclose(found.stats[layer, 0, 3], by_hand.std(-1, correction=0), atol=1e-5)
        if norm == "post":
            assert torch.allclose(seen.resid_mid[layer], by_hand, atol=1e-5)


@pytest.mark.parametrize("position", ["learned", "sinusoidal", "none"])
def test_token_plus_position_is_what_enters(position: str) -> None:
    one = model(position=position)
    token, where = input_parts(one, [3, 1, 3])
    assert torch.equal(trace(one, [3, 1, 3]).resid_pre[0], token if where is None else token + where)
    assert (where is None) == (position == "none")


def test_maps_of_a_run_share_their_axes_and_match_numpy() -> None:
    first, second = maps([model(0), model(1)])
    assert first.low == second.low and first.high == second.high
    table = model(0).token_embedding.weight.numpy()
    centred = table - table.mean(0)
    lengths = np.linalg.svd(centred, compute_uv=False)
    alone = maps([model(0)])[0]
    assert alone.kept == pytest.approx((lengths[:2] ** 2).sum() / (lengths**2).sum(), rel=1e-5)
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -2)
    assert [pair[0] for pair in alone.neighbours[4]] == list(np.argsort(-cosine[4])[:3])


def test_surprise_is_the_loss_of_each_token() -> None:
    logits = torch.randn(4, 11, generator=torch.Generator().manual_seed(0))
    by_hand = [-math.log(float(logits[t].softmax(-1)[i])) for t, i in enumerate([5, 6, 7])]
    assert surprise(logits, [1, 5, 6, 7]).tolist() == pytest.approx(by_hand, rel=1e-5)
    assert choices_per_token(logits, [1, 5, 6, 7]) == pytest.approx(math.exp(sum(by_hand) / 3), rel=1e-5)


def test_an_event_is_the_first_step_from_which_a_role_stays() -> None:
    found = torch.zeros(5, len(heads.ROLES), 1, 2)  # (S, R, L, H)
    found[:, 0, 0, 0] = torch.tensor([0.0, 0.9, 0.1, 0.6, 0.7])  # comes, goes, and comes for good at the fourth step
    found[:, 1, 0, 1] = 0.8  # was there from the start: nothing appeared
    assert [(e.step, e.layer, e.head, e.role) for e in emergence.events(found, [0, 1, 2, 4, 8])] == [
        (4, 0, 0, "previous")
    ]
    assert emergence.events(found, [0, 1, 2, 4, 8])[0].sentence == (
        "Layer 1, head 1 starts to look at the previous token (step 4; 70 % at the end)."
    )
    assert "70 % at the end, over 20 texts)." in emergence.events(found, [0, 1, 2, 4, 8], texts=20)[0].sentence
    assert emergence.events(found[:1], [0]) == [] and emergence.events(torch.zeros(3, 6, 0, 2), [0, 1, 2]) == []


def test_shares_over_steps_are_the_scores_of_each_model() -> None:
    ids, vocabulary = [1, 2, 1, 2], list("xabcdefghij")
    each = [usual(model(seed), [ids], vocabulary) for seed in (0, 1)]
    found = emergence.shares([one for one in each if one is not None])
    assert found.shape == (2, len(heads.ROLES), 2, 2)
    again = heads.scores(trace(model(1), ids).pattern, list("abab"))
    assert torch.allclose(found[1, 0], again["previous"])
    assert not found[:, list(heads.ROLES).index("five back")].any()  # no token was asked


def test_tables_keep_equal_tokens_apart_and_csv_is_harmless() -> None:
    table = tables.attention(np.eye(3), ["a", "\n", "a"])
    assert list(table.columns) == ["1 a", "2 ↵ newline", "3 a"]
    text = tables.csv(pd.DataFrame({"=cmd": ["=1+1", "+x", "@y", "plain"]})).decode()
    assert text.splitlines() == ["index,'=cmd", "0,'=1+1", "1,'+x", "2,'@y", "3,plain"]


def test_the_loss_curve_shows_every_evaluation() -> None:
    figure = loss_curve([0, 10, 100], [4.1, 3.0, 2.0], [4.2, 3.1, 2.2], at=10)
    one, other = figure.series
    assert list(one.y) == [4.1, 3.0, 2.0] and list(other.y) == [4.2, 3.1, 2.2] and list(one.x) == [0, 10, 100]
    assert figure.x.scale == "log1" and [(mark.at, mark.axis) for mark in figure.levels] == [(10, "x")]
