"""The ladder as data: which model, how it is trained, and what other people have published. No torch.

From `mean` to `dropout` the size and the training never change, so that what a rung gains is the gain of its one new
part.
"""

from __future__ import annotations

import dataclasses

from gpt.config import GPTConfig, TrainConfig
from gpt.lessons.rung import Rung
from gpt.presets import PRESETS
from gpt.published import PUBLISHED

BIGRAM = GPTConfig(vocab_size=65, block_size=32, n_layer=0, n_head=1, n_embd=65, position="none", head="none")
HEAD = GPTConfig(
    vocab_size=65,
    block_size=32,
    n_layer=2,
    n_head=1,
    n_embd=64,
    norm="none",
    residual=False,
    feed_forward=False,
    activation="relu",
    head="untied",
)
MEAN = dataclasses.replace(HEAD, uniform_attention=True)
HEADS = dataclasses.replace(HEAD, n_head=4)
MLP = dataclasses.replace(HEADS, feed_forward=True)
RESIDUAL = dataclasses.replace(MLP, residual=True)
NORM = dataclasses.replace(RESIDUAL, norm="pre")
DROPOUT = dataclasses.replace(NORM, dropout=0.005)
GPT2 = dataclasses.replace(NORM, activation="gelu_tanh", head="tied", bias=True)

# The counted table is the best bigram there is; weight decay would pull the learned one away from it.
COUNTING = TrainConfig(
    steps=3_000, batch_size=256, lr=0.1, weight_decay=0.0, warmup=0, decay_from=0.2, init_std=1.0, precision="fp32",
    eval_every=100, eval_batches=10, storage="fp16",
)  # fmt: skip
ALIKE = TrainConfig(
    steps=2_000, batch_size=32, lr=3e-3, init_std=0.1, zero_projections=False, precision="fp32", eval_every=100,
    eval_batches=10, storage="fp16",
)  # fmt: skip


def sized(n_layer: int, n_head: int, n_embd: int) -> GPTConfig:
    """GPT-2's way at another size."""
    return dataclasses.replace(GPT2, n_layer=n_layer, n_head=n_head, n_embd=n_embd)


ATTENTION = "gpt.model:CausalSelfAttention"
JOIN, BLOCK = "gpt.model:Block.join", "gpt.model:Block.forward"

RUNGS: tuple[Rung, ...] = (
    Rung(
        1, "numbers", "Text to numbers", "every character gets a number",
        sources=(
            "gpt.tokenizers:CharTokenizer.from_text",
            "gpt.tokenizers:CharTokenizer.encode",
            "gpt.train.batches:batch",
        ),
    ),
    Rung(
        2, "bigram", "The bigram", "one table: the last character alone foretells the next", BIGRAM, COUNTING,
        published=PUBLISHED["bigram"], road=True, sources=("gpt.model:GPT.embed", "gpt.model:GPT.unembed_stream"),
    ),
    Rung(
        3, "mean", "The mean of the past", "tokens talk: each becomes the mean of all so far", MEAN, ALIKE,
        before="bigram",
        sources=tuple(f"gpt.lessons.experiments.mean:{name}" for name in ("by_loops", "weights", "by_softmax")),
    ),
    Rung(
        4, "head", "One head", "each token chooses whom it listens to", HEAD, ALIKE, before="mean",
        published=PUBLISHED["one head"], road=True, sources=(f"{ATTENTION}.forward",),
    ),
    Rung(
        5, "heads", "Many heads", "four narrow heads instead of a wide one", HEADS, ALIKE, before="head",
        published=PUBLISHED["many heads"], road=True, sources=(f"{ATTENTION}.split",),
    ),
    Rung(
        6, "mlp", "Feed-forward", "after talking, each token thinks alone", MLP, ALIKE, before="heads",
        published=PUBLISHED["+ feed-forward"], road=True, sources=("gpt.model:MLP",),
    ),
    Rung(
        7, "residual", "Residual connections", "parts add to the stream instead of replacing it", RESIDUAL, ALIKE,
        before="mlp", published=PUBLISHED["+ residual"], road=True, sources=(JOIN,),
    ),
    Rung(
        8, "norm", "Layer norm", "every part reads a levelled copy of the stream", NORM, ALIKE, before="residual",
        published=PUBLISHED["+ layer norm"], road=True, sources=("gpt.model:layer_norm", BLOCK),
    ),
    Rung(
        9, "dropout", "Dropout", "a share of the numbers is dropped while learning", DROPOUT, ALIKE, before="norm",
        road=True, sources=(JOIN,),
    ),
    Rung(
        10, "scaled", "Scaled up", "the same parts: 6 layers, 6 heads, width 192, context 128",
        PRESETS["shakespeare"].model, None, before="dropout", published=PUBLISHED["10.8 M on a GPU"], road=True,
        sources=("gpt.model:GPT.__init__",),
    ),
    Rung(
        11, "positions", "Positions", "no position vectors: order is told by the mask alone",
        dataclasses.replace(NORM, position="none"), ALIKE, before="norm", sources=("gpt.model:GPT.embed",),
    ),
    Rung(
        12, "encoder", "Encoder, decoder, cross-attention", "no mask: every token sees the future",
        dataclasses.replace(NORM, causal=False), ALIKE, before="norm",
        sources=(f"{ATTENTION}.forward", "gpt.lessons.experiments.encoder:cross_attention"),
    ),
    Rung(
        13, "pseudogpt", "PseudoGPT", "the norm stands after each part, as in 2017",
        dataclasses.replace(NORM, norm="post"), ALIKE, before="norm", sources=(JOIN,),
    ),
    Rung(
        14, "gpt2", "GPT-2's way", "tanh GELU, biases, and one table for reading and writing", GPT2, ALIKE,
        before="norm", sources=("gpt.model:MLP", "gpt.model:GPT.embed"),
    ),
)  # fmt: skip


def companion(lesson: str, before: str, name: str, changed: str, model: GPTConfig, share: float = 1.0) -> Rung:
    """A second model of a lesson, trained like the rungs, to compare with."""
    number = next(rung.number for rung in RUNGS if rung.name == lesson)
    return Rung(number, name, changed, changed, model, ALIKE, before=before, share=share, lesson=lesson)


# Second models of a lesson: other activations, too little text with and without dropout, four sizes trained alike.
COMPANIONS: tuple[Rung, ...] = (
    companion("mlp", "mlp", "mlp-gelu", "GELU instead of ReLU", dataclasses.replace(MLP, activation="gelu")),
    companion("mlp", "mlp", "mlp-solu", "SoLU instead of ReLU", dataclasses.replace(MLP, activation="solu")),
    companion("dropout", "norm", "little", "a fiftieth of the text", NORM, share=1 / 50),
    companion(
        "dropout", "little", "little-dropout", "a fiftieth of the text, and dropout",
        dataclasses.replace(NORM, dropout=0.2), share=1 / 50,
    ),
    companion("scaled", "gpt2", "size-1", "1 layer, 1 head, width 16", sized(1, 1, 16)),
    companion("scaled", "size-1", "size-2", "2 layers, 2 heads, width 32", sized(2, 2, 32)),
    companion("scaled", "size-2", "size-3", "3 layers, 4 heads, width 64", sized(3, 4, 64)),
    companion("scaled", "size-3", "size-4", "4 layers, 4 heads, width 128", sized(4, 4, 128)),
)  # fmt: skip
