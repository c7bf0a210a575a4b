"""How the next token is drawn: every knob between logits and a token, and the order in which they act."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.config.constants import LAST_SEED
from gpt.settings import Config, setting

# The steps from logits to what may be drawn, in the usual order, each with what it does.
STEPS = {
    "penalty": "tokens that are there already lose",
    "temperature": "divide by the temperature",
    "top-k": "keep the k likeliest",
    "top-p": "keep the fewest that hold p",
    "min-p": "keep what is not far below the likeliest",
}
Order = str  # all of STEPS, each once, with dots between: "penalty.temperature.top-k.top-p.min-p"


@dataclass(frozen=True)
class SamplingConfig(Config):
    """How the next token is drawn from the logits: repetition penalty, temperature, top-k, top-p, min-p, renormalise.

    That is the usual order, also `transformers`'; `order` may say another. With the other fields at their defaults, a
    step does nothing.
    """

    temperature: float = setting(
        1.0, "temperature", "Above 1 flattens the distribution, below 1 sharpens it.", low=0.01, high=100.0
    )
    top_k: int | None = setting(0, "top-k", "Keep the k likeliest; 0 keeps all.", low=0, high=1_000_000, optional=True)
    top_p: float = setting(
        1.0, "top-p", "Then keep the fewest that hold this much probability; 1 keeps all.", low=0.0, high=1.0
    )
    greedy: bool = setting(False, "greedy", "Always the likeliest, the lowest id on a tie.")
    seed: int = setting(1337, "seed", "Where chance begins: the same seed draws the same.", low=0, high=LAST_SEED)
    min_p: float = setting(
        0.0, "min-p", "Then keep what is at least this share of the likeliest; 0 keeps all.", low=0.0, high=1.0
    )
    repetition_penalty: float = setting(
        1.0, "repetition penalty", "Above 1, tokens that the model reads already become rarer.", low=0.1, high=10.0
    )
    order: Order = setting(
        ".".join(STEPS), "order of the steps", "Which step comes first.", choices=STEPS, ordered=True
    )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps in their order."""
        return tuple(self.order.split("."))
