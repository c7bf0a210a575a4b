"""Activation patching: all or nothing of it, grids as single passes have them, and what the ready pairs say."""

from __future__ import annotations

import random

import pytest
import torch
from torch import Tensor

from gpt import bundled, checkpoint
from gpt.analysis import heads
from gpt.analysis.patching import SITES, Pair, Place, difference, pair
from gpt.analysis.ready_pairs import READY, ready
from gpt.analysis.variants import effects, passes
from gpt.edits import AblateHead, patch_from, row_from
from gpt.model import GPT
from gpt.tokenizers import Tokenizer
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS, OTHER, RUNGS, WITH_BLOCKS

LAST = len(IDS) - 1
KINDS = ["shakespeare", "shakespeare-bpe", "mini", "copy", "sort"]
LINES = ("Good morrow.", "What is the matter?", "I am here, my lord.")


def near(one: Tensor, two: Tensor) -> bool:
    """Whether two logits are as near as 32 bits can tell, in units of the largest."""
    return float((one - two).abs().max()) <= 1e-5 * max(1.0, float(one.abs().max()))


def answered(model: GPT) -> Pair:
    """The pair of the ladder's prompts, between two tokens that it weighs differently."""
    return pair(model, IDS, OTHER, answers=(1, 4))


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_each_number_is_that_of_a_single_pass(rung: str) -> None:
    """At every site and layer, at the first and the last token and head, all and one token of a head."""
    model = MODELS[rung]
    config, here = RUNGS[rung], answered(MODELS[rung])
    assert here.baselines == tuple(float(difference(trace(model, ids).logits[LAST], (1, 4))) for ids in (IDS, OTHER))
    sites = [site for site in SITES if config.feed_forward or site != "mlp_out"]
    places = [place for site in sites for place in here.by_token(site)] + here.by_head() + here.by_head(LAST)
    some = [*places[:: max(1, len(places) // 8)], places[-1]]
    for place, number in zip(some, here.measured(some).tolist(), strict=True):
        alone = float(difference(trace(model, IDS, [here.edit(place)]).logits[LAST], (1, 4)))
        assert number == pytest.approx(alone, abs=1e-5), place
        a, b = here.baselines
        assert float(here.share(torch.tensor(number))) == pytest.approx((alone - a) / (b - a), abs=1e-4)


@pytest.mark.parametrize("name", KINDS)
def test_everything_patched_is_b_and_nothing_patched_is_a_in_the_bundled_models(name: str) -> None:
    model, _ = bundled_model(name)
    ids, other = list(range(8)), [7, 2, 3, 1, 0, 5, 6, 4]
    wanted = trace(model, other)
    every = [row_from(wanted, "resid_pre", 0, t) for t in range(len(ids))]
    found = torch.cat(list(passes(model, ids, [(), every, (patch_from(wanted, "resid_pre", 0),)])))  # (3, T, V)
    assert near(found[0], trace(model, ids).logits)
    assert near(found[1], wanted.logits) and near(found[2], wanted.logits)


def test_before_the_first_difference_a_patch_changes_nothing() -> None:
    """So these tokens are not measured; nor are those after the one that one asks at."""
    model = MODELS["pre-norm"]
    other = (*IDS[:3], 7, *IDS[4:])
    here = pair(model, IDS, other, 5, (1, 4))
    assert list(here.tokens()) == [3, 4, 5] and list(here.tokens(2)) == [4, 5]
    outside = [Place(site, 1, None, t) for site in SITES for t in (0, 2, 6, 7)]
    assert float(here.share(here.measured(outside)).abs().max()) < 1e-4
    assert len(pair(MODELS["sees the future"], IDS, other, 5, (1, 4)).tokens()) == len(IDS)


def test_what_cannot_be_patched_is_said() -> None:
    model = MODELS["pre-norm"]
    for ids, other, more, words in (
        (IDS, OTHER[:3], {}, "has 3 tokens and this one 8: make them equally long"),
        (IDS, IDS, {}, "Both prompts are the same"),
        (IDS, (*IDS[:6], 1, 1), {"position": 4}, "look from a later token"),
        (IDS, OTHER, {"answers": (3, 3)}, "the same token: choose two different ones"),
        (IDS, OTHER, {"answers": (3, 99)}, "answer"),
        (IDS, OTHER, {"position": 8}, "position"),
    ):
        with pytest.raises(ValueError, match=words):
            pair(model, ids, other, **more)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no blocks"):
        pair(MODELS["bigram"], IDS, OTHER)
    with pytest.raises(ValueError, match="no MLPs"):
        answered(MODELS["attention only"]).by_token("mlp_out")
    alike = trace(model, IDS)
    with pytest.raises(ValueError, match="weigh these two answers alike"):
        pair(model, IDS, OTHER, answers=(1, 4), traces=(alike, alike))


# ---- What the ready pairs say


def bundled_model(name: str) -> tuple[GPT, Tokenizer]:
    """A bundled model and its tokenizer."""
    found = checkpoint.load(next(one for one in bundled.shelf() if one.name == name).last)
    return found.model, found.tokenizer


def opened(key: str, *texts: str) -> tuple[Pair, Tokenizer]:
    """A ready pair, or other texts under its model."""
    one = next(one for one in READY if one.key == key)
    model, tokenizer = bundled_model(one.model)
    a, b = texts or (one.a, one.b)
    return pair(model, tokenizer.encode(a), tokenizer.encode(b)), tokenizer


def by_head(here: Pair) -> Tensor:
    """The grid of the heads, (L, H)."""
    return here.share(here.measured(here.by_head())).view(-1, here.model.config.n_head)


def by_token(here: Pair, site: str = "resid_pre") -> Tensor:
    """The grid of a site, (L, tokens)."""
    return here.share(here.measured(here.by_token(site))).view(here.model.config.n_layer, -1)


def test_the_ready_pairs_can_be_opened() -> None:
    for one in READY:
        here, tokenizer = opened(one.key)
        assert (
            here.answers[0] != here.answers[1] and abs(here.baselines[0]) > 1 and ready(one.model, one.a, one.b) == one
        )
        assert tokenizer.decode(list(here.ids)) == one.a


def test_the_grid_alone_finds_the_head_that_copies() -> None:
    """It is the head that looks at the token after an earlier copy; and no other brings half as much."""
    chance = random.Random(11)
    _, tokenizer = opened("copied")
    for _ in range(5):
        word = chance.sample("abcdefgh", 7)
        at = chance.randint(1, 5)
        other = word[:at] + [chance.choice([one for one in "abcdefgh" if one not in word])] + word[at + 1 :]
        a, b = (f"\n{''.join(one)}|{''.join(word[:at])}" for one in (word, other))
        here, _ = opened("copied", a, b)
        found = by_head(here)
        whole = trace(here.model, tokenizer.encode(f"\n{''.join(word)}|{''.join(word)}"))
        looks = heads.scores(whole.pattern, [*"\n", *word, "|", *word])["induction"]  # (L, H)
        assert int(found.argmax()) == int(looks.argmax()) == 2, (a, b)  # head 2.1
        assert float(found[1, 0]) > 0.95 and float(found.flatten().sort().values[-2]) < 0.5


def test_two_letters_change_places_and_two_heads_tell() -> None:
    for a, b in (
        ("\nbcfehg|bc", "\nbefchg|bc"),
        ("\nghabfe|gh", "\ngbahfe|gh"),
        ("\ngebhda|ge", "\nghbeda|ge"),
        ("\ngafcbh|ga", "\ngcfabh|ga"),
    ):
        here, _ = opened("places", a, b)
        found = by_head(here)
        assert here.first == 2 and int(by_token(here, "attn_out")[0].argmax()) == 1  # at the letter that stood behind
        assert float(found[1, 0]) > 0.9 and float(found[0, 1]) > 0.6
        assert float(found[0, 0]) < 0.1 and float(found[1, 1]) < 0.1


def test_one_head_reads_the_name_and_not_from_the_letter_that_is_next() -> None:
    for line in LINES:
        here, _ = opened("name", *(f"{name}:\n{line}\n\nME" for name in ("MENENIUS", "MERCUTIO")))
        found = by_head(here)
        letters = here.share(here.measured([Place("resid_pre", 0, None, token) for token in here.tokens()]))
        assert float(found[5, 3]) > 0.9 and float(found.flatten().sort().values[-2]) < 0.25
        assert here.first == 2 and float(letters[0]) < 0.2 and int(letters.argmax()) == 4 and float(letters[4]) > 0.4


def test_one_head_of_the_first_layer_brings_the_letter_two_back() -> None:
    for before in ("My lord, ", "I pray thee, ", "O "):
        here, _ = opened("back", before + "thou sha", before + "thou wha")
        found, stream = by_head(here), by_token(here)
        assert float(found[0, 3]) > 0.85 and float(found.flatten().sort().values[-2]) < 0.15
        assert float(stream[0, 0]) > 0.95 and float(stream[1:, 0].max()) < 0.15


def test_the_smallest_letter_is_found_in_the_first_layer() -> None:
    for a, b in (("cab>", "cfb>"), ("fcb>", "fce>"), ("eda>", "edc>"), ("bfe>", "cfe>")):
        assert int(by_head(opened("smallest", a, b)[0]).argmax()) == 0, (a, b)  # head 1.1


def test_the_head_that_is_needed_is_not_the_one_that_carries() -> None:
    lost = list[float]()
    for a, b in (("bce>bc", "bcf>bc"), ("cfa>ac", "cda>ac"), ("dbe>bd", "dbf>bd"), ("adb>ab", "aeb>ab")):
        here, _ = opened("needed", "\n" + a, "\n" + b)
        found = by_head(here)
        assert int(found.argmax()) == 5 and float(found[1, 1]) > 0.7 and abs(float(found[0, 2])) < 0.05  # 2.2, not 1.3
        lost.append(-float(effects(here.model, here.ids, [(AblateHead(0, 2),)], here.position).share[0]))
    assert lost[0] > 0.9 and sum(one > 0.8 for one in lost) == 3, lost


def test_in_mini_no_head_does_it_alone() -> None:
    for before in ("My lord, ", "I pray thee, ", "O "):
        here, _ = opened("hear", before + "my hear", before + "my dear")
        stream = by_token(here)
        assert float(by_head(here).max()) < 0.7
        letter, last = stream[:, 0], stream[:, -1]
        assert float(letter[0]) > 0.9 and float(letter[-1]) < 0.1 and float(letter.diff().max()) < 0.02
        assert float(last[0]) < 0.1 and float(last[-1]) > 0.65 and float(last.diff().min()) > -0.1
