"""What can be chosen about a model, its training and its sampling: three frozen, self-checking dataclasses.

Only the standard library is needed here, so a page can validate a form without importing torch.
Bad values raise `ConfigError`, a `ValueError` whose one sentence names the field, the value and what would do.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

POSITIONS = ("learned", "sinusoidal", "none")
NORMS = ("pre", "post", "none")
ACTIVATIONS = ("relu", "gelu", "gelu_tanh", "solu")
HEADS = ("tied", "untied", "none")
OPTIMIZERS = ("adamw", "muon")
SCHEDULES = ("constant", "cosine", "linear")
PRECISIONS = ("fp32", "bf16")
STORAGES = ("fp32", "fp16")


class ConfigError(ValueError):
    """A setting that cannot work; the message is one sentence fit for the page."""


def refuse(field: str, value: object, wanted: str) -> ConfigError:
    """The one sentence every refusal uses: which field, what it was, what would do."""
    return ConfigError(f"{field} is {value!r}, but it must be {wanted}.")


def need_int(field: str, value: object, low: int, high: int) -> None:
    """Refuse anything but a whole number in [low, high] (True and False are not numbers here)."""
    if type(value) is not int or not low <= value <= high:
        raise refuse(field, value, f"a whole number from {low:,} to {high:,}")


def need_real(field: str, value: object, low: float, high: float) -> None:
    """Refuse anything but a finite number in [low, high]."""
    ok = isinstance(value, int | float) and not isinstance(value, bool)
    if not ok or not low <= value <= high:  # type: ignore[operator] # NaN is in no range
        raise refuse(field, value, f"a number from {low:g} to {high:g}")


def need_bool(field: str, value: object) -> None:
    """Refuse anything but True or False."""
    if type(value) is not bool:
        raise refuse(field, value, "True or False")


def need_one_of(field: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse anything outside the listed words."""
    if value not in choices:
        raise refuse(field, value, "one of " + ", ".join(choices))


class Config:
    """To and from plain JSON values, strictly: an unknown field is refused, never ignored."""

    def to_json(self) -> dict[str, Any]:
        """The fields as a dict of JSON values."""
        return dataclasses.asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, values: object) -> Self:
        """Build from `to_json`'s dict. Raises ConfigError for anything unknown or out of range."""
        if not isinstance(values, dict):
            raise ConfigError(f"{cls.__name__} must be a JSON object, not {type(values).__name__}.")
        known = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
        for name in values:
            if name not in known:
                raise refuse(str(name), values[name], "left out: no such field; known are " + ", ".join(sorted(known)))
        return cls(**values)


@dataclass(frozen=True)
class GPTConfig(Config):
    """One model of the whole road from a bigram table to GPT-2; each lesson changes one field.

    The defaults are GPT-2's way (pre-norm, residual, feed-forward, causal), at a size that a laptop trains.
    """

    vocab_size: int = 65  # V: how many different tokens there are
    block_size: int = 128  # the context: how many tokens the model sees at most
    n_layer: int = 6  # L: how many blocks; 0 without positions is the bigram
    n_head: int = 6  # H: attention heads in each block
    n_embd: int = 192  # C: numbers that describe one token; each head works on D = C / H of them
    position: str = "learned"  # learned table, fixed sinusoids, or none (then order is told by the mask alone)
    norm: str = "pre"  # layer norm before each part (GPT-2), after it (the 2017 Transformer), or none
    residual: bool = True  # parts add to the stream; off: each part replaces it
    feed_forward: bool = True  # the MLP after attention
    causal: bool = True  # no token sees the future; off: an encoder
    attention_scale: bool = True  # divide q·k by sqrt(D)
    uniform_attention: bool = False  # every allowed token gets the same weight: the mean of the past
    activation: str = "gelu"  # relu, gelu (exact, erf), gelu_tanh (GPT-2's), solu
    bias: bool = False  # biases in the linear layers and layer norms
    head: str = "tied"  # the output table: the token table itself, one of its own, or none (the stream is the logits)
    dropout: float = 0.0  # on the embeddings and on what each part adds
    attention_dropout: float = 0.0  # on the attention weights (slow at long contexts)

    def __post_init__(self) -> None:
        need_int("vocab_size", self.vocab_size, 1, 200_000)
        need_int("block_size", self.block_size, 1, 8_192)
        need_int("n_layer", self.n_layer, 0, 96)
        need_int("n_head", self.n_head, 1, 128)
        need_int("n_embd", self.n_embd, 1, 8_192)
        need_one_of("position", self.position, POSITIONS)
        need_one_of("norm", self.norm, NORMS)
        need_one_of("activation", self.activation, ACTIVATIONS)
        need_one_of("head", self.head, HEADS)
        for name in ("residual", "feed_forward", "causal", "attention_scale", "uniform_attention", "bias"):
            need_bool(name, getattr(self, name))
        need_real("dropout", self.dropout, 0.0, 0.9)
        need_real("attention_dropout", self.attention_dropout, 0.0, 0.9)
        if self.n_embd % self.n_head:
            fits = max(h for h in range(1, self.n_head + 1) if self.n_embd % h == 0)
            wanted = f"divisible by n_head = {self.n_head} (say {self.n_head * max(1, self.n_embd // self.n_head)}, "
            raise refuse(
                "n_embd", self.n_embd, f"{wanted}or n_head {fits}): each head works on n_embd / n_head numbers"
            )
        if self.head == "none" and self.n_embd != self.vocab_size:
            raise refuse(
                "n_embd", self.n_embd, f"vocab_size = {self.vocab_size} when head is 'none': the stream is the logits"
            )

    @property
    def head_size(self) -> int:
        """D: how many numbers one head works on."""
        return self.n_embd // self.n_head


@dataclass(frozen=True)
class TrainConfig(Config):
    """How a model is trained. The defaults are the tutorials' AdamW; Muon is faster."""

    steps: int = 2_000  # optimizer steps in all
    batch_size: int = 32  # sequences a step; tokens a step = batch_size * block_size
    optimizer: str = "adamw"  # adamw, or muon (matrices of the blocks by Muon, the rest by AdamW)
    lr: float = 3e-3  # AdamW's peak learning rate
    muon_lr: float = 0.02  # Muon's peak learning rate
    weight_decay: float = 0.1  # decay of the matrices
    beta2: float = 0.99  # AdamW's second momentum
    warmup: int = 100  # steps of linear warm-up
    schedule: str = "linear"  # after the warm-up: constant, cosine to a tenth, or linear to zero
    decay_from: float = 0.4  # linear: the share of the run after which the rate falls
    grad_clip: float = 1.0  # the gradient's length is cut to this; 0 is off
    init_std: float = 0.02  # the spread of fresh weights
    zero_projections: bool = True  # what each part adds to the stream starts at zero
    precision: str = "fp32"  # bf16: linear layers in bfloat16, everything else in fp32
    eval_every: int = 250  # steps between evaluations on the validation split
    eval_batches: int = 20  # batches of each split that an evaluation looks at
    snapshots: int = 24  # how many log-spaced steps are kept (step 0 and the last one always are)
    storage: str = "fp32"  # how the kept steps are written: fp16 halves them
    save_every: int = 250  # steps between states from which the run can resume
    seed: int = 1337
    threads: int = 1  # torch threads; another number gives other bits

    def __post_init__(self) -> None:
        need_int("steps", self.steps, 1, 10_000_000)
        need_int("batch_size", self.batch_size, 1, 65_536)
        need_one_of("optimizer", self.optimizer, OPTIMIZERS)
        need_real("lr", self.lr, 1e-9, 100.0)
        need_real("muon_lr", self.muon_lr, 1e-9, 100.0)
        need_real("weight_decay", self.weight_decay, 0.0, 10.0)
        need_real("beta2", self.beta2, 0.0, 0.999999)
        need_int("warmup", self.warmup, 0, 1_000_000)
        need_one_of("schedule", self.schedule, SCHEDULES)
        need_real("decay_from", self.decay_from, 0.0, 1.0)
        need_real("grad_clip", self.grad_clip, 0.0, 1e6)
        need_real("init_std", self.init_std, 0.0, 10.0)
        need_bool("zero_projections", self.zero_projections)
        need_one_of("precision", self.precision, PRECISIONS)
        need_int("eval_every", self.eval_every, 1, 10_000_000)
        need_int("eval_batches", self.eval_batches, 1, 10_000)
        need_int("snapshots", self.snapshots, 2, 1_000)
        need_one_of("storage", self.storage, STORAGES)
        need_int("save_every", self.save_every, 1, 10_000_000)
        need_int("seed", self.seed, 0, 2**32 - 1)  # torch's CPU generator looks at 32 bits only
        need_int("threads", self.threads, 1, 256)


@dataclass(frozen=True)
class SamplingConfig(Config):
    """How the next token is drawn from the logits, in this order: temperature, top-k, top-p, renormalise."""

    temperature: float = 1.0  # above 1 flattens, below 1 sharpens
    top_k: int | None = 0  # keep the k likeliest; 0 or None keeps all
    top_p: float = 1.0  # then keep the fewest that hold this much probability; 1 keeps all
    greedy: bool = False  # always the likeliest, the lowest id on a tie
    seed: int = 1337

    def __post_init__(self) -> None:
        need_real("temperature", self.temperature, 0.01, 100.0)
        if self.top_k is not None:
            need_int("top_k", self.top_k, 0, 1_000_000)
        need_real("top_p", self.top_p, 0.0, 1.0)
        need_bool("greedy", self.greedy)
        need_int("seed", self.seed, 0, 2**32 - 1)  # torch's CPU generator looks at 32 bits only
