"""A stack of edits: its words, its laws, and what is left out of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gpt import sampling, tap
from gpt.analysis import edit_lines, path_scores, stacks
from gpt.analysis.edit_lines import FORMS, MOST_LINES, Line
from gpt.analysis.stacks import Edited, build, fitting, flows, problem, read_lines, said, write_lines
from gpt.config import SamplingConfig
from gpt.edits.places import HEAD_ROW_SITES, ROW_SITES
from gpt.trace import Trace, trace
from tests.support.ladder import CAUSAL, IDS, MODELS, OTHER

WORDS = (
    "head.1.2.zero",
    "head.2.1.mean",
    "mlp.1.zero",
    "attn.2.mean",
    "token.3.zero",
    "token.4.mean",
    "neuron.2.5",
    "scale.mlp_out.2.all.-1.5",
    "scale.z.1.2.0.25",
    "patch.resid_pre.2.all.4",
    "patch.v.1.2.all",
    "patch.k.1.2.3",
    "patch.pattern.1.all.all",
    "add.resid_post.1.all.4.0.token.7",
    "add.resid_mid.2.5.-0.5.neuron.1.3",
    "add.attn_out.2.all.1.5.prompts",
    "weight.2.1.6.3.0.5",
    "cut.all.all.6.4",
    "cut.2.1.6.1",
    "off.norm",
    "off.positions",
    "off.scale",
)
RUNGS = ("pre-norm", "pseudo-gpt")
FEW = SamplingConfig(temperature=0.8, seed=3)


def same(one: Trace, two: Trace) -> bool:
    """Whether two traces are the same to the last bit."""
    return torch.equal(one.logits, two.logits) and all(
        torch.equal(getattr(one, site), getattr(two, site)) for site in tap.SITES
    )


def test_words_are_written_as_they_were_read() -> None:
    """Every kind, on and off; and the sites that are named without torch are the model's."""
    assert {word.split(".")[0] for word in WORDS} == set(FORMS)
    for start in range(0, len(WORDS), MOST_LINES):
        some = "~".join(("-" if i % 2 else "") + word for i, word in enumerate(WORDS[start : start + MOST_LINES]))
        assert write_lines(read_lines(some)) == some
        assert [line.on for line in read_lines(some)] == [i % 2 == 0 for i in range(some.count("~") + 1)]
    assert read_lines("") == ()
    assert read_lines("scale.z.1.all.2") == read_lines("scale.z.1.all.2.00001")
    longest = "-add.resid_post.1000000.1000000.-1000.0.neuron.1000000.1000000"
    assert len(read_lines("~".join([longest] * MOST_LINES))) == MOST_LINES
    assert set(edit_lines.HEAD_SITES) == set(tap.HEAD_SITES)
    assert set(edit_lines.SITES) == set(tap.SITES)
    assert (edit_lines.VECTOR_SITES, edit_lines.HEAD_VECTOR_SITES) == (ROW_SITES, HEAD_ROW_SITES)


@pytest.mark.parametrize(
    "words",
    "head head.1 head.0.1.zero head.1.1.other head.x.1.zero head.1.1.zero.9 mlp.all.zero nothing.1 . ~ head.1.1.zero~ "
    "--head.1.1.zero token.-1.zero token.1e3.zero token.²..zero scale.z.1.all. scale.z.1.all.nan scale.z.1.all.9999 "
    "scale.mlp_out.1.2.0.5 scale.logits.1.all.2 weight.1.1.2.1.1.5 weight.1.all.2.1.0.5 patch.z.1.all.2 "
    "patch.scores.1.1.2 off.everything "
    "add.z.1.all.1.0.token.1 add.resid_pre.1.all.token.1 add.resid_pre.1.all.1.0.sum.1 neuron.1.99999999 __class__.1 "
    "add.resid_pre.1.all.1.0.prompts.3 cut.all.all.2".split()
    + ["head.1.1.zero " * 100, "~".join(["mlp.1.zero"] * 13), "he\x00ad.\u202e1", "head.1.1.zero\n"],
)
def test_a_strangers_words_are_refused_in_one_sentence(words: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{10,200}[.]$"):
        read_lines(words)


def test_a_line_is_checked_where_it_is_made() -> None:
    """Who builds one in Python is told, too."""
    with pytest.raises(ValueError, match="mode"):
        Line("head", layer=0, head=0)
    with pytest.raises(ValueError, match="no key"):
        Line("mlp", layer=0, mode="zero", key=3)
    with pytest.raises(ValueError, match="layer"):
        replace(read_lines("head.1.1.zero")[0], layer=None)


@pytest.mark.parametrize("rung", MODELS)
def test_no_line_on_is_no_stack_to_the_last_bit(rung: str) -> None:
    model, off = MODELS[rung], tuple(replace(line, on=False) for word in WORDS for line in read_lines(word))
    plain = trace(model, IDS)
    for lines in ((), off):
        assert build(model, IDS, lines, OTHER) == (model, ())
        assert same(flows(model, IDS, lines, OTHER).trace, plain)


@pytest.mark.parametrize("rung", RUNGS)
def test_every_line_moves_the_logits_and_shows_no_token_the_future(rung: str) -> None:
    """Also where the other prompt is shorter or longer; and the model that was given stays as it was."""
    model = MODELS[rung]
    plain = trace(model, IDS).logits  # (T, V)
    for word in WORDS:
        lines = read_lines(word)
        for other in (OTHER, OTHER[:5]) if "patch" in word or "prompts" in word else ((),):
            whole = flows(model, IDS, lines, other)
            assert (whole.lines, whole.left) == (lines, ())
            assert (whole.trace.logits - plain).abs().max() > 1e-4, word
            changed, edits = build(model, IDS, lines, other)
            assert same(trace(changed, IDS, edits), whole.trace)
            begun = flows(model, IDS[:6], lines, other)  # what stands behind the first six tokens is gone
            assert (begun.trace.logits - whole.trace.logits[:6]).abs().max() < 1e-4, word
    assert torch.equal(trace(model, IDS).logits, plain)


@pytest.mark.parametrize("rung", CAUSAL)
def test_no_stack_shows_a_token_the_future(rung: str) -> None:
    """Many lines at once, as many as fit, on every rung: what stands behind a token changes nothing of it."""
    model = MODELS[rung]
    for start in range(0, len(WORDS), MOST_LINES):
        lines = read_lines("~".join(WORDS[start : start + MOST_LINES]))
        whole, begun = (flows(model, ids, lines, OTHER[:7]) for ids in (IDS, IDS[:6]))
        assert whole.lines == begun.lines and len(whole.lines) + len(whole.left) == len(lines)
        scale = float(whole.trace.logits.abs().max())
        assert (begun.trace.logits - whole.trace.logits[:6]).abs().max() <= 1e-4 * max(1.0, scale)


def test_without_the_mask_tokens_see_the_future() -> None:
    """What `off.mask` is for; and what comes from another prompt must then be as long."""
    model, lines = MODELS["pre-norm"], read_lines("off.mask~weight.1.1.2.7.0.5")
    found = flows(model, IDS, lines)
    assert found.lines == lines
    assert found.trace.pattern[0, 0, 1, 6] == 0.5
    assert problem(found.model.config, 8, read_lines("patch.z.1.all.all")[0], 5).startswith("Without the causal mask")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("mlp.9.zero", "There is no layer 9: this model has 2."),
        ("head.1.3.zero", "There is no head 3: a layer of this model has 2."),
        ("token.40.mean", "There is no token 40: the model reads 8 here."),
        ("neuron.1.33", "There is no neuron 33: an MLP of this model has 32."),
        ("add.resid_pre.1.all.1.0.token.11", "There is no token of the id 11: this model's ids end at 10."),
        ("add.resid_pre.1.all.1.0.neuron.3.1", "There is no layer 3: this model has 2."),
        ("cut.all.all.3.5", "Token 3 cannot see token 5, which comes later."),
        ("cut.all.all.1.1", "The first token sees nothing but itself: that edge cannot change."),
        ("patch.resid_pre.1.all.7", "There is no token 7 in the other prompt, which has 5."),
    ],
)
def test_what_is_not_there_is_left_out_with_a_sentence(words: str, why: str) -> None:
    """The other lines stay; `build` refuses before the pass; and the line comes back where it fits."""
    model, (line,) = MODELS["pre-norm"], read_lines(words)
    fine = read_lines("head.2.1.zero")[0]
    found = flows(model, IDS, (fine, line), OTHER[:5])
    assert (found.lines, found.left) == ((fine,), ((line, why),))
    assert same(found.trace, flows(model, IDS, (fine,)).trace)
    with pytest.raises(ValueError, match=why[10:40]):
        build(model, IDS, (fine, line), OTHER[:5])


def test_a_line_that_needs_what_a_model_lacks() -> None:
    without = MODELS["bigram"].config
    assert problem(without, 8, read_lines("head.1.1.zero")[0]).startswith("This model has no blocks")
    assert problem(without, 8, read_lines("off.norm")[0]) == "This model has no layer norm to switch off."
    assert problem(MODELS["attention only"].config, 8, read_lines("mlp.1.zero")[0]) == "This model has no MLPs."
    assert "no other prompt" in problem(MODELS["pre-norm"].config, 8, read_lines("patch.z.1.all.all")[0])
    short, token = MODELS["pre-norm"], read_lines("token.5.zero")
    assert [len(fitting(short, T, token)[0]) for T in (4, 5)] == [0, 1]


def test_numbers_without_end_are_told_and_the_model_shown_as_trained() -> None:
    model = MODELS["residual"]  # without any norm
    lines = read_lines("~".join(f"scale.{site}.{layer}.all.1000.0" for layer in (1, 2) for site in ROW_SITES))
    lines += read_lines("scale.z.2.all.1000.0")
    found = flows(model, IDS, lines * 2)
    assert found.left
    assert same(found.trace, trace(model, IDS))
    assert torch.equal(Edited(model, lines * 2)(torch.tensor([IDS])), model(torch.tensor([IDS])))


@pytest.mark.parametrize(
    "words", ["head.1.1.zero~token.7.zero", "patch.resid_pre.2.all.all", "off.positions", "off.mask"]
)
def test_what_is_written_is_drawn_from_what_is_shown(words: str) -> None:
    """An edited model writes by the very logits that its pass over the text so far ends with, and scores it so."""
    model, ids = MODELS["pre-norm"], IDS[:3]
    edited = Edited(model, read_lines(words), OTHER[:5])
    written = list(sampling.generate(edited, ids, FEW, 4))
    text = list[int](ids)
    for i, one in enumerate(written):
        logits = edited.flow(text).trace.logits[-1]  # (V,)
        assert sampling.choose(logits, FEW, sampling.generator(3, i)) == one.id
        text.append(one.id)
    scores = path_scores.of_path(edited, ids, text[3:])
    shares = [edited.flow(text[:i]).trace.logits[-1].double().log_softmax(0)[text[i]] for i in range(3, len(text))]
    assert -torch.stack(shares).numpy() == pytest.approx(scores.nats, abs=1e-4)


def test_lines_are_said_in_words() -> None:
    tokens, said_of = list("JULIET:\n"), lambda word: said(read_lines(word)[0], tokens, "abcdefghijk")
    assert said_of("head.1.6.zero") == "Head 1.6 hands on nothing"
    assert said_of("token.8.mean") == "Token 8 “↵” is read as the mean so far"
    assert said_of("cut.2.1.6.4") == "Token 6 “T” does not see token 4 “I”, in head 2.1"
    assert said_of("add.resid_post.2.all.4.0.token.7") == "4 × the vector of “h” is added to the stream out of layer 2"
    assert len({said_of(word) for word in WORDS}) == len(WORDS)
    assert stacks.said(read_lines("token.99.zero")[0], tokens) == "Token 99 is not read"
