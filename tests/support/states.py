"""Random choices of a visitor, to be shown, linked, and opened by somebody else."""

from __future__ import annotations

from random import Random

from gpt.analysis.switches import SWITCHES
from gpt.config import SamplingConfig
from gpt.config.sampling import STEPS
from pages.ui.state.inputs import Inputs, Written
from pages.ui.state.validate import EXAMPLES, MODES, STAGES, START
from tests.support import shipped

MODELS = (shipped.DEFAULT, "mini", "copy", "sort")
PIECES = ("ROMEO:\n", "O my love", " ", "\n\n", "€", "a b c", "x" * 130, "To be, or not to be", "gacb|", "Ω mega", "?!")


def random_inputs(chance: Random, models: tuple[str, ...] = MODELS) -> Inputs:
    """Anything that a visitor can have chosen, now and then what is no longer there: a pin behind the text's end."""
    model = chance.choice(models)
    entry = shipped.shelved(model)
    loaded = shipped.loaded(model)
    config, tokens = loaded.config, loaded.tokenizer.tokens
    text = chance.choice(EXAMPLES) if chance.random() < 0.3 else "".join(chance.choices(PIECES, k=chance.randrange(4)))
    if text == START and not set(text) <= set(tokens):  # nobody types that where it is not offered
        text = ""
    drawn = [chance.randrange(len(tokens)) for _ in range(chance.choice((0, 0, 1, 3, 12)))]
    written = tuple(Written(i, tokens[i], round(chance.random(), 4)) for i in drawn)
    T = 24
    cell = (chance.choice(STAGES), chance.randrange(T), chance.randrange(T)) if chance.random() < 0.5 else None
    return Inputs(
        model=model,
        step=chance.choice(entry.steps),
        text=text,
        written=written,
        layer=chance.randrange(config.n_layer),
        head=chance.randrange(config.n_head),
        mode=chance.choice(MODES),
        norm=chance.randrange(2),
        pin=chance.randrange(T) if chance.random() < 0.5 else None,
        cell=cell,
        switches=tuple(chance.sample(list(SWITCHES), chance.choice((0, 0, 1, 2, 3)))),
        knobs=SamplingConfig(
            temperature=round(chance.uniform(0.1, 3), 2),
            top_k=chance.choice((0, 0, 1, 5, 40)),
            top_p=chance.choice((1.0, 1.0, 0.93, 0.5)),
            greedy=chance.random() < 0.2,
            seed=chance.randrange(2**32),
            min_p=chance.choice((0.0, 0.0, 0.05, 0.37)),
            repetition_penalty=chance.choice((1.0, 1.0, 1.2, 0.85)),
            order=".".join(chance.sample(tuple(STEPS), len(STEPS)) if chance.random() < 0.3 else STEPS),
        ),
    )
