"""One model in training: what a step does, what an evaluation finds, and what was read last. Mathematics, no files."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.model import GPT
from gpt.record import thinned
from gpt.runs.log import Eval, Reading, Train
from gpt.tokenizers import Tokenizer
from gpt.train import batches, evaluate
from gpt.train.device import device_of
from gpt.train.distributed import Team
from gpt.train.initial import begin
from gpt.train.optimizers import optimizers
from gpt.train.precision import Choice, choose
from gpt.train.schedule import rate
from gpt.weights import with_weights

ALONE = Team()


def environment(train: TrainConfig) -> dict[str, Any]:
    """What must be the same for the same bits: torch, its threads, and the instructions that its kernels use."""
    return {"torch": torch.__version__, "threads": train.threads, "cpu": torch.backends.cpu.get_cpu_capability()}


@contextmanager
def own_randomness(seed: int, threads: int) -> Iterator[None]:
    """Dropout only knows torch's global generator: seed it for this run alone, and give it back as it was."""
    before = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


class Trainer:
    """A model, its optimizers, its data and its generators. Use inside `own_randomness`."""

    def __init__(
        self,
        corpus: Corpus,
        tokenizer: Tokenizer,
        config: GPTConfig,
        train: TrainConfig,
        team: Team = ALONE,
        choice: Choice | None = None,
    ) -> None:
        self.tokenizer, self.train, self.team = tokenizer, train, team
        self.choice = choice or choose(config, train)
        self.device = device_of(train.device)
        self.recipe = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "model": config.to_json(),
            "train": train.to_json(),
            **environment(train),
            **({"device": self.device.type} if self.device.type != "cpu" else {}),
            **self.choice.to_json(),
        }
        self.ids, self.held_out = batches.split_tokens(corpus, tokenizer, config.block_size)  # (N,), (M,)
        self.lengths = torch.tensor(tokenizer.lengths)  # (V,) characters of each token
        self.by_characters = bool((self.lengths == 1).all())
        self.generator = Generator().manual_seed(train.seed)
        self.model = begin(config, train, self.generator).to(self.device)
        self.model.train()
        self.forward = team.wrap(self.model)
        self.optimizers = optimizers(self.model, train, self.choice.precision)
        self.done = 0  # finished steps
        self.read_last: tuple[Tensor, Tensor] | None = None  # the first sequence of the latest batch: (T,) and (T,)
        self.seconds = 0.0  # trained so far, over all sittings
        self.losses: list[dict[str, Any]] = []  # what the evaluations found

    def step(self) -> Train:
        """One optimizer step. A loss or gradient that is not a number changes nothing: `done` then stays."""
        started = time.perf_counter()
        config, train = self.model.config, self.train
        share = rate(self.done, train)
        for optimizer, peak in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = peak * share

        x, y = batches.batch(self.ids, config.block_size, train.batch_size, self.generator)  # (B, T), (B, T)
        self.read_last = x[0], y[0]  # (T,), (T,)
        tokens, characters = x.numel(), int(self.lengths[y].sum())
        loss = self.loss(self.team.share(x), self.team.share(y))  # ()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), train.grad_clip or math.inf)  # ()

        mean, grad_norm = self.team.mean(loss).item(), norm.item()
        if math.isfinite(mean) and math.isfinite(grad_norm):
            for optimizer, _ in self.optimizers:
                optimizer.step()
            self.done += 1
        for optimizer, _ in self.optimizers:
            optimizer.zero_grad()

        spent = time.perf_counter() - started
        self.seconds += spent
        return Train(
            self.done,
            loss=mean,
            rate=share,
            lr=train.lr * share,
            muon_lr=train.muon_lr * share if train.optimizer == "muon" else None,
            grad_norm=grad_norm,
            tokens_per_second=round(tokens / spent),
            seconds=round(self.seconds, 3),
            loss_char=None if self.by_characters else mean * tokens / max(characters, 1),
        )

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Nats a token, (), of inputs and targets (B, T) each, on the training's device."""
        x, y = x.to(self.device), y.to(self.device)  # (B, T), (B, T)
        with self.choice.computing():
            logits = self.forward(x)  # (B, T, V)
        return F.cross_entropy(logits.float().flatten(0, 1), y.flatten())  # ()

    def on_processor(self) -> GPT:
        """The model as it is now, where files and samples are made of it; elsewhere trained, a frozen copy."""
        if self.device.type == "cpu":
            return self.model
        weights = {name: weight.detach().cpu() for name, weight in self.model.state_dict().items()}
        return with_weights(self.model.config, weights)

    def evaluate(self) -> Eval:
        """Loss on both splits now; the last evaluation looks at the whole validation split."""
        limit = None if self.done == self.train.steps else self.train.eval_batches
        line = Eval(
            self.done,
            train=round(train := evaluate.mean_loss(self.model, self.ids, self.train.eval_batches), 5),
            val=round(val := evaluate.mean_loss(self.model, self.held_out, limit), 5),
            seconds=round(self.seconds, 3),
            train_char=self.by_character(train, self.ids, self.train.eval_batches),
            val_char=self.by_character(val, self.held_out, limit),
        )
        found = line.to_json()
        del found["kind"]
        self.losses = thinned([*self.losses, found])
        return line

    def by_character(self, loss: float, ids: Tensor, limit: int | None) -> float | None:
        """Nats a character of a loss in nats a token on a split (N,); None where every token is a character."""
        if self.by_characters:
            return None
        return round(loss / evaluate.characters_a_token(self.lengths, ids, self.model.config.block_size, limit), 5)

    @torch.no_grad()
    def reading(self) -> Reading:
        """One sequence of the latest batch, and how surprising each of its tokens is now, in nats.

        Before the first step of a sitting: of the next batch, which is drawn here without moving the generator.
        """
        x, y = self.read_last or self.reads_next()  # (T,), (T,)
        self.model.eval()
        logits = self.model(x[None].to(self.device))[0]  # (T, V)
        loss = F.cross_entropy(logits, y.to(self.device), reduction="none")  # (T,)
        self.model.train()
        read = [int(x[0]), *y.tolist()]
        tokens = tuple(self.tokenizer.tokens[token] for token in read)
        surprise = (None, *(round(value, 4) for value in loss.tolist()))  # nothing predicts the first one
        return Reading(self.done, self.tokenizer.decode(read), tokens, surprise)

    def reads_next(self) -> tuple[Tensor, Tensor]:
        """The first sequence of the next batch: (T,) and (T,)."""
        peek = Generator()
        peek.set_state(self.generator.get_state())
        x, y = batches.batch(self.ids, self.model.config.block_size, self.train.batch_size, peek)  # (B, T), (B, T)
        return x[0], y[0]  # (T,), (T,)

    def record(self) -> dict[str, Any]:
        """How the model was trained up to now, as its file tells it (gpt/record.py)."""
        return {**self.recipe, "losses": self.losses, "seconds": round(self.seconds, 3)}
