"""What can be chosen about a training: its optimizer, its length, how it begins, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.config.constants import LAST_SEED
from gpt.settings import Config, setting


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
    init: str = setting(
        "normal",
        "fresh weights",
        "How weights are drawn before the first step. As torch: layers even within ±1/√inputs, tables normal(0, 1).",
        choices={"normal": "normal(0, initial spread), as GPT-2", "torch": "as torch's own layers begin"},
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
    device: str = setting(
        "cpu",
        "device",
        "What computes the steps. A run may go on with another one, and is then very close, but not bit-identical.",
        choices={
            "cpu": "the processor",
            "cuda": "a graphics card by CUDA or ROCm",
            "mps": "Apple's graphics processor",
            "auto": "a graphics card if there is one, else the processor",
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
