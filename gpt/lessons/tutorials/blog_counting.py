"""Blog road: counting. N-grams beside the learned bigram, and the probability of a whole sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from urllib.parse import quote

import numpy as np

from gpt.analysis.perplexity import surprise
from gpt.figures.chart import Axis, Chart, Level, Series
from gpt.figures.glyphs import glyph
from gpt.lessons import facts, ngrams, seeds, trained
from gpt.lessons.experiments import bigram
from gpt.lessons.experiments.numbers import ALPHABET, SEED
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.model import GPT
from gpt.trace import trace

ROAD = "letters"

# ---- n-grams by counting, beside the learned bigram


@cache
def counted() -> ngrams.Counted:
    """The n-grams of the text's first nine tenths. Raises CorpusUnavailable."""
    return ngrams.Counted(facts.ids_of(0).numpy(), ALPHABET.vocab_size)


@cache
def held_out_losses(smoothing: ngrams.Smoothing) -> tuple[float, ...]:
    """Nats a character on the last tenth, for n = 1 to 5."""
    ids = facts.ids_of(1).numpy()
    return tuple(counted().model(n, smoothing).loss(ids) for n in range(1, ngrams.LONGEST + 1))


def counting(turned: Turned) -> Outcome:
    """N-grams up to 5 by counting, judged on text that was not counted, beside the bigram that was learned."""
    n = int(turned["n"])
    plain, backed = held_out_losses("add one"), held_out_losses("back off")
    learned, large = seeds.losses("bigram"), trained.loss("scaled")
    here = [*range(1, ngrams.LONGEST + 1)]
    chart = Chart(
        Axis("n: characters of an n-gram, the foretold one among them", ticks=[(i, str(i)) for i in here]),
        Axis("nats a character, held out", form=".3f"),
        [Series("counted, add one", here, plain, "dots"), Series("counted, backed off", here, backed, "dots", 1, 1)],
        [Level("the learned bigram", learned[0]), Level("the bundled transformer", large)],
    )
    best = min(here, key=lambda i: plain[i - 1])
    written = counted().model(n).write(ALPHABET.encode("\nROMEO:\n"), 240, SEED)
    each = "; ".join(f"n = {i}: {a:.3f} and {b:.3f}" for i, a, b in zip(here, plain, backed, strict=True))
    return Outcome(
        said=(
            f"Counted pairs, each once more than it occurs, cost {plain[1]:.4f} nats a character on the last tenth of "
            f"the text; the learned bigram {', '.join(f'{one:.4f}' for one in learned)} with three seeds, "
            f"{max(learned) - plain[1]:.4f} more at most: learning comes to what counting finds.",
            f"n = {n}: {counted().model(n).counts[-1].grams.size:,} different n-grams stand in the text, of the "
            f"{ALPHABET.vocab_size**n:,} that could be; backed off they cost {backed[n - 1]:.3f}. Below is what they "
            "write.",
            f"Adding one to each count is best at n = {best} and worse after it; where a longer context was seldom "
            f"seen, the shorter one's guess (worth {counted().strength:g} counts, chosen on the training part) "
            f"brings n = {here[-1]} to {backed[-1]:.3f}. The bundled transformer, which reads 128 characters, "
            f"has {large:.3f}.",
        ),
        pictures=(Picture("letters-ngrams", chart, f"Held-out nats a character, add one and backed off. {each}."),),
        text=ALPHABET.decode(written),
    )


# ---- the probability of a whole sentence

SENTENCES = (
    "To be, or not to be",
    "To eb, or not to be",
    "eb ot ton ro ,eb oT",
    "O Romeo, Romeo! wherefore art thou Romeo?",
)
SMALLEST = float(np.finfo(np.float32).tiny)  # that 32 bits hold with all their digits


def product(probabilities: Sequence[float]) -> float:
    """One factor after the other."""
    found = 1.0
    for one in probabilities:
        found *= one
    return found


def log_probabilities(model: GPT, ids: Sequence[int]) -> list[float]:
    """The log of each token's probability after those before it: ids (T,) -> T - 1 numbers."""
    return (-surprise(trace(model, ids).logits, ids)).double().tolist()


def by_counting(text: str, n: int) -> list[float]:
    """The same by n-grams that were counted, backed off; the first characters have less before them."""
    ids = ALPHABET.encode("\n" + text)
    return [math.log(counted().model(min(n, i + 1)).row(ids[:i])[ids[i]]) for i in range(1, len(ids))]


def sentence(turned: Turned) -> Outcome:
    """How likely a whole sentence is at the start of a line: a product of conditional probabilities, a sum of logs."""
    text = turned["text"]
    loaded = trained.load("scaled")
    logs = log_probabilities(loaded.model, loaded.tokenizer.encode("\n" + text))
    whole, total = product([math.exp(log) for log in logs]), sum(logs)
    chart = Chart(
        Axis("character", ticks=[(i, glyph(char)) for i, char in enumerate(text)]),
        Axis("ln of its probability", form=".2f"),
        [Series("after all before it", [*range(len(text))], logs, "bars")],
    )  # fmt: skip
    pairs, fives = (sum(by_counting(text, n)) for n in (2, ngrams.LONGEST))
    hardest = min(range(len(text)), key=lambda i: logs[i])
    first = " · ".join(f"{math.exp(log):.3f}" for log in logs[:4])
    usual = sum(log_probabilities(loaded.model, loaded.tokenizer.encode("\n" + SENTENCES[0]))) - total
    than = "" if text == SENTENCES[0] else f" “{SENTENCES[0]}” is e^{usual:.1f} times as likely."
    known = " The sentence stands in the text that the model learned." if text in facts.corpus().split()[0] else ""
    return Outcome(
        said=(
            f"P(“{text}”) = {first} · ... = {whole:.4g}, a product of {len(text)} numbers; the sum of their logs is "
            f"{total:.4f}, and e to that is {math.exp(total):.4g}.{than}",
            f"The least likely step is “{glyph(text[hardest])}” at place {hardest + 1}: {math.exp(logs[hardest]):.2g}. "
            f"A character has {math.exp(total / len(text)):.3f} in the (geometric) mean: the loss is "
            f"{-total / len(text):.3f} nats.{known}",
            f"For the same sentence counted pairs have a sum of {pairs:.2f}, n-grams of {ngrams.LONGEST} characters "
            f"{fives:.2f}.",
            f"Such a product soon is smaller than what 32 bits hold ({SMALLEST:.2g}): at this rate after "
            f"{math.ceil(math.log(SMALLEST) * len(text) / total):,} characters. The sum of logs never is.",
        ),
        pictures=(
            Picture(
                "letters-sentence",
                chart,
                f"ln of each character's probability: {', '.join(f'{log:.2f}' for log in logs)}.",
            ),
        ),
    )


LISTINGS = (
    Listing(
        "letters-ngrams", ROAD, "N-grams by counting, beside the learned bigram",
        "What follows the last n - 1 characters can simply be counted. Longer contexts know more and were seen less "
        "often, so what was never seen needs a guess.",
        counting, (ngrams.count, ngrams.NGram, bigram.table_of),
        (Turn("n", "n that writes", ("2", "1", "3", "4", "5")),),
        ("lessons?lesson=2", "Lesson 2: the bigram, counted and learned"),
    ),
    Listing(
        "letters-sentence", ROAD, "The probability of a whole sentence",
        "P(whole) = P(first) · P(second | first) · ...: each factor is what the model says of the next character. "
        "As logs the product is a sum, and its mean is the loss with the sign turned.",
        sentence, (product, log_probabilities, by_counting), (Turn("text", "Sentence", SENTENCES),),
        (f"playground?model=shakespeare&prompt={quote(SENTENCES[0])}", "Playground: each character's probability"),
    ),
)  # fmt: skip
