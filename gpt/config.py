"""What can be chosen about a model, its training and its sampling: three frozen, self-checking dataclasses.

Each field says here, once, what it may be and how it explains itself (see gpt/settings.py). `python -m gpt.config
README.md` writes the table of the model's fields into README.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from gpt.sampling_config import LAST_SEED, SamplingConfig
from gpt.settings import Config, ConfigError, need_bool, need_int, need_one_of, need_real, refuse, setting, write_table

__all__ = ["Config", "ConfigError", "need_bool", "need_int", "need_one_of", "need_real", "refuse"]
__all__ += ["GPTConfig", "SamplingConfig", "TrainConfig"]

FUSED_FROM = 512  # shorter contexts train faster with the explicit attention that the lessons show
EVAL_BATCH = 32  # windows that an evaluation looks at together


@dataclass(frozen=True)
class GPTConfig(Config):
    """One model of the whole road from a bigram table to GPT-2; each lesson changes one field.

    The defaults are GPT-2's way (pre-norm, residual, feed-forward, causal), at a size that a laptop trains.
    """

    vocab_size: int = setting(
        65,
        "vocabulary",
        "V: how many different tokens there are, as the text has them.",
        low=1,
        high=200_000,
        in_form=False,
    )
    block_size: int = setting(128, "context", "How many tokens the model sees at most.", low=1, high=8_192)
    n_layer: int = setting(6, "layers", "L: how many blocks; 0 without positions is the bigram.", low=0, high=96)
    n_head: int = setting(
        6, "heads a layer", "H: attention heads in each block; they share the width.", low=1, high=128
    )
    n_embd: int = setting(
        192, "width", "C: numbers that describe one token; each head works on D = C / H of them.", low=1, high=8_192
    )
    position: str = setting(
        "learned",
        "position",
        "How a token's place in the text is told; with none by the mask alone.",
        choices={
            "learned": "learned position vectors",
            "sinusoidal": "sinusoidal position vectors",
            "none": "no position vectors",
        },
        parts=("positions",),
    )
    norm: str = setting(
        "pre",
        "norm",
        "Where layer norm levels each token's vector: GPT-2 before a part, the 2017 Transformer after it.",
        choices={
            "pre": "layer norm before each part",
            "post": "layer norm after each part",
            "none": "no layer norm",
        },
        parts=("block",),
    )
    residual: bool = setting(
        True,
        "residual stream",
        "Each part adds to the stream; off: each part replaces it.",
        on="residual: add to the stream",
        off="no residual: replace the stream",
        parts=("join",),
    )
    feed_forward: bool = setting(
        True, "feed-forward (MLP)", "An MLP after attention, on each token alone.", off="no MLP", parts=("block",)
    )
    causal: bool = setting(
        True,
        "causal mask",
        "No token sees those after it; off: an encoder.",
        on="causal mask",
        off="no mask: sees the future",
        parts=("attention",),
    )
    attention_scale: bool = setting(
        True,
        "divide scores by √D",
        "Each q·k is divided by √D; else wide heads soon look at one token only.",
        on="scores ÷ √D",
        off="scores not divided by √D",
        parts=("attention",),
        unless="uniform_attention",
    )
    uniform_attention: bool = setting(
        False,
        "uniform attention",
        "Every allowed token gets the same weight: the mean of the past.",
        on="uniform: the mean of what is seen",
        parts=("attention",),
    )
    activation: str = setting(
        "gelu",
        "activation",
        "What an MLP's neuron makes of its sum.",
        choices={"relu": "ReLU", "gelu": "GELU", "gelu_tanh": "GELU by tanh, as GPT-2", "solu": "SoLU"},
        parts=("mlp",),
    )
    bias: bool = setting(
        False,
        "biases",
        "Biases in the linear layers and layer norms.",
        on="biases",
        off="no biases",
        parts=("block", "table"),
    )
    head: str = setting(
        "tied",
        "output table",
        "How the stream becomes logits.",
        choices={
            "tied": "logits by the token vectors (tied)",
            "untied": "logits by a table of its own",
            "none": "the stream is the logits",
        },
        parts=("output",),
    )
    dropout: float = setting(
        0.0,
        "dropout",
        "Share of the embeddings, and of what each part adds, that is zeroed by chance in training.",
        low=0.0,
        high=0.9,
        step=0.05,
        on="dropout {:g}",
        parts=("input", "join"),
    )
    attention_dropout: float = setting(
        0.0,
        "dropout of attention",
        "The same for the attention weights (slow at long contexts).",
        low=0.0,
        high=0.9,
        step=0.05,
        on="dropout {:g} of the weights",
        parts=("attention",),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
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

    tokenizer: str = setting(
        "char", "tokens", "What the text is cut into.", choices={"char": "characters", "bpe": "merged pairs of bytes"}
    )
    steps: int = setting(2_000, "steps", "Optimizer steps in all.", low=1, high=10_000_000)
    batch_size: int = setting(
        32, "sequences a step", "Sequences a step; tokens a step = batch_size * block_size.", low=1, high=65_536
    )
    optimizer: str = setting(
        "adamw",
        "optimizer",
        "How gradients become steps: AdamW by the usual size of each number's gradient; Muon makes a matrix's step "
        "equally strong in all directions, and learns in fewer steps.",
        choices={"adamw": "AdamW for all weights", "muon": "Muon for the matrices of the blocks, AdamW for the rest"},
    )
    lr: float = setting(3e-3, "learning rate (AdamW)", "AdamW's peak learning rate.", low=1e-9, high=100.0)
    muon_lr: float = setting(0.02, "learning rate (Muon)", "Muon's peak learning rate.", low=1e-9, high=100.0)
    muon_momentum: float = setting(
        0.95, "momentum (Muon)", "How much of its last direction Muon keeps.", low=0.0, high=0.999999, in_form=False
    )
    muon_steps: int = setting(
        5, "iterations (Muon)", "Steps of Newton and Schulz that make it orthogonal.", low=1, high=20, in_form=False
    )
    weight_decay: float = setting(0.1, "weight decay", "Decay of the matrices towards zero.", low=0.0, high=10.0)
    beta2: float = setting(0.99, "beta2", "AdamW's second momentum.", low=0.0, high=0.999999)
    warmup: int = setting(100, "warm-up", "Steps of linear warm-up of the learning rate.", low=0, high=1_000_000)
    schedule: str = setting(
        "linear",
        "schedule",
        "The learning rate after the warm-up.",
        choices={"constant": "stays", "cosine": "falls to a tenth along a cosine", "linear": "falls to zero"},
    )
    decay_from: float = setting(
        0.4, "rate falls from", "Linear: the share of the run after which the rate falls.", low=0.0, high=1.0, step=0.05
    )
    grad_clip: float = setting(
        1.0, "gradient clipping", "A gradient's norm is cut to this; 0 is off.", low=0.0, high=1e6
    )
    init_std: float = setting(
        0.02,
        "initial spread",
        "The standard deviation of fresh weights: 0.02 is GPT-2's; torch's own layers, as in the lecture, start with "
        "1/√(3·width), 0.1 at width 32.",
        low=0.0,
        high=10.0,
    )
    zero_projections: bool = setting(
        True,
        "zero projections",
        "What each part adds to the stream starts at zero; off, as in the lecture, it starts like other weights.",
    )
    precision: str = setting(
        "auto",
        "precision",
        "The numbers in which linear layers compute; everything else is in fp32. A run keeps what it began with.",
        choices={
            "auto": "the quicker one on this machine, as a probe finds when the run begins",
            "fp32": "32 bits",
            "bf16": "bfloat16, 16 bits: fast where the processor knows it, very slow elsewhere",
        },
    )
    eval_every: int = setting(
        250,
        "evaluate every",
        "Steps between evaluations on the validation split.",
        low=1,
        high=10_000_000,
        in_form=False,
    )
    eval_batches: int = setting(
        20, "batches evaluated", "Batches of each split that an evaluation looks at.", low=1, high=10_000, in_form=False
    )
    snapshots: int = setting(
        24,
        "kept steps",
        "How many log-spaced steps are kept; step 0 and the last always are.",
        low=2,
        high=1_000,
        in_form=False,
    )
    storage: str = setting(
        "fp32",
        "storage",
        "How the numbers of kept steps are written.",
        choices={"fp32": "as they are", "fp16": "rounded to 16 bits: half the size"},
        in_form=False,
    )
    save_every: int = setting(
        250, "save every", "Steps between states from which the run can resume.", low=1, high=10_000_000, in_form=False
    )
    seed: int = setting(1337, "seed", "Where chance begins: the same seed gives the same run.", low=0, high=LAST_SEED)
    threads: int = setting(
        1, "threads", "Threads of torch; another number gives other bits.", low=1, high=256, in_form=False
    )


def words(kind: type[Config], field: str) -> tuple[str, ...]:
    """The words that a field knows."""
    return tuple(kind.settings()[field].choices)


ACTIVATIONS = words(GPTConfig, "activation")
SCHEDULES, STORAGES = words(TrainConfig, "schedule"), words(TrainConfig, "storage")

if __name__ == "__main__":
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="python -m gpt.config", description="Write the table of the fields into a file.")
    parser.add_argument("file", type=Path, help="a Markdown file that holds the table's marks, as README.md does")
    try:
        write_table(parser.parse_args().file, GPTConfig)
    except (OSError, ValueError) as error:
        sys.exit(f"The table was not written: {error}")
