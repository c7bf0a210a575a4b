"""The names of the eight stages of an attention head, in order, for everyone who does without torch.

What each of them is stands in `gpt.analysis.stages`.
"""

STAGES = ("q", "k", "v", "dot", "scaled", "masked", "pattern", "z")
