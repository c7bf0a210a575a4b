"""A tokenizer that fulfils the protocol works on every page, whatever its tokens are: here two characters each."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from torch import Generator

from gpt import checkpoint
from gpt.analysis import mlp
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.runs import Run
from gpt.storage.step_files import step_name
from gpt.trace import trace
from pages.ui import cache
from pages.ui.derived import search as searches
from tests.support.pairs import PairTokenizer, known
from tests.support.visitor import AppTest, clean, only_bundled, proto, tell, type_in, unpack, visit

PAIRS = PairTokenizer(tuple("".join(two) for two in itertools.product("abc ", repeat=2)))
CONFIG = GPTConfig(vocab_size=len(PAIRS.tokens), block_size=6, n_layer=2, n_head=2, n_embd=8)
MODEL = GPT(CONFIG, Generator().manual_seed(1), std=0.5).eval().requires_grad_(False)
PLAYGROUND, ATTENTION = "pages/explore/playground.py", "pages/explore/attention.py"


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The bundled models, and a run whose model reads pairs."""
    folder = tmp_path_factory.mktemp("runs")
    with known(), only_bundled(folder):
        run = Run(folder / "pairs")
        run.create({"name": "pairs", "model": CONFIG.to_json(), "corpus": "pairs", "train": {}})
        checkpoint.save(run.steps / step_name(1), MODEL, PAIRS)
        cache.forget_offered()
        yield


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


def agrees(app: AppTest, ids: list[int]) -> None:
    """Tokens, weights and logits are those of a pass over these ids."""
    inside = trace(MODEL, ids)
    told = sent(app, "tokens")
    assert told["tokens"] == [PAIRS.tokens[i] for i in ids]
    low = inside.pattern[..., *np.tril_indices(len(ids))].numpy()  # (L, H, T (T + 1) / 2)
    assert np.abs(sent(app, "heads")["pattern"].reshape(low.shape) / 65535 - low).max() <= 1e-5


@pytest.mark.parametrize("page", [PLAYGROUND, ATTENTION])
def test_chips_are_tokens_and_what_is_no_token_is_struck_through(page: str) -> None:
    app = visit(page, model="pairs", prompt="ab€cax")
    agrees(app, PAIRS.encode("abca"))
    assert sent(app, "tokens")["chips"] == [["ab", 0], ["€", -1], ["ca", 1], ["x", -1]]
    assert "“€” “x”" in sent(app, "prompt")["note"]
    app = type_in(app, "ab" * 9 + "c")
    agrees(app, PAIRS.encode("ab" * 6))
    assert sent(app, "tokens")["hidden"] == 3 and sent(app, "tokens")["chips"][-1] == ["c", -1]
    app = tell(app, "tokens", view={"layer": 1, "head": 1, "mode": "max", "pin": 5})
    assert app.session_state["inputs"].pin == 5
    app.session_state["The numbers behind the pictures"] = True
    clean(app.run())
    clean(type_in(app, "x", 2))


def test_writing_goes_on_in_tokens_and_the_link_keeps_them() -> None:
    """The odd character behind the prompt stays what it is: what is written does not melt with it."""
    app = visit(PLAYGROUND, model="pairs", prompt="abc")
    for n in (1, 2, 3):
        app = tell(app, "write", ask={"n": n, "what": "token"})
    written = [token.id for token in app.session_state["inputs"].written]
    assert len(written) == 3
    agrees(app, [*PAIRS.encode("ab"), *written])
    assert sent(app, "tokens")["chips"][:2] == [["ab", 0], ["c", -1]] and sent(app, "tokens")["written"] == 1
    assert sent(app, "prompt")["text"] == "abc" + PAIRS.decode(written)
    link = sent(app, "link")["link"]
    again = visit(PLAYGROUND, **link)
    for panel in ("tokens", "heads", "next", "write"):
        told = (sent(one, panel) for one in (app, again))
        one, other = ({k: v for k, v in values.items() if k not in ("n", "rev")} for values in told)
        assert str(one) == str(other), panel


def test_it_is_worked_out_like_any_other() -> None:
    app = visit(ATTENTION, model="pairs", prompt="ab bca", cell="z.2.1")
    assert sent(app, "worked")["difference"] <= 1e-5 and "“·b”" in str(sent(app, "worked")["terms"])


def test_an_example_that_it_cannot_read_is_not_offered() -> None:
    app = visit(PLAYGROUND, model="pairs")
    assert sent(app, "prompt")["examples"] == [] and not app.exception


def test_neurons_push_tokens_of_several_characters() -> None:
    """Typed tokens are found, pushes are of the whole vocabulary; its text is on no shelf, and that is said."""
    app = visit("pages/explore/mlp.py", model="pairs", prompt="abca", toward="b", number="push", neuron="3", layer="2")
    told = sent(app, "fires")
    pushes = mlp.pushes(MODEL, 1, 2)
    best = int(pushes.argmax())
    assert told["up"][0] == [PAIRS.tokens[best], pytest.approx(float(pushes[best]), abs=1e-6)]
    assert sent(app, "pushers")["token"] in PAIRS.tokens
    searches.job("pairs", 1).work()
    app = tell(app, "neurons", choice={"look": "1"})
    assert sent(app, "fires")["found"] == sent(app, "habits")["found"] == searches.MISSING
