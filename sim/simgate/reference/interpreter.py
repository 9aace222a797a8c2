"""A reference interpreter as Simgate's other packages use it: a model, inputs in, tensors out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from simgate.errors import ReferenceFailed
from simgate.model import Model
from simgate.reference.child import ChildInterpreter
from simgate.reference.tensors import Array, ReferenceRun, ReferenceTensor
from simgate.reference.wire import Message


class Reference:
    """An interpreter in a process of its own, holding one model.

    The process starts at construction and reads the model while its parent does other things;
    `infer` waits for it where it must. Use it as a context manager, or call `close`.

    Args:
        path: the .tflite.
        model: the same, read and checked.
        kind: "tflm" or "litert".
        title: what messages call it until its version is known.
        options: further members of the "load" request.
        timeout_s: wall-clock seconds that one answer may take.

    Raises:
        ReferenceFailed: the file cannot be read any more.
    """

    def __init__(
        self,
        path: Path,
        model: Model,
        *,
        kind: str,
        title: str,
        options: Mapping[str, Any],
        timeout_s: float = 60.0,
    ) -> None:
        self.model = model
        self._path = path
        self._options = options
        self._name: str | None = None
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise ReferenceFailed(f"{path} cannot be read: {error.strerror}") from None
        self._child = ChildInterpreter(kind, title, timeout_s=timeout_s)

    @property
    def name(self) -> str:
        """Name and version: "TFLM 0.dev20261023182759".

        Raises:
            ReferenceFailed: the interpreter does not take the model.
        """
        if self._name is None:
            header = {"command": "load", "wanted": self._wanted(), **self._options}
            answer = self._child.ask(Message(header, [self._data]), f"loading {self._path.name}")
            self._name = str(answer.header["version"])
            self._child.title = self._name
        return self._name

    @property
    def process_id(self) -> int:
        """The operating system's number of the interpreter's process."""
        return self._child.process_id

    def infer(self, inputs: Sequence[Array]) -> ReferenceRun:
        """Run the network once.

        Args:
            inputs: one array an input of the model, in its order, shape and type.

        Returns:
            The model's inputs and every operator's outputs.

        Raises:
            ReferenceFailed: an input of another shape or type, or the interpreter failed.
        """
        self._check(inputs)
        name = self.name
        entries = [{"dtype": value.dtype.str, "shape": list(value.shape)} for value in inputs]
        request = Message({"command": "infer", "inputs": entries}, [v.tobytes() for v in inputs])
        answer = self._child.ask(request, f"running {self._path.name}")
        tensors = {}
        for entry, blob in zip(answer.header["tensors"], answer.blobs, strict=True):
            index = int(entry["index"])
            data = np.frombuffer(blob, dtype=np.dtype(entry["dtype"])).reshape(entry["shape"])
            described = self.model.tensors[index]
            tensors[index] = ReferenceTensor(index, described.name, data, described.quantisation)
        return ReferenceRun(name, MappingProxyType(tensors))

    def close(self) -> None:
        """End the interpreter's process."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wanted(self) -> list[int]:
        outputs = [index for operator in self.model.operators for index in operator.outputs]
        return sorted({*self.model.inputs, *outputs} - {-1})

    def _check(self, inputs: Sequence[Array]) -> None:
        if len(inputs) != len(self.model.inputs):
            raise ReferenceFailed(
                f"{self._path.name} takes {len(self.model.inputs)} inputs, {len(inputs)} were given"
            )
        for index, value in zip(self.model.inputs, inputs, strict=True):
            tensor = self.model.tensors[index]
            type_name = value.dtype.name.upper()
            if value.shape != tensor.shape or type_name != tensor.type_name:
                raise ReferenceFailed(
                    f"input '{tensor.name}' of {self._path.name} is {tensor.type_name} "
                    f"{list(tensor.shape)}, but {type_name} {list(value.shape)} was given"
                )
