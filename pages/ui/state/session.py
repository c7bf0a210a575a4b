"""What a session remembers: the only home of Streamlit's session_state and query_params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.state import changes, permalink
from pages.ui.state.inputs import Inputs

INPUTS = "inputs"


def current() -> Inputs:
    """This session's choices, of a model that is still there; on the first call, what the link asks for."""
    inputs = recall(INPUTS)
    if inputs is None:
        keep(inputs := permalink.restore(link()))
    return changes.settled(inputs)


def keep(inputs: Inputs) -> None:
    """These are the choices from now on. For callbacks alone: what is being drawn does not change what was chosen."""
    st.session_state[INPUTS] = inputs


def projector() -> bool:
    """Whether everything is large: of a page that has no choices yet, what its link says."""
    inputs = recall(INPUTS)
    return inputs.projector if inputs else link().get("present") == "1"


def link() -> Mapping[str, str]:
    """The parameters in the address."""
    return st.query_params.to_dict()


def component_value(component: str, name: str) -> Any:
    """What a component has just sent as its state of this name."""
    return (recall(component) or {}).get(name)


def held(component: str) -> list[str]:
    """The frames that a component's browser half has said it holds (pages/ui/board/frames.py), newest and older."""
    told = (value.get("have") for value in (recall(component) or {}).values() if isinstance(value, dict))
    return [name for name in told if isinstance(name, str)]


def recall(key: str, default: Any = None) -> Any:
    """What is remembered under this key: a widget's value, or what `remember` put there."""
    return st.session_state.get(key, default)


def remember(key: str, value: Any) -> None:
    """Remember a value, or set the widget of this key before it is drawn."""
    st.session_state[key] = value


def forget(key: str) -> None:
    """Remember nothing under this key."""
    st.session_state.pop(key, None)
