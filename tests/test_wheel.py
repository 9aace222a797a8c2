"""The wheel, installed in an empty environment outside this repository, works on its own.

Built and installed as a stranger would: no checkout beside it, no editable install, only what the
wheel and its dependencies bring.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == expect, (
        f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
    )
    return done


@dataclass(frozen=True)
class Elsewhere:
    """A folder outside the repository with an environment of its own."""

    folder: Path
    wheel: Path

    def program(self, name: str) -> Path:
        return self.folder / "env" / "bin" / name


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    folder = tmp_path_factory.mktemp("elsewhere")
    source = folder / "source"
    # A copy of what git tracks: building in the checkout would leave its traces there.
    tracked = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--quiet",
        "-w",
        folder,
        source,
        cwd=folder,
    )
    (wheel,) = folder.glob("simgate-*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return Elsewhere(folder, wheel)


def test_the_wheel_carries_what_it_needs_and_no_more(elsewhere: Elsewhere) -> None:
    names = zipfile.ZipFile(elsewhere.wheel).namelist()
    for wanted in (
        "simgate/_share/platforms/stm32f407.repl",
        "simgate/_share/platforms/chip/stm32h743.repl",
        "simgate/_share/platforms/strict/stm32h743.repl",
        "simgate/_share/firmware/board/stm32g474/stm32g474.ld",
        "simgate/_share/robot/simgate.resource",
        "simgate/_share/firmware/CMakeLists.txt",
        "simgate/_share/firmware/app/kws/model.tflite",
    ):
        assert wanted in names
    assert any(name.startswith("simgate/core/_native") for name in names)
    tops = {name.split("/")[0] for name in names}
    assert tops == {"simgate", *(top for top in tops if top.endswith(".dist-info"))}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".c.orig")]


def test_it_imports_from_the_wheel(elsewhere: Elsewhere) -> None:
    done = run(
        elsewhere.program("python"),
        "-c",
        "import simgate; print(simgate.__file__)",
        cwd=elsewhere.folder,
    )
    assert str(elsewhere.folder / "env") in done.stdout


@pytest.fixture(scope="module")
def verified(elsewhere: Elsewhere) -> dict[str, Any]:
    """What `simgate verify kws` says there; it builds the firmware on the way."""
    simgate = elsewhere.program("simgate")
    done = run(simgate, "verify", "kws", "--json", cwd=elsewhere.folder)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def elf(elsewhere: Elsewhere, verified: dict[str, Any]) -> Path:
    """The firmware under a name that says nothing of where it came from."""
    (built,) = elsewhere.folder.glob("build/**/kws.elf")
    return Path(shutil.copy(built, elsewhere.folder / "somebody_elses.elf"))


def test_verify_works_there(verified: dict[str, Any]) -> None:
    assert verified["passed"] is True


def test_run_works_there(elsewhere: Elsewhere, elf: Path) -> None:
    simgate = elsewhere.program("simgate")
    ran = run(simgate, "run", elf, "--board", "stm32f407", "--for", "0.05", cwd=elsewhere.folder)
    assert '"ready":"kws"' in ran.stdout


def test_compile_works_there(elsewhere: Elsewhere) -> None:
    model = ROOT / "firmware" / "app" / "kws" / "model.tflite"
    out = elsewhere.folder / "net"
    simgate = elsewhere.program("simgate")
    run(simgate, "compile", model, "--prefix", "net", "--out", out, cwd=elsewhere.folder)
    assert "net_invoke" in (out / "net.c").read_text()


def test_a_robot_suite_of_ones_own_works_there(elsewhere: Elsewhere, elf: Path) -> None:
    suite = elsewhere.folder / "mine.robot"
    suite.write_text(
        "*** Settings ***\n"
        "Library    simgate.keywords\n"
        "*** Test Cases ***\n"
        "The Firmware Boots\n"
        f"    Start Machine    stm32f407    {elf}\n"
        "    Create Terminal Tester    sysbus.usart2    timeout=1\n"
        '    Wait For Line On Uart    "ready"\n'
    )
    done = run(elsewhere.program("robot"), "--output", "NONE", suite, cwd=elsewhere.folder)
    assert "1 test, 1 passed, 0 failed" in done.stdout
