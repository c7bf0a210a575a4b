"""The ladder of lessons: one model, built one part at a time, each rung really trained and measured. No torch here.

ladder.py       the rungs as data, each a Rung of rung.py;  lookup.py  one by its name, and what differs between two
trained.py      the trained rungs that come with the app
train_rungs.py  training one rung;  `python -m gpt.lessons` trains all of them and prints the table
experiments/    what a lesson shows, one file a lesson, named as its rung
quiz/           predict, then reveal
texts.py        the lessons' texts and the numbers in them;  facts.py  those numbers, computed;  glossary.py  the terms
all_rungs.py    all rungs on one prompt
"""

from gpt.lessons.ladder import COMPANIONS, RUNGS
from gpt.lessons.lookup import MODELS, code_lines, difference, named, numbered
from gpt.lessons.rung import Rung

__all__ = ["COMPANIONS", "MODELS", "RUNGS", "Rung", "code_lines", "difference", "named", "numbered"]
