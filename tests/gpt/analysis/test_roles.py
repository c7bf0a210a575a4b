"""When a head may be said to do something: from enough tokens, in a language that has it, as a rule or only here."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gpt.analysis import heads
from gpt.analysis.heads import BACK, CLEAR, ENOUGH, ROLES, UNCLEAR, Usual, answers, clearest, describe, meaningful
from gpt.analysis.usual import patterns, usual
from gpt.config import GPTConfig
from gpt.corpora.excerpts import held_out, pieces
from gpt.trace import trace
from tests.support import shipped
from tests.support.ladder import IDS, MODELS, SIZE, fresh

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz \n")


def back(T: int, far: int) -> Tensor:
    """One head that looks `far` tokens back, (1, 1, T, T); where there is none, at the first."""
    pattern = torch.zeros(1, 1, T, T)
    for q in range(T):
        pattern[0, 0, q, max(q - far, 0)] = 1.0
    return pattern


def rule(**shares: float) -> Usual:
    """What one head does over twenty texts."""
    return Usual(20, {name.replace("_", " "): torch.tensor([[share]]) for name, share in shares.items()})


def test_a_blank_at_the_start_is_no_letter_of_the_word() -> None:
    """The word of "\\nROMEO" begins at R."""
    tokens, pattern = list("\nROMEO"), torch.zeros(1, 1, 6, 6)
    pattern[0, 0, torch.arange(6), torch.tensor([0, 1, 1, 1, 1, 1])] = 1.0
    assert describe(pattern, tokens)[0].phrase == "100 % on the first token of the word"
    assert answers(pattern, tokens)["word start"][1] == 4
    role = describe(shipped.inside("\nROMEO").pattern, tokens)[2 * 6 + 5]  # the head of `shakespeare` that does it
    assert role.name == "word start" and role.share > 0.85


@pytest.mark.parametrize("text", ["", "\n", " \n\t", "a", "?a", "a b c", "don't"])
def test_a_word_start_is_asked_only_by_the_later_letters_of_a_word(text: str) -> None:
    mask = heads.masks(list(text))["word start"] if text else torch.zeros(0, 0)
    for q, k in mask.nonzero().tolist():
        assert k < q and text[k : q + 1].isalpha() and (k == 0 or not text[k - 1].isalpha())
    later = [i for i, (one, two) in enumerate(zip(text, text[1:], strict=False), 1) if one.isalpha() and two.isalpha()]
    assert mask.any(dim=1).nonzero().flatten().tolist() == later if text else True


@settings(max_examples=40, deadline=None)
@given(st.text("ab c\n", min_size=1, max_size=14), st.integers(0, 14))
def test_the_keys_of_a_role_are_what_its_sentence_says(text: str, begin: int) -> None:
    """Of all queries, and of those behind a beginning; what they are given is the sum over these keys."""
    tokens, begin = list(text), min(begin, len(text))
    says = {
        "previous": lambda q, k: k == q - 1,
        "first": lambda q, k: k == 0 < q,
        "itself": lambda q, k: k == q > 0,
        "same": lambda q, k: k < q and tokens[k] == tokens[q],
        "induction": lambda q, k: 0 < k < q and tokens[k - 1] == tokens[q],
        **{name: lambda q, k, far=far: k == q - far for name, far in BACK.items()},
    }
    found = heads.masks(tokens, begin)
    for role, holds in says.items():
        wanted = [[holds(q, k) for k in range(len(text))] for q in range(begin, len(text))]
        assert found[role].tolist() == wanted, role
    pattern = torch.rand(2, 3, len(text), len(text), generator=torch.Generator().manual_seed(len(text))).tril()
    weights, asked = heads.given(pattern, tokens, begin)  # (L, H, R, N), (R, N)
    for i, role in enumerate(ROLES):
        torch.testing.assert_close(weights[:, :, i], (pattern[:, :, begin:] * found[role]).sum(-1))
        assert asked[i].tolist() == found[role].any(1).tolist()


def test_a_role_needs_three_tokens_that_were_asked() -> None:
    """ "ROMEO:" has one token with an earlier copy: whatever a head does there may be chance."""
    tokens, pattern = list("ROMEO:"), torch.zeros(1, 1, 6, 6)
    pattern[0, 0, torch.arange(6), torch.tensor([0, 0, 0, 2, 2, 5])] = 1.0  # the second O looks at M, after the first
    assert answers(pattern, tokens)["induction"] == (1.0, 1)
    assert describe(pattern, tokens)[0].name != "induction"
    for T in range(1, 12):
        for far in (1, 2, 5):
            found = describe(back(T, far), [chr(97 + i) for i in range(T)])[0]
            assert (found.name in ("previous", *BACK)) <= (T - far >= ENOUGH)


@pytest.mark.parametrize(("name", "far"), [("previous", 1), *BACK.items()])
def test_every_clear_diagonal_has_a_name(name: str, far: int) -> None:
    tokens = [chr(97 + i) for i in range(far + 6)]  # six queries have such a key
    role = describe(back(far + 6, far), tokens, roles=meaningful("ab"))[0]
    assert role.name == name and role.phrase == f"100 % on {ROLES[name]}"


def test_the_head_that_looks_two_back() -> None:
    """Of `shakespeare`: layer 1, head 4, all but perfectly; it had no name."""
    text = "JULIET:\nO Romeo, Romeo! wherefore art thou "
    role = describe(shipped.inside(text).pattern, list(text))[3]
    assert role.name == "two back" and role.phrase == "99 % on the token two back"


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [("\nabcdefgh|", False), ("\n>abcdef", False), ("0123456789 +=", False), (LETTERS, True), ("абвгдежзиклмн ", True)],
)
def test_letters_that_are_mere_signs_make_no_words(vocabulary: str | tuple[str, ...], words: bool) -> None:
    assert ("word start" in meaningful(vocabulary)) == words
    assert set(meaningful(vocabulary)) >= set(ROLES) - {"word start"}


def test_no_made_model_speaks_of_words() -> None:
    for name, text in (("copy", "gacbdeh|gacb"), ("sort", "cab>abc\nfed>d")):
        tokens = shipped.loaded(name).tokenizer.tokens
        for role in describe(shipped.inside(text, name).pattern, list(text), None, meaningful(tokens)):
            assert "word" not in role.phrase


def test_both_shares_stand_in_the_phrase() -> None:
    tokens = [chr(97 + i) for i in range(9)]
    said = describe(back(9, 1), tokens, rule(previous=0.584))[0]
    assert said.phrase == "100 % on the previous token here, 58 % over 20 texts"
    assert (said.share, said.usual) == (1.0, pytest.approx(0.584))
    even = torch.ones(1, 1, 9, 9).tril() / torch.arange(1, 10)[:, None]  # (1, 1, T, T)
    said = describe(even, tokens, rule(previous=0.58, first=0.6))[0]
    assert said.phrase == f"{UNCLEAR}; 60 % on the first token over 20 texts" and not said.name
    assert describe(even, tokens, rule(previous=0.39))[0].phrase == UNCLEAR


def test_where_two_roles_fit_here_the_texts_decide() -> None:
    """In a text that repeats itself every two letters, two back is where the copy is."""
    tokens, pattern = list("abababab"), back(8, 2)
    assert describe(pattern, tokens, rule(two_back=0.9, same=0.3))[0].name == "two back"
    assert describe(pattern, tokens, rule(two_back=0.3, same=0.9))[0].name == "same"


def test_the_clearest_are_clear_here_and_as_a_rule() -> None:
    tokens = [chr(97 + i) for i in range(9)]
    pattern = torch.cat([back(9, 1), back(9, 2), torch.ones(1, 1, 9, 9) / 9], dim=1)  # (1, 3, T, T)
    often = Usual(20, {"previous": torch.tensor([[0.5, 0, 0.9]]), "two back": torch.tensor([[0.0, 0.9, 0]])})
    roles = describe(pattern, tokens, often)
    assert [(role.head, role.name) for role in clearest(roles, 4)] == [(1, "two back"), (0, "previous")]


@settings(max_examples=40, deadline=None)
@given(st.text("ab \n", min_size=1, max_size=8), st.integers(0, 99))
def test_shares_over_texts_are_those_of_all_their_tokens(text: str, seed: int) -> None:
    """Three texts at once are asked as one after the other, each token alike, counted in plain Python."""
    model = fresh(GPTConfig(**SIZE), seed)
    vocabulary = [*"ab \n", *"cdefghi"]
    texts = [[vocabulary.index(c) for c in one] for one in (text, "abba", "a b a b")]
    found = usual(model, texts, vocabulary)
    assert found is not None and found.texts == 3 and "word start" not in found.shares
    for name in ("previous", "same", "three back"):
        given, asked = torch.zeros(2, 2), 0
        for ids in texts:
            pattern, mask = trace(model, ids).pattern, heads.masks([vocabulary[i] for i in ids])[name]
            for q in range(len(ids)):
                keys = [k for k in range(len(ids)) if mask[q, k]]
                given += sum((pattern[:, :, q, k] for k in keys), torch.zeros(2, 2))
                asked += bool(keys)
        assert (name in found.shares) == (asked >= ENOUGH)
        if asked >= ENOUGH:
            assert torch.allclose(found.shares[name], given / asked, atol=1e-5)


def test_without_heads_or_texts_there_is_no_rule() -> None:
    assert usual(MODELS["bigram"], [IDS], "abcdefghijk") is None
    assert usual(MODELS["pre-norm"], [], "abcdefghijk") is None and usual(MODELS["pre-norm"], [[]], "ab") is None
    assert torch.equal(patterns(MODELS["pre-norm"], IDS), trace(MODELS["pre-norm"], IDS).pattern)


@pytest.mark.parametrize("name", ["mini", "copy", "sort"])
def test_the_texts_are_of_the_held_out_tenth_and_begin_with_a_line(name: str) -> None:
    model = shipped.loaded(name)
    length = model.config.block_size
    found = held_out(str(model.record["corpus"]), model.tokenizer, length)
    assert len(found) >= 12 and all(len(ids) == length for ids in found)
    from gpt import corpora

    kept = corpora.load({"mini": "shakespeare"}.get(name, name)).split()[1]
    for ids in found:
        text = model.tokenizer.decode(ids)
        assert f"\n{text}" in kept or kept.startswith(text)
    assert held_out("a text of one's own", model.tokenizer, length) == []


def test_pieces_of_short_texts() -> None:
    assert pieces("", 5) == [] and pieces("abc", 5) == ["abc"]
    assert pieces("ab\ncd\nef\ngh", 2, 3) == ["ab", "cd", "ef"]


def test_shakespeare_s_clear_roles_are_its_rule() -> None:
    """Each role that twenty texts show clearly is claimed on a usual prompt too, and the phrase has both shares."""
    model, text = shipped.loaded(), "First Citizen:\nBefore we proceed any further, hear me speak."
    often = usual(model.model, held_out("tinyshakespeare", model.tokenizer, 64), model.tokenizer.tokens)
    assert often is not None
    roles = {(r.layer, r.head): r for r in describe(shipped.inside(text).pattern, list(text), often)}
    for name, share in often.shares.items():
        for layer, head in (share >= CLEAR + 0.05).nonzero().tolist():
            assert roles[layer, head].name == name
            assert f"over {often.texts} texts" in roles[layer, head].phrase
