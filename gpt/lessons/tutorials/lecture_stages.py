"""The lecture's model, part after part, trained as it is there: what each stage costs on text that it never read."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.figures.chart import Axis, Chart, Series
from gpt.lessons.experiments import bigram, numbers
from gpt.lessons.tutorials import stages
from gpt.lessons.tutorials.default_init import linear
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.train_stages import fresh, loss_of, losses
from gpt.lessons.tutorials.writing import beside
from gpt.model import MLP, Block, CausalSelfAttention
from gpt.published import PUBLISHED, SMALL
from gpt.train.initial import as_torch

NAMES = {one.name: one for one in stages.STAGES}
SHAPE_SEEDS = Turn("seed", "Seed of the fresh model", tuple(map(str, stages.SEEDS)))


def stage(name: str, seed: int) -> tuple[tuple[int, ...], int, float]:
    """A stage's fresh model on the first batch: shape of its logits, its parameters, and its loss."""
    model, _ = fresh(NAMES[name], seed)
    batch = numbers.lecture_batch()
    with torch.no_grad():
        shape = tuple(model(batch.inputs).shape)
        loss = loss_of(model, batch.inputs, batch.targets).item()
    return shape, sum(weight.numel() for weight in model.parameters()), loss


def mean(values: tuple[float, ...]) -> float:
    """The mean of a few losses."""
    return sum(values) / len(values)


def shown(values: tuple[float, ...]) -> str:
    """A loss for each seed."""
    return ", ".join(f"{value:.3f}" for value in values)


def ladder(upto: str) -> Picture:
    """The stages so far, a dot for each seed."""
    names = [one.name for one in stages.STAGES]
    names = names[: names.index(upto) + 1]
    ticks = [(float(i), NAMES[name].name) for i, name in enumerate(names)]
    series = [
        Series(f"seed {seed}", list(range(len(names))), [stages.measured(name)[i] for name in names], "dots", i, i)
        for i, seed in enumerate(stages.SEEDS)
    ]
    figure = Chart(Axis("stage", ticks=ticks), Axis("loss (nats a character)", form=".3f"), series, (), 320)
    told = "; ".join(f"{name} {mean(stages.measured(name)):.3f}" for name in names)
    return Picture(f"lecture-{upto}", figure, f"Mean of three seeds on the last tenth of the text: {told}.")


def told(name: str, before: str) -> str:
    """What a stage costs beside the one before."""
    now, then = stages.measured(name), stages.measured(before)
    word = "less" if mean(now) < mean(then) else "more"
    return (
        f"Trained for {stages.STEPS:,} steps with seeds {', '.join(map(str, stages.SEEDS))} it costs {shown(now)} on "
        f"the last tenth; without this ({before}) {shown(then)}: {abs(mean(now) - mean(then)):.3f} {word} in the mean."
    )


def published(name: str, of: str) -> str:
    """Why a published loss is another one."""
    ours = mean(stages.measured(name))
    return (
        f"it was measured by {PUBLISHED[of].source} on batches drawn by chance, with biases and dice of their own; "
        f"ours is the mean of three seeds, {ours:.3f}, on windows spread over the whole last tenth"
    )


def outcome(name: str, before: str, of: str = "", more: tuple[str, ...] = ()) -> Outcome:
    """What there is to say of a stage."""
    rows = ()
    if of:
        ours = f"{mean(stages.measured(name)):.2f}"
        rows = (beside(f"loss on the last tenth, {SMALL}", f"{PUBLISHED[of].loss:.2f}", ours, published(name, of)),)
    return Outcome(rows, (*more, told(name, before)), (ladder(name),))


def embedding(turned: Turned) -> Outcome:
    """The bigram through 32 numbers."""
    shape, count, loss = stage("embedding", int(turned["seed"]))
    with_table = bigram.fresh_table(bigram.lecture_dice()).token_embedding.weight.numel()
    costs = shown(stages.measured("embedding"))
    said = (
        f"Two tables, 65 x 32 and 32 x 65, hold {count:,} numbers in the place of {with_table:,}. The logits have "
        f"shape {shape}, and the fresh model costs {loss:.4f} on the first batch.",
        f"It still sees one character only. Trained for {stages.STEPS:,} steps with three seeds it costs {costs} on "
        f"the last tenth; the full table, after 10,000 steps, {stages.recorded()['bigram'][0]['loss']:.3f}.",
    )
    return Outcome(said=said)


def positions(turned: Turned) -> Outcome:
    """A vector for each of the eight places."""
    seed = int(turned["seed"])
    shape, count, loss = stage("positions", seed)
    _, before, _ = stage("embedding", seed)
    return outcome(
        "positions", "embedding",
        more=(f"{count - before} numbers more, 8 x 32; fresh it costs {loss:.4f} on the first batch. A bigram has no "
              "use for places: what comes next does not hang on how far into a window it stands.",),
    )  # fmt: skip


def head(turned: Turned) -> Outcome:
    """One head of 32."""
    _, count, loss = stage("head", int(turned["seed"]))
    return outcome("head", "positions", "one head", (f"{count:,} numbers; fresh it costs {loss:.4f}.",))


def heads(turned: Turned) -> Outcome:
    """Four heads of 8."""
    seed = int(turned["seed"])
    _, count, loss = stage("heads", seed)
    _, one, _ = stage("head", seed)
    same = "as many" if count == one else "not as many"
    more = (
        f"Four heads of 8 learn {count:,} numbers, {same} as one head of 32: they share the width. Fresh, they cost "
        f"{loss:.4f} on the first batch."
    )
    return outcome("heads", "head", "many heads", (more,))


def feed_forward(turned: Turned) -> Outcome:
    """32 neurons first; 4 x 32 once there is a residual stream."""
    seed = int(turned["seed"])
    _, narrow, loss = stage("mlp", seed)
    _, without, _ = stage("heads", seed)
    wide, thin = stages.measured("wide"), stages.measured("residual")
    more = (
        f"From 32 to 32 it has {narrow - without:,} numbers, two matrices of 32 x 32. With 4 x 32 neurons it has four "
        f"times as many, {4 * (narrow - without):,}. Fresh, the model costs {loss:.4f} on the first batch.",
        f"Four times as wide, in the three blocks with a residual stream, it costs {shown(wide)} against "
        f"{shown(thin)}.",
    )
    return outcome("mlp", "heads", "+ feed-forward", more)


def blocks(turned: Turned) -> Outcome:
    """Three blocks in a row, without and with the addition."""
    if turned["stream"] == "with x +":
        more = (
            f"Without the addition the same three blocks cost {shown(stages.measured('blocks'))}; with it, the layers "
            f"as narrow as they were, {shown(stages.measured('residual'))}. The lecture widens them in the same step.",
        )
        return outcome("wide", "blocks", "+ residual", more)
    return outcome("blocks", "mlp")


def levelled(turned: Turned) -> Outcome:
    """Layer norm before each part."""
    _, count, loss = stage("norm", int(turned["seed"]))
    return outcome(
        "norm", "wide", "+ layer norm", (f"{count:,} numbers; fresh it costs {loss:.4f} on the first batch.",)
    )


# ---- how a layer begins


def begins(fan_in: int, seed: int) -> tuple[Tensor, float, float]:
    """Fresh weights (fan_in, fan_in), their bound, and their spread."""
    drawn = linear(fan_in, fan_in, torch.Generator().manual_seed(seed))  # (C, C)
    return drawn, fan_in**-0.5, float(drawn.std())


def initial(turned: Turned) -> Outcome:
    """The bound, the spread, and torch's own layer drawn by the same dice."""
    width, seed = int(turned["width"]), stages.SEEDS[0]
    drawn, bound, spread = begins(width, seed)
    layer = torch.empty(width, width)  # (C, C)
    torch.nn.init.kaiming_uniform_(layer, a=5**0.5, generator=torch.Generator().manual_seed(seed))
    x = torch.randn(1_000, width, generator=torch.Generator().manual_seed(seed))  # (N, C)
    y = F.linear(x, drawn)  # (N, C)
    said = (
        f"Every weight lies between -{bound:.4f} and {bound:.4f}, one over the root of {width}; the largest drawn is "
        f"{drawn.abs().max():.4f}. The spread is {spread:.4f}, by the formula 1/√(3 · {width}) = {bound / 3**0.5:.4f}.",
        f"Numbers with variance {x.var():.3f} come out with {y.var():.3f}: about a third, layer after layer. GPT-2 "
        "draws with a spread of 0.02 whatever the width.",
        f"torch's own draw by the same dice differs by {(drawn - layer).abs().max():g} at most.",
        "The tables are drawn from normal(0, 1): a fresh token's numbers spread 1, what such a layer makes of them "
        f"{y.std():.3f}.",
    )
    counts = torch.histc(drawn.flatten(), 20, -bound, bound)  # (20,)
    ticks = [(-0.5, f"{-bound:.3f}"), (9.5, "0"), (19.5, f"{bound:.3f}")]
    bars = Series("weights", list(range(20)), counts.tolist(), "bars")
    figure = Chart(Axis("weight", ticks=ticks), Axis("so many", form=",d", low=0), [bars], (), 280)
    least, most = int(counts.min()), int(counts.max())
    alt = f"{width * width:,} weights in twenty equal steps between the bounds: {least:,} to {most:,} in each."
    return Outcome((), said, (Picture("lecture-init", figure, alt),))


def listing(
    key: str, title: str, what: str, run: Callable[[Turned], Outcome], code: tuple[Callable[..., object], ...],
    live: tuple[str, str], turn: Turn = SHAPE_SEEDS,
) -> Listing:  # fmt: skip
    """One stage's listing; all are trained by the same code."""
    return Listing(key, "lecture", title, what, run, (*code, fresh, losses), (turn,), live)


LISTINGS = (
    listing(
        "lecture-embedding", "The bigram through an embedding of 32",
        "A character no longer looks up its logits: it looks up **32 numbers, and a second table makes logits of "
        "them**. Nothing is gained yet; now other parts can stand in between.",
        embedding, (stage,), ("embeddings?model=lesson-4", "A model's token table"),
    ),
    listing(
        "lecture-positions", "Positions, added",
        "Each of the eight places gets a vector of its own, which is added to the character's. **For a bigram that is "
        "useless**; a head will need it.",
        positions, (stage,), ("embeddings?model=lesson-11&table=positions", "A model's position table"),
    ),
    listing(
        "lecture-head", "One head between the tables",
        "The mean of the past becomes a mean that each token chooses. **For the first time the model sees more than "
        "one character.** (Its log of seventeen lines is a listing of its own.)",
        head, (CausalSelfAttention,), ("attention?model=lesson-4", "A trained head, live"),
    ),
    listing(
        "lecture-heads", "Four heads",
        "Four heads of 8 beside each other in the place of one of 32: **four questions at once** for the same number "
        "of weights.",
        heads, (CausalSelfAttention,), ("attention?model=lesson-5", "Trained heads, live"),
    ),
    listing(
        "lecture-mlp", "Feed-forward: 32 to 32, then 4 × 32",
        "After the tokens have looked at each other, **each thinks alone**: a layer, a ReLU, a layer. It begins as "
        "wide as the stream; four times as wide comes with the paper (Vaswani et al. 2017, section 3.3).",
        feed_forward, (MLP,), ("mlp?model=lesson-6", "A trained feed-forward part, live"),
    ),
    listing(
        "lecture-blocks", "Three blocks that add nothing up",
        "Head and feed-forward become a block, and three blocks stand in a row. **Deeper is worse here**, until each "
        "part adds to what was there in the place of replacing it.",
        blocks, (Block.join, Block.forward), ("residual?model=lesson-7", "The residual stream, live"),
        Turn("stream", "Stream", ("replaced", "with x +")),
    ),
    listing(
        "lecture-norm", "Layer norm before each part",
        "Each token's 32 numbers are brought to mean 0 and spread 1 before a part reads them.",
        levelled, (Block.forward,), ("layernorm?model=lesson-8", "Layer norms of a trained model, live"),
    ),
    Listing(
        "lecture-init", "lecture", "How nn.Linear begins",
        "Nobody says in the lecture how fresh weights are drawn: torch does it. **Evenly between plus and minus one "
        "over the root of how many numbers come in.**",
        initial, (linear, as_torch), (Turn("width", "Numbers that come in", ("32", "128", "384")),),
        ("studio", "Choose the initial spread of a training"),
    ),
)  # fmt: skip
