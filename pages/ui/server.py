"""What Streamlit's server would do by itself and must not: settings that it has no option for."""

from __future__ import annotations

from streamlit import net_util
from streamlit.logger import get_logger
from streamlit.runtime.pages_manager import PagesManager


def prepare() -> None:
    """See to it before the server starts; once a process."""
    # Our pages are the table in app.py. Streamlit would first look for files in pages/, and tell whoever opens a link
    # to the studio on a fresh server that there is no such page.
    PagesManager.uses_pages_directory = False
    # What is warmed belongs to no visit, and Streamlit would say so with every cache it fills.
    get_logger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(lambda record: False)
    # It asks a service on the internet for this machine's address there: at the start, when all addresses are listened
    # on, and whenever a page of another site knocks. It is told one, so it never asks.
    net_util._external_ip = "127.0.0.1"
