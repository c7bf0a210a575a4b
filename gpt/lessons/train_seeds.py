"""Training every variant with three seeds, and measuring what the lessons say of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from gpt import checkpoint
from gpt.analysis.heads import scores
from gpt.analysis.perplexity import surprise
from gpt.checkpoint import Checkpoint
from gpt.config import ConfigError
from gpt.lessons import facts, seeds, trained
from gpt.lessons.experiments import dropout, encoder, gpt2, mlp, norm, positions, pseudogpt, residual
from gpt.lessons.experiments import mean as favour
from gpt.lessons.experiments.stream import spread, stream
from gpt.lessons.lookup import MODELS
from gpt.lessons.rung import Rung
from gpt.lessons.train_rungs import train
from gpt.lessons.trained import Losses
from gpt.model import GPT
from gpt.storage.atomic import write_durable
from gpt.storage.step_files import step_files
from gpt.tap import Edit
from gpt.trace import Trace, trace

WINDOWS = 100  # of the last tenth, spread evenly: what a share or a spread is the mean of
PROMPTS = ("ROMEO:\n", "JULIET:\nO Romeo", "KING RICHARD II:\n", "First Citizen:\nWe ", "To be, or not to be")
GREEDY = 200  # characters that are written after each
FAVOUR = (0.0, 6.0)  # what is added to a token's score for itself
DROP = (0.0, 0.2)  # the share of what the parts add that is dropped


def make(folder: Path, file: Path = seeds.FILE) -> None:
    """Train what is not in `folder/<seed>/` yet, measure all, and write the file. Raises as `train` does."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, rung in tqdm(seeds.VARIANTS.items(), unit="variant", disable=None):
        found[name] = [measure(rung, with_seed(rung, seed, folder)) for seed in seeds.SEEDS]
    write_durable(file, (json.dumps(found, indent=1) + "\n").encode())


def with_seed(rung: Rung, seed: int, folder: Path) -> Checkpoint:
    """A variant trained with a seed: as it comes with the app, or from the folder, where it is trained if need be."""
    if rung.train is None:
        raise ConfigError(f"rung is {rung.name!r}, but it must be one that is trained here.")
    if seed == rung.train.seed and rung.name in MODELS:
        return trained.load(rung.name)
    place = folder / str(seed)
    kept = step_files(place / rung.name)
    if kept:
        return checkpoint.load(kept[-1][1])
    alone = dataclasses.replace(rung, train=dataclasses.replace(rung.train, seed=seed), lesson=rung.lesson or rung.name)
    return checkpoint.load(train(alone, place))


def windows(T: int) -> Tensor:
    """WINDOWS windows of the last tenth, (W, T)."""
    ids = facts.ids_of(1)  # (M,)
    starts = torch.linspace(0, len(ids) - T, WINDOWS).long()  # (W,)
    return ids[starts[:, None] + torch.arange(T)]  # (W, T)


def measure(rung: Rung, loaded: Checkpoint) -> dict[str, Any]:
    """All that is measured of one trained model; shares and spreads are means over WINDOWS windows."""
    config, model = loaded.config, loaded.model
    found: dict[str, Any] = {"loss": loaded.record["val_loss"]}
    if rung.share < 1:
        curve = losses_of(rung.name, loaded)
        found |= {"gap": curve.gap, "best_step": dropout.turning_point(curve)}
    if not config.n_layer:
        return rounded(found)

    texts = [ids.tolist() for ids in windows(config.block_size)]
    if config.uniform_attention:
        found["favouring"] = [edited(model, texts, [favour.FavourItself(layer, by) for layer in range(config.n_layer)])
                              for by in FAVOUR]  # fmt: skip
        return rounded(found)
    if rung.share < 1:
        found["dropping"] = [edited(model, texts, dropout.drop_parts(config.n_layer, p)) for p in DROP]
    traces = [trace(model, ids) for ids in texts]
    found["here"] = mean([float(surprise(one.logits, ids).mean()) for one, ids in zip(traces, texts, strict=True)])
    tokens = [[loaded.tokenizer.tokens[i] for i in ids] for ids in texts]
    if config.causal:
        found |= looks(traces, tokens)
    if config.feed_forward:
        busy = [mlp.neurons(one, ids) for one, ids in zip(traces, texts, strict=True)]
        found |= {name: mean([getattr(one, name) for one in busy]) for name in ("silent", "half", "shared")}
        found["spread"] = torch.stack([spread(stream(one)).mean(dim=-1) for one in traces]).mean(dim=0).tolist()
        found["apart"] = mean([pseudogpt.streams(one).apart for one in traces])
    if config.norm == "pre":
        sides = torch.tensor([[one.apart for one in norm.spreads(model, each)] for each in traces])  # (W, N, 2)
        found["norms_apart"] = sides.mean(dim=0).tolist()
    if rung.name == "residual":
        names = residual.parts_of(config.n_layer)
        pairs = list(zip(traces, texts, strict=True))
        found["without"] = [mean([residual.loss_without(model, *pair, name) for pair in pairs]) for name in names]
    if rung.name in ("norm", "positions"):
        found["moved"] = mean([positions.shuffle(model, ids).moved for ids in texts])
        short = positions.one_layer(model)
        found["moved_one_layer"] = mean([positions.shuffle(short, ids).moved for ids in texts])
    if rung.name in ("norm", "encoder"):
        leak = encoder.leak(model, facts.ids_of(1))
        found |= {"open": leak.open, "masked": leak.masked, "places": list(leak.places)}
    if rung.name == "gpt2":
        written = [gpt2.write(loaded, prompt, GREEDY, ("greedy",))[0].text for prompt in PROMPTS]
        found["repeats"] = [gpt2.repeats(text) for text in written]
    return rounded(found)


def edited(model: GPT, texts: Sequence[Sequence[int]], edits: Sequence[Edit]) -> float:
    """Nats a character over the windows, with what flows changed."""
    return mean([float(surprise(trace(model, ids, edits).logits, ids).mean()) for ids in texts])


def looks(traces: Sequence[Trace], tokens: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Where each head looks, layer by layer: on the token itself, on the one before."""
    each = [scores(one.pattern, names) for one, names in zip(traces, tokens, strict=True)]
    roles = ("itself", "previous")
    return {role: torch.stack([one[role] for one in each]).mean(dim=0).flatten().tolist() for role in roles}


def losses_of(name: str, loaded: Checkpoint) -> Losses:
    """The losses on the way of a model that is not among the app's."""
    lines = loaded.record["losses"]
    return Losses(name, *(tuple(line[key] for line in lines) for key in ("step", "train", "val")))


def mean(values: Sequence[float]) -> float:
    """The mean of a few numbers."""
    return sum(values) / len(values)


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    """As it is written: five digits behind the point are enough for every text."""

    def short(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [short(one) for one in value]
        return round(value, 5) if isinstance(value, float) else value

    return {name: short(value) for name, value in values.items()}
