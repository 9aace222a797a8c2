"""The debugger's answer to a fault: what happened, where in the source, and how it got there.

Example::

    machine = Machine(find_board("stm32f407"), Image.read(elf), on_fault="follow")
    machine.run_for(1.0)
    print(simgate.report.fault_text.plain(examine(machine)))
"""

from simgate.debug.examine import examine
from simgate.debug.fault_report import FaultReport

__all__ = ["FaultReport", "examine"]
