"""LiteRT (TensorFlow Lite on the host) with its reference kernels: the second opinion.

It rounds once where TFLM and CMSIS-NN round twice when they requantise some operators, so a
difference to it is no error of the firmware by itself; its name says version and resolver.
"""

from __future__ import annotations

from pathlib import Path

from simgate.model import read_model
from simgate.reference.interpreter import Reference

RESOLVER = "BUILTIN_REF"


def litert_reference(path: Path, *, timeout_s: float = 60.0) -> Reference:
    """LiteRT holding the model at ``path``.

    Raises:
        ModelError: the file is no sound .tflite.
    """
    model = read_model(path)
    return Reference(
        path,
        model,
        kind="litert",
        title="LiteRT",
        options={"resolver": RESOLVER},
        timeout_s=timeout_s,
    )
