"""TFLM and LiteRT, each in a process of its own: right tensors, and no way to be hurt by them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simgate.errors import ModelError, ReferenceFailed
from simgate.model import read_model
from simgate.reference.interpreter import Reference
from simgate.reference.litert import litert_reference
from simgate.reference.tflm import tflm_reference

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "firmware" / "app" / "kws" / "model.tflite"
SHARED = ROOT.parent / "shared" / "models"


@pytest.fixture
def tflm() -> Iterator[Reference]:
    with tflm_reference(MODEL) as reference:
        yield reference


def silence(reference: Reference) -> np.ndarray:
    tensor = reference.model.tensors[reference.model.inputs[0]]
    return np.zeros(tensor.shape, np.int8)


def gone(process_id: int) -> bool:
    """No process of that number is left, not even a zombie."""
    return not Path(f"/proc/{process_id}").exists()


def test_every_activation_comes_back_with_shape_type_and_quantisation(tflm: Reference) -> None:
    run = tflm.infer([silence(tflm)])
    outputs = {index for operator in tflm.model.operators for index in operator.outputs}
    assert set(run.tensors) == outputs | set(tflm.model.inputs)
    for index, tensor in run.tensors.items():
        described = tflm.model.tensors[index]
        assert (tensor.name, tensor.shape) == (described.name, described.shape)
        assert tensor.dtype == np.int8
        assert tensor.quantisation == described.quantisation


def test_the_name_says_which_version(tflm: Reference) -> None:
    from importlib.metadata import version

    assert tflm.name == f"TFLM {version('tflite-micro')}"
    with litert_reference(MODEL) as litert:
        assert litert.name == f"LiteRT {version('ai-edge-litert')} (BUILTIN_REF)"


def test_the_input_comes_back_as_it_was_given(tflm: Reference) -> None:
    noise = np.random.default_rng(1).integers(-128, 128, silence(tflm).shape).astype(np.int8)
    run = tflm.infer([noise])
    assert np.array_equal(run.tensors[tflm.model.inputs[0]].data, noise)


def test_inferences_do_not_remember_each_other(tflm: Reference) -> None:
    noise = np.random.default_rng(2).integers(-128, 128, silence(tflm).shape).astype(np.int8)
    output = tflm.model.outputs[0]
    first = tflm.infer([silence(tflm)]).tensors[output].data.copy()
    tflm.infer([noise])
    assert np.array_equal(tflm.infer([silence(tflm)]).tensors[output].data, first)


def test_softmax_of_a_dense_layer_by_hand() -> None:
    """The last two tensors of the keyword spotter: softmax(x) with output scale 1/256."""
    with tflm_reference(MODEL) as reference:
        run = reference.infer([silence(reference)])
        operator = reference.model.operators[-1]
        if operator.name != "SOFTMAX":
            pytest.skip(f"the model ends with {operator.name}")
        before, after = run.tensors[operator.inputs[0]], run.tensors[operator.outputs[0]]
        assert before.quantisation is not None and after.quantisation is not None
        real = before.data.astype(float) - before.quantisation.zero_point
        exponents = np.exp(real * before.quantisation.scale)
        expected = exponents / exponents.sum() / after.quantisation.scale
        stored = np.clip(expected + after.quantisation.zero_point, -128, 127)
        assert np.abs(after.data - stored).max() <= 1.01


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/models is absent")
def test_a_spoken_stop_is_heard_by_both_references() -> None:
    model = SHARED / "kws_ref_model.tflite"
    clip = np.fromfile(SHARED / "kws_input_490_int8.bin", np.int8).reshape(1, 49, 10, 1)
    with tflm_reference(model) as tflm, litert_reference(model) as litert:
        for reference in (tflm, litert):
            run = reference.infer([clip])
            scores = run.tensors[reference.model.outputs[0]].data
            assert scores.tolist() == [[-128] * 5 + [127] + [-128] * 6]


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/models is absent")
def test_the_two_references_round_differently_on_dense_layers() -> None:
    """Known: LiteRT rounds once where TFLM rounds twice. If this fails, they agree at last."""
    model = SHARED / "ad01_int8.tflite"
    window = np.fromfile(SHARED / "ad01_window0_640_float32.bin", "<f4")
    stored = np.clip(np.round(window / np.float32(0.3910152)) + 89, -128, 127)
    with tflm_reference(model) as tflm, litert_reference(model) as litert:
        inputs = [stored.astype(np.int8).reshape(1, 640)]
        output = tflm.model.outputs[0]
        one = tflm.infer(inputs).tensors[output].data.astype(int)
        other = litert.infer(inputs).tensors[output].data.astype(int)
    assert 0 < np.abs(one - other).max() <= 2


def test_an_input_of_another_shape_or_type_is_named(tflm: Reference) -> None:
    good = silence(tflm)
    with pytest.raises(ReferenceFailed, match="FLOAT32"):
        tflm.infer([good.astype(np.float32)])
    with pytest.raises(ReferenceFailed, match=r"was given"):
        tflm.infer([good[:, :-1]])
    with pytest.raises(ReferenceFailed, match="0 were given"):
        tflm.infer([])
    tflm.infer([good])  # and it still works


def test_a_file_that_is_no_model_never_reaches_an_interpreter(tmp_path: Path) -> None:
    junk = tmp_path / "junk.tflite"
    junk.write_bytes(b"TFL3" * 40)
    with pytest.raises(ModelError):
        tflm_reference(junk)
    with pytest.raises(ModelError):
        litert_reference(tmp_path / "absent.tflite")


def test_a_crash_is_reported_with_its_signal_and_leaves_no_zombie(tflm: Reference) -> None:
    tflm.infer([silence(tflm)])
    process_id = tflm.process_id
    os.kill(process_id, signal.SIGSEGV)
    with pytest.raises(ReferenceFailed, match="killed by SIGSEGV while running"):
        tflm.infer([silence(tflm)])
    assert gone(process_id)
    with pytest.raises(ReferenceFailed, match="not running any more"):
        tflm.infer([silence(tflm)])


def test_the_interpreter_itself_crashing_harms_nobody() -> None:
    """An arena far too small makes this version of TFLM read beyond it, or fail: both are told."""
    options = {"arena_size": 1000}
    model = read_model(MODEL)
    with (
        Reference(MODEL, model, kind="tflm", title="TFLM", options=options) as reference,
        pytest.raises(ReferenceFailed, match=f"while loading {MODEL.name}"),
    ):
        reference.infer([silence(reference)])


def test_an_interpreter_that_takes_too_long_is_stopped() -> None:
    with tflm_reference(MODEL, timeout_s=0.5) as reference:
        process_id = reference.process_id
        os.kill(process_id, signal.SIGSTOP)
        with pytest.raises(ReferenceFailed, match=r"did not finish .* within 0.5 s"):
            reference.infer([silence(reference)])
        assert gone(process_id)


def test_closing_twice_and_forgetting_to_close_leave_nothing() -> None:
    reference = tflm_reference(MODEL)
    process_id = reference.process_id
    reference.close()
    reference.close()
    assert gone(process_id)
    forgotten = tflm_reference(MODEL)
    process_id = forgotten.process_id
    del forgotten
    assert gone(process_id)
