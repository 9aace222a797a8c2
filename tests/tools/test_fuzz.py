"""A slice of the differential fuzzer with a fixed seed."""

from __future__ import annotations

import pytest

from tools.fuzz.campaign import Task, run_task

SEQUENCES = 2048


@pytest.mark.parametrize("processor", ["cortex-m4f"])
def test_core_agrees_with_qemu_and_unicorn(processor: str) -> None:
    pytest.importorskip("unicorn")
    outcome = run_task(Task(2026, processor, ("qemu", "unicorn"), 0, SEQUENCES))
    assert outcome.sequences == SEQUENCES
    assert outcome.faulted == 0
    assert not outcome.unexplained, "\n".join(outcome.reports)
