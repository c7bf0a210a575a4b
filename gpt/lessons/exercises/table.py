"""The exercises, in the order in which one solves them."""

from __future__ import annotations

from gpt.lessons.exercises.block import BLOCK
from gpt.lessons.exercises.head import HEAD
from gpt.lessons.exercises.line import Exercise
from gpt.lessons.exercises.whole import WHOLE

EXERCISES: dict[str, Exercise] = {one.key: one for one in (HEAD, BLOCK, WHOLE)}
