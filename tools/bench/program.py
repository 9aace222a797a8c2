"""What the firmware costs: instructions a multiply-accumulate, and bytes of code."""

from __future__ import annotations

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine
from simgate.measure import measure_footprint
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import FRONT_END, NETWORK, KeywordSpotter

# TFLM with CMSIS-NN on MLPerf Tiny's DS-CNN, GCC 12.2 -O2, counted by two emulators.
CMSIS_NN_PER_MAC = 2.90
CMSIS_NN_CODE_KIB = 110_920 / 1024


def measure(app: KeywordSpotter) -> list[Figure]:
    """Instruction counts of one clip, and the footprint of the ELF."""
    image = Image.read(app.elf)
    with Machine(find_board(app.board), image, spans=(FRONT_END, NETWORK)) as machine:
        app.boot(machine)
        app.send(machine, 0)
        app.answer(machine)
        result = machine.result()
    count = {span.function: span.instructions for span in result.spans}
    footprint = measure_footprint(image)
    assert result.stack is not None
    return [
        Figure(
            "network, instructions a MAC",
            count[NETWORK] / app.macs,
            "",
            2.9,
            True,
            CMSIS_NN_PER_MAC,
            "CMSIS-NN under TFLM",
        ),
        Figure("network, instructions", count[NETWORK], ""),
        Figure("front end, instructions", count[FRONT_END], ""),
        Figure(
            "code and rodata without weights",
            footprint.code_and_constants / 1024,
            "KiB",
            24.0,
            True,
            CMSIS_NN_CODE_KIB,
            "TFLM with CMSIS-NN",
        ),
        Figure("stack used", result.stack.used, "B", result.stack.size),
    ]
