"""Where a training computes: on the processor, or on a graphics card that torch finds.

Fresh weights and batches are drawn on the processor and then handed over, so that a seed begins alike everywhere; what
is summed in another order afterwards, and dropout, differ from device to device. Files, samples and pages never do.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gpt.config import refuse


def there() -> list[str]:
    """The devices that torch finds here, the quickest first; the processor is always one of them."""
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return [name for name, is_there in found.items() if is_there]


def device_of(asked: str) -> torch.device:
    """The device that a recipe's word means; "auto" is the quickest. Raises ConfigError for one that is not there."""
    if asked != "auto" and asked not in there():
        raise refuse("device", asked, f"one that torch finds here: {', '.join(there())}, or auto")
    return torch.device(there()[0] if asked == "auto" else asked)


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Where a device's own chance stands, (bytes,) uint8, by its name; nothing of the processor, whose torch keeps."""
    match device.type:
        case "cuda":
            return {"rng.cuda": torch.cuda.get_rng_state(device)}
        case "mps":
            return {"rng.mps": torch.mps.get_rng_state()}
    return {}


def restore_random_state(device: torch.device, kept: dict[str, Tensor]) -> None:
    """Put a device's chance back to where `random_state` found it, if that was on such a device."""
    state = kept.get(f"rng.{device.type}")
    if state is not None and device.type == "cuda":
        torch.cuda.set_rng_state(state, device)
    elif state is not None and device.type == "mps":
        torch.mps.set_rng_state(state)
