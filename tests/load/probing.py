"""`python -m tests.load.probing`: half a class types on What matters, whose passes are many; the other half elsewhere.

Each student is a connection that speaks Streamlit's own protocol, as in `classroom.py`: a key a second in a prompt of
its own. Who is on What matters asks once more between two keys, as the browser does while something is measured. What
is measured is, for both halves, the server from the key's arrival to the last byte of the answer. With `--probing 0`
the other half types alone, to compare.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from gpt.bench.app_server import BenchError, serving
from gpt.config import ConfigError, need_int
from tests.load.classroom import P95_GOAL, Student

PAUSE = 0.7  # seconds after which a page that waits asks again


@dataclass
class Half:
    """What one half of the class saw."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Prober(Student):
    """One who types on a page of their own."""

    def __init__(self, socket: object, number: int, page: str) -> None:
        super().__init__(socket, number, False)
        self.path, self.asked = page, 0

    async def visit(self) -> None:
        """Open the page."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ClientState_pb2 import ClientState

        await self.socket.send(BackMsg(rerun_script=ClientState(page_name=self.path)).SerializeToString())
        while not self.board:
            await self.answer()

    async def again(self) -> None:
        """Ask for what was measured meanwhile."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ClientState_pb2 import ClientState
        from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

        self.asked += 1
        state = WidgetState(id=self.board, json_value=json.dumps({"again": {"n": self.asked, "have": self.frame}}))
        client = ClientState(
            widget_states=WidgetStates(widgets=[state]), page_script_hash=self.page, fragment_id=self.fragment
        )
        await self.socket.send(BackMsg(rerun_script=client).SerializeToString())
        await self.answer()


async def sit(url: str, number: int, seconds: float, seen: Half, page: str) -> None:
    """One student for some seconds, a key a second, beginning somewhere within the first."""
    import websockets

    try:
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None, open_timeout=60) as socket:  # type: ignore[list-item]
            student = Prober(socket, number, page)
            await asyncio.wait_for(student.visit(), 120)
            await asyncio.sleep(3 + random.Random(number).random())
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                began = time.monotonic()
                seen.milliseconds.append(await asyncio.wait_for(student.key(), 60))
                if page:
                    await asyncio.sleep(PAUSE)
                    await asyncio.wait_for(student.again(), 60)
                await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - began)))
    except (OSError, ValueError, TimeoutError, websockets.WebSocketException) as error:
        seen.errors.append(f"student {number}: {type(error).__name__} {error}")


def told(name: str, half: Half) -> str:
    """One line of figures."""
    if len(half.milliseconds) < 2:
        return f"  {name}: no key was answered, errors {len(half.errors)}"
    ranks = statistics.quantiles(half.milliseconds, n=100)
    return (
        f"  {name}: keys answered {len(half.milliseconds):,}, median {ranks[49]:.0f} ms, 95 % {ranks[94]:.0f} ms, "
        f"errors {len(half.errors)}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 when who types elsewhere is answered in time, 1 when not, 2 when it cannot run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.probing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--probing", type=int, default=15, help="students on What matters")
    parser.add_argument("--elsewhere", type=int, default=15, help="students on the Playground")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args(arguments)
    probing, elsewhere = Half(), Half()

    async def lesson(url: str) -> None:
        students = [sit(url, i, options.seconds, probing, "knockout") for i in range(options.probing)]
        others = [sit(url, 500 + i, options.seconds, elsewhere, "") for i in range(options.elsewhere)]
        await asyncio.gather(*students, *others)

    try:
        import psutil
        import websockets  # noqa: F401

        need_int("probing", options.probing, 0, 500)
        need_int("elsewhere", options.elsewhere, 1, 500)
        need_int("seconds", options.seconds, 1, 3_600)
        with serving() as server:
            process = psutil.Process(server.process.pid)
            asyncio.run(lesson(server.url.replace("http", "ws") + "/_stcore/stream"))
            spent = sum(process.cpu_times()[:2])
    except (BenchError, ConfigError, ImportError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.probing} students on What matters, {options.elsewhere} on the Playground, a key a second each for")
    print(f"{options.seconds} s; CPUs {os.cpu_count()}, load now {os.getloadavg()[0]:.1f}")
    print(told("on What matters", probing))
    print(told("elsewhere", elsewhere) + f" (goal {P95_GOAL:.0f} ms)")
    print(f"  the server's CPU time, the opening included: {spent:.0f} s")
    for error in [*probing.errors, *elsewhere.errors][:5]:
        print("  " + error)
    if len(elsewhere.milliseconds) < 2:
        return 2
    late = statistics.quantiles(elsewhere.milliseconds, n=20)[-1] > P95_GOAL
    return 1 if late or probing.errors or elsewhere.errors else 0


if __name__ == "__main__":
    sys.exit(main())
