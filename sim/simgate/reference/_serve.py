"""The interpreter's process, started by `simgate.reference.child`.

It answers two requests until its input ends: "load" (a model and the tensors that are wanted) and
"infer" (the inputs of one inference). What an interpreter writes to standard output by itself goes
to standard error, so that it cannot be mistaken for an answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simgate.reference.wire import Message, decode, encode

Array = NDArray[Any]


class Interpreter(Protocol):
    """What both interpreters can do."""

    version: str

    def infer(self, inputs: Sequence[Array]) -> None:
        """Run the network once."""

    def tensor(self, index: int) -> Array:
        """The tensor with this index after the last inference."""


class Tflm:
    """TFLite Micro's interpreter, all tensors preserved."""

    def __init__(self, model: bytes, header: dict[str, Any]) -> None:
        from importlib.metadata import version

        from tflite_micro.python.tflite_micro import runtime

        self.version = f"TFLM {version('tflite-micro')}"
        self._interpreter = runtime.Interpreter.from_bytes(
            model,
            arena_size=int(header["arena_size"]),
            intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
        )

    def infer(self, inputs: Sequence[Array]) -> None:
        """Run the network once."""
        for position, value in enumerate(inputs):
            self._interpreter.set_input(value, position)
        self._interpreter.invoke()

    def tensor(self, index: int) -> Array:
        """The tensor with this index (the parent checked that the model has it)."""
        data: Array = self._interpreter.GetTensor(index, 0)["tensor_data"]
        return data


class LiteRt:
    """LiteRT's interpreter with its reference kernels, all tensors preserved."""

    def __init__(self, model: bytes, header: dict[str, Any]) -> None:
        from importlib.metadata import version

        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        resolver = str(header["resolver"])
        self.version = f"LiteRT {version('ai-edge-litert')} ({resolver})"
        self._interpreter = Interpreter(
            model_content=model,
            experimental_op_resolver_type=OpResolverType[resolver],
            experimental_preserve_all_tensors=True,
            num_threads=1,
        )
        self._interpreter.allocate_tensors()
        self._inputs = [detail["index"] for detail in self._interpreter.get_input_details()]

    def infer(self, inputs: Sequence[Array]) -> None:
        """Run the network once."""
        for index, value in zip(self._inputs, inputs, strict=True):
            self._interpreter.set_tensor(index, value)
        self._interpreter.invoke()

    def tensor(self, index: int) -> Array:
        """The tensor with this index."""
        data: Array = self._interpreter.get_tensor(index)
        return data


KINDS: dict[str, type[Tflm] | type[LiteRt]] = {"tflm": Tflm, "litert": LiteRt}


def serve(kind: str, source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer requests until the input ends."""
    interpreter: Interpreter | None = None
    wanted: list[int] = []

    def read(size: int) -> bytes:
        data = source.read(size)
        if len(data) < size:
            raise EOFError
        return data

    while True:
        try:
            request = decode(read)
        except EOFError:
            return
        try:
            if request.header["command"] == "load":
                wanted = [int(index) for index in request.header["wanted"]]
                interpreter = KINDS[kind](bytes(request.blobs[0]), request.header)
                answer = Message({"version": interpreter.version})
            else:
                if interpreter is None:
                    raise RuntimeError("no model was loaded")
                interpreter.infer(_arrays(request))
                answer = _tensors(interpreter, wanted)
        except ModuleNotFoundError as error:
            answer = Message(
                {
                    "error": f"the Python package that holds it is missing: {error}",
                    "hint": "Install Simgate with its dependencies: pip install simgate",
                }
            )
        except Exception as error:  # the parent decides what it means
            answer = Message({"error": f"{type(error).__name__}: {error}"})
        sink.write(encode(answer))
        sink.flush()


def _arrays(request: Message) -> list[Array]:
    return [
        np.frombuffer(blob, dtype=np.dtype(entry["dtype"])).reshape(entry["shape"])
        for entry, blob in zip(request.header["inputs"], request.blobs, strict=True)
    ]


def _tensors(interpreter: Interpreter, wanted: Sequence[int]) -> Message:
    values = [np.ascontiguousarray(interpreter.tensor(index)) for index in wanted]
    entries = [
        {"index": index, "dtype": value.dtype.str, "shape": list(value.shape)}
        for index, value in zip(wanted, values, strict=True)
    ]
    return Message({"tensors": entries}, [value.tobytes() for value in values])


def main(kind: str) -> None:
    """Keep the answer's channel for answers, then serve."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is reported, not dumped
    answers = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(answers, "wb") as sink:
        serve(kind, sys.stdin.buffer, sink)
