"""The questions of the lessons, one or two each. No answer is written down: each is computed when it is asked for."""

from __future__ import annotations

from gpt.config import ConfigError
from gpt.lessons.experiments import mean, norm, numbers
from gpt.lessons.facts import fact
from gpt.lessons.quiz import answers
from gpt.lessons.quiz.question import Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        1, "alphabet", "How many different characters does Tiny Shakespeare have, capitals and marks included?",
        lambda: float(len(numbers.ALPHABET.chars)), lambda n: f"{n:.0f}: the model must choose among them each time.",
        low=20, high=200, step=1, tolerance=10,
    ),
    Question(
        1, "window", "A window of 8 characters, and the one after it: how many examples does it teach at once?",
        answers.window_examples, lambda n: f"{n}: after one character the second, after two the third, and so on.",
        choices=("1", "7", "8", "16"),
    ),
    Question(
        2, "fresh", "A table of random numbers, before any learning. How does it guess?", answers.fresh_or_guess,
        lambda a: f"It is {a}: {fact('bigram.fresh_loss'):.4f} against {fact('bigram.uniform'):.4f} nats, since it "
        "is often sure of the wrong thing.", choices=answers.FRESH,
    ),
    Question(
        2, "after-q", "The learned table: how likely is u after q?", lambda: fact("bigram.after_q"),
        lambda p: f"{p:.1f} %: a rule of spelling, found by guessing the next character.",
        high=100, step=1, unit="%", tolerance=5,
    ),
    Question(
        3, "weight", "The mean of the past at the fourth token: which weight does the first token get?",
        lambda: float(mean.weights(8)[3, 0]), lambda w: f"{w:.2f}: four tokens so far, one share each.", tolerance=0.02,
    ),
    Question(
        3, "faster", "One product with a matrix instead of two loops, 32 texts of 64 tokens: how much faster?",
        answers.faster,
        lambda a: f"It is {a}: {fact('mean.times_faster'):.0f} times, measured on this machine just now.",
        choices=answers.FASTER,
    ),
    Question(
        4, "variance", "Queries and keys of 16 random numbers with variance 1: which variance do their products have?",
        lambda: fact("head.variance"),
        lambda v: f"{v:.1f}: a sum of 16 products; divided by sqrt(16) it is {fact('head.variance_scaled'):.2f}.",
        high=32, step=0.5, tolerance=2,
    ),
    Question(
        4, "slip", "Somebody prints `* C ** 0.5` for `* C ** -0.5`. What becomes of the attention weights?",
        answers.slip,
        lambda a: f"It is {a}: the largest weight takes {fact('head.largest_slip'):.0f} % on average, and "
        f"{fact('head.bits_slip'):.2f} bits of {fact('head.bits'):.2f} are left.", choices=answers.SPREAD,
    ),
    Question(
        5, "cost", "Four heads instead of one in the same width: how many parameters has the attention then?",
        answers.cost_of_heads, lambda a: f"It has {a}: "
        f"{fact('heads.attention'):,.0f} with four, {fact('heads.attention_one'):,.0f} with one. They are only cut "
        "otherwise.", choices=answers.COST,
    ),
    Question(
        6, "silent", "The trained rung reads a line of Romeo's. At how many of all pairs of ReLU neuron and character "
        "does exactly 0 come out?",
        lambda: fact("mlp.silent"), lambda p: f"At {p:.0f} %: a neuron is silent until something suits it.",
        high=100, step=1, unit="%", tolerance=10,
    ),
    Question(
        6, "activations", "Three bends, each trained alike with three seeds. Which ends behind the others every time?",
        lambda: answers.always_last(answers.ACTIVATIONS),
        lambda a: f"{a}: {answers.losses(answers.ACTIVATIONS)} nats a character.",
        choices=tuple(answers.ACTIVATIONS),
    ),
    Question(
        7, "blocked", "Eight fresh layers without residual connections, their weights of spread 0.05. How much of the "
        "last layer's gradient arrives in the first?", answers.blocked, lambda a: f"It is {a}: "
        f"{fact('mlp.arrives'):.2g} % without, {fact('residual.arrives'):.0f} % with them.", choices=answers.ARRIVES,
    ),
    Question(
        8, "row", "Layer norm of the row 7, 8, 9: what becomes of the 9?", lambda: fact("norm.last"),
        lambda x: f"{x:.4f}: the row's mean is taken away, and its spread divided out.",
        low=-3, high=9, step=0.05, tolerance=0.15,
    ),
    Question(
        8, "times-ten", "The same row times ten: 70, 80, 90. What comes out of layer norm then?", answers.times_ten,
        lambda a: f"It is {a}: 90 becomes {float(norm.three_by_three().scaled[2, 2]):.4f}, since only the shape of a "
        "row is left, not its size.", choices=answers.TIMES_TEN,
    ),
    Question(
        9, "mean", "Ten thousand ones, dropout 0.2. What is their mean afterwards?", lambda: fact("dropout.mean"),
        lambda x: f"{x:.3f}: what is kept is divided by 0.8, so that sums stay as large as they were.",
        high=2, step=0.05, tolerance=0.1,
    ),
    Question(
        9, "turning", "Too little text, no dropout: when was the model best on text that it had not seen?",
        answers.turning,
        lambda a: f"It was {a}, at step {fact('little.best_step'):,.0f}: after that it learned by heart.",
        choices=answers.WHEN,
    ),
    Question(
        10, "tenfold", "Ten times the parameters, the same training: by how many nats does the loss fall, by a "
        "straight line through four sizes?", lambda: fact("sizes.per_tenfold"),
        lambda x: f"By {x:.2f} on the whole, but less each time: {fact('sizes.step_1'):.2f}, then "
        f"{fact('sizes.step_2'):.2f}, then {fact('sizes.step_3'):.2f}.", tolerance=0.08,
    ),
    Question(
        11, "shuffle", "One layer, no positions. All characters but the last change places: how much of the next "
        "character's probability moves?", lambda: fact("positions.one_layer"),
        lambda p: f"{p:.1f} %: one layer without positions reads a bag of letters. With positions it is "
        f"{fact('norm.moved'):.0f} %.", high=100, step=1, unit="%", tolerance=3,
    ),
    Question(
        12, "leak", "A model learned without the mask, with the answers in its window. Its loss on new text?",
        lambda: fact("encoder.open"), lambda x: f"{x:.3f} nats, and {fact('encoder.masked'):.2f} when it has to "
        "write, with the future out of sight.", high=4, step=0.05, tolerance=0.3,
    ),
    Question(
        13, "parameters", "PseudoGPT moves the layer norms behind the parts. How does its size change?",
        answers.post_parameters,
        lambda a: f"It has {a}: {fact('pseudogpt.parameters'):,.0f} against {fact('norm.parameters'):,.0f}, since "
        "the final norm is not needed.", choices=answers.SIZE,
    ),
    Question(
        13, "place", "Trained alike with three seeds, which place of the norm ends with the lower loss every time?",
        lambda: answers.always_first(answers.PLACES), lambda a: f"It is {a}; {answers.losses(answers.PLACES)}.",
        choices=tuple(answers.PLACES),
    ),
    Question(
        14, "greedy", "This lesson's model writes 200 characters after Romeo's line, always the likeliest. How many of "
        "its stretches of 8 stood there before?", lambda: fact("gpt2.greedy_repeats"),
        lambda p: f"{p:.0f} %: the likeliest word leads to the likeliest word, and in circles.",
        high=100, step=1, unit="%", tolerance=10,
    ),
)  # fmt: skip


def of(lesson: int) -> tuple[Question, ...]:
    """The questions of a lesson, in order."""
    return tuple(question for question in QUESTIONS if question.lesson == lesson)


def question(name: str) -> Question:
    """The question of that name. Raises ConfigError for none."""
    for found in QUESTIONS:
        if found.name == name:
            return found
    raise ConfigError(f"question is {name!r}, but it must be one of {', '.join(q.name for q in QUESTIONS)}.")
