"""The ladder of lessons: one model, built one part at a time, each rung really trained and measured. No torch here.

recipes.py      the rungs as data;  rungs.py  what differs between two of them, and the source lines that matter
shelf.py        the trained rungs that come with the app
training.py     training one rung;  `python -m gpt.lessons` trains all of them and prints the table
numbers.py ...  each rung's experiments, computed on the spot
questions.py    predict, then reveal;  glossary.py  the terms;  texts.py  the lessons' texts and the numbers in them
readings.py     all rungs on one prompt
"""

from gpt.lessons.ladder import COMPANIONS, RUNGS
from gpt.lessons.lookup import MODELS, code_lines, difference, named, numbered
from gpt.lessons.rung import Rung

__all__ = ["COMPANIONS", "MODELS", "RUNGS", "Rung", "code_lines", "difference", "named", "numbered"]
