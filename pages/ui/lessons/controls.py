"""The one thing to turn in a lesson: a slider or a choice, drawn alike everywhere, which a link restores."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.state import session


@dataclass(frozen=True)
class Slider:
    """A number from `low` to `high`."""

    label: str
    low: float
    high: float
    start: float
    step: float
    unit: str = ""

    def fit(self, value: object) -> float:
        """The nearest number that it can show; its start for what is no number."""
        try:
            number = float(str(value)[:20])
        except ValueError:
            return self.start
        if not self.low <= number <= self.high:  # false for NaN too
            return max(self.low, min(self.high, number)) if number == number else self.start
        return self.low + self.step * round((number - self.low) / self.step)

    def draw(self, key: str) -> float:
        """The slider; returns what it shows."""
        if self.high <= self.low:  # nothing to choose from
            return self.low
        session.remember(key, self.fit(session.recall(key, self.start)))
        digits = 0 if self.step >= 1 else 2
        return st.slider(
            self.label, self.low, self.high, step=self.step, format=f"%.{digits}f{self.unit}", key=key,
            persist_state="session",
        )  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    label: str
    options: tuple[str, ...]
    start: str  # what is chosen before anybody chooses

    def fit(self, value: object) -> str:
        """The word itself if it is one of them, else the one at the start."""
        return str(value) if value in self.options else self.start

    def draw(self, key: str) -> str:
        """The choice; returns what it shows. A long list is drawn as a menu."""
        session.remember(key, self.fit(session.recall(key, self.start)))
        if sum(len(option) + 3 for option in self.options) > 36:
            return str(st.selectbox(self.label, self.options, key=key, persist_state="session"))
        return str(st.segmented_control(self.label, self.options, key=key, required=True, persist_state="session"))


Control = Slider | Choice
