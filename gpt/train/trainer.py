"""One training in progress: everything that a step needs, and how to put it down and take it up again, bit for bit."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt import checkpoint
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.model import GPT
from gpt.record import thinned
from gpt.runs import Run, RunError
from gpt.storage.atomic import write_durable
from gpt.storage.step_files import step_files, step_name
from gpt.tokenizers import Tokenizer
from gpt.train import batches, evaluate, resume
from gpt.train.distributed import Team
from gpt.train.optimizers import optimizers
from gpt.train.schedule import rate

STATES_KEPT = 2
ALONE = Team()
UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError)  # what a state that is none of ours can raise


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
        run: Run,
        corpus: Corpus,
        tokenizer: Tokenizer,
        config: GPTConfig,
        train: TrainConfig,
        team: Team = ALONE,
    ) -> None:
        self.run, self.tokenizer, self.train, self.team = run, tokenizer, train, team
        self.recipe = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "model": config.to_json(),
            "train": train.to_json(),
            **environment(train),
        }
        self.ids, self.held_out = batches.split_tokens(corpus, tokenizer, config.block_size)  # (N,), (M,)
        self.generator = Generator().manual_seed(train.seed)
        self.model = GPT(config, self.generator, train.init_std)
        if train.zero_projections:  # each block starts as the identity: its parts add nothing until they have learned
            for name, weight in self.model.named_parameters():
                if name.endswith("project.weight"):
                    nn.init.zeros_(weight)
        self.model.train()
        self.forward = team.wrap(self.model)
        self.optimizers = optimizers(self.model, train)
        self.done = 0  # finished steps
        self.told = -1  # the latest step at which all that is due was measured, kept and logged
        self.seen: tuple[Tensor, Tensor] | None = None  # the first sequence of the latest batch: (T,) and (T,)
        self.seconds = 0.0  # trained so far, over all sittings
        self.losses: list[dict[str, Any]] = []  # what the evaluations found
        self.damaged: list[Path] = []  # the states that could not be read when this one was taken up

    def step(self) -> dict[str, Any]:
        """One optimizer step; returns its log line. A loss that is not a number changes nothing and is reported."""
        started = time.perf_counter()
        config, train = self.model.config, self.train
        share = rate(self.done, train)
        for optimizer, peak in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = peak * share
        x, y = batches.batch(self.ids, config.block_size, train.batch_size, self.generator)  # (B, T), (B, T)
        self.seen = x[0], y[0]  # (T,), (T,)
        tokens, x, y = x.numel(), self.team.share(x), self.team.share(y)  # (B, T), (B, T), alone
        with torch.autocast("cpu", torch.bfloat16, enabled=train.precision == "bf16"):
            logits = self.forward(x)  # (B, T, V)
        loss = F.cross_entropy(logits.float().flatten(0, 1), y.flatten())  # ()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), train.grad_clip or math.inf)  # ()
        value, length = self.team.mean(loss).item(), norm.item()
        if math.isfinite(value) and math.isfinite(length):
            for optimizer, _ in self.optimizers:
                optimizer.step()
            self.done += 1
        for optimizer, _ in self.optimizers:
            optimizer.zero_grad()
        spent = time.perf_counter() - started
        self.seconds += spent
        line = {"kind": "train", "step": self.done, "loss": value, "rate": share, "lr": train.lr * share}
        if train.optimizer == "muon":
            line["muon_lr"] = train.muon_lr * share
        return line | {
            "grad_norm": length,
            "tokens_per_second": round(tokens / spent),
            "seconds": round(self.seconds, 3),
        }

    @torch.no_grad()
    def look(self) -> dict[str, Any] | None:
        """One sequence of the latest batch, and how surprising each of its characters is now, in nats."""
        if self.seen is None:
            return None
        x, y = self.seen  # (T,), (T,)
        self.model.eval()
        loss = F.cross_entropy(self.model(x[None])[0], y, reduction="none")  # (T,)
        self.model.train()
        characters = [self.tokenizer.decode([token]) for token in [int(x[0]), *y.tolist()]]
        surprise = [None, *(round(value, 4) for value in loss.tolist())]  # nothing predicts the first one
        return {"step": self.done, "text": "".join(characters), "tokens": characters, "loss": surprise}

    def evaluate(self) -> dict[str, Any]:
        """Loss on both splits now; the last evaluation looks at the whole validation split."""
        limit = None if self.done == self.train.steps else self.train.eval_batches
        line = {
            "step": self.done,
            "train": round(evaluate.mean_loss(self.model, self.ids, self.train.eval_batches), 5),
            "val": round(evaluate.mean_loss(self.model, self.held_out, limit), 5),
            "seconds": round(self.seconds, 3),
        }
        self.losses = thinned([*self.losses, line])
        return {"kind": "eval", **line}

    def snapshot(self) -> dict[str, Any]:
        """Keep the model as it is now, to look at; returns its log line, written only once the file is durable."""
        path = self.run.steps / step_name(self.done)
        if not path.exists():
            record = {**self.recipe, "losses": self.losses, "seconds": round(self.seconds, 3)}
            checkpoint.save(path, self.model, self.tokenizer, self.done, record, self.train.storage)
        return {"kind": "snapshot", "step": self.done, "file": path.name}

    def save_state(self) -> None:
        """Keep all that the next step depends on: weights, optimizers, both generators, and what was measured."""
        tensors: dict[str, Tensor] = {
            "rng.torch": torch.get_rng_state(),  # (bytes,) uint8: dropout
            "rng.data": self.generator.get_state(),  # (bytes,) uint8: batches
        }
        for name, tensor in checkpoint.weights_of(self.model).items():
            tensors[f"model.{name}"] = tensor
        for i, (optimizer, _) in enumerate(self.optimizers):
            for j, slots in optimizer.state_dict()["state"].items():
                for key, tensor in slots.items():
                    tensors[f"optimizer.{i}.{j}.{key}"] = tensor
        notes = {
            "step": self.done,
            "told": self.told,
            "seconds": self.seconds,
            "losses": self.losses,
            "recipe": self.recipe,
        }
        write_durable(self.state_path(self.done), resume.pack(tensors, notes))
        for old in self.states()[:-STATES_KEPT]:
            old.unlink()

    def state_path(self, step: int) -> Path:
        """The state file of a step."""
        return self.run.state / step_name(step)

    def states(self) -> list[Path]:
        """The state files, by step."""
        return [path for _, path in step_files(self.run.state)]

    def load_state(self) -> str:
        """Go on from the newest state that can be read, if there is one; returns why the bits may differ, or nothing.

        `damaged` then names those that could not. Raises RunError if there are states, but only damaged ones.
        """
        self.damaged = []
        for path in reversed(self.states()):
            try:
                return self.take_up(path)
            except UNREADABLE:
                self.damaged.append(path)
        if self.damaged:
            told = f"No saved state of the run {self.run.folder.name} can be read any more"
            raise RunError(f"{told}: fork it from a kept step, or choose another folder.")
        return ""

    def take_up(self, path: Path) -> str:
        """Put everything back as a state file has it. Raises one of UNREADABLE if it is damaged."""
        tensors, notes = resume.unpack(path.read_bytes())
        if self.state_path(notes["step"]) != path:
            raise ValueError(f"{path.name} holds another step")
        weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
        if self.model.config.head == "tied":
            weights["unembed.weight"] = weights["token_embedding.weight"]
        self.model.load_state_dict(weights)
        for i, (optimizer, _) in enumerate(self.optimizers):
            slots: dict[int, dict[str, Tensor]] = {}
            for name, tensor in tensors.items():
                if name.startswith(f"optimizer.{i}."):
                    _, _, j, key = name.split(".", 3)
                    slots.setdefault(int(j), {})[key] = tensor
            whole = optimizer.state_dict()
            if set(slots) != {j for group in whole["param_groups"] for j in group["params"]}:
                raise ValueError(f"{path.name} does not hold every optimizer's numbers")
            optimizer.load_state_dict({**whole, "state": slots})
        was, now = notes["recipe"], self.recipe
        changed = [f"{key} {was[key]} -> {now[key]}" for key in ("torch", "threads", "cpu") if was[key] != now[key]]
        torch.set_rng_state(tensors["rng.torch"])
        self.generator.set_state(tensors["rng.data"])
        self.done, self.seconds, self.losses = notes["step"], notes["seconds"], notes["losses"]
        self.told = notes.get("told", self.done)
        if self.told != self.done:  # it will be measured again
            self.losses = [line for line in self.losses if line["step"] != self.done]
        return "very close, but not bit-identical: " + ", ".join(changed) if changed else ""
