"""budgets.toml: every key known, every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import BudgetError
from simgate.verdict.budget_file import Unit, read_budgets


def written(folder: Path, text: str) -> Path:
    path = folder / "budgets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_read_with_its_unit(tmp_path: Path) -> None:
    budgets = read_budgets(
        written(
            tmp_path,
            """
            [memory]
            flash = "96 KiB"
            code = 24_576
            ram = "1 MiB"
            stack = "3 KiB"
            [instructions]
            front_end = 2_000_000
            network = 8_000_000
            network_per_mac = 2.9
            [instructions.layers]
            3 = 900_000
            """,
        )
    )
    assert {budget.key: (budget.limit, budget.unit) for budget in budgets} == {
        "memory.flash": (98304, Unit.BYTES),
        "memory.code": (24576, Unit.BYTES),
        "memory.ram": (1048576, Unit.BYTES),
        "memory.stack": (3072, Unit.BYTES),
        "instructions.front_end": (2_000_000, Unit.INSTRUCTIONS),
        "instructions.network": (8_000_000, Unit.INSTRUCTIONS),
        "instructions.network_per_mac": (2.9, Unit.PER_MAC),
        "instructions.layers.3": (900_000, Unit.INSTRUCTIONS),
    }


def test_a_board_may_have_limits_of_its_own(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [memory]
        flash = 100
        ram = 200
        [instructions.layers]
        10 = 5
        9 = 4
        [board.stm32h743.memory]
        ram = 300
        [board.stm32h743.instructions]
        network = 7
        [board.stm32h743.instructions.layers]
        10 = 6
        """,
    )
    everywhere = {budget.key: budget.limit for budget in read_budgets(path, "stm32f407")}
    there = {budget.key: budget.limit for budget in read_budgets(path, "stm32h743")}
    layers = {"instructions.layers.9": 4, "instructions.layers.10": 5}
    assert everywhere == {"memory.flash": 100, "memory.ram": 200, **layers}
    assert there == {
        "memory.flash": 100,
        "memory.ram": 300,
        "instructions.network": 7,
        **layers,
        "instructions.layers.10": 6,
    }
    assert [*there][-2:] == [*layers]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[memory]\nflash = 1\nrom = 2\n", r"budgets.toml:3: unknown key 'rom' in \[memory\]"),
        ("\n[speed]\n", r"budgets.toml:2: unknown key 'speed'"),
        ("[memory]\n\nstack = '3 kB'\n", r"budgets.toml:3: 'stack': not a size: '3 kB'"),
        ("[memory]\nram = -1\n", r"budgets.toml:2: 'ram': a size cannot be negative"),
        ("[memory]\nram = true\n", r"budgets.toml:2: 'ram': not a size: True"),
        ("[memory]\nram = 1.5\n", r"budgets.toml:2: 'ram': not a size: 1.5"),
        ("memory = 3\n", r"budgets.toml:1: \[memory\] must be a table"),
        ("[instructions]\nnetwork = 1.5\n", r"toml:2: 'network': not a number of instructions"),
        ("[instructions]\nnetwork_per_mac = 0\n", r"toml:2: 'network_per_mac': not a number above"),
        ("[instructions]\nlayers = 3\n", r"toml:2: \[instructions.layers\] must be a table"),
        ("[instructions.layers]\nconv = 3\n", r"toml:2: 'conv' is no operator index"),
        ("[instructions.layers]\n1 = 'x'\n", r"toml:2: '1': not a number of instructions"),
        ("[board.a.memory]\nrom = 2\n", r"toml:2: unknown key 'rom' in \[board.a.memory\]"),
        ("[board.a]\nrom = 2\n", r"toml:2: unknown key 'rom' in \[board.a\]"),
        ("board = 2\n", r"toml:1: \[board\] must be a table"),
        ("[memory\n", r"is not TOML: .*line 1"),
        ("[memory]\n", r"sets no budget"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BudgetError, match=message):
        read_budgets(written(tmp_path, text))


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(BudgetError, match="cannot be read"):
        read_budgets(tmp_path / "absent.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BudgetError, match="UTF-8"):
        read_budgets(binary)


@given(st.text(max_size=80))
def test_hostile_text_is_an_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("budgets") / "budgets.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(BudgetError):
        read_budgets(path)


def test_what_units_print() -> None:
    assert Unit.BYTES.show(3072) == "3,072 B (3.0 KiB)"
    assert Unit.INSTRUCTIONS.show(7697550) == "7,697,550"
    assert Unit.PER_MAC.show(2.897) == "2.897"
