"""The page of edits: its numbers are those of two passes, what cannot be made is told, texts are written by both."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from gpt import sampling
from gpt.analysis import before_after
from gpt.analysis.edit_lines import read_lines
from gpt.analysis.perplexity import surprise
from gpt.analysis.stacks import flows
from gpt.sampling import generate
from gpt.trace import trace
from pages.ui import cache
from pages.ui.board import edited
from pages.ui.board.panels import beforeafter, edits, twice
from pages.ui.board.parts import edit_stacks, edited_panels
from pages.ui.derived import edited_texts, measuring
from pages.ui.state import permalink, reading
from pages.ui.state.reading import Reading
from tests.support import shipped
from tests.support.visitor import only_bundled, proto, tell, visit

PAGE = "pages/probe/edits.py"
STACK = "head.1.2.zero~-mlp.1.mean~scale.attn_out.2.all.1.5~cut.all.all.9.4~weight.2.1.9.3.0.5"

PINNED = {"token": "5"}


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No runs of this machine."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def seen_of(**link: str) -> Reading:
    """What a link's choices let the model read."""
    return reading.read(permalink.restore(link))


def sides_of(**link: str) -> edited.Sides:
    """Both passes."""
    found = edited.sides(seen_of(**link))
    assert found is not None
    return found


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel of JSON was sent."""
    return json.loads(proto(app, name).json)


@pytest.mark.parametrize(("model", "prompt"), [("copy", "gacbdeh|gac"), ("sort", "cab>a")])
def test_the_page_shows_the_numbers_of_both_passes(model: str, prompt: str) -> None:
    found = sides_of(model=model, prompt=prompt, edits=STACK, **PINNED)
    checkpoint, seen = shipped.loaded(model), found.seen
    before = trace(checkpoint.model, seen.ids)
    after = flows(checkpoint.model, seen.ids, read_lines(STACK)).trace
    p, q = (one.logits[4].double().softmax(-1) for one in (before, after))
    kl = float((p * (p / q).log2()).sum())
    assert f"{100 * float(p.max()):.1f} % → {100 * float(q[p.argmax()]):.1f} %" in found.sentence.replace(
        "> 99.9", "100.0"
    )
    assert f"KL {kl:.3f} bits" in found.sentence and found.sentence.startswith("After token 5: ")
    bars = edited_panels.likeliest(found).series
    assert bars[0]["y"] == pytest.approx([float(p[i]) for i in found.prediction.ids])
    assert bars[1]["y"] == pytest.approx([float(q[i]) for i in found.prediction.ids])
    lines = edited_panels.lengths(found).series
    for line, one in zip(lines, (before, after), strict=True):
        stream = torch.cat([one.resid_pre[:, 4], one.resid_post[-1:, 4]])
        assert line["y"] == pytest.approx(stream.norm(dim=-1).tolist())
    lens = edited_panels.lens(found)
    top = lens.values.reshape(2, -1, 3)[:, 0, 0]  # of each side what the last block says, as the model does
    assert top == pytest.approx([float(p.max()), float(q.max())], abs=1e-6)
    maps = beforeafter.panel(found)
    rows = np.tril_indices(len(seen.ids))
    for sent_maps, one in ((maps.before, before), (maps.after, after)):
        assert np.abs(sent_maps / 65_535 - one.pattern.numpy()[..., *rows]).max() < 2e-5
    moved = before_after.shifted(before, after)
    most = int(moved.argmax())
    H = checkpoint.config.n_head
    assert f"Head {most // H + 1}.{most % H + 1} changed most: {100 * float(moved.max()):.1f} %" in maps.sentence


def test_without_an_edit_both_sides_are_the_model_as_it_was_trained() -> None:
    for stack in ("", "-head.1.1.zero", "head.1.40.zero"):
        found = sides_of(model="copy", prompt="gacbdeh|gac", edits=stack)
        assert not found.changed and "No edit is made" in found.sentence
        assert beforeafter.panel(found).A == 0 and found.prediction.kl == 0.0
        text = twice.panel(found.seen, found)
        assert text.texts[0] == text.texts[1] and text.parts is None and "same text" in text.sentence


def test_what_cannot_be_made_is_told_beside_its_line() -> None:
    stack = "head.1.9.zero~-token.20.zero~patch.z.1.1.all~cut.all.all.2.3~neuron.1.1~off.mask"
    seen = seen_of(model="copy", prompt="gacb", edits=stack)
    panel = edits.panel(seen, edited.sides(seen))
    told = [line["problem"] for line in panel.lines]
    assert told[:2] == [
        "There is no head 9: a layer of this model has 2.",
        "There is no token 20: the model reads 4 here.",
    ]
    assert "no other prompt" in str(told[2]) and told[3:] == ["", "", ""]  # without the mask there is such an edge
    assert (
        panel.wanted
        and not any(panel.cannot.values())
        and [part for part, _ in panel.parts] == ["norm", "positions", "mask", "scale"]
    )
    wide = edits.panel(seen := seen_of(model="copy", prompt="gacb", edits="add.resid_pre.1.all.50.0.token.1"), None)
    assert [(line["least"], line["amount"], line["most"]) for line in wide.lines] == [(-20.0, 50.0, 50.0)]


LONG = "abcdefgabcdefgabcdefgabcdefgabcdefg" * 6


@pytest.mark.parametrize("model", ["lesson-2", "lesson-5", "lesson-14", "shakespeare"])
@pytest.mark.parametrize("prompt", ["", "a", LONG])
def test_every_kind_of_model_and_prompt(model: str, prompt: str) -> None:
    seen = seen_of(model=model, prompt=prompt, edits=STACK, other="ab")
    found = edited.sides(seen)
    panel = edits.panel(seen, found)
    if model == "lesson-2":
        assert panel.sentence == edited.NO_BLOCKS and panel.L == 0 and edited_panels.panels(found) == []
    else:
        told = edited.WAITING if not prompt else "KL" if found and found.changed else "No edit is made"
        assert told in panel.sentence
        assert [one.name for one, _ in edited_panels.panels(found)] == (
            ["chart:likeliest", "matrix", "chart:lengths", "beforeafter"] if prompt else []
        )
        twice.panel(seen, found)
    assert len(panel.lines) == 5


def test_very_many_weights_and_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beforeafter, "MOST", 500)
    monkeypatch.setattr(edits, "MOST_WORDS", 5)
    found = sides_of(model="copy", prompt="gacbdeh|gac", edits="head.1.2.zero")
    maps = beforeafter.panel(found)
    assert maps.before.size == maps.after.size <= 500 and maps.T + maps.start == len(found.seen.ids)
    assert "The last" not in maps.sentence or maps.start
    assert len(edits.panel(found.seen, found).vocabulary) == 5


@pytest.mark.parametrize(("model", "prompt"), [("lesson-2", ""), ("copy", "gacbdeh|gac")])
def test_the_page_is_drawn(model: str, prompt: str) -> None:
    assert len(sent(visit(PAGE, model=model, prompt=prompt, edits=STACK), "edits")["lines"]) == 5


def test_what_a_browser_tells_becomes_the_stack_and_nonsense_leaves_it() -> None:
    app = visit(PAGE, model="copy", prompt="gacbdeh|gac")
    app = tell(app, "edits", choice={"edits": "head.1.2.zero~scale.z.2.1.0.5", "other": "bdfh"})
    assert [line["said"] for line in sent(app, "edits")["lines"]] == [
        "Head 1.2 hands on nothing",
        "The z of head 2.1: times 0.5",
    ]
    assert sent(app, "edits")["other"] == "bdfh"
    for nonsense in ("what", "head.0.1.zero", 7, None, "~~~"):
        app = tell(app, "edits", choice={"edits": nonsense})
        assert len(sent(app, "edits")["lines"]) == 2
    assert sent(tell(app, "edits", choice={"edits": ""}), "edits")["lines"] == []


def test_texts_are_written_at_the_second_look_by_the_same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "UNASKED", 60.0)
    link = {"model": "copy", "prompt": "gacbdeh|gac", "edits": "head.1.2.zero~cut.all.all.11.4", "seed": "7"}
    found = sides_of(**link)
    seen, knobs = found.seen, found.seen.inputs.knobs
    assert twice.panel(seen, found).busy == 0.0 and twice.panel(seen, found).texts
    for one in (((), ()), reading.stack_of(seen.inputs)):
        thread = edited_texts.text(edited_texts.Asked("copy", seen.inputs.step, seen.ids, *one, knobs)).thread
        assert thread is not None
        thread.join(30)
    shown = twice.panel(seen, found)
    model = shipped.loaded("copy").model
    plain = [one.id for one in generate(model, seen.ids, knobs, edited_texts.LENGTH)]
    ids, generator_ids = list(seen.ids), list[int]()
    draws = sampling.generator(knobs.seed)
    for _ in range(edited_texts.LENGTH):  # a pass of the last tokens each time, with what then fits of the stack
        logits = flows(model, ids[-model.config.block_size :], read_lines(link["edits"])).trace.logits[-1]
        ids.append(sampling.choose(logits, knobs, draws))
        generator_ids.append(ids[-1])
    words = seen.vocabulary
    assert shown.texts == [[words[i] for i in plain], [words[i] for i in generator_ids]] and shown.busy is None
    assert shown.parts is not None and shown.parts == before_after.parting(plain, generator_ids)
    assert f"They part at token {shown.parts + 1}." in shown.sentence


def guesses(model: str, texts: Sequence[str], stack: str = "", other: str = "") -> list[str]:
    """The model's first guess after each text."""
    checkpoint = shipped.loaded(model)
    known, words = checkpoint.tokenizer.encode_known, checkpoint.tokenizer.tokens
    found = [flows(checkpoint.model, known(text)[0], read_lines(stack), known(other)[0]) for text in texts]
    return [words[int(flow.trace.logits[-1].argmax())] for flow in found]


def share(guessed: Sequence[str], right: Sequence[str]) -> float:
    """How many guesses are right."""
    return sum(a == b for a, b in zip(guessed, right, strict=True)) / len(right)


def test_what_the_titles_of_ready_stacks_claim_of_the_tasks() -> None:
    """Over forty words: who copies and sorts no more, and which of two patches carries the other word over."""
    draw = random.Random(5)
    words = ["".join(draw.sample("abcdefg", 7)) for _ in range(40)]  # the other word goes on with an h
    texts, answers = [f"{word}|{word[:3]}" for word in words], [word[3] for word in words]
    first, what, where = edit_stacks.MEASURED["copy"]
    assert share(guesses("copy", texts), answers) > 0.9
    assert share(guesses("copy", texts, first[1]), answers) < 0.4
    assert share(guesses("copy", texts, *what[1:]), ["h"] * 40) > 0.9
    assert share(guesses("copy", texts, *where[1:]), answers) > 0.9
    words = ["".join(draw.choices("abcdef", k=3)) for _ in range(40)]
    texts, answers = [f"{word}>{min(word)}" for word in words], [sorted(word)[1] for word in words]
    assert share(guesses("sort", texts), answers) > 0.9
    assert share(guesses("sort", texts, edit_stacks.MEASURED["sort"][0][1]), answers) < 0.5


@pytest.mark.parametrize("model", ["shakespeare", "mini", "shakespeare-bpe"])
def test_what_the_titles_of_ready_stacks_claim_of_held_out_texts(model: str) -> None:
    """The part whose silence costs most, of all heads (and MLPs, where it says so), over three texts."""
    checkpoint = shipped.loaded(model)
    config, texts = checkpoint.config, [text[:24] for text in cache.texts(model)[:3]]
    layers, heads = range(1, config.n_layer + 1), range(1, config.n_head + 1)
    stack = edit_stacks.MEASURED[model][0][1]
    parts = [f"head.{layer}.{head}.zero" for layer in layers for head in heads]
    parts += [] if stack.startswith("head") else [f"mlp.{layer}.zero" for layer in layers]

    def loss(part: str) -> float:
        made = [flows(checkpoint.model, ids, read_lines(part)).trace.logits for ids in texts]
        return sum(float(surprise(logits, ids).mean()) for logits, ids in zip(made, texts, strict=True))

    assert max(parts, key=loss) == stack


def test_what_the_titles_of_ready_stacks_claim_of_line_ends() -> None:
    """A newline's mean probability, over three texts: nearly always, and nearly never."""
    checkpoint = shipped.loaded("shakespeare")
    assert checkpoint.tokenizer.tokens[0] == "\n"
    _, more, less = edit_stacks.MEASURED["shakespeare"]
    for ids in cache.texts("shakespeare")[:3]:
        shares = [
            float(flows(checkpoint.model, ids, read_lines(stack)).trace.logits.softmax(-1)[:, 0].mean())
            for stack in ("", more[1], less[1])
        ]
        assert shares[2] < 0.01 < shares[0] < 0.1 < 0.9 < shares[1]


def test_every_ready_stack_can_be_made() -> None:
    for model in ("copy", "shakespeare", "lesson-5", "lesson-2"):
        seen = seen_of(model=model, prompt="ab")
        for title, stack, other in edit_stacks.ready(seen):
            made = seen_of(model=model, prompt="ab", edits=stack, other=other)
            assert made.flow is not None and not made.flow.left, title
