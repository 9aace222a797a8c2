"""A slice of the differential fuzzer with a fixed seed: what CI runs of it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tools.fuzz.campaign import Task, batch_of, run_task, tasks
from tools.fuzz.choice import FEATURES
from tools.fuzz.generate import Generator
from tools.fuzz.tables import all_forms
from tools.fuzz.values import CHUNK

SEQUENCES = 2048
SEED = 2026


@pytest.mark.parametrize("processor", ["cortex-m4f", "cortex-m7"])
def test_core_agrees_with_qemu_unicorn_and_the_manual(processor: str) -> None:
    pytest.importorskip("unicorn")
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    outcome = run_task(Task(SEED, processor, ("qemu", "unicorn", "model", "pieces"), 0, SEQUENCES))
    assert outcome.sequences == SEQUENCES
    assert outcome.instructions > 7 * SEQUENCES
    assert outcome.faulted == 0
    assert not outcome.unexplained, "\n".join(outcome.reports)


@pytest.mark.parametrize("processor", sorted(FEATURES))
def test_every_encoding_is_drawn(processor: str) -> None:
    generator = Generator(SEED, processor)
    drawn = {item.form.name for i in range(SEQUENCES) for item in generator.sequence(i).items}
    there = {
        form.name for form in all_forms() if form.options.get("needs", "") in FEATURES[processor]
    }
    assert drawn == there


def test_a_sequence_is_the_same_wherever_a_run_begins() -> None:
    whole = batch_of(Task(SEED, "cortex-m7", (), CHUNK, 20))
    part = batch_of(Task(SEED, "cortex-m7", (), CHUNK + 7, 3))
    for one, same in zip(whole.sequences[7:10], part.sequences, strict=True):
        assert [(item.form.name, item.fields, item.targets) for item in one.items] == [
            (item.form.name, item.fields, item.targets) for item in same.items
        ]
        assert one.pins == same.pins
    assert np.array_equal(whole.states.core[7:10], part.states.core)
    assert np.array_equal(whole.states.fp[7:10], part.states.fp)
    assert np.array_equal(whole.states.memory[7:10], part.states.memory)


def test_another_seed_gives_other_sequences() -> None:
    one, other = (Generator(seed, "cortex-m4f").sequence(0) for seed in (1, 2))
    assert [item.form.name for item in one.items] != [item.form.name for item in other.items]


def test_tasks_keep_to_chunks() -> None:
    cut = [(task.first, task.count) for task in tasks(1, "cortex-m4f", (), CHUNK - 10, CHUNK + 30)]
    assert cut == [(CHUNK - 10, 10), (CHUNK, CHUNK), (2 * CHUNK, 20)]
