"""The compiler: from a .tflite to C beside the kernels of ``firmware/nn``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from simgate.errors import ModelError
from simgate.model.graph import Model
from simgate.model.program import Program, build_program
from simgate.model.reader import read_model
from simgate.model.source import header_text, source_text


@dataclass(frozen=True, slots=True)
class CompiledLayer:
    """One operator of the compiled model and where its output lies."""

    operator_index: int
    operator: str
    tensor_index: int
    tensor_name: str
    macs: int
    offset: int  # in the arena, bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """What the compiler wrote and what it costs."""

    files: tuple[Path, ...]  # source, header
    model: Model
    prefix: str
    macs: int  # multiply-accumulates of one inference
    arena_bytes: int  # RAM: activations and scratch
    weights_bytes: int  # Flash: weights and biases
    constants_bytes: int  # Flash: requantisation and descriptions of layers
    layers: tuple[CompiledLayer, ...]


def check_model(model: Model) -> None:
    """Check that the compiler supports all of ``model``.

    Raises:
        ModelError: it does not; the first operator that is not supported is named with its index.
    """
    build_program(model)


def compile_model(path: Path, prefix: str, out_dir: Path) -> CompiledModel:
    """Write ``<prefix>.c`` and ``<prefix>.h`` for the .tflite at ``path`` into ``out_dir``.

    Files whose text would not change are left alone, so that a build does not see them as new.

    Args:
        path: the model.
        prefix: begins every name in the C; a C identifier.
        out_dir: created where it is missing.

    Raises:
        ModelError: the model cannot be read or is not supported, the prefix is no identifier, or
            the files cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", prefix):
        raise ModelError(
            f"the prefix '{prefix}' is not a C identifier",
            hint="Use letters, digits and underscores, a letter first.",
        )
    try:
        program = build_program(read_model(path))
    except ModelError as error:
        if str(path) in error.message:
            raise
        raise ModelError(f"{path}: {error.message}", hint=error.hint) from error
    files = (out_dir / f"{prefix}.c", out_dir / f"{prefix}.h")
    texts = (source_text(program, prefix), header_text(program, prefix))
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, texts, strict=True):
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"cannot write {error.filename or out_dir}: {error.strerror}",
            hint="Choose another output folder.",
        ) from error
    return _summary(program, prefix, files)


def _summary(program: Program, prefix: str, files: tuple[Path, ...]) -> CompiledModel:
    arrays = [array for kernel in program.lowered for array in kernel.arrays]
    layers = []
    for operator, kernel in zip(program.model.operators, program.lowered, strict=True):
        tensor = program.model.tensors[operator.outputs[0]]
        layers.append(
            CompiledLayer(
                operator_index=operator.index,
                operator=operator.name,
                tensor_index=tensor.index,
                tensor_name=tensor.name,
                macs=kernel.macs,
                offset=program.storage.tensors[tensor.index],
                size_bytes=tensor.size_bytes,
            )
        )
    return CompiledModel(
        files=files,
        model=program.model,
        prefix=prefix,
        macs=sum(kernel.macs for kernel in program.lowered),
        arena_bytes=program.storage.size_bytes,
        weights_bytes=sum(a.size_bytes for a in arrays if a.is_weight),
        constants_bytes=sum(a.size_bytes for a in arrays if not a.is_weight)
        + sum(kernel.layer_bytes for kernel in program.lowered),
        layers=tuple(layers),
    )
