"""The main job on firmware that is right, and on firmware that is wrong in one place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simgate.errors import ReferenceFailed, UartError
from simgate.model import Model, read_model
from simgate.report.plain import plain_text
from simgate.report.verification_json import verification_json
from simgate.report.verification_table import verification_tables
from simgate.result import FaultKind
from simgate.verdict.application import App
from simgate.verdict.layers import References
from simgate.verdict.tensors import Match
from simgate.verdict.trial import Trial
from simgate.verdict.verification import Verification, judge, verify


def table(verification: Verification) -> str:
    return plain_text(verification_tables(verification))


def test_the_shipped_firmware_passes_in_everything(app: App, good_elf: Path) -> None:
    verification = verify(app, elf=good_elf)
    assert verification.passed, verification.failures
    model = read_model(app.model)
    assert verification.layers.inferences == len(app.clips)
    assert [layer.operator_index for layer in verification.layers.layers] == [
        operator.index for operator in model.operators
    ]
    for layer in verification.layers.layers:
        output = model.tensors[model.operators[layer.operator_index or 0].outputs[0]]
        assert layer.elements == output.elements * len(app.clips)
    assert verification.features.exact == len(app.clips)
    assert verification.layers.reference.startswith("TFLM ")
    assert verification.opinion is not None
    assert verification.opinion.reference.startswith("LiteRT ")


def test_the_counter_on_the_chip_and_the_simulator_count_alike(app: App, good_elf: Path) -> None:
    """DWT counts from inside, so it sees a few instructions more than the calls have."""
    verification = verify(app, elf=good_elf, litert=False)
    network, front_end = verification.measurements.network, verification.measurements.front_end
    assert network is not None and front_end is not None
    own = [hearing.answer for hearing in verification.hearings]
    assert 0 <= max(answer.network for answer in own) - network.instructions <= 20
    assert 0 <= max(answer.front_end for answer in own) - front_end.instructions <= 20
    layers = sum(cost.instructions for cost in verification.measurements.layers)
    assert layers == pytest.approx(network.instructions, rel=0.01)


def test_the_table_and_the_json_say_what_was_found(app: App, good_elf: Path) -> None:
    verification = verify(app, elf=good_elf, litert=False)
    text = table(verification)
    assert text.isascii()
    assert max(len(line) for line in text.splitlines() if line.startswith("|")) <= 100
    for clip in app.clips:
        assert clip.path.name in text
    for layer in verification.layers.layers:
        assert layer.label in text
    assert text.rstrip().endswith("VERDICT: PASSED")
    content = json.loads(verification_json(verification))
    assert content["passed"] is True
    assert [each["answer"]["label"] for each in content["hearings"]] == [
        hearing.answer.label for hearing in verification.hearings
    ]
    assert {each["budget"]["key"]: each["passed"] for each in content["budgets"]} == {
        verdict.budget.key: True for verdict in verification.budgets
    }


def flipped(model: Model, operator: int, data: bytes) -> bytes:
    """The model's file with one bit of one weight of an operator changed."""
    weights = model.tensors[model.operators[operator].inputs[1]].data
    assert weights is not None and data.count(weights) == 1
    place = data.index(weights) + len(weights) // 2
    return data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :]


def test_a_wrong_layer_is_caught_and_is_the_first_one_named(app: App, build, tmp_path: Path):
    """Firmware with one bit of one weight flipped, held against the model as it should be."""
    model = read_model(app.model)
    convolutions = [op.index for op in model.operators if op.name == "CONV_2D"]
    broken = convolutions[1]
    other = tmp_path / "flipped.tflite"
    other.write_bytes(flipped(model, broken, app.model.read_bytes()))
    elf = build("flipped", {"MODEL": str(other)})

    verification = verify(app, elf=elf)

    assert not verification.passed
    assert verification.features.passed  # the front end is innocent
    first = verification.layers.first_wrong
    assert first is not None
    assert first.operator_index == broken
    assert all(
        layer.match is Match.EXACT
        for layer in verification.layers.layers
        if (layer.operator_index or 0) < broken
    )
    assert first.worst is not None
    assert first.worst.got != first.worst.expected
    text = table(verification)
    assert f"layer {broken} CONV_2D" in text
    assert f"at {list(first.worst.index)} got" in text
    assert text.rstrip().endswith("VERDICT: FAILED")
    assert verification.opinion is not None
    assert first.row in {layer.row for layer in verification.opinion.unexplained}


def test_half_of_the_stack_that_it_needs_is_caught(app: App, build, good_elf: Path) -> None:
    with Trial(app, good_elf) as trial:
        trial.boot()
        trial.hear(app.clips[0])
        stack = trial.machine.result().stack
    assert stack is not None
    half = stack.used // 2 // 8 * 8
    elf = build("half-stack", {"STACK_SIZE": str(half)})

    verification = verify(app, elf=elf)

    assert not verification.passed
    assert verification.layers.inferences == 0
    assert verification.opinion is None  # nothing was compared, so nobody agrees
    fault = verification.run.fault
    assert fault is not None
    assert fault.kind is FaultKind.STACK_OVERFLOW
    assert "the firmware faulted" in table(verification)


def test_a_budget_that_is_exceeded_fails_by_how_much(app: App, good_elf: Path) -> None:
    app.budgets.write_text("[memory]\nstack = 8\n[instructions.layers]\n0 = 5\n")
    verification = verify(app, elf=good_elf, litert=False)
    assert not verification.passed
    assert verification.layers.exact
    stack, layer = verification.budgets
    assert stack.headroom is not None and stack.headroom < 0
    assert any("over budget by" in failure for failure in verification.failures)
    assert "OVER" in table(verification)
    assert layer.budget.title == "Instructions, layer 0"


def test_what_is_asked_of_hearing_is_held(app: App, good_elf: Path) -> None:
    """The same clips under other names: they are words that nobody said."""
    swapped = tuple(
        replace(clip, word=other.word)
        for clip, other in zip(app.clips, reversed(app.clips), strict=True)
    )
    verification = verify(replace(app, clips=swapped), elf=good_elf, litert=False)
    assert not verification.passed
    assert verification.words.right == 0
    assert "WRONG" in table(verification)


def test_features_are_compared_with_what_was_sent(app: App, good_elf: Path) -> None:
    with References(app.model, litert=False) as references, Trial(app, good_elf) as trial:
        trial.boot()
        hearing = trial.hear(app.clips[0])
        trial.hearings[0] = replace(hearing, pcm=hearing.pcm[::-1])  # as if another was sent
        verification = judge(trial, references)
    assert not verification.features.passed
    assert "first different in frame" in str(verification.features)
    assert verification.layers.exact


def test_firmware_that_never_answers_is_an_error_with_the_last_lines(
    app: App, good_elf: Path
) -> None:
    with Trial(app, good_elf) as trial:
        trial.boot()
        with pytest.raises(UartError) as caught:
            trial.answer(app.clips[0], b"", timeout_s=0.05)
    assert caught.value.message.startswith(f"{app.clips[0].path.name}: ")
    assert '{"ready":"kws"' in caught.value.message


def test_another_model_than_the_firmwares_is_no_verdict(app: App, good_elf: Path) -> None:
    shared = Path(__file__).resolve().parents[3] / "shared" / "models" / "kws_ref_model.tflite"
    if not shared.is_file():
        pytest.skip("../shared/models is absent")
    with References(shared, litert=False) as references, Trial(app, good_elf) as trial:
        trial.boot()
        trial.hear(app.clips[0])
        with pytest.raises(ReferenceFailed, match="the network in the firmware takes tensor"):
            judge(trial, references)
