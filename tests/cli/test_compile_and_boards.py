"""simgate compile, boards, help and version."""

from __future__ import annotations

import json
from pathlib import Path

import simgate as package

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "firmware" / "app" / "kws" / "model.tflite"


def test_compile_writes_c_and_says_what_it_costs(simgate, tmp_path: Path) -> None:
    done = simgate("compile", MODEL, "--prefix", "net", "--out", tmp_path / "c", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["files"] == [str(tmp_path / "c" / name) for name in ("net.c", "net.h")]
    assert f"NET_MACS {said['macs']} " in (tmp_path / "c" / "net.h").read_text()
    for_people = simgate("compile", MODEL, "--prefix", "net", "--out", tmp_path / "c").stdout
    assert f"MACs       {said['macs']:,}" in for_people


def test_boards_are_listed_with_core_clock_and_memories(simgate) -> None:
    done = simgate("boards")
    assert done.returncode == 0
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("stm32f407"))
    for fact in ("cortex-m4f", "168 MHz", "1024 KiB at 0x08000000", "128 KiB at 0x20000000"):
        assert fact in line
    boards = json.loads(simgate("boards", "--json").stdout)
    assert {board["name"] for board in boards} >= {"stm32f407"}


def test_help_names_every_command_and_run_has_its_own(simgate) -> None:
    said = simgate("--help").stdout
    for command in ("run", "verify", "compile", "boards", "footprint"):
        assert f"  {command} " in said
    assert "--board BOARD" in simgate("run", "--help").stdout


def test_the_version(simgate) -> None:
    assert simgate("--version").stdout == f"simgate {package.__version__}\n"


def test_run_does_not_load_what_it_does_not_need(elf_of, tmp_path: Path) -> None:
    """The first line of a UART must not wait for packages that other commands use."""
    import subprocess
    import sys

    code = (
        "import sys; from simgate.cli.run import run\n"
        f"run([{str(elf_of('hello'))!r}, '--board', 'stm32f407', '--for', '0.01'])\n"
        "heavy = {'typer', 'rich', 'pydantic', 'numpy', 'pandas', 'capstone', 'tflite', 'robot'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
