"""What can be chosen about a model: the switches of the whole road from a bigram table to GPT-2."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.settings import Config, refuse, setting


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
            "index": "the index added to every number",
            "index_scaled": "the index ÷ the context added to every number",
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
    final_norm: bool = setting(
        False,
        "a final norm, too",
        "One more layer norm before the output, which pre-norm always has, also where each block ends with its own.",
        on="a final norm all the same",
        parts=("final",),
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
    d_ff: int = setting(
        0, "neurons a layer", "N: how wide the MLP is inside; 0 is the usual 4 · width.", low=0, high=65_536
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
    qkv_bias: bool = setting(
        True,
        "biases of q, k and v",
        "Where there are biases, queries, keys and values have them, too; off, as in the lecture.",
        off="none for q, k, v",
        parts=("biases",),
    )
    output_bias: bool = setting(
        False,
        "bias of the output",
        "A bias for each token's logit, also where the layers have none or the output table is the token table.",
        on="a bias for each logit",
        parts=("logits",),
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

    @property
    def neurons(self) -> int:
        """N: how many neurons an MLP has."""
        return self.d_ff or 4 * self.n_embd

    @property
    def has_final_norm(self) -> bool:
        """Whether the stream is levelled once more before the output table."""
        return self.n_layer > 0 and (self.norm == "pre" or (self.norm == "post" and self.final_norm))

    @property
    def has_output_bias(self) -> bool:
        """Whether a logit has a bias: its own switch, or that of every layer, which a tied table does without."""
        return self.head != "none" and (self.output_bias or (self.bias and self.head == "untied"))
