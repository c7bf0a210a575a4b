"""What can be chosen about a model, its training and its sampling: three frozen, self-checking dataclasses.

Each field says there, once, what it may be and how it explains itself (see gpt/settings.py). `python -m gpt.config
README.md` writes the table of the model's fields into README.
"""

from __future__ import annotations

from gpt.config.architecture import GPTConfig
from gpt.config.constants import EVAL_BATCH, FUSED_FROM, LAST_SEED
from gpt.config.sampling import SamplingConfig
from gpt.config.training import TrainConfig
from gpt.settings import Config, ConfigError, need_bool, need_int, need_one_of, need_real, refuse

__all__ = ["EVAL_BATCH", "FUSED_FROM", "LAST_SEED"]
__all__ += ["Config", "ConfigError", "need_bool", "need_int", "need_one_of", "need_real", "refuse"]
__all__ += ["GPTConfig", "SamplingConfig", "TrainConfig"]


def words(kind: type[Config], field: str) -> tuple[str, ...]:
    """The words that a field knows."""
    return tuple(kind.settings()[field].choices)


ACTIVATIONS = words(GPTConfig, "activation")
SCHEDULES, STORAGES = words(TrainConfig, "schedule"), words(TrainConfig, "storage")
