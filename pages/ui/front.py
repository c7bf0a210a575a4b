"""The first file of a visit: Streamlit's page, told what it would find out by itself, and when it is too late.

By itself the page asks at two addresses whether a server is there, waits a tenth of a second between them on every page
but the first, and opens its connection only then; what draws a component it fetches once a message names it. Here it is
told where it is, so it connects at once, and what it will need is fetched while its own scripts are still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

HEAD, END = '<script type="module"', "</head>"  # before its scripts, and behind them
IMPORT = re.compile(r'\b(?:from|import)\s*"\./([\w.-]+\.js)"')
NEEDED = ("BidiComponent",)  # Streamlit's scripts that every page of ours asks for
# Every page lies beside the files that it asks for, so its folder is the server's root, behind any door. No other
# page may give orders to it, nor hand it a token: nobody can have a name that ends in .invalid.
PLACE = """<script>
      window.__streamlit = {
        BACKEND_BASE_URL: new URL(".", location.href).href,
        HOST_CONFIG: { allowedOrigins: ["https://nobody.invalid"], useExternalAuthToken: false },
      }
    </script>
    """


def front(page: str, scripts: Path, own: Iterable[str]) -> str:
    """Streamlit's page, which asks for our `own` scripts too; as it is if it is not of the form that we know."""
    if page.count(HEAD) != 1 or page.count(END) != 1:
        return page
    ours = "".join(f'<script type="module" crossorigin src="./{path}"></script>\n  ' for path in own)
    ahead = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n  '
        for name in needed(scripts)
        if f'/{name}"' not in page
    )
    return page.replace(HEAD, PLACE + HEAD).replace(END, "  " + ours + ahead + END)


def needed(scripts: Path) -> list[str]:
    """The files of what every page needs, and of all that they import."""

    def found(name: str) -> Iterator[str]:
        for below in IMPORT.findall((scripts / name).read_text("utf-8")):
            if below not in seen:
                seen.add(below)
                yield below
                yield from found(below)

    seen = {path.name for kind in NEEDED for path in scripts.glob(f"{kind}.*.js")}
    return [*sorted(seen), *(below for name in sorted(seen) for below in found(name))]
