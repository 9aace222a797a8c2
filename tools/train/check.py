"""Each step of the conversion held against the one before; a step that fails stops the release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.train.dataset import Examples
from tools.train.network import FEATURE_SCALE

OPERATORS = frozenset(
    {
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "AVERAGE_POOL_2D",
        "RESHAPE",
        "FULLY_CONNECTED",
        "SOFTMAX",
    }
)
MOST_BYTES = 64 * 1024
MOST_FLOAT_ERROR = 1e-5


class CheckError(RuntimeError):
    """A conversion step lost more than it may."""


@dataclass(frozen=True, slots=True)
class LayerError:
    """How far one layer of the int8 network is from the float network's.

    ``signal_to_noise_db`` is over all clips tried; ``steps`` the mean error in steps of int8.
    """

    operator: str
    shape: tuple[int, ...]
    scale: float
    signal_to_noise_db: float
    steps: float


def interpreter(model: bytes, *, keep: bool = False) -> Any:
    """LiteRT's interpreter with its built-in kernels (no delegate), tensors allocated."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    made = Interpreter(
        model_content=model,
        experimental_op_resolver_type=resolver,
        experimental_preserve_all_tensors=keep,
        num_threads=1,
    )
    made.allocate_tensors()
    return made


def run(machine: Any, clip: NDArray[np.int8]) -> NDArray[Any]:
    """The output [12] for one clip's features [49, 32], as the network's own type."""
    entry = machine.get_input_details()[0]
    x: NDArray[Any] = clip[None, ..., None]
    if entry["dtype"] == np.float32:
        x = x.astype(np.float32) * np.float32(FEATURE_SCALE)
    machine.set_tensor(entry["index"], x)
    machine.invoke()
    output: NDArray[Any] = machine.get_tensor(machine.get_output_details()[0]["index"])[0]
    return output


def predict(model: bytes, examples: Examples) -> NDArray[Any]:
    """Outputs [n, 12] of a .tflite, int8 or float as the model has it."""
    machine = interpreter(model)
    return np.stack([run(machine, clip) for clip in examples.features])


def predict_on_target(model: bytes, examples: Examples) -> NDArray[np.int8]:
    """Outputs [n, 12] by TFLite Micro's interpreter: what the firmware computes, bit for bit."""
    from tflite_micro.python.tflite_micro import runtime

    machine = runtime.Interpreter.from_bytes(model)
    outputs = []
    for clip in examples.features:
        machine.set_input(clip[None, ..., None], 0)
        machine.invoke()
        outputs.append(machine.get_output(0)[0])
    return np.stack(outputs)


def form(model: bytes) -> tuple[str, ...]:
    """The operators in order, once size, types, operators and the input's scale are as agreed.

    Raises:
        CheckError: one of them is not.
    """
    if len(model) > MOST_BYTES:
        raise CheckError(f"the .tflite has {len(model)} bytes, more than {MOST_BYTES}")
    machine = interpreter(model)
    entry, exit_ = machine.get_input_details()[0], machine.get_output_details()[0]
    if entry["dtype"] != np.int8 or exit_["dtype"] != np.int8:
        raise CheckError(f"input {entry['dtype']} and output {exit_['dtype']} should be int8")
    if entry["quantization"] != (FEATURE_SCALE, 0):
        raise CheckError(f"input quantisation {entry['quantization']} is not ({FEATURE_SCALE}, 0)")
    found = tuple(str(step["op_name"]) for step in machine._get_ops_details())
    if set(found) - OPERATORS:
        raise CheckError(f"operators {sorted(set(found) - OPERATORS)} are not among those agreed")
    return found


def float_error(model: Any, converted: bytes, examples: Examples, count: int = 300) -> float:
    """The largest difference between Keras's and the float .tflite's probabilities.

    Raises:
        CheckError: it is above 1e-5.
    """
    some = examples.features[:: max(1, len(examples.labels) // count)]
    machine = interpreter(converted)
    x = some[..., None].astype(np.float32) * np.float32(FEATURE_SCALE)
    wanted = model(x, training=False).numpy()
    got = np.stack([run(machine, clip) for clip in some])
    worst = float(np.abs(wanted - got).max())
    if worst > MOST_FLOAT_ERROR:
        raise CheckError(f"Keras and the float .tflite differ by {worst:.2e}")
    return worst


def layer_errors(
    converted: bytes, quantised: bytes, examples: Examples, count: int = 100
) -> tuple[LayerError, ...]:
    """Every operator's output, int8 against float, over ``count`` clips.

    Raises:
        CheckError: the two networks are not the same chain of operators.
    """
    exact, coarse = interpreter(converted, keep=True), interpreter(quantised, keep=True)
    chains = [[s["op_name"] for s in m._get_ops_details()] for m in (exact, coarse)]
    if chains[0] != chains[1]:
        raise CheckError(f"the float chain {chains[0]} is not the int8 chain {chains[1]}")
    signal, noise = np.zeros(len(chains[0])), np.zeros(len(chains[0]))
    shifted = np.zeros(len(chains[0]))
    rows: list[tuple[tuple[int, ...], float]] = []
    some = examples.features[:: max(1, len(examples.labels) // count)]
    for clip in some:
        run(exact, clip)
        run(coarse, clip)
        rows.clear()
        pairs = zip(_outputs(exact), _outputs(coarse), strict=True)
        for i, ((real, _), (quantum, scale)) in enumerate(pairs):
            error = quantum - real
            signal[i] += float(np.mean(real**2))
            noise[i] += float(np.mean(error**2))
            shifted[i] += float(np.mean(np.abs(error))) / scale
            rows.append((real.shape, scale))
    return tuple(
        LayerError(
            str(operator),
            shape,
            scale,
            float(10 * np.log10(signal[i] / max(noise[i], 1e-30))),
            float(shifted[i] / len(some)),
        )
        for i, (operator, (shape, scale)) in enumerate(zip(chains[0], rows, strict=True))
    )


def _outputs(machine: Any) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Every operator's output as real numbers, with its scale (1 where it is float)."""
    details = {d["index"]: d for d in machine.get_tensor_details()}
    for step in machine._get_ops_details():
        index = step["outputs"][0]
        value = machine.get_tensor(index).astype(np.float64)
        scale, zero = details[index]["quantization"]
        if scale:
            yield (value - zero) * scale, float(scale)
        else:
            yield value, 1.0
