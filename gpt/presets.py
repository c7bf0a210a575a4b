"""Ready-made recipes: `python -m gpt.train --preset NAME` rebuilds what the app ships."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from gpt.config import ConfigError, GPTConfig, TrainConfig


@dataclass(frozen=True)
class Preset:
    """A named recipe: which text, which model, how it is trained, and one sentence about it."""

    corpus: str
    description: str
    model: GPTConfig
    train: TrainConfig

    @property
    def anywhere(self) -> TrainConfig:
        """As the studio offers it: in the numbers that are quick on the machine it stands on, whatever ours was."""
        return dataclasses.replace(self.train, precision="auto")


# As torch does it when nobody says otherwise, and as the tutorials do: fresh weights, AdamW, a rate that stays.
PLAIN: dict[str, Any] = {
    "init": "torch",
    "zero_projections": False,
    "weight_decay": 0.01,
    "beta2": 0.999,
    "warmup": 0,
    "schedule": "constant",
    "grad_clip": 0.0,
    "precision": "fp32",
    "storage": "fp16",
}
PRESETS = {
    "shakespeare": Preset(
        corpus="tinyshakespeare",
        description="6 layers, 6 heads, width 192: writes Shakespeare letter by letter, speakers and all.",
        model=GPTConfig(block_size=128, n_layer=6, n_head=6, n_embd=192, dropout=0.1),
        train=TrainConfig(
            steps=5_000, batch_size=32, optimizer="muon", precision="bf16", snapshots=14, storage="fp16", eval_every=250
        ),
    ),
    "mini": Preset(
        corpus="tinyshakespeare",
        description="4 layers, 4 heads, width 64: retrained in minutes, kept at many steps of its training.",
        model=GPTConfig(block_size=64, n_layer=4, n_head=4, n_embd=64),
        train=TrainConfig(
            steps=2_000, batch_size=32, optimizer="muon", precision="bf16", snapshots=26, storage="fp16", eval_every=100
        ),
    ),
    "copy": Preset(
        corpus="copy",
        description="2 layers, 2 heads, width 48: copies random letters with a head that finds what came next before.",
        model=GPTConfig(block_size=24, n_layer=2, n_head=2, n_embd=48),
        train=TrainConfig(steps=3_000, batch_size=64, optimizer="muon", precision="fp32", snapshots=5, storage="fp16"),
    ),
    "sort": Preset(
        corpus="sort",
        description="2 layers, 4 heads, width 48: sorts three letters, also when it never saw the question.",
        model=GPTConfig(block_size=24, n_layer=2, n_head=4, n_embd=48),
        train=TrainConfig(steps=600, batch_size=64, optimizer="muon", precision="fp32", snapshots=3, storage="fp16"),
    ),
    "shakespeare-bpe": Preset(
        corpus="tinyshakespeare",
        description="6 layers, 6 heads, width 192, 1,024 byte-pair tokens: writes Shakespeare piece by piece.",
        model=GPTConfig(vocab_size=1_024, block_size=128, n_layer=6, n_head=6, n_embd=192, dropout=0.1),
        train=TrainConfig(
            tokenizer="bpe",
            steps=1_000,
            batch_size=32,
            optimizer="muon",
            precision="bf16",
            snapshots=2,
            storage="fp16",
            eval_every=200,
        ),
    ),
    "race": Preset(
        corpus="shakespeare",
        description="4 layers, 4 heads, width 128: as good as nanoGPT's CPU preset in a quarter of its time.",
        model=GPTConfig(block_size=64, n_layer=4, n_head=4, n_embd=128),
        # Rates far above the usual ones, which fall from the start: the best there is in so few steps.
        train=TrainConfig(
            steps=300,
            batch_size=16,
            optimizer="muon",
            lr=0.012,
            muon_lr=0.08,
            muon_momentum=0.85,
            muon_steps=4,
            warmup=10,
            decay_from=0.0,
            init_std=0.04,
            zero_projections=False,
            eval_every=75,
        ),
    ),
    "notebook": Preset(
        corpus="tinyshakespeare",
        description="4 layers, 4 heads, width 64, each norm after its part and one more at the end: the post-norm GPT "
        "that a notebook builds, trained as torch begins it.",
        model=GPTConfig(
            block_size=32,
            n_layer=4,
            n_head=4,
            n_embd=64,
            norm="post",
            final_norm=True,
            d_ff=256,
            activation="relu",
            bias=True,
            qkv_bias=False,
            head="untied",
            dropout=0.1,
            attention_dropout=0.1,
        ),
        train=TrainConfig(steps=5_000, batch_size=16, lr=1e-3, eval_every=500, **PLAIN),
    ),
    "lecture": Preset(
        corpus="tinyshakespeare",
        description="6 layers, 6 heads, width 384, context 256, 10.77 million parameters: the lecture's last recipe. "
        "It takes a graphics card if there is one (15 minutes are told of an A100); without, it needs 6.2 GB of memory "
        "and some 13 hours of one core.",
        model=GPTConfig(
            block_size=256,
            n_layer=6,
            n_head=6,
            n_embd=384,
            activation="relu",
            head="untied",
            dropout=0.2,
            attention_dropout=0.2,
        ),
        train=TrainConfig(steps=5_000, batch_size=64, lr=3e-4, eval_every=500, device="auto", **PLAIN),
    ),
}


def preset(name: str) -> Preset:
    """The recipe of that name. Raises ConfigError, naming those that exist."""
    if name not in PRESETS:
        raise ConfigError(f"preset is {name!r}, but it must be one of {', '.join(PRESETS)}.")
    return PRESETS[name]
