"""TFLite Micro's own interpreter: the exact reference.

The kernels that run on a microcontroller, compiled for the host (PyPI `tflite-micro`): what they
compute is what the firmware must compute, byte for byte.
"""

from __future__ import annotations

from pathlib import Path

from simgate.errors import ReferenceFailed
from simgate.model import Model, read_model
from simgate.reference.interpreter import Reference

_ARENA_LIMIT = 1 << 29


def tflm_reference(path: Path, *, timeout_s: float = 60.0) -> Reference:
    """TFLM holding the model at ``path``.

    Raises:
        ModelError: the file is no sound .tflite; it never reaches the interpreter then.
        ReferenceFailed: the model's tensors are larger than any microcontroller's.
    """
    model = read_model(path)
    options = {"arena_size": _arena_size(path, model)}
    return Reference(path, model, kind="tflm", title="TFLM", options=options, timeout_s=timeout_s)


def _arena_size(path: Path, model: Model) -> int:
    """Bytes of memory for the interpreter.

    With all tensors preserved none shares memory with another. An arena that is too small does
    not always fail cleanly but can crash the process, so this is generous: kernels' scratch and
    the interpreter's own records fit into twice the tensors and some per operator.
    """
    tensors = sum(tensor.size_bytes for tensor in model.tensors if tensor.data is None)
    records = 4096 * (len(model.operators) + 1) + 256 * len(model.tensors)
    size = (1 << 20) + 2 * tensors + 2 * model.size_bytes + records
    if size > _ARENA_LIMIT:
        raise ReferenceFailed(f"{path.name} would need {size >> 20} MiB for its tensors in TFLM")
    return size
