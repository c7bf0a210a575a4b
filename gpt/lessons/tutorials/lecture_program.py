"""The notebook's whole program, 4 layers of 4 heads at width 64: of the engine's parts, on the program's dice."""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.analysis.stages import block_of
from gpt.figures.chart import Axis, Chart, Series
from gpt.lessons import facts
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.tutorials import stages
from gpt.lessons.tutorials.default_init import linear
from gpt.lessons.tutorials.lecture_scale import NOTEBOOK, millions, with_biases
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside
from gpt.model import GPT
from gpt.train import batches
from gpt.train.initial import as_torch

BATCH, EVERY, EVALUATED = 16, 100, 200
BY_WIDTH, BY_HEAD = "√64, the width, as printed", "√16, the head's size"
# Printed: step, loss on the training part and on the last tenth; of fifty-one lines the first ones, and some later.
PRINTED = (
    (0, 4.4116, 4.4022), (100, 2.6568, 2.6670), (200, 2.5090, 2.5058), (300, 2.4198, 2.4340), (400, 2.3503, 2.3567),
    (500, 2.2970, 2.3136), (1000, 2.1020, 2.1293), (2000, 1.8834, 1.9954), (3000, 1.7963, 1.9242),
    (4000, 1.7146, 1.8639), (4999, 1.6635, 1.8226),
)  # fmt: skip
RUN = 4  # of these lines were run


def build(generator: Generator, by_width: bool = True) -> GPT:
    """The fresh model, its numbers drawn in the order in which the program makes its layers.

    Our attention holds four heads in one matrix, so each head's rows are drawn by themselves. The program divides
    scores by the root of the width, where the paper has that of the head's size (Vaswani et al. 2017, section 3.2.1).
    """
    model = GPT(with_biases(NOTEBOOK), Generator())
    C, D = NOTEBOOK.n_embd, NOTEBOOK.head_size
    for tables in (model.token_embedding, model.position_embedding):
        as_torch(tables, generator)
    for layer in range(NOTEBOOK.n_layer):
        block = block_of(model, layer)
        block.attn.scale = (C if by_width else D) ** -0.5
        for head in range(NOTEBOOK.n_head):
            for part in (block.attn.key, block.attn.query, block.attn.value):
                part.weight.data[head * D : (head + 1) * D] = linear(C, D, generator)  # (D, C)
        for part in (block.attn.project, block.mlp):
            as_torch(part, generator)
    as_torch(model.unembed, generator)
    return model


def loss_of(model: GPT, inputs: Tensor, targets: Tensor) -> Tensor:
    """Nats a character, ()."""
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())  # ()


@torch.no_grad()
def estimate(model: GPT, generator: Generator) -> tuple[float, float]:
    """The mean loss of 200 random batches of either part."""
    means = list[float]()
    for ids in (facts.ids_of(0), facts.ids_of(1)):  # (N,), (M,)
        losses = torch.zeros(EVALUATED)  # (200,)
        for k in range(EVALUATED):
            losses[k] = loss_of(model, *batches.batch(ids, NOTEBOOK.block_size, BATCH, generator))  # ()
        means.append(losses.mean().item())
    return means[0], means[1]


def run(lines: int) -> list[tuple[float, float]]:
    """The program's first lines: an estimate, a hundred steps, an estimate, and so on."""
    generator = Generator().manual_seed(SEED)
    model = build(generator)
    optimizer, found = torch.optim.AdamW(model.parameters(), lr=1e-3), [estimate(model, generator)]
    while len(found) < lines:
        for _ in range(EVERY):
            loss = loss_of(model, *batches.batch(facts.ids_of(0), NOTEBOOK.block_size, BATCH, generator))  # ()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        found.append(estimate(model, generator))
    return found


def first_loss(by_width: bool, seed: int = SEED) -> tuple[float, float]:
    """The fresh model on one batch of the last tenth, and the mean of its rows' largest attention weight."""
    generator = Generator().manual_seed(seed)
    model = build(generator, by_width)
    with torch.no_grad():
        inputs, targets = batches.batch(facts.ids_of(1), NOTEBOOK.block_size, BATCH, generator)  # (B, T), (B, T)
        return loss_of(model, inputs, targets).item(), largest(model, inputs)


def largest(model: GPT, inputs: Tensor) -> float:
    """The mean over all layers, heads and tokens of the largest weight in a row, the first token left out."""
    found = list[Tensor]()

    def tap(site: str, layer: int, x: Tensor) -> Tensor:
        if site == "pattern":
            found.append(x[:, :, 1:].amax(dim=-1).mean())  # ()
        return x

    model(inputs, tap)
    return float(torch.stack(found).mean())


def program(turned: Turned) -> Outcome:
    """The first lines, and all that was printed."""
    recorded = stages.recorded()["program"]
    other = "the sums of many steps round otherwise on another processor, and a training carries that on"
    rows = [beside("million parameters", "0.209729", millions(NOTEBOOK))]
    for (step, *printed), one in zip(PRINTED, recorded, strict=False):
        theirs, ours = (f"{train:.4f}, {val:.4f}" for train, val in (printed, (one["train"], one["val"])))
        rows.append(beside(f"step {step:,}: train loss, val loss", theirs, ours, other))
    by_width = turned["divided"] == BY_WIDTH
    loss, weight = first_loss(by_width)
    worst = max(
        abs(a - b)
        for (_, *printed), one in zip(PRINTED, recorded, strict=False)
        for a, b in zip(printed, (one["train"], one["val"]), strict=True)
    )
    said = (
        f"Scores divided by {turned['divided']}: fresh, a batch of the last tenth costs {loss:.4f}, and the largest "
        f"weight of a row is {weight:.4f} in the mean.",
        f"{RUN} of its {5_000 // EVERY + 1} lines were run here and written down; none is further off than "
        f"{worst:.4f}. The printed ones go on to {PRINTED[-1][1]} and {PRINTED[-1][2]} at step {PRINTED[-1][0]:,}.",
    )
    steps = [float(step) for step, _, _ in PRINTED]
    series = [
        Series("training, printed", steps, [line[1] for line in PRINTED], "dots", 0, 0),
        Series("validation, printed", steps, [line[2] for line in PRINTED], "dots", 1, 1),
        Series("validation, here", steps[:RUN], [one["val"] for one in recorded], "points", 2, 2),
    ]
    figure = Chart(Axis("step", form=",d"), Axis("loss (nats a character)", form=".4f"), series, (), 300)
    alt = f"Printed validation loss from {PRINTED[0][2]} at step 0 to {PRINTED[-1][2]} at step {PRINTED[-1][0]:,}."
    return Outcome(tuple(rows), said, (Picture("lecture-program", figure, alt),))


LISTINGS = (
    Listing(
        "lecture-program", "lecture", "The whole program, at the notebook's size",
        "All parts together: 4 layers, 4 heads, width 64, context 32, batches of 16. **Built of the engine's own parts "
        "and drawn by the same dice in the same order**, its first lines come out as they were printed.",
        program, (build, estimate, run), (Turn("divided", "Scores divided by", (BY_WIDTH, BY_HEAD)),),
        ("model?model=mini", "A model of that size, whole"),
    ),
)  # fmt: skip
