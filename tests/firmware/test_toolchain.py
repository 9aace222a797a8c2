from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from simgate import toolchain
from simgate.assets import root
from simgate.errors import ToolchainError
from simgate.image import Image
from simgate.toolchain import build_app, default_build_directory, find_tools, known_apps

HELLO = Path(__file__).parent / "apps" / "hello"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tree")


def test_a_build_that_is_up_to_date_compiles_nothing(tree: Path) -> None:
    first: list[str] = []
    second: list[str] = []
    elf = build_app(HELLO, build_directory=tree, progress=first.append)
    stamp = elf.stat().st_mtime_ns

    assert build_app(HELLO, build_directory=tree, progress=second.append) == elf
    assert any("Linking C executable hello.elf" in line for line in first)
    assert not any("Linking" in line or "Building" in line for line in second)
    assert elf.stat().st_mtime_ns == stamp


def test_an_option_of_one_call_does_not_linger_in_the_next(tree: Path) -> None:
    plain = build_app(HELLO, build_directory=tree).read_bytes()
    small = build_app(HELLO, build_directory=tree, options={"STACK_SIZE": "512"}).read_bytes()

    assert small != plain
    assert build_app(HELLO, build_directory=tree).read_bytes() == plain


def test_concurrent_builds_of_one_tree_wait_for_each_other(tmp_path: Path) -> None:
    elves: list[Path] = []
    threads = [
        threading.Thread(target=lambda: elves.append(build_app(HELLO, build_directory=tmp_path)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert elves == [tmp_path / "hello.elf"] * 3


def test_the_compilers_complaint_is_shown(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.c").write_text("int main(void)\n{\n    return undeclared;\n}\n")

    with pytest.raises(ToolchainError, match="building app failed") as caught:
        build_app(tmp_path / "app", build_directory=tmp_path / "tree")
    assert "main.c:3:12: error: 'undeclared' undeclared" in caught.value.message


def test_an_application_keeps_its_networks_names_under_another_name(tmp_path: Path) -> None:
    copy = tmp_path / "spotter"
    shutil.copytree(root("firmware") / "app" / "kws", copy, ignore=shutil.ignore_patterns("clips"))
    (copy / "model.tflite").rename(copy / "words.tflite")
    description = copy / "app.toml"
    description.write_text(description.read_text().replace('"model.tflite"', '"words.tflite"'))

    elf = build_app(copy, build_directory=tmp_path / "tree")
    assert elf.name == "spotter.elf"
    assert Image.read(elf).symbol("kws_model_invoke").size > 0


def test_a_program_that_does_not_fit_is_refused_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "main.c").write_text(
        "volatile char large[200000];\nint main(void)\n{\n    return large[1];\n}\n"
    )

    with pytest.raises(ToolchainError, match="overflowed by") as caught:
        build_app(tmp_path / "big", build_directory=tmp_path / "tree")
    assert "does not fit" in caught.value.hint


def test_an_unknown_application_or_board_is_named_with_the_known_ones() -> None:
    with pytest.raises(ToolchainError, match="no application 'kwz'") as app:
        build_app("kwz")
    assert "kws" in app.value.hint
    with pytest.raises(ToolchainError, match="board 'z80'") as board:
        build_app(HELLO, board="z80")
    assert "stm32f407" in board.value.hint


def test_missing_tools_are_all_named_with_the_command_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(toolchain.sys, "executable", str(tmp_path / "python"))

    with pytest.raises(ToolchainError, match="arm-none-eabi-gcc, cmake, ninja") as caught:
        find_tools()
    assert "apt-get install gcc-arm-none-eabi" in caught.value.hint


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ToolchainError, match="cannot write to the build directory"):
        build_app(HELLO, build_directory=tmp_path / "file" / "tree")


def test_builds_with_different_options_have_different_directories() -> None:
    plain = default_build_directory("kws")
    small = default_build_directory("kws", options={"STACK_SIZE": "1024"})
    model = default_build_directory("kws", options={"MODEL": "/a/b.tflite"})
    named = default_build_directory("kws", options={"STACK_SIZE": "1024"}, variant="small")

    assert plain.parts[-4:] == ("build", "firmware", "stm32f407", "kws")
    assert small.parts[-2] == "stm32f407-STACK_SIZE-1024"
    assert named.parts[-2] == "stm32f407-small"
    assert len({plain, small, model, named}) == 4


def test_the_keyword_spotter_is_known() -> None:
    assert "kws" in known_apps()
