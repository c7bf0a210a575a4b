"""The museum of slips: thirteen errors that tutorials print, each run broken and mended side by side."""

from __future__ import annotations

from gpt.lessons.slips.museum import BY_KEY
from pages.ui.slips import bar, choices, exhibit, overview

place = bar.bar()
if place == choices.ALL:
    overview.show()
else:
    exhibit.show(BY_KEY[place])
