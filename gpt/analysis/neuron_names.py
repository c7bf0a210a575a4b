"""Names of a neuron's numbers and of the switches that break an MLP; without torch, as links are read early."""

from __future__ import annotations

KINDS = ("before", "after", "push", "effect", "head")  # the numbers that are worked out
BREAKS = ("neuron", "layer", "identity")  # what is broken
