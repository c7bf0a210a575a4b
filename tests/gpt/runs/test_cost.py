"""What a training will cost is known before it starts: parameters exactly, memory and disk well enough to refuse."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from gpt import size
from gpt.config import ConfigError, GPTConfig, TrainConfig
from gpt.model import GPT
from gpt.runs import cost, machine
from tests.support import ROOT
from tests.support.ladder import RUNGS
from tests.support.tiny import go, settings

PARTS = {  # which part each weight of a model belongs to, by its name
    "token_embedding": "token_embedding",
    "position_embedding": "position_embedding",
    "attn": "attention",
    "mlp": "mlp",
    "norm1": "norms",
    "norm2": "norms",
    "norm_final": "norm_final",
    "unembed": "unembed",
}


def counted(config: GPTConfig) -> dict[str, int]:
    """The parameters of each part of a real model."""
    found = dict.fromkeys(PARTS.values(), 0)
    with torch.device("meta"):
        model = GPT(config)
    for name, weight in model.named_parameters():
        part = next(PARTS[word] for word in name.split(".") if word in PARTS)
        found[part] += weight.numel()
    return found


def dice_config(dice: random.Random) -> GPTConfig:
    """Any settings that a config accepts, small."""
    while True:
        try:
            V = dice.choice((5, 16, 65))
            return GPTConfig(
                vocab_size=V,
                block_size=dice.choice((4, 16)),
                n_layer=dice.randrange(4),
                n_head=dice.choice((1, 2, 4)),
                n_embd=dice.choice((8, 16, V)),
                position=dice.choice(("learned", "sinusoidal", "index", "index_scaled", "none")),
                norm=dice.choice(("pre", "post", "none")),
                feed_forward=dice.random() < 0.7,
                d_ff=dice.choice((0, 8, 24)),
                final_norm=dice.random() < 0.5,
                bias=dice.random() < 0.5,
                qkv_bias=dice.random() < 0.5,
                output_bias=dice.random() < 0.5,
                head=dice.choice(("tied", "untied", "none")),
            )
        except ConfigError:
            continue


def test_the_formula_counts_what_the_model_has() -> None:
    dice = random.Random(3)
    for config in [*RUNGS.values(), GPTConfig(), *(dice_config(dice) for _ in range(150))]:
        assert size.parameters(config) == counted(config), config
        assert size.count(config) == sum(counted(config).values())


def test_two_hundred_huge_models_are_refused_at_once() -> None:
    dice = random.Random(5)
    slowest = 0.0
    for _ in range(200):
        config = GPTConfig(
            vocab_size=dice.randrange(2, 200_000),
            block_size=dice.randrange(1_024, 8_192),
            n_layer=dice.randrange(24, 96),
            n_head=8,
            n_embd=8 * dice.randrange(128, 1_024),
        )
        train = TrainConfig(batch_size=dice.randrange(64, 65_536))
        began = time.thread_time()
        sentence = cost.fit(config, train, 1_000_000_000)
        slowest = max(slowest, time.thread_time() - began)
        assert sentence.startswith("This training needs about ") and "1.0 GB may be used here: " in sentence
        assert sentence.endswith((" would fit.", "leave more free."))
    assert slowest < 0.05


def test_the_nearest_size_does_fit() -> None:
    config, train = GPTConfig(n_layer=12, n_embd=768, n_head=12, block_size=512), TrainConfig(batch_size=64)
    allowed = 3_000_000_000
    sentence = cost.fit(config, train, allowed)
    changes = dict(part.split() for part in sentence.split("here: ")[1].removesuffix(" would fit.").split(", "))
    batch = int(changes.pop("batch_size", train.batch_size))
    smaller = dataclasses.replace(config, **{name: int(value) for name, value in changes.items()})
    assert not cost.fit(smaller, dataclasses.replace(train, batch_size=batch), allowed)
    assert not cost.fit(GPTConfig(), TrainConfig(), 2_000_000_000)
    assert "wait until other programs" in cost.fit(GPTConfig(), TrainConfig(), 1_000)


def test_sizes_in_words() -> None:
    told = [cost.shown(size) for size in (0, 999, 1_500, 12_000_000, 2_000_000_000, 35e9)]
    assert told == ["0 bytes", "999 bytes", "1.5 kB", "12 MB", "2.0 GB", "35 GB"]


def test_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.cores() >= 1 and machine.budget() > 0
    monkeypatch.delenv("NANOSCOPE_SLOTS", raising=False)
    assert machine.slots() == max(1, machine.cores() - 1)
    monkeypatch.setenv("NANOSCOPE_SLOTS", "7")
    assert machine.slots() == 7


def test_the_disk_is_enough_for_what_a_run_writes(tmp_path: Path) -> None:
    recipe = settings(steps=30, snapshots=20)
    run = go(tmp_path / "run", settings=recipe)
    config = GPTConfig.from_json(run.read()["model"])
    assert sum(file.stat().st_size for file in run.folder.rglob("*") if file.is_file()) < cost.disk(config, recipe)


def test_a_state_of_twelve_bytes_a_parameter_is_part_of_the_peak(tmp_path: Path) -> None:
    """With one short sequence a step, saving is the peak: 16 bytes a parameter, and twice what a saved state holds.

    It is there as numbers and as the bytes of the file: at 42 million parameters a training was measured at 2.0 GB.
    """
    recipe = TrainConfig(steps=1, batch_size=1, eval_batches=1, snapshots=2, optimizer="adamw", warmup=0)
    made = []
    for width in (64, 128):
        config = GPTConfig(n_layer=2, n_head=2, n_embd=width, block_size=4)
        run = go(tmp_path / str(width), model=config, settings=recipe)
        config = GPTConfig.from_json(run.read()["model"])
        (state,) = run.state.glob("*.safetensors")
        made.append((cost.memory(config, recipe), size.count(config), state.stat().st_size))
    more, parameters, saved = (larger - smaller for smaller, larger in zip(*made, strict=True))
    assert saved / parameters == pytest.approx(12, rel=0.02)
    assert more == pytest.approx(cost.SLACK * (16 * parameters + 2 * saved), rel=0.01)


MEASURE = """
import json, sys
sys.path[:0] = sys.argv[1:2]
from pathlib import Path
from gpt.train import loop
from gpt.train.start import start
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import load
from gpt.runs import Run
model, recipe = (kind.from_json(json.loads(word)) for kind, word in zip((GPTConfig, TrainConfig), sys.argv[2:4]))
loop.SAMPLE_LENGTH = 2
start(Run(Path(sys.argv[4])), load("copy"), model, recipe, quiet=True)
# Not ru_maxrss: that one is carried over from whoever started this process.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
sys.stdout.write(str(1024 * int(peak.split()[1])))
"""
GRID = [
    GPTConfig(n_layer=2, n_head=2, n_embd=32, block_size=16),
    GPTConfig(n_layer=4, n_head=4, n_embd=256, block_size=128),
    GPTConfig(n_layer=2, n_head=8, n_embd=128, block_size=256),
    GPTConfig(n_layer=2, n_head=4, n_embd=64, block_size=2_048),  # evaluations are dearest
    GPTConfig(n_layer=4, n_head=6, n_embd=384, block_size=16),  # saving is dearest
]


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is in other units elsewhere")
@pytest.mark.parametrize("config", GRID, ids=["small", "wide", "long", "longer", "wider"])
def test_memory_is_near_what_a_training_takes(config: GPTConfig, tmp_path: Path) -> None:
    recipe = TrainConfig(steps=2, batch_size=min(16, 8_192 // config.block_size), eval_batches=1, snapshots=2, warmup=0)
    config = dataclasses.replace(config, vocab_size=10)
    command = [sys.executable, "-c", MEASURE, str(ROOT), json.dumps(config.to_json()), json.dumps(recipe.to_json())]
    done = subprocess.run([*command, str(tmp_path / "run")], capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    ratio = cost.memory(config, recipe) / int(done.stdout)
    assert 0.9 <= ratio <= 1.4, (ratio, int(done.stdout))
