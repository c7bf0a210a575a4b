"""`python -m tests.load.classroom`: thirty students type on one server while a model is being trained.

Each student is a connection that speaks Streamlit's own protocol, as the browser does: it changes one character a
second of a prompt of its own, at its end or somewhere in it, names the frame that it holds, and waits for the
Playground's panels. What is measured is the server, from the key's arrival to the last byte of the answer; painting is
the business of thirty other machines. With `--servers 2` the class is spread over two servers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from gpt.bench.app_server import ROOT, BenchError, serving
from gpt.config import ConfigError, need_int
from tests.support.visitor import board_head

P95_GOAL, P99_GOAL = 150.0, 300.0  # milliseconds
TOKENS = 64  # of everyone's prompt
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo? Deny thy father and refuse thy name; or if thou wilt not"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FRAGMENT_DONE = 3  # ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


@dataclass
class Class:
    """What all students saw."""

    milliseconds: list[float] = field(default_factory=list)
    kilobytes: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)  # one a student: their median, to see whether one is starved
    errors: list[str] = field(default_factory=list)


class Student:
    """One connection: the page's board, and a prompt of one's own."""

    def __init__(self, socket: Any, number: int, behind: bool) -> None:
        self.socket, self.behind, self.typed, self.came = socket, behind, 0, 0
        self.board = self.fragment = self.page = self.frame = ""
        self.draw = random.Random(number)
        self.text = "".join(self.draw.sample(LETTERS, 6)) + TEXT[: TOKENS - 6]  # so that no pass is shared

    async def answer(self, wanted: bytes = b"") -> None:
        """Read until a run of the script is over; note the board. Raises BenchError if it showed a traceback."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        came = not wanted
        while True:
            data = await self.socket.recv()
            self.came += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                if element.WhichOneof("type") == "exception":
                    raise BenchError(f"the page showed a traceback: {element.exception.message}")
                if element.bidi_component.component_name.startswith("nanoscope_board"):
                    sent = element.bidi_component.bytes
                    self.board, self.fragment = element.bidi_component.id, message.delta.fragment_id
                    self.frame = board_head(sent)["frame"]
                    came = came or any(wanted + end in sent for end in (b",", b"}"))
            elif kind == "script_finished" and came:
                return

    async def visit(self) -> None:
        """Open the page."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ClientState_pb2 import ClientState

        await self.socket.send(BackMsg(rerun_script=ClientState(query_string="")).SerializeToString())
        while not self.board:
            await self.answer()

    async def key(self) -> float:
        """Type one more character; returns the milliseconds until the panels are here."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ClientState_pb2 import ClientState
        from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

        self.typed += 1
        # The prompt keeps its length: another last character, or another one anywhere.
        at = TOKENS - 1 if self.behind else self.draw.randrange(TOKENS)
        letter = self.draw.choice(LETTERS.replace(self.text[at], ""))
        self.text = self.text[:at] + letter + self.text[at + 1 :]
        told = {"typed": {"text": self.text, "n": self.typed, "have": self.frame}}
        state = WidgetState(id=self.board, json_value=json.dumps(told))
        client = ClientState(
            widget_states=WidgetStates(widgets=[state]), page_script_hash=self.page, fragment_id=self.fragment
        )
        started = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=client).SerializeToString())
        await self.answer(f'"ack":{self.typed}'.encode())
        return 1_000 * (time.perf_counter() - started)


async def sit(url: str, number: int, seconds: float, seen: Class, behind: bool) -> None:
    """One student for some seconds, a key a second, beginning somewhere within the first."""
    import websockets

    try:
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None, open_timeout=60) as socket:  # type: ignore[list-item]
            student, waited = Student(socket, number, behind), list[float]()
            await asyncio.wait_for(student.visit(), 60)
            await asyncio.sleep(random.Random(number).random())
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                student.came = 0
                took = await asyncio.wait_for(student.key(), 30)
                waited.append(took)
                seen.kilobytes.append(student.came / 1_000)
                await asyncio.sleep(max(0.0, 1.0 - took / 1_000))
            seen.milliseconds += waited
            seen.slowest.append(statistics.median(waited))
    except (OSError, ValueError, TimeoutError, websockets.WebSocketException) as error:
        seen.errors.append(f"student {number}: {type(error).__name__} {error}")


# A run of the app gives way to the pages by this function; one that is started by hand does not.
TRAIN = """
import sys
from gpt.train.__main__ import lower_priority, main
lower_priority(None)
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def training() -> Iterator[None]:
    """A model in training beside it all, as the studio would start it: one thread, low priority."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", TRAIN, f"{folder}/run", "--preset", "race", "--steps", "100000"]
        process = subprocess.Popen(  # noqa: S603 (this very Python, on our own module)
            command,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


def measure(students: int, seconds: float, servers: int, behind: bool) -> tuple[Class, float]:
    """What the class saw, and the servers' CPU milliseconds a key. Raises BenchError if it cannot be measured."""
    try:
        import psutil
        import websockets  # noqa: F401
    except ImportError as error:
        raise BenchError(f"A class needs {error.name}: pip install -r requirements-dev.txt brings it.") from error

    async def lesson(urls: list[str]) -> Class:
        seen = Class()
        await asyncio.gather(*(sit(urls[i % len(urls)], i, seconds, seen, behind) for i in range(students)))
        return seen

    with ExitStack() as stack:
        running = [stack.enter_context(serving()) for _ in range(servers)]
        stack.enter_context(training())
        processes = [psutil.Process(server.process.pid) for server in running]
        time.sleep(5.0)  # warm, and the training under way
        before = sum(sum(process.cpu_times()[:2]) for process in processes)
        seen = asyncio.run(lesson([server.url.replace("http", "ws") + "/_stcore/stream" for server in running]))
        spent = sum(sum(process.cpu_times()[:2]) for process in processes) - before
    return seen, 1_000 * spent / max(1, len(seen.milliseconds))


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 2 with one sentence when it could not be measured, 1 when a student met an error."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.classroom", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--servers", type=int, default=1, help="over which the class is spread")
    parser.add_argument("--behind", action="store_true", help="keys at the prompt's end, not anywhere in it")
    options = parser.parse_args(arguments)
    try:
        need_int("students", options.students, 1, 500)
        need_int("seconds", options.seconds, 1, 3_600)
        need_int("servers", options.servers, 1, 8)
        seen, cpu = measure(options.students, options.seconds, options.servers, options.behind)
    except (BenchError, ConfigError) as error:
        print(error, file=sys.stderr)
        return 2
    if len(seen.milliseconds) < 2:
        print("No key was answered. " + "; ".join(seen.errors[:3]), file=sys.stderr)
        return 2
    ranks = statistics.quantiles(seen.milliseconds, n=100)
    where = "at the end" if options.behind else "anywhere"
    print(f"{options.students} students, a key a second each for {options.seconds} s, {where} in {TOKENS} tokens,")
    print(f"beside a training; servers {options.servers}, CPUs {os.cpu_count()}, load now {os.getloadavg()[0]:.1f}")
    print(f"  keys answered {len(seen.milliseconds):,}, errors {len(seen.errors)}")
    p50, p95, p99 = ranks[49], ranks[94], ranks[98]
    print(
        f"  server, key to answer: median {p50:.0f} ms, 95 % {p95:.0f} ms (goal {P95_GOAL:.0f}), "
        f"99 % {p99:.0f} ms (goal {P99_GOAL:.0f})"
    )
    print(f"  the medians of single students: {min(seen.slowest):.0f} to {max(seen.slowest):.0f} ms")
    print(f"  sent a key: median {statistics.median(seen.kilobytes):.0f} kB")
    print(f"  the server's CPU time a key, the opening of the pages included: {cpu:.1f} ms")
    for error in seen.errors[:5]:
        print("  " + error)
    return 1 if seen.errors else 0


if __name__ == "__main__":
    sys.exit(main())
