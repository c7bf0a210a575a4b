"""Saving a training and restoring it, bit for bit: its states, which of them exist, and the models that are kept.

A state is one safetensors file: weights, optimizers and generators as tensors, the rest as JSON notes. It knows its own
fingerprint: the sha256 of the notes and of every tensor with its name and shape, so a flipped bit never goes unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

from gpt import checkpoint
from gpt.runs import Run, RunError
from gpt.runs.log import Snapshot
from gpt.storage.atomic import write_durable
from gpt.storage.bounded import read_bounded
from gpt.storage.safetensors_header import ModelFileError, read_header
from gpt.storage.step_files import step_files, step_name
from gpt.train.device import random_state, restore_random_state
from gpt.train.trainer import Trainer

STATES_KEPT = 2
MOST_BYTES = 6 * checkpoint.MAX_FILE  # weights and two moments in 32 bits, where a model may be kept in 16
UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError)  # what a state that is none of ours can raise


class StateError(ValueError):
    """A state that is not what was written."""


class Store:
    """What a training keeps in its run folder, and how it goes on from there."""

    def __init__(self, run: Run, trainer: Trainer) -> None:
        self.run, self.trainer = run, trainer
        self.measured_step = -1  # the latest step at which all that is due was measured, kept and logged
        self.damaged: list[Path] = []  # the states that could not be read when the trainer was restored

    def states(self) -> list[tuple[int, Path]]:
        """The steps that there are states of, rising, with their files."""
        return step_files(self.run.state)

    def save_state(self) -> None:
        """Keep all that the next step depends on: weights, optimizers, both generators, and what was measured."""
        trainer = self.trainer
        tensors: dict[str, Tensor] = {
            "rng.torch": torch.get_rng_state(),  # (bytes,) uint8: dropout
            "rng.data": trainer.generator.get_state(),  # (bytes,) uint8: batches
            **random_state(trainer.device),
        }
        for name, tensor in checkpoint.weights_of(trainer.model).items():
            tensors[f"model.{name}"] = tensor
        for i, (optimizer, _) in enumerate(trainer.optimizers):
            for j, slots in optimizer.state_dict()["state"].items():
                for key, tensor in slots.items():
                    tensors[f"optimizer.{i}.{j}.{key}"] = tensor
        notes = {
            "step": trainer.done,
            "told": self.measured_step,  # as files have called it from the first version on
            "seconds": trainer.seconds,
            "losses": trainer.losses,
            "recipe": trainer.recipe,
        }
        write_durable(self.run.state / step_name(trainer.done), pack(tensors, notes))
        for _, old in self.states()[:-STATES_KEPT]:
            old.unlink()

    def keep_model(self) -> Snapshot:
        """Keep the model as it is now, to look at; returns its log line, written only once the file is durable."""
        trainer = self.trainer
        path = self.run.steps / step_name(trainer.done)
        if not path.exists():
            checkpoint.save(
                path, trainer.on_processor(), trainer.tokenizer, trainer.done, trainer.record(), trainer.train.storage
            )
        return Snapshot(trainer.done, path.name)

    def restore_newest(self) -> str:
        """Go on from the newest state that can be read, if there is one; returns why the bits may differ, or nothing.

        `damaged` then names those that could not. Raises RunError if there are states, but only damaged ones.
        """
        self.damaged = []
        for step, path in reversed(self.states()):
            try:
                return self.restore(step, path)
            except UNREADABLE:
                self.damaged.append(path)
        if self.damaged:
            reason = f"No saved state of the run {self.run.folder.name} can be read any more"
            raise RunError(f"{reason}: fork it from a kept step, or choose another folder.")
        return ""

    def restore(self, step: int, path: Path) -> str:
        """Put everything back as the state file of a step has it. Raises one of UNREADABLE if it is damaged."""
        trainer = self.trainer
        tensors, notes = unpack(read_bounded(path, MOST_BYTES))
        if notes["step"] != step:
            raise ValueError(f"{path.name} holds another step")

        weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
        if trainer.model.config.head == "tied":
            weights["unembed.weight"] = weights["token_embedding.weight"]
        trainer.model.load_state_dict(weights)
        for i, (optimizer, _) in enumerate(trainer.optimizers):
            slots: dict[int, dict[str, Tensor]] = {}
            for name, tensor in tensors.items():
                if name.startswith(f"optimizer.{i}."):
                    _, _, j, key = name.split(".", 3)
                    slots.setdefault(int(j), {})[key] = tensor
            whole = optimizer.state_dict()
            if set(slots) != {j for group in whole["param_groups"] for j in group["params"]}:
                raise ValueError(f"{path.name} does not hold every optimizer's numbers")
            optimizer.load_state_dict({**whole, "state": slots})

        before, now = notes["recipe"], trainer.recipe
        changed = [
            f"{key} {before[key]} -> {now[key]}" for key in ("torch", "threads", "cpu") if before[key] != now[key]
        ]
        was, takes = (recipe.get("library", "torch") for recipe in (before, now))  # older states do not tell it
        if was != takes:
            changed.append(f"products by {was} -> {takes}")
        was, takes = (recipe.get("device", "cpu") for recipe in (before, now))
        if was != takes:
            changed.append(f"device {was} -> {takes}")
        restore_random_state(trainer.device, tensors)
        torch.set_rng_state(tensors["rng.torch"])
        trainer.generator.set_state(tensors["rng.data"])
        trainer.done = notes["step"]
        trainer.seconds = notes["seconds"]
        trainer.losses = notes["losses"]
        self.measured_step = notes.get("told", trainer.done)
        if self.measured_step != trainer.done:  # it will be measured again
            trainer.losses = [line for line in trainer.losses if line["step"] != trainer.done]
        return "very close, but not bit-identical: " + ", ".join(changed) if changed else ""


def fingerprint(tensors: Mapping[str, Tensor], notes: str) -> str:
    """The sha256 of the notes and of every tensor's name, type, shape and numbers, 64 hexadecimal digits."""
    found = hashlib.sha256(notes.encode())
    for name in sorted(tensors):
        tensor = tensors[name]  # any shape
        found.update(f"\n{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        found.update(tensor.contiguous().numpy().tobytes())
    return found.hexdigest()


def pack(tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> bytes:
    """The bytes of a state file. The tensors may have any shape; the notes are JSON values."""
    kept = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
    written = json.dumps(dict(notes))
    return write_tensors(kept, {"state": written, "sha256": fingerprint(kept, written)})


def unpack(data: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and notes as they were packed. Raises StateError for a file in which anything has changed."""
    try:
        notes, _ = read_header(data)
        tensors = read_tensors(data)
        if fingerprint(tensors, notes["state"]) != notes["sha256"]:
            raise StateError("The numbers of this state are not those that were saved.")
        return tensors, json.loads(notes["state"])
    except (ModelFileError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise StateError("This state cannot be read as it was saved.") from error
