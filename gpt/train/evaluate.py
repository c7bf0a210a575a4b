"""How well a model predicts a text: mean cross-entropy over non-overlapping windows, in nats a token or character.

`python -m gpt.train.evaluate TEXT_FILE [MODEL_FILE ...]` prints it for the last 10 % of a text; without a model file,
of the bundled models.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gpt import bundled, checkpoint, corpora
from gpt.config import EVAL_BATCH
from gpt.model import GPT
from gpt.train import batches


def mean_loss(model: GPT, ids: Tensor, limit: int | None = None) -> float:
    """Nats a token over ids (N,): every window of the context's length, or `limit` batches spread evenly."""
    return loss_in_windows(model, ids, model.config.block_size, limit)


def judged(ids: Tensor, context: int, limit: int | None = None) -> tuple[Tensor, Tensor]:
    """The windows of ids (N,) that a model is judged on: inputs (W, T) and targets (W, T)."""
    inputs, targets = batches.windows(ids, context)  # (W, T), (W, T)
    if limit is not None and limit * EVAL_BATCH < len(inputs):
        rows = torch.linspace(0, len(inputs) - 1, limit * EVAL_BATCH).long()  # (limit * B,)
        inputs, targets = inputs[rows], targets[rows]  # (W', T), (W', T)
    return inputs, targets


def characters_a_token(lengths: Tensor, ids: Tensor, context: int, limit: int | None = None) -> float:
    """How many characters a target of these windows has in the mean; `lengths` (V,) says how many begin in each token.

    Nats a token divided by it are nats a character: all that the text costs, over all its characters, so that models
    with other tokens can be compared (as bits a byte are: Gao et al. 2020, "The Pile", section 3.1).
    """
    _, targets = judged(ids, context, limit)  # (W, T)
    return lengths[targets].double().mean().item()


@torch.no_grad()
def loss_in_windows(model: nn.Module, ids: Tensor, context: int, limit: int | None = None) -> float:
    """The same for any model that maps ids (B, T) to logits (B, T, V): one yardstick for ours and for others'."""
    inputs, targets = judged(ids, context, limit)  # (W, T), (W, T)
    training, total = model.training, 0.0
    device = next((weight.device for weight in model.parameters()), ids.device)
    model.eval()
    for x, y in zip(inputs.split(EVAL_BATCH), targets.split(EVAL_BATCH), strict=True):
        logits = model(x.to(device)).flatten(0, 1).float()  # (B * T, V)
        total += F.cross_entropy(logits, y.flatten().to(device), reduction="sum").item()
    model.train(training)
    return total / inputs.numel()


def main(arguments: list[str] | None = None) -> int:
    """Print one line a model: name, step, parameters, loss on the last 10 % of the text."""
    parser = argparse.ArgumentParser(prog="python -m gpt.train.evaluate", description=__doc__)
    parser.add_argument("text", type=Path, help="a UTF-8 text; its last 10 %% is what the models are judged on")
    parser.add_argument("models", type=Path, nargs="*", help="model files; the bundled ones if none is named")
    chosen = parser.parse_args(arguments)
    try:
        corpus = corpora.from_file(chosen.text)
        for path in chosen.models or [model.last for model in bundled.bundled()]:
            loaded = checkpoint.load(path)
            ids = torch.tensor(loaded.tokenizer.encode(corpus.split()[1]))  # (N,)
            a_token = characters_a_token(torch.tensor(loaded.tokenizer.lengths), ids, loaded.config.block_size)
            size = sum(weight.numel() for weight in loaded.model.parameters())
            loss = mean_loss(loaded.model, ids)
            told = f"validation loss {loss:.4f}" + ("" if a_token == 1 else f", a character {loss / a_token:.4f}")
            print(f"{path.parent.name:12s} step {loaded.step:6,d} {size:10,d} parameters  {told}")
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
