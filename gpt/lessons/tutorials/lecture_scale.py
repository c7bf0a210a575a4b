"""The lecture's end: its last recipe, what a model writes from nothing, and how much others were trained on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache

import torch

from gpt import sampling
from gpt.config import GPTConfig, SamplingConfig
from gpt.figures.chart import Axis, Chart, Series
from gpt.lessons import facts, trained
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside
from gpt.model import GPT
from gpt.presets import PRESETS
from gpt.published import PUBLISHED
from gpt.size import count, parameters

# ---- the last recipe

LAST = PRESETS["lecture"].model
NOTEBOOK = GPTConfig(block_size=32, n_layer=4, n_head=4, n_embd=64, activation="relu", head="untied")
STEPS, BATCH = 5_000, 64
BIASES = (
    "the lecture's class has biases in some of its layers, and this one has none; with them it is the printed number"
)
# A learner's run of the very script on a GPU: step, loss on batches of the training part, and of the last tenth.
LOG = (
    (0, 4.2221, 4.2306), (500, 1.7534, 1.9144), (1000, 1.3946, 1.6078), (1500, 1.2678, 1.5294), (2000, 1.1854, 1.5016),
    (2500, 1.1209, 1.5039), (3000, 1.0727, 1.4858), (3500, 1.0184, 1.5108), (4000, 0.9610, 1.5256),
    (4500, 0.9132, 1.5402), (4999, 0.8567, 1.5685),
)  # fmt: skip


def with_biases(config: GPTConfig) -> GPTConfig:
    """With biases where the lecture's class has them: everywhere but in the heads."""
    return dataclasses.replace(config, bias=True, qkv_bias=False)


def millions(config: GPTConfig) -> str:
    """Its parameters with these biases, written as the lecture's script writes them."""
    return f"{count(with_biases(config)) / 1e6:f}"


def recipe(turned: Turned) -> Outcome:
    """What the last recipe counts, needs and gives."""
    config = LAST if turned["model"] == RECIPES[0] else NOTEBOOK
    own, with_them = count(config), count(with_biases(config))
    shipped = PRESETS["shakespeare"]
    loss, published = trained.loss("scaled"), PUBLISHED["10.8 M on a GPU"]
    per_step = BATCH * LAST.block_size
    smaller = (
        f"this is the model that comes along, of {count(shipped.model) / 1e6:.2f} M parameters, whose training on a "
        "CPU anybody can repeat"
    )
    rows = (
        beside("million parameters of the last recipe, with its biases", "10.788929", millions(LAST)),
        beside("million parameters without biases", "10.788929", f"{count(LAST) / 1e6:f}", BIASES),
        beside("million parameters of the notebook's whole program", "0.209729", millions(NOTEBOOK)),
        beside("loss on the last tenth, as told in the lecture", f"{published.loss:.2f}", f"{loss:.2f}", smaller),
    )  # fmt: skip
    best = min(LOG, key=lambda line: line[2])
    largest = max(parameters(config).items(), key=lambda part: part[1])
    said = (
        f"{turned['model']}: {own:,} parameters here, as torch counts them too ({shapes_only(config):,}), "
        f"{with_them:,} with biases; {largest[0]} has {largest[1]:,} of them.",
        f"A step of the last recipe reads {BATCH} x {LAST.block_size} = {per_step:,} characters, and {STEPS:,} steps "
        f"{STEPS * per_step / 1e6:.0f} million: the text {STEPS * per_step / len(facts.ids_of(0)):.0f} times over. "
        "That wants a GPU: python -m gpt.train runs/lecture --preset lecture --device auto takes one if there is one.",
        f"A learner's log of it falls to {best[2]:.4f} at step {best[0]:,} and ends at {LOG[-1][2]:.4f}, while the "
        f"training loss goes on to {LOG[-1][1]:.4f}: it learns by heart. Nothing of this log was run here.",
    )
    steps = [float(step) for step, _, _ in LOG]
    series = [
        Series("training, printed", steps, [line[1] for line in LOG], "dots", 0, 0),
        Series("validation, printed", steps, [line[2] for line in LOG], "dots", 1, 1),
    ]
    figure = Chart(Axis("step", form=",d"), Axis("loss (nats a character)", form=".3f"), series, (), 300)
    alt = f"The printed log: training falls to {LOG[-1][1]:.4f}, validation to {best[2]:.4f} and up again."
    return Outcome(rows, said, (Picture("lecture-recipe", figure, alt),))


RECIPES = ("The last recipe, 6 × 6 × 384", "The notebook's program, 4 × 4 × 64")


def shapes_only(config: GPTConfig) -> int:
    """The parameters of a model that has shapes and no numbers, counted by torch."""
    with torch.device("meta"):
        model = GPT(config)
    return sum(weight.numel() for weight in model.parameters())


# ---- from nothing

LENGTH = 500


@cache
def from_nothing(temperature: float, seed: int = 1337) -> str:
    """Five hundred characters after a new line, which stands for nothing."""
    loaded = trained.load("norm")
    start = loaded.tokenizer.encode("\n")
    knobs = SamplingConfig(temperature=temperature, seed=seed)
    ids = [choice.id for choice in sampling.generate(loaded.model, start, knobs, LENGTH)]
    return loaded.tokenizer.decode(ids)


def written(turned: Turned) -> Outcome:
    """What a small trained model writes."""
    text = from_nothing(float(turned["temperature"]))
    words = text.split()
    said = (
        f"{len(text)} characters, {len(words)} words, {text.count(chr(10))} new lines; the longest word is "
        f"“{max(words, key=len)}”. (The lecture's own text hangs on its model and its dice; no other gives it.)"
    )
    return Outcome(said=(said,), text=text)


# ---- tokens against parameters


@dataclass(frozen=True)
class Trained:
    """A model and how much it read."""

    name: str
    parameters: float
    tokens: float  # read in all, those of another round counted again
    source: str


def shipped() -> Trained:
    """The model that comes along."""
    preset = PRESETS["shakespeare"]
    read = preset.train.steps * preset.train.batch_size * preset.model.block_size
    return Trained("the model that comes along", count(preset.model), read, "its recipe")


def lecture() -> Trained:
    """The lecture's last recipe."""
    return Trained("the lecture's last recipe", count(with_biases(LAST)), STEPS * BATCH * LAST.block_size, "its script")


OTHERS = (
    Trained("GPT-3", 175e9, 300e9, "Brown et al. 2020, tables 2.1 and D.1"),
    Trained("Chinchilla", 70e9, 1.4e12, "Hoffmann et al. 2022, table 1"),
)
PAIRS = 301_966  # tokens of the training part in GPT-2's byte pairs: nanoGPT's README
# InstructGPT's three steps after pretraining: Ouyang et al. 2022, table 6 (prompts to learn from).
FINE_TUNING, COMPARED, REINFORCED = 12_725, 33_207, 31_144


def scales(turned: Turned) -> Outcome:
    """Pretraining, fine-tuning and alignment, in numbers."""
    own, his, gpt3 = shipped(), lecture(), OTHERS[0]
    both = {"tokens read": lambda one: one.tokens, "tokens a parameter": lambda one: one.tokens / one.parameters}
    asked = both[turned["up"]]
    rows = (
        beside("GPT-3's parameters, as the lecture tells", "175 billion", f"{gpt3.parameters / 1e9:g} billion"),
        beside("GPT-3's tokens, as the lecture tells", "300 billion", f"{gpt3.tokens / 1e9:g} billion"),
        beside("parameters of the lecture's model, told as about", "10 million",
               f"{round(his.parameters / 1e6)} million", "its own script counts 10.788929 million, and 11 is nearer"),
        beside("tokens of its text, told as about", "300 thousand", f"{round(PAIRS / 1e3)} thousand",
               f"it is rounded there: nanoGPT's README counts {PAIRS:,} of GPT-2's byte pairs in the training part"),
    )  # fmt: skip
    said = (
        f"Pretraining: the lecture's model reads {his.tokens / 1e6:.0f} million characters, the one that comes along "
        f"{own.tokens / 1e6:.1f} million; GPT-3 read 300 billion tokens ({gpt3.source}), "
        f"{gpt3.tokens / his.tokens:,.0f} times as many, with {gpt3.parameters / his.parameters:,.0f} times the "
        "parameters.",
        f"Tokens a parameter: {own.tokens / own.parameters:.1f}, {his.tokens / his.parameters:.1f}, and "
        f"{gpt3.tokens / gpt3.parameters:.1f} for GPT-3. About 20 is what a given amount of computing is best spent on "
        f"(Hoffmann et al. 2022); Chinchilla has {OTHERS[1].tokens / OTHERS[1].parameters:.0f}.",
        f"Fine-tuning and alignment are small beside that. InstructGPT (Ouyang et al. 2022, table 6): {FINE_TUNING:,} "
        f"prompts with answers written by people, {COMPARED:,} prompts whose answers people ranked to train a reward "
        f"model, and {REINFORCED:,} prompts for reinforcement learning against it.",
    )
    models = (own, his, *OTHERS)
    numbers = [one.parameters for one in models], [asked(one) for one in models]
    points = Series("models", *numbers, "points", 0, 0, [one.name for one in models])
    across = Axis("parameters", "log", 1e6, 1e13, form=".3g")
    figure = Chart(across, Axis(turned["up"], "log", form=".3g"), [points], (), 340)
    alt = "; ".join(f"{one.name} {one.parameters:.3g} parameters, {asked(one):.3g} {turned['up']}" for one in models)
    return Outcome(rows, said, (Picture("lecture-scales", figure, f"{alt}."),))


LISTINGS = (
    Listing(
        "lecture-recipe", "lecture", "The last recipe: 6 × 6 × 384",
        "Everything together, larger: context 256, batches of 64, width 384, six heads, six layers, dropout 0.2, a "
        "rate of 3e-4, 5,000 steps.",
        recipe, (with_biases, shapes_only, parameters), (Turn("model", "Model", RECIPES),),
        ("studio", "The same recipe to choose, in the studio"),
    ),
    Listing(
        "lecture-nothing", "lecture", "Five hundred characters from nothing",
        "A new line is all that the model is given. **Each character is drawn from what it says after those before.** "
        "Here a rung of the lessons writes, small enough to do it while you wait.",
        written, (from_nothing, sampling.generate), (Turn("temperature", "Temperature", ("1.0", "0.5", "1.5")),),
        ("playground?model=shakespeare", "Write with the larger one, live"),
    ),
    Listing(
        "lecture-scales", "lecture", "Tokens against parameters",
        "What is trained here is the **pretraining** of a tiny GPT. The same at a large scale gives a model that "
        "completes texts; **fine-tuning** and **alignment** make an assistant of it.",
        scales, (shipped, lecture), (Turn("up", "Upwards", ("tokens read", "tokens a parameter")),),
        ("lessons?lesson=10&open=1", "Lesson 10: loss and size"),
    ),
)  # fmt: skip
