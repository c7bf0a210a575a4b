"""`python -m gpt.config README.md`: write the table of the model's fields into a Markdown file, between its marks."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from gpt.config import GPTConfig
from gpt.settings import write_table

parser = ArgumentParser(prog="python -m gpt.config", description="Write the table of the fields into a file.")
parser.add_argument("file", type=Path, help="a Markdown file that holds the table's marks, as README.md does")
try:
    write_table(parser.parse_args().file, GPTConfig)
except (OSError, ValueError) as error:
    sys.exit(f"The table was not written: {error}")
