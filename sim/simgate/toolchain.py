"""Building firmware: arm-none-eabi-gcc, driven by CMake and ninja.

Example::

    elf = build_app("kws", options={"STACK_SIZE": "1024"}, progress=print)

Calls for the same build directory wait for each other, in one process or in many; a directory that
is up to date costs a few tens of milliseconds.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import simgate
from simgate.assets import root
from simgate.errors import ToolchainError

Progress = Callable[[str], None]

APT_COMMAND = "sudo apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi cmake ninja-build"
_CONFIGURED = "simgate-configured.txt"
_LAST_LINES = 40


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that a build runs."""

    compiler: Path
    cmake: Path
    ninja: Path

    @property
    def search_path(self) -> str:
        """PATH with the folders of these programs before the present one."""
        folders = dict.fromkeys(str(p.parent) for p in (self.compiler, self.cmake, self.ninja))
        return os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])


def find_tools() -> Tools:
    """The cross compiler, CMake and ninja, from PATH or beside the running Python.

    Raises:
        ToolchainError: naming every program that is missing and the command that installs it.
    """
    names = ("arm-none-eabi-gcc", "cmake", "ninja")
    beside_python = str(Path(sys.executable).parent)
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), beside_python])
    found = {name: shutil.which(name, path=path) for name in names}
    missing = [name for name, where in found.items() if where is None]
    if missing:
        raise ToolchainError(
            f"building firmware needs {', '.join(missing)}, found neither on PATH "
            f"nor in {beside_python}",
            hint=f"Debian and Ubuntu: {APT_COMMAND}",
        )
    compiler, cmake, ninja = (Path(found[name] or "") for name in names)
    return Tools(compiler, cmake, ninja)


def known_apps() -> tuple[str, ...]:
    """The names of the applications that Simgate ships, in alphabetical order."""
    return tuple(sorted(p.parent.name for p in (root("firmware") / "app").glob("*/main.c")))


def apps_under(folder: str | Path) -> tuple[Path, ...]:
    """The applications in a folder of folders (``faults``, or a path), in alphabetical order.

    Raises:
        ToolchainError: there is none.
    """
    home = _shipped_or_own(folder, root("firmware"))
    apps = tuple(sorted({path.parent for path in home.glob("*/*.c")}))
    if not apps:
        raise ToolchainError(f"there is no application under '{folder}'")
    return apps


def default_build_directory(
    app: str, board: str = "stm32f407", options: Mapping[str, str] | None = None, variant: str = ""
) -> Path:
    """``build/firmware/<board>[-<variant>]/<app>`` under the current directory.

    Without a variant, options make one, so that builds that differ never share a directory.
    """
    variant = variant or _variant_of(options or {})
    return Path("build", "firmware", f"{board}-{variant}" if variant else board, app).absolute()


def build_app(
    app: str | Path,
    *,
    board: str = "stm32f407",
    build_directory: Path | None = None,
    options: Mapping[str, str] | None = None,
    variant: str = "",
    progress: Progress | None = None,
) -> Path:
    """Builds one application, as far as it is not up to date, and returns its ELF.

    Args:
        app: a name of ``known_apps``, or the path of a folder with C files.
        board: a folder under firmware/board.
        build_directory: where to build; ``default_build_directory`` when left out.
        options: CMake cache entries, such as STACK_SIZE, MODEL or CMAKE_BUILD_TYPE.
        variant: names the default build directory of a build with options.
        progress: receives each line of the tools' output.

    Raises:
        ToolchainError: a tool, the application or the board is missing, or the build failed
            (the message then ends with the tool's last lines).
    """
    folder = _app_folder(app, root("firmware"))
    tree = build_directory or default_build_directory(folder.name, board, options, variant)
    built = build_apps([folder], tree, board=board, options=options, progress=progress)
    return built[folder.name]


def build_apps(
    apps: Sequence[str | Path],
    build_directory: Path,
    *,
    board: str = "stm32f407",
    options: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Builds several applications in one tree, which they share: their ELFs by the folders' names.

    Arguments and errors are those of ``build_app``.
    """
    tools = find_tools()
    firmware = root("firmware")
    folders = [_app_folder(app, firmware) for app in apps]
    _check_board(board, firmware)
    tree = build_directory.absolute()
    report = progress or (lambda _line: None)
    entries = {"BOARD": board, "APP": ";".join(map(str, folders)), **(options or {})}
    what = folders[0].name if len(folders) == 1 else f"{len(folders)} applications"
    with _locked(tree):
        _configure(tools, firmware, tree, entries, report)
        _run(tools, [str(tools.cmake), "--build", str(tree)], f"building {what}", report)
    elfs = {folder.name: tree / f"{folder.name}.elf" for folder in folders}
    for name, elf in elfs.items():
        if not elf.is_file():
            raise ToolchainError(f"the build of {name} ended without an error and without {elf}")
    return elfs


def _shipped_or_own(app: str | Path, firmware: Path) -> Path:
    """A folder under Simgate's applications, or any other one."""
    shipped = firmware / "app" / app
    return shipped if isinstance(app, str) and shipped.is_dir() else Path(app).absolute()


def _app_folder(app: str | Path, firmware: Path) -> Path:
    folder = _shipped_or_own(app, firmware)
    if not any(folder.glob("*.c")):
        raise ToolchainError(
            f"there is no application '{app}'",
            hint=f"known: {', '.join(known_apps()) or 'none'}; or give a folder with C files",
        )
    return folder


def _check_board(board: str, firmware: Path) -> None:
    known = sorted(p.parent.name for p in firmware.glob("board/*/board.cmake"))
    if board not in known:
        raise ToolchainError(
            f"there is no firmware for the board '{board}'", hint=f"known: {', '.join(known)}"
        )


def _variant_of(options: Mapping[str, str]) -> str:
    """A folder's name for these options: readable where they are few and plain, else a digest."""
    text = "-".join(f"{name}-{value}" for name, value in sorted(options.items()))
    if re.fullmatch(r"[A-Za-z0-9_.-]{0,60}", text):
        return text
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextmanager
def _locked(tree: Path) -> Iterator[None]:
    """Holds the build directory for this call alone. The lock ends with the process, at worst."""
    import fcntl

    try:
        tree.mkdir(parents=True, exist_ok=True)
        lock = (tree / ".lock").open("w")
    except OSError as error:
        raise ToolchainError(
            f"cannot write to the build directory {tree}: {error.strerror}",
            hint="Run from a folder that you may write to, or name another build directory.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _configure(
    tools: Tools, firmware: Path, tree: Path, options: Mapping[str, str], report: Progress
) -> None:
    """Runs CMake's first step, unless the directory was configured in exactly the same way."""
    entries = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_MAKE_PROGRAM": str(tools.ninja),
        "Python3_EXECUTABLE": sys.executable,
        **options,
    }
    command = [
        str(tools.cmake), "-G", "Ninja", "-S", str(firmware), "-B", str(tree),
        "--toolchain", str(firmware / "toolchain-arm-none-eabi.cmake"),
        *(f"-D{name}={value}" for name, value in entries.items()),
    ]  # fmt: skip
    stamp = tree / _CONFIGURED
    text = "\n".join([*command, str(tools.compiler)])
    if (tree / "build.ninja").is_file() and stamp.is_file() and stamp.read_text() == text:
        return
    stamp.unlink(missing_ok=True)
    (tree / "CMakeCache.txt").unlink(missing_ok=True)  # entries of another call would linger
    _run(tools, command, "configuring", report)
    stamp.write_text(text)


def _run(tools: Tools, command: Sequence[str], doing: str, report: Progress) -> None:
    package = str(Path(simgate.__file__).resolve().parent.parent)
    python_path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PATH": tools.search_path, "PYTHONPATH": python_path}
    lines: list[str] = []
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            lines.append(line.rstrip("\n"))
            report(lines[-1])
    if process.returncode:
        said = [line for line in lines if not re.match(r"\[\d+/\d+\] ", line)]
        output = "\n".join(said[-_LAST_LINES:])
        raise ToolchainError(f"{doing} failed:\n{output}", hint=_hint_for(output))


def _hint_for(output: str) -> str:
    if re.search(r"stdint\.h: No such file|cannot find -lc\b", output):
        return f"The C library for arm-none-eabi is missing: {APT_COMMAND}"
    if re.search(r"region `\w+' overflowed", output):
        return "The program does not fit the board; the linker says by how many bytes."
    return ""
