"""What stands around the panels: the bar, the sentence that says what this is; and a token of one's own choice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gpt import bundled, sampling
from gpt.config import SamplingConfig
from pages.ui.board import intro
from pages.ui.state.inputs import Inputs
from tests.support import shipped
from tests.support.visitor import proto, tell, visit

PAGES = {
    "pages/explore/model.py": ("The model", "model"),
    "": ("Playground", ""),
    "pages/explore/tokens.py": ("Tokens", "tokens"),
    "pages/explore/embeddings.py": ("Embeddings", "embeddings"),
    "pages/explore/layernorm.py": ("Layer norm", "layernorm"),
    "pages/explore/attention.py": ("Attention", "attention"),
    "pages/explore/mlp.py": ("Feed-forward", "mlp"),
    "pages/explore/residual.py": ("Residual stream", "residual"),
    "pages/explore/next_token.py": ("Next token", "next_token"),
    "pages/probe/knockout.py": ("What matters", "knockout"),
    "pages/probe/edits.py": ("Edits", "edits"),
    "pages/probe/compare.py": ("Compare", "compare"),
    "pages/train/studio.py": ("Studio", "studio"),
    "pages/train/timeline.py": ("Timeline", "timeline"),
    "pages/learn/lessons.py": ("Lessons", "lessons"),
    "pages/learn/tutorials.py": ("As printed", "tutorials"),
    "pages/learn/exercises.py": ("Exercises", "exercises"),
    "pages/learn/slips.py": ("Slips", "slips"),
    "pages/learn/training_step.py": ("One training step", "training_step"),
}


def bar(app: Any) -> dict[str, Any]:
    """What the bar is sent."""
    return json.loads(proto(app, "bar").json)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_the_bar_and_is_marked_in_it(page: str) -> None:
    sent = bar(app := visit(page))
    title, path = PAGES[page]
    listed = [tuple(one) for _, pages in sent["sections"] for one in pages]
    assert listed == list(PAGES.values())
    assert sent["current"] == path
    assert sent["tour"] is (title == "Playground")
    assert not app.get("page_link"), "the browser would build each of them before it shows a picture"


def test_everything_large_is_kept_between_pages() -> None:
    app = visit(present="1", prompt="ab")
    assert bar(app)["projector"] is True
    assert json.loads(proto(app, "link").json)["link"]["present"] == "1"
    app.switch_page("pages/learn/lessons.py").run()
    assert bar(app)["projector"] is True
    tell(app, "bar", projector=False)
    assert bar(app)["projector"] is False
    assert "present" not in json.loads(proto(app.switch_page("pages/explore/playground.py").run(), "link").json)["link"]


@pytest.mark.parametrize(
    ("model", "step", "words"),
    [
        ("shakespeare", None, "has read Shakespeare letter by letter. Type"),
        ("mini", 258, "Shakespeare letter by letter, 258 steps so far"),
        ("mini", 0, "it has read nothing yet"),
        ("copy", None, "practised copying"),
        ("sort", None, "practised sorting"),
        ("lesson-2", None, "has read Shakespeare letter by letter. Type"),
    ],
)
def test_the_sentence_is_true_of_the_model(model: str, step: int | None, words: str) -> None:
    last = next(one for one in bundled.shelf() if one.name == model).steps[-1]
    said = intro.sentence(Inputs(model=model, step=last if step is None else step))
    assert words in said and said.endswith(intro.TYPE)


def test_a_token_of_ones_own_choice_is_written_with_its_probability() -> None:
    """Also one that the knobs removed; what is no token is not written."""
    text, knobs = "ROMEO:", SamplingConfig(temperature=0.8, top_k=2)
    app = visit(prompt=text, k="2")
    shares = sampling.distribution(shipped.inside(text).logits[-1], knobs).tolist()
    best = max(range(len(shares)), key=shares.__getitem__)
    out = shares.index(0)
    for n, (id_, count) in enumerate([(best, 1), (out, 2), (len(shares), 2), (-1, 2), ("x", 2), (None, 2)], 1):
        tell(app, "write", ask={"n": n, "what": "pick", "id": id_})
        assert len(json.loads(proto(app, "write").json)["written"]) == count, id_
    (first, share), (second, _) = json.loads(proto(app, "write").json)["written"]
    tokens = shipped.loaded().tokenizer.tokens
    assert (first, second) == (tokens[best], tokens[out])
    assert share == pytest.approx(shares[best], abs=5e-5)
