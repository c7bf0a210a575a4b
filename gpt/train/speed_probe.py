"""How fast a training would run on this machine: `python -m gpt.train.speed_probe JSON` measures two seconds.

Its own process, so that a page waiting for the figure never competes with others for the interpreter. No torch on top.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.train.allocator import keep_freed_memory

SECONDS = 2.0
MOST_TOKENS = 4_096  # a step of the probe: more make it longer, and the speed is the same


def tokens_per_second(config: GPTConfig, train: TrainConfig) -> float:
    """Tokens a second of such a training, measured now. Raises ConfigError when the probe cannot run."""
    asked = json.dumps({"model": config.to_json(), "train": train.to_json()})
    environment = {**os.environ, "OMP_NUM_THREADS": str(train.threads)}
    try:
        answer = subprocess.run(  # noqa: S603 - our own module, with checked values
            [sys.executable, "-m", "gpt.train.speed_probe", asked],
            capture_output=True, timeout=120, check=True, env=environment, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return float(json.loads(answer.stdout)["tokens_per_second"])
    except (subprocess.SubprocessError, ValueError, KeyError, OSError) as error:
        raise ConfigError("The speed could not be measured here; the run itself will show it.") from error


def measure(config: GPTConfig, train: TrainConfig) -> float:
    """Train on noise for `SECONDS`, a part of the batch at a time where it is large: neither changes the speed."""
    import torch
    from torch.nn import functional as F

    from gpt.model import GPT
    from gpt.train.device import device_of
    from gpt.train.optimizers import optimizers
    from gpt.train.precision import choose

    keep_freed_memory()
    torch.set_num_threads(train.threads)
    generator = torch.Generator().manual_seed(0)
    device = device_of(train.device)
    model = GPT(config, generator).to(device).train()
    choice = choose(config, train)
    steppers = optimizers(model, train, choice.precision)
    B = max(1, min(train.batch_size, MOST_TOKENS // config.block_size))
    ids = torch.randint(config.vocab_size, (B, config.block_size + 1), generator=generator)  # (B, T + 1)
    ids = ids.to(device)  # (B, T + 1)
    done, started = -1, time.perf_counter()
    while done < 1 or time.perf_counter() - started < SECONDS:
        if done == 0:
            started = time.perf_counter()  # the first step warms up
        with choice.computing():
            logits = model(ids[:, :-1])  # (B, T, V)
        loss = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten())  # ()
        loss.backward()
        for optimizer, _ in steppers:
            optimizer.step()
            optimizer.zero_grad()
        loss.item()  # a graphics card is waited for
        done += 1
    return done * B * config.block_size / (time.perf_counter() - started)


if __name__ == "__main__":
    values = json.loads(sys.argv[1])
    speed = measure(GPTConfig.from_json(values["model"]), TrainConfig.from_json(values["train"]))
    sys.stdout.write(json.dumps({"tokens_per_second": speed}))
