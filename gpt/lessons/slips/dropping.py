"""Two slips of dropout: one that is made and never used, and one that is still on when the model is asked."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gpt.analysis.dropout import mask
from gpt.figures.chart import Axis, Chart, Level, Series
from gpt.figures.lessons import plain
from gpt.lessons import seeds
from gpt.lessons.experiments.dropout import drop_parts
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.slips import subjects
from gpt.lessons.slips.pictures import bars
from gpt.lessons.slips.slip import Effect, Number, Slip, Turned
from gpt.lessons.tutorials.listing import Picture, Turn
from gpt.model import GPT
from gpt.tap import Recorder

DRAWS = 6  # times that a model is asked with other dice
Layer = Callable[[Tensor], Tensor]

# ---- made in __init__, never used in forward


class Dropout:
    """Dropout with dice of its own: other zeros at every call."""

    def __init__(self, p: float, seed: int = SEED) -> None:
        self.p, self.seed = p, seed

    def __call__(self, x: Tensor) -> Tensor:
        """Zeros at a share p of the places, the rest divided by 1 - p: the shape of x."""
        self.seed += 1
        return x * mask(tuple(x.shape), self.p, self.seed)


class Unused:
    """A layer that learns with dropout p, so it says."""

    def __init__(self, net: Layer, p: float) -> None:
        self.net = net
        self.dropout = Dropout(p)

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, T, 4C) to (B, T, C)."""
        return self.net(x)  # (B, T, C)


class Used:
    """A layer that learns with dropout p."""

    def __init__(self, net: Layer, p: float) -> None:
        self.net = net
        self.dropout = Dropout(p)

    def __call__(self, x: Tensor) -> Tensor:
        """Map x (B, T, 4C) to (B, T, C)."""
        return self.dropout(self.net(x))  # (B, T, C)


def run_unused(turned: Turned) -> Effect:
    """Two passes of the same numbers, and what dropout was there for."""
    p = float(turned["p"])
    model = subjects.loaded("lesson-8").model
    x = subjects.seen(model, "mlp_post")  # (W, T, 4C)
    net = model.get_submodule("blocks.0.mlp.project")
    with torch.no_grad():
        passes = [[layer(x) for _ in range(2)] for layer in (make(net, p) for make in (Unused, Used))]  # (W, T, C)
    apart = [float((first - second).abs().max()) for first, second in passes]
    zeros = [float((first == 0).double().mean()) for first, _ in passes]
    gaps = [seeds.measured(name, "gap") for name in ("little", "little-dropout")]
    gap = [sum(one) / len(one) for one in gaps]
    numbers = (
        Number("largest difference of two passes while learning", apart),
        Number("numbers that are 0", zeros, ".1%"),
        Number("validation less training loss, too little text, mean of 3 seeds (nats)", gap),
    )
    said = (
        f"Two passes of the same text differ by {apart[0]:g} where the dropout is never used, by up to {apart[1]:.2f} "
        f"where it is. Models that saw a fiftieth of the text end {gap[0]:.2f} nats apart from their training loss "
        f"without dropout, {gap[1]:.2f} with 0.2."
    )
    found = {f"seed {seed}": (gaps[0][i], gaps[1][i]) for i, seed in enumerate(seeds.SEEDS)}
    picture = bars("unused-dropout", found, "validation less training loss (nats)", said)
    return Effect(numbers, (apart[0] > 0, apart[1] > 0), said, (picture,))


UNUSED = Slip(
    "unused-dropout",
    "A layer with dropout",
    "While a model learns, dropout zeroes a share of a layer's numbers, other ones each time, so that it learns less "
    "by heart.",
    "A dropout that is never used",
    "`self.dropout = ...` in `__init__` only makes the layer. If `forward` never calls it, nothing is dropped, and "
    "nobody complains: the model has the same weights and the same shapes.",
    "While the model learns, two passes of the same text must differ.",
    "Printed in one of the five tutorials; library code has had it, too (transformers, issue 354).",
    (Unused, Used),
    run_unused,
    ("residual", "Residual stream: dropout, drawn anew"),
    (Turn("p", "Share that is dropped", ("0.2", "0.5")),),
)

# ---- still on when the model is asked


def still_learning(model: GPT, ids: Tensor, p: float, draw: int) -> float:
    """Nats a character of windows (W, T + 1)."""
    dropping = Recorder(drop_parts(model.config.n_layer, p, SEED + 100 * draw))  # as after model.train()
    return float(subjects.loss(model, ids, dropping))


def at_rest(model: GPT, ids: Tensor, p: float, draw: int) -> float:
    """Nats a character of windows (W, T + 1)."""
    return float(subjects.loss(model, ids))  # as after model.eval()


def run_eval(turned: Turned) -> Effect:
    """The same text judged several times."""
    model, p = subjects.loaded(turned["model"]).model, float(turned["p"])
    ids = subjects.read_by(model)[:2]  # (W, T + 1)
    with torch.no_grad():
        found = [[line(model, ids, p, draw) for draw in range(DRAWS)] for line in (still_learning, at_rest)]
    spread = [max(one) - min(one) for one in found]
    mean = [sum(one) / len(one) for one in found]
    numbers = (
        Number(f"highest less lowest loss of {DRAWS} judgements of one text (nats a character)", spread, ".4f"),
        Number("mean of these losses", mean),
    )
    said = (
        f"Judged {DRAWS} times, the same text costs from {min(found[0]):.3f} to {max(found[0]):.3f} nats while {p:g} "
        f"is dropped, and {mean[1]:.3f} every time in eval mode."
    )
    places = [float(draw + 1) for draw in range(DRAWS)]
    drawn = [Series("broken", places, plain(found[0]), "points", 0, 0)]
    figure = Chart(
        Axis("judgement", ticks=[(place, f"{place:.0f}") for place in places]),
        Axis("loss (nats a character)", form=".3f", low=mean[1] - 0.05), drawn, [Level("mended", mean[1])], 260,
    )  # fmt: skip
    picture = Picture("slip-eval-mode", figure, said)
    return Effect(numbers, (spread[0] == 0, spread[1] == 0), said, (picture,))


EVAL = Slip(
    "eval-mode",
    "Judging a model",
    "Now and then a training stops to judge the model on held-out text. Dropout is for learning; what of it now?",
    "Judged and asked in training mode",
    "Before a loss is estimated or a text written, `model.eval()` turns dropout off, and `model.train()` turns it on "
    "again afterwards. Forgotten, every answer is drawn with other holes.",
    "The same text judged twice must cost the same.",
    "The lecture's code writes its text without eval mode (ng-video-lecture, issue 16); nanoGPT once judged with "
    "dropout on (pull request 240).",
    (still_learning, at_rest),
    run_eval,
    ("residual", "Residual stream: dropout on and off"),
    (subjects.MODEL, Turn("p", "Share that is dropped", ("0.2", "0.5"))),
)
SLIPS = (UNUSED, EVAL)
