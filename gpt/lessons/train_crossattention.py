"""Training the small encoder and decoder on random letters, and measuring it on words that it never saw: first names.

`python -m gpt.lessons.train_crossattention` does so, in two minutes of one core, and writes both files again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save as write_tensors
from torch import Generator, Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from gpt import corpora
from gpt.lessons.crossattention import ALPHABET, FILE, LONGEST, MEASURED, SHORTEST, Recorded, Reverser, measure, pair
from gpt.lessons.seeds import SEEDS
from gpt.storage.atomic import write_durable
from gpt.train.trainer import own_randomness

BEGUN = 30
STEPS = 4_000
BATCH = 64
RATE = 2e-3
WARMUP = 100


def names() -> list[str]:
    """The words to judge with: the census' first names that are short enough. Raises CorpusUnavailable."""
    return [word for word in corpora.load("names").text.split() if SHORTEST <= len(word) <= LONGEST]


def codes(words: Tensor) -> Tensor:
    """One number for each word of ids (B, N), another for every other word of that length, (B,)."""
    powers = ALPHABET.vocab_size ** torch.arange(words.shape[1])  # (N,)
    return (words * powers).sum(dim=1)  # (B,)


def draw(kept: Sequence[str], generator: Generator) -> Tensor:
    """Random letters, (B, N): one length a batch, and none of the words that are kept for judging."""
    N = int(torch.randint(SHORTEST, LONGEST + 1, (), generator=generator))
    words = torch.randint(1, ALPHABET.vocab_size, (BATCH, N), generator=generator)  # (B, N)
    known = [ALPHABET.encode(word) for word in kept if len(word) == N]
    return words[~torch.isin(codes(words), codes(torch.tensor(known)))] if known else words  # (B', N)


def train(kept: Sequence[str], steps: int = STEPS, seed: int = SEEDS[0]) -> tuple[Reverser, list[float]]:
    """The model after so many steps of the training, and the loss of each one's batch in nats a letter."""
    generator, losses = Generator().manual_seed(seed), list[float]()
    model = Reverser(generator=generator)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    with own_randomness(seed, 1):
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = RATE * min((step + 1) / WARMUP, 2 * (1 - step / STEPS), 1.0)
            source, target, following = pair(draw(kept, generator))  # 3 of (B, N + 1)
            logits, _ = model(source, target)  # (B, T, V)
            loss = F.cross_entropy(logits.flatten(0, 1), following.flatten())  # ()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
    return model.eval().requires_grad_(False), losses


def make(weights: Path = FILE, measured: Path = MEASURED) -> None:
    """Train one model a seed, measure all, and keep the first one's weights. Raises CorpusUnavailable and OSError."""
    kept, rows = names(), list[Recorded]()
    for seed in tqdm(SEEDS, unit="seed", disable=None):
        model, losses = train(kept, seed=seed)
        # Measured as it is kept: in 16 bits.
        half = {name: weight.half().contiguous() for name, weight in model.state_dict().items()}
        model.load_state_dict({name: weight.float() for name, weight in half.items()})
        rows.append(Recorded(seed, len(losses), round(losses[BEGUN - 1], 5), measure(model, kept)))
        if seed == SEEDS[0]:
            write_durable(weights, write_tensors(half))
    found = [dataclasses.asdict(row) for row in rows]
    write_durable(measured, (json.dumps(found, indent=1) + "\n").encode())


def main(arguments: list[str] | None = None) -> int:
    """Train all and write both files; 2 with a sentence when the names are not here."""
    parser = argparse.ArgumentParser(prog="python -m gpt.lessons.train_crossattention", description=make.__doc__)
    parser.add_argument("--weights", type=Path, default=FILE, help="the file for the weights")
    parser.add_argument("--measured", type=Path, default=MEASURED, help="the file for what was measured")
    options = parser.parse_args(arguments)
    try:
        make(options.weights, options.measured)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command line talks)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
