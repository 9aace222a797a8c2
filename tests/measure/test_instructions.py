"""Instruction counts by layer and by function."""

from __future__ import annotations

from simgate.image import LayerRow
from simgate.measure import per_layer, per_span
from simgate.result import LayerCapture, RunResult, SourceLocation, Span, StopReason


def row(operator_index: int | None, operator: str) -> LayerRow:
    place = (0x20000000, 4, 0x08000100, 0x08000200)
    return LayerRow(operator_index, 0, *place, 9, "int8", (4,), 1.0, 0, operator, "t")


ROWS = (row(None, "INPUT"), row(0, "CONV_2D"), row(1, "RESHAPE"), row(2, "SOFTMAX"))


def result(layers: tuple[LayerCapture, ...] = (), spans: tuple[Span, ...] = ()) -> RunResult:
    return RunResult(
        engine="strict",
        board="stm32f407",
        image="x.elf",
        image_sha256="",
        reason=StopReason.DONE,
        instructions=0,
        time_s=0.0,
        host_s=0.0,
        where=SourceLocation(0),
        layers=layers,
        spans=spans,
    )


def test_layers_of_two_inferences() -> None:
    captures = (
        LayerCapture(0, 0, 100, 100, b""),
        LayerCapture(0, 1, 100, 1100, b""),
        LayerCapture(0, 2, 1100, 1100, b""),
        LayerCapture(1, 1, 5000, 6200, b""),
    )
    convolution, reshape = per_layer(result(captures), ROWS, {0: 400, 1: 0})

    assert (convolution.operator, convolution.row, convolution.inferences) == ("CONV_2D", 1, 2)
    assert (convolution.instructions, convolution.least, convolution.macs) == (1200, 1000, 400)
    assert convolution.per_mac == 3.0
    assert (reshape.instructions, reshape.per_mac) == (0, None)  # no MACs: no rate


def test_layers_without_known_macs() -> None:
    (cost,) = per_layer(result((LayerCapture(0, 3, 7, 9, b""),)), ROWS)
    assert (cost.operator, cost.instructions, cost.macs, cost.per_mac) == ("SOFTMAX", 2, None, None)


def test_spans_by_function() -> None:
    spans = (Span("network", 10, 110), Span("front_end", 0, 10), Span("network", 200, 260))
    network, front_end = per_span(result(spans=spans))
    assert (network.function, network.calls) == ("network", 2)
    assert (network.instructions, network.least, network.total) == (100, 60, 160)
    assert network.per_mac(50) == 2.0
    assert (front_end.calls, front_end.instructions) == (1, 10)


def test_nothing_recorded() -> None:
    assert per_layer(result(), ROWS) == ()
    assert per_span(result()) == ()
