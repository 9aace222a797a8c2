"""The command that serves gdb, gdb itself, and firmware to debug."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine
from simgate.toolchain import apps_under, build_app, build_apps

ROOT = Path(__file__).resolve().parents[3]
APPS = ROOT / "tests" / "firmware" / "apps"
PATIENCE_S = 60  # for what never comes; nothing is measured by it

MakeMachine = Callable[[], Machine]


@pytest.fixture(scope="session", autouse=True)
def interrupts_arrive() -> None:
    """Where a shell started the tests in the background, programs would ignore SIGINT."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def elf_of() -> Callable[[str], Path]:
    """Builds a test application; what was built before is kept under build/."""

    def build(app: str) -> Path:
        zoo = apps_under("faults")
        if any(app == one.name for one in zoo):
            return build_apps(zoo, ROOT / "build" / "tests" / "faults")[app]
        return build_app(APPS / app, build_directory=ROOT / "build" / "tests" / app)

    return build


@pytest.fixture(scope="session")
def machines_of(elf_of: Callable[[str], Path]) -> Callable[..., MakeMachine]:
    """How to make machines that run an application and receive bytes at some times in seconds."""

    def make_machines(app: str, *inputs: tuple[float, bytes]) -> MakeMachine:
        board, image = find_board("stm32f407"), Image.read(elf_of(app))

        def make() -> Machine:
            machine = Machine(board, image, on_fault="live")
            port = machine.uart("usart2")
            for seconds, data in inputs:
                machine.after(seconds, lambda data=data: port.write(data))
            return machine

        return make

    return make_machines


@dataclass
class Server:
    """``simgate debug --gdb``, waiting for gdb."""

    process: subprocess.Popen[str]
    port: int
    said: str

    def wait(self) -> int:
        """Its exit code."""
        return self.process.wait(PATIENCE_S)

    def relatives(self) -> list[int]:
        """Processes of its session: itself, and all that it started."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] not in "ZX":
                found.append(int(entry.parent.name))
        return found

    def wait_for_no_relatives(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while (left := self.relatives()) and time.monotonic() < end:
            time.sleep(0.01)
        assert left == []


@pytest.fixture
def serve(elf_of: Callable[[str], Path]) -> Iterator[Callable[..., Server]]:
    """Starts the command for an application, with further arguments."""
    servers: list[Server] = []

    def start(app: str, *arguments: object) -> Server:
        process = subprocess.Popen(
            [sys.executable, "-m", "simgate", "debug", str(elf_of(app)), "--board", "stm32f407",
             "--gdb", "127.0.0.1:0", *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )  # fmt: skip
        assert process.stderr is not None
        said = process.stderr.readline()
        port = re.search(r"127\.0\.0\.1:(\d+)", said)
        assert port, said + process.stderr.read()
        servers.append(Server(process, int(port[1]), said))
        return servers[-1]

    yield start
    for server in servers:
        for pid in server.relatives():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.wait()
        assert server.process.stderr is not None
        server.process.stderr.close()


@pytest.fixture
def gdb(serve: Callable[..., Server], elf_of: Callable[[str], Path]) -> Callable[..., str]:
    """A whole session: what gdb prints for these commands. The server must end well, too."""
    program = shutil.which("gdb-multiarch")
    if program is None:
        pytest.skip("gdb-multiarch is not installed")

    def run(app: str, *commands: str, options: tuple[object, ...] = (), end: str = "kill") -> str:
        server = serve(app, *options)
        attach = f"target remote 127.0.0.1:{server.port}"
        lines = ["set confirm off", "set width 0", attach, *commands, end]
        words = [word for line in lines for word in ("-ex", line)]
        done = subprocess.run(
            [program, "-q", "-nx", "-batch", *words, str(elf_of(app))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert server.wait() == 0, done.stdout
        server.wait_for_no_relatives()
        return done.stdout

    return run
