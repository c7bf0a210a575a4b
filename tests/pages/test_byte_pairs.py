"""A model of byte pairs on every page: tokens of several characters, parts of one, and the most tokens there may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from torch import Generator

from gpt import checkpoint
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.runs import Run
from gpt.storage.step_files import step_name
from gpt.tokenizers import MAX_VOCABULARY, BPETokenizer
from gpt.trace import trace
from pages.ui import cache
from pages.ui.state.reading import count
from tests.support import ROOT
from tests.support.visitor import AppTest, clean, only_bundled, proto, tell, type_in, unpack, visit

TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo?\nDeny thy father and refuse thy name. 漢字漢字\n" * 9
SOME = BPETokenizer.train(TEXT, 300)
MOST = BPETokenizer(tuple((i // 256, i % 256) for i in range(MAX_VOCABULARY - 256)))
PLAYGROUND, TIMELINE, STUDIO = "pages/explore/playground.py", "pages/train/timeline.py", "pages/train/studio.py"
PAGES = [*sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages" / "explore").glob("*.py")), TIMELINE]
RECORD = {
    "corpus": "shakespeare",
    "losses": [
        {"step": 0, "train": 5.7, "val": 5.7, "train_char": 2.7, "val_char": 2.8},
        {"step": 1, "train": 4.5, "val": 4.6, "train_char": 2.1, "val_char": 2.3},
    ],
}


def model(tokenizer: BPETokenizer) -> GPT:
    """A small one of these tokens."""
    config = GPTConfig(vocab_size=tokenizer.vocab_size, block_size=64, n_layer=2, n_head=2, n_embd=8)
    return GPT(config, Generator().manual_seed(1), std=0.5).eval().requires_grad_(False)


MODELS = {"some": (SOME, model(SOME)), "most": (MOST, model(MOST))}


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The bundled models, and two runs of byte pairs."""
    folder = tmp_path_factory.mktemp("runs")
    with only_bundled(folder):
        for name, (tokenizer, made) in MODELS.items():
            run = Run(folder / name)
            run.create({"name": name, "model": made.config.to_json(), "corpus": "shakespeare", "train": {}})
            for step in (0, 1):
                checkpoint.save(run.steps / step_name(step), made, tokenizer, step, RECORD)
        cache.forget_offered()
        yield


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_it(page: str) -> None:
    tokenizer, _ = MODELS["most"]
    app = visit(page, model="most", prompt="Romeo, a € 漢! " * 9)
    assert app.session_state["inputs"].model == "most"
    ids = tokenizer.encode(app.session_state["inputs"].text)[-64:]
    assert proto(app, "prompt") and count(app.session_state["inputs"]) == len(ids)
    app.session_state["The numbers behind the pictures"] = True
    clean(app.run())
    clean(type_in(app, "€"))


def test_parts_of_a_character_are_seen_pinned_written_and_linked() -> None:
    tokenizer, made = MODELS["some"]
    app = visit(PLAYGROUND, model="some", prompt="Romeo €")
    told, ids = sent(app, "tokens"), tokenizer.encode("Romeo €")
    assert told["tokens"][-3:] == ["<0xE2>", "<0x82>", "<0xAC>"] and told["chips"] == []
    assert "€" not in sent(app, "prompt")["note"]  # nothing was left out
    app = tell(app, "tokens", view={"layer": 1, "head": 1, "mode": "head", "pin": len(ids) - 2})
    byte = tokenizer.encode("ü")
    for n, token in enumerate((*byte, byte[0]), 1):
        app = tell(app, "write", ask={"n": n, "what": "pick", "id": token})
    assert sent(app, "prompt")["text"] == "Romeo €ü\ufffd"  # two bytes make a character, one alone makes none
    assert [text for text, _ in sent(app, "write")["written"]] == ["<0xC3>", "<0xBC>", "<0xC3>"]
    again = visit(PLAYGROUND, **sent(app, "link")["link"])
    assert sent(again, "tokens")["tokens"] == [tokenizer.tokens[i] for i in (*ids, *byte, byte[0])]
    assert again.session_state["inputs"].pin == len(ids) - 2
    inside = trace(made, [*ids, *byte, byte[0]])
    assert np.abs(sent(again, "next")["logits"].reshape(inside.logits.shape) - inside.logits.numpy()).max() <= 1e-5


def test_of_very_many_tokens_the_last_places_travel_and_the_pin() -> None:
    tokenizer, made = MODELS["most"]
    text = "Romeo, Romeo! wherefore art thou"
    app = visit(PLAYGROUND, model="most", prompt=text)
    logits = trace(made, tokenizer.encode(text)).logits.numpy()
    told = sent(app, "next")
    rows = told["logits"].reshape(-1, MAX_VOCABULARY)
    assert len(rows) == told["U"] <= 4 and np.abs(rows - logits[told["start"] :]).max() <= 1e-5
    app = tell(app, "tokens", view={"layer": 0, "head": 0, "mode": "head", "pin": 3})
    told = sent(app, "next")
    assert told["query"] == 3 and np.abs(told["before"] - logits[3]).max() <= 1e-5
    found = sent(app, "map")
    assert len(found["neighbours"]) == len(found["vocabulary"]) == found["V"] == 1_024
    assert "the first 1,024 (of 8,192) tokens" in found["sentences"][1]


def test_losses_are_told_in_nats_a_character() -> None:
    app = visit(TIMELINE, model="some")
    assert sent(app, "timeline")["losses"] == [[0, 2.8, 2.7], [1, 2.3, 2.1]]
    examples = sent(visit(PLAYGROUND, model="some"), "prompt")["examples"]
    assert "ROMEO:" in examples and "cab>" not in examples  # a token for each byte is no habit of such texts


def test_the_studio_offers_byte_pairs_with_their_cost() -> None:
    app = visit(STUDIO)
    app.selectbox(key="new-mini-tokenizer").set_value("bpe").run()
    app.number_input(key="new-mini-vocab_size").set_value(512)
    clean(app.run())
    said = " ".join(text.value for text in app.markdown)
    assert "512 tokens × width 64 = 32,768 numbers" in said and "tokenizer char → bpe" in said
    assert "token vectors, 512 × 64" in str(sent(app, "diagram"))
    app.number_input(key="new-mini-vocab_size").set_value(100)
    app.run()
    assert "for byte pairs it must be a whole number from 256 to 8,192" in app.warning[0].value.replace("\\", "")
