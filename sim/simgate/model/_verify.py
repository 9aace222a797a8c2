"""Bounds of a flatbuffer: every offset, vector, string and vtable, before anything is read.

The generated accessors of flatbuffers trust what they read. This walk over the schema's tables
(``_schema.TABLES``) touches everything that they will touch and lets nothing lie outside the file.
Format: FlatBuffers internals, sections "Tables", "Vectors" and "Unions".
"""

from __future__ import annotations

import struct

from simgate.errors import ModelError
from simgate.model._schema import TABLES, UNION_MEMBERS, Kind, Slot

IDENTIFIER = b"TFL3"
_HINT = "The file is damaged or was not written by a TFLite converter."


class _Walk:
    """One verification; remembers tables already seen, so that shared ones cost nothing."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen: set[tuple[int, str]] = set()
        self._pending: list[tuple[int, str, str]] = []

    def run(self) -> None:
        if len(self._data) < 8 or self._data[4:8] != IDENTIFIER:
            raise ModelError(
                "this is not a TFLite model: the identifier 'TFL3' is missing",
                hint="Give the .tflite file that the converter wrote.",
            )
        self._pending.append((self._unsigned(0, 4, "root"), "Model", "model"))
        while self._pending:
            position, table, where = self._pending.pop()
            if (position, table) not in self._seen:
                self._seen.add((position, table))
                self._table(position, TABLES[table], where)

    def _fail(self, where: str, what: str) -> ModelError:
        return ModelError(f"the TFLite model is damaged: {where}: {what}", hint=_HINT)

    def _need(self, position: int, size: int, where: str) -> None:
        if position < 0 or position + size > len(self._data):
            raise self._fail(
                where, f"{size} bytes at offset {position} of a file of {len(self._data)} bytes"
            )

    def _unsigned(self, position: int, size: int, where: str) -> int:
        self._need(position, size, where)
        if position % size:
            raise self._fail(where, f"offset {position} is not aligned to {size} bytes")
        return int.from_bytes(self._data[position : position + size], "little")

    def _follow(self, position: int, where: str) -> int:
        return position + self._unsigned(position, 4, where)

    def _table(self, position: int, slots: tuple[Slot, ...], where: str) -> None:
        self._unsigned(position, 4, where)
        vtable = position - struct.unpack_from("<i", self._data, position)[0]
        vtable_size = self._unsigned(vtable, 2, f"{where}.vtable")
        table_size = self._unsigned(vtable + 2, 2, f"{where}.vtable")
        if vtable_size < 4 or vtable_size % 2:
            raise self._fail(f"{where}.vtable", f"its size is {vtable_size}")
        self._need(vtable, vtable_size, f"{where}.vtable")
        self._need(position, table_size, where)
        for slot in slots:
            entry = 4 + 2 * slot.index
            offset = self._unsigned(vtable + entry, 2, where) if entry + 2 <= vtable_size else 0
            if offset == 0:
                if slot.required:
                    raise self._fail(where, f"field {slot.index} is missing")
                continue
            size = slot.size if slot.kind is Kind.SCALAR else 4
            if offset < 4 or offset + size > table_size:
                raise self._fail(where, f"field {slot.index} lies outside its table")
            self._slot(position, vtable, vtable_size, offset, slot, where)

    def _slot(
        self, position: int, vtable: int, vtable_size: int, offset: int, slot: Slot, where: str
    ) -> None:
        field = position + offset
        where = f"{where}[{slot.index}]"
        if slot.kind is Kind.SCALAR:
            self._unsigned(field, slot.size, where)
            return
        target = self._follow(field, where)
        if slot.kind is Kind.STRING:
            length = self._unsigned(target, 4, where)
            self._need(target + 4, length + 1, where)
            if self._data[target + 4 + length] != 0:
                raise self._fail(where, "a string without its final zero")
        elif slot.kind is Kind.VECTOR:
            length = self._unsigned(target, 4, where)
            self._need(target + 4, length * slot.size, where)
            if length and (target + 4) % slot.size:
                raise self._fail(where, f"offset {target + 4} is not aligned to {slot.size} bytes")
        elif slot.kind is Kind.TABLE:
            self._pending.append((target, slot.table, where))
        elif slot.kind is Kind.TABLES:
            length = self._unsigned(target, 4, where)
            self._need(target + 4, length * 4, where)
            for i in range(length):
                item = self._follow(target + 4 + 4 * i, where)
                self._pending.append((item, slot.table, f"{slot.table} {i}"))
        else:
            code = self._union_code(position, vtable, vtable_size, slot)
            self._pending.append((target, UNION_MEMBERS.get(code, "Opaque"), where))

    def _union_code(self, position: int, vtable: int, vtable_size: int, slot: Slot) -> int:
        entry = 4 + 2 * (slot.index - 1)
        if entry + 2 > vtable_size:
            return 0
        offset = self._unsigned(vtable + entry, 2, "union")
        return self._data[position + offset] if offset else 0


def verify(data: bytes) -> None:
    """Check that ``data`` is a TFLite flatbuffer whose every offset stays inside it.

    Raises:
        ModelError: it is not; the message names the table and the offset.
    """
    _Walk(data).run()
