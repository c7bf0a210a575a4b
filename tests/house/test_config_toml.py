"""The settings that safety, speed and contrast rest on, read back by the installed Streamlit itself.

A fresh process reads them, as `streamlit run` would, without this shell's STREAMLIT_ variables and without anyone's own
settings: a value that was misspelt, moved or dropped by a new release fails here, not in front of a class.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support import ROOT

FILE = ROOT / ".streamlit/config.toml"

WANTED = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.allowedHosts": ["localhost", "127.0.0.1"],
    "server.fileWatcherType": "none",
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 32,
    "server.maxMessageSize": 50,
    "server.maxCacheDataSize": "256mb",
    "server.disconnectedSessionTTL": 300,
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "browser.gatherUsageStats": False,
}

READ_BACK = """
import json
from streamlit import config
options = config.get_config_options()
print(json.dumps({key: option.value for key, option in options.items()}, default=str))
"""

# The end of a script's run (everything it touches replaced), counting the full collections that it forces: as the file
# says, then the other way round.
COUNT_COLLECTIONS = """
import gc, inspect, json
from unittest.mock import MagicMock
from streamlit import config
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

def collections():
    forced = []
    gc.collect, real = (lambda *generation: forced.append(generation)), gc.collect
    finish = ScriptRunner._on_script_finished
    finish(*(MagicMock() for _ in inspect.signature(finish).parameters))
    gc.collect = real
    return len(forced)

as_written = collections()
config.set_option("runner.postScriptGC", True)
print(json.dumps([as_written, collections()]))
"""


def run_streamlit(code: str, home: Path) -> tuple[object, str]:
    """What the code prints as JSON, and its complaints, from a fresh process at the project's root."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")}
    env |= {"HOME": str(home), "USERPROFILE": str(home)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


@pytest.fixture(scope="module")
def read_back(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], str]:
    """Every option's value in force, and what Streamlit said while it read the file."""
    options, said = run_streamlit(READ_BACK, tmp_path_factory.mktemp("home"))
    assert isinstance(options, dict)
    return options, said


@pytest.mark.parametrize("key", WANTED)
def test_value(key: str, read_back: tuple[dict[str, object], str]) -> None:
    assert key in read_back[0], f"this Streamlit has no option {key}"
    assert read_back[0][key] == WANTED[key]


def written(table: dict[str, object], above: str = "") -> dict[str, object]:
    """The file's values by their full names: {"theme": {"light": {"textColor": x}}} -> {"theme.light.textColor": x}."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        flat |= written(value, f"{above}{key}.") if isinstance(value, dict) else {above + key: value}
    return flat


def test_everything_in_the_file_is_understood(read_back: tuple[dict[str, object], str]) -> None:
    options, said = read_back
    assert said == ""
    for key, value in written(tomllib.loads(FILE.read_text(encoding="utf-8"))).items():
        assert key in options, f"this Streamlit has no option {key}"
        assert options[key] == value


def test_post_script_gc_still_acts(tmp_path: Path) -> None:
    """The hidden option that decides the speed of a class: off means no forced collection, on means one a run."""
    counts, _ = run_streamlit(COUNT_COLLECTIONS, tmp_path)
    assert counts == [0, 1]


def theme(mode: str) -> dict[str, str]:
    """The colours of one mode."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))["theme"][mode]


def channels(colour: str) -> list[float]:
    """#rrggbb -> red, green, blue in 0..1."""
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    """WCAG 2.2, "relative luminance"."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(front: str, ground: str, opacity: float = 1.0) -> float:
    """WCAG 2.2, "contrast ratio", of a colour drawn on a ground, perhaps half transparent."""
    drawn = [opacity * a + (1 - opacity) * b for a, b in zip(channels(front), channels(ground), strict=True)]
    low, high = sorted((luminance(drawn), luminance(channels(ground))))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_words_are_readable(mode: str, ground: str) -> None:
    colours = theme(mode)
    for name in ("textColor", "linkColor", "primaryColor", "codeTextColor"):
        assert contrast(colours[name], colours[ground]) >= 4.5, name
    # Captions are drawn at 60 % of the text colour.
    assert contrast(colours["textColor"], colours[ground], opacity=0.6) >= 4.5
    assert contrast(colours["codeTextColor"], colours["codeBackgroundColor"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_chart_colours(mode: str) -> None:
    colours = theme(mode)
    six = colours["chartCategoricalColors"]
    assert len(set(six)) == 6 and len(six) == 10  # of fewer than ten, Streamlit makes "undefined"
    named = ["blueColor", "orangeColor", "greenColor", "violetColor"]
    assert list(six[:4]) == [colours[name] for name in named]  # query, key, value, attention: one meaning everywhere
    assert six[5] == colours["grayColor"]
    for ground in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        assert all(contrast(colour, ground) >= 3 for colour in six)
    assert len(colours["chartSequentialColors"]) == len(colours["chartDivergingColors"]) == 10


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_ramps_grow_from_the_ground(mode: str) -> None:
    colours = theme(mode)
    ground = colours["secondaryBackgroundColor"]
    away = [contrast(colour, ground) for colour in colours["chartSequentialColors"]]
    assert away[0] == 1
    assert away == sorted(away)
    signed = [contrast(colour, ground) for colour in colours["chartDivergingColors"]]
    assert signed[:5] == sorted(signed[:5], reverse=True)
    assert signed[5:] == sorted(signed[5:])
