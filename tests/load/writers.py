"""`python -m tests.load.writers`: thirty students press "Run 200" at once on one server.

Each student is a connection that speaks Streamlit's own protocol, as in `classroom.py`, and asks for tokens as the
browser does (assets/components/shared/pace.js): as many at a time as a screen needs for enough of them a second, and
again as soon as the answer is there. What is measured is how long one waits for the next tokens, and how many come.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from gpt.bench.app_server import BenchError, serving
from gpt.config import ConfigError, need_int
from tests.load.classroom import Student

GOAL = 2.0  # seconds that nobody waits longer for the next token
RUN, WANTED, MOST, WEIGHT = 200, 90, 16, 0.4  # as the browser has them


@dataclass
class Seen:
    """What all students saw."""

    waits: list[float] = field(default_factory=list)  # seconds until the next tokens were here
    rates: list[float] = field(default_factory=list)  # tokens a second, one a student
    errors: list[str] = field(default_factory=list)


class Writer(Student):
    """One who lets the model write."""

    async def ask(self, count: int) -> float:
        """Ask for tokens; returns the seconds until the panels that show them are here."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ClientState_pb2 import ClientState
        from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

        self.typed += 1
        told = {"ask": {"n": self.typed, "what": "token", "count": count, "have": self.frame}}
        state = WidgetState(id=self.board, json_value=json.dumps(told))
        client = ClientState(
            widget_states=WidgetStates(widgets=[state]), page_script_hash=self.page, fragment_id=self.fragment
        )
        started = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=client).SerializeToString())
        await self.answer(f'"n":{self.typed}'.encode())
        return time.perf_counter() - started


async def write(url: str, number: int, seen: Seen, tokens: int) -> None:
    """One student: opens the page, waits for the others a little, and lets the model write."""
    import websockets

    try:
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None, open_timeout=60) as socket:  # type: ignore[list-item]
            writer, mean, left = Writer(socket, number, True), 0.05, tokens
            await asyncio.wait_for(writer.visit(), 120)
            await asyncio.sleep(2 + random.Random(number).random())
            started = time.perf_counter()
            while left > 0:
                count = min(left, max(1, min(MOST, math.ceil(mean * WANTED))))
                took = await asyncio.wait_for(writer.ask(count), 60)
                mean += WEIGHT * (took - mean)
                seen.waits.append(took)
                left -= count
            seen.rates.append(tokens / (time.perf_counter() - started))
    except (OSError, ValueError, TimeoutError, websockets.WebSocketException) as error:
        seen.errors.append(f"student {number}: {type(error).__name__} {error}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 when nobody waited too long, 1 when somebody did or nothing came, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.writers", description="A class lets the model write.")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--tokens", type=int, default=RUN, help="that each lets the model write")
    options = parser.parse_args(arguments)
    seen = Seen()

    async def lesson(url: str) -> None:
        await asyncio.gather(*(write(url, i, seen, options.tokens) for i in range(options.students)))

    try:
        import websockets  # noqa: F401

        need_int("students", options.students, 1, 500)
        need_int("tokens", options.tokens, 1, 400)
        with serving() as server:
            asyncio.run(lesson(server.url.replace("http", "ws") + "/_stcore/stream"))
    except (BenchError, ConfigError, ImportError) as error:
        print(error, file=sys.stderr)
        return 2
    if len(seen.waits) < 2 or not seen.rates:
        print("No token came. " + "; ".join(seen.errors[:3]), file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    print(f"{options.students} students, {options.tokens} tokens each; CPUs {os.cpu_count()}, load {load:.1f}")
    p95 = statistics.quantiles(seen.waits, n=20)[-1]
    print(f"  waiting for the next tokens: median {statistics.median(seen.waits):.2f} s, 95 % {p95:.2f} s, "
          f"longest {max(seen.waits):.2f} s (goal {GOAL:.0f} s)")  # fmt: skip
    print(f"  tokens a second and student: {min(seen.rates):.1f} to {max(seen.rates):.1f}, errors {len(seen.errors)}")
    for error in seen.errors[:5]:
        print("  " + error)
    return 1 if seen.errors or max(seen.waits) > GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
