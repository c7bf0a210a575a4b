"""Training models that differ in their vocabulary alone, and measuring what each is worth in bits a character.

`python -m gpt.lessons.train_vocabularies` does so, in three minutes of one core, and writes the file again.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from pathlib import Path

from tqdm import tqdm

from gpt import corpora
from gpt.config import GPTConfig
from gpt.corpora import Corpus
from gpt.lessons.rung import CORPUS
from gpt.lessons.vocabularies import BEGUN, FILE, MODEL, READ, SEEDS, SIZES, TRAIN, Row
from gpt.lessons.write_file import write_file
from gpt.size import count
from gpt.storage.atomic import write_durable
from gpt.tokenizers import Tokenizer, of_text
from gpt.train.evaluate import mean_loss
from gpt.train.trainer import Trainer, own_randomness


def make(file: Path = FILE) -> None:
    """Train all sizes with all seeds, and write the file. Raises CorpusUnavailable."""
    rows = [row(size, SEEDS) for size in tqdm(SIZES, unit="size", disable=None)]
    write_durable(file, (json.dumps([dataclasses.asdict(one) for one in rows], indent=1) + "\n").encode())


def row(size: int, seeds: tuple[int, ...]) -> Row:
    """One size of the vocabulary, measured. Merges are learned where the model learns: in the first nine tenths."""
    corpus = corpora.load(CORPUS)
    train, held_out = corpus.split()
    tokenizer = of_text("bpe", train, size) if size else of_text("char", corpus.text, 0)
    tokens, steps = len(tokenizer.encode(held_out)), steps_of(len(train), len(tokenizer.encode(train)))
    bits, begun = list[float](), 0.0
    for seed in seeds:
        trainer, loss = trained(corpus, tokenizer, steps, seed)
        begun = begun or round(loss, 4)
        bits.append(round(judged(trainer) * tokens / len(held_out), 4))
    kind, parameters = "byte pairs" if size else "characters", count(model_of(tokenizer))
    return Row(tokenizer.vocab_size, kind, tokens, len(held_out), steps, parameters, begun, tuple(bits))


def steps_of(characters: int, tokens: int) -> int:
    """How many steps read READ characters of a text that has so many tokens."""
    return round(READ * tokens / characters / (TRAIN.batch_size * MODEL.block_size))


def model_of(tokenizer: Tokenizer) -> GPTConfig:
    """The model that reads such tokens."""
    return dataclasses.replace(MODEL, vocab_size=tokenizer.vocab_size)


def trained(
    corpus: Corpus, tokenizer: Tokenizer, steps: int, seed: int, stop: int | None = None
) -> tuple[Trainer, float]:
    """A model in a training of so many steps, up to its end or to `stop`; and its loss at step BEGUN, nats a token."""
    train, begun = dataclasses.replace(TRAIN, steps=steps, seed=seed), 0.0
    with own_randomness(seed, train.threads):
        trainer = Trainer(corpus, tokenizer, model_of(tokenizer), train)
        for _ in range(stop or steps):
            line = trainer.step()
            begun = (line.loss or 0.0) if trainer.done == BEGUN else begun
    return trainer, begun


def judged(trainer: Trainer) -> float:
    """Bits a token over the text's last tenth."""
    with own_randomness(trainer.train.seed, trainer.train.threads):
        return mean_loss(trainer.model, trainer.held_out) / math.log(2)


def main(arguments: list[str] | None = None) -> int:
    """Train all and write the file; 2 with a sentence when the text is not here."""
    return write_file("train_vocabularies", make, FILE, arguments)


if __name__ == "__main__":
    sys.exit(main())
