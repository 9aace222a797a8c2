"""The generic sensor over SPI, buttons and LEDs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simgate.errors import EngineError, StreamError
from simgate.sensor.button import Button
from simgate.sensor.generic_spi_sensor import GenericSpiSensor
from simgate.sensor.led import Led


def test_each_byte_over_spi_takes_a_sample_and_the_last_stays(
    host: Any, spi: Any, tmp_path: Path
) -> None:
    sensor = GenericSpiSensor("generic", {}, host)
    assert spi(sensor).transfer(0) == b"\x00"
    (tmp_path / "bytes.txt").write_text("1\n2\n")
    sensor.commands()["FeedSample"](7)
    sensor.commands()["FeedSamplesFromFile"](tmp_path / "bytes.txt")
    assert spi(sensor).transfer(0, 0, 0, 0) == b"\x07\x01\x02\x02"
    with pytest.raises(EngineError, match="256 as a byte is not from 0 to 255"):
        sensor.commands()["FeedSample"](256)
    (tmp_path / "bytes.txt").write_text("1\n2 3\n")
    with pytest.raises(StreamError, match=r"bytes\.txt:2: 2 values instead of 1"):
        sensor.commands()["FeedSamplesFromFile"](tmp_path / "bytes.txt")


def test_a_button_is_pressed_and_released(host: Any) -> None:
    button = Button("button", {}, host)
    levels: list[bool] = []
    button.output(None).sinks.append(levels.append)
    for name in ("Press", "Release", "PressAndRelease", "Toggle", "Toggle"):
        button.commands()[name]()
    assert levels == [True, False] * 3
    button.press_for(0.5)
    host.advance(0.49)
    assert button.pressed
    host.advance(0.02)
    assert not button.pressed


def test_an_inverted_button_is_high_until_it_is_pressed(host: Any) -> None:
    button = Button("button", {"invert": True}, host)
    button.reset()
    assert button.output(None).level
    button.press()
    assert not button.output(None).level


def test_contacts_bounce(host: Any) -> None:
    button = Button("button", {}, host)
    button.bounce(4, 0.004)
    changes: list[tuple[float, bool]] = []
    button.output(None).sinks.append(lambda level: changes.append((round(host.time_s(), 6), level)))
    button.press()
    host.advance(1)
    assert changes == [(0, True), (0.001, False), (0.002, True), (0.003, False), (0.004, True)]
    changes.clear()
    button.release()
    host.advance(0.0015)
    button.press()  # before it has come to rest
    host.advance(1)
    assert changes[-1][1] is True
    with pytest.raises(EngineError, match="cannot bounce"):
        button.bounce(4, 0)
    with pytest.raises(EngineError, match="cannot press for"):
        button.press_for(0)
    with pytest.raises(EngineError, match="can be read only"):
        button.pressed = True


@pytest.mark.parametrize(("invert", "expected"), [(False, [True, False]), (True, [False])])
def test_an_led_follows_its_pin(host: Any, invert: bool, expected: list[bool]) -> None:
    led = Led("led", {"invert": invert}, host)
    drive = led.input(0)
    heard: list[bool] = []
    if invert:
        drive(False)
        assert led.state
    led.listeners.append(heard.append)
    drive(True)
    drive(True)
    if not invert:
        drive(False)
    assert heard == expected
    with pytest.raises(KeyError):
        led.input(1)
    with pytest.raises(EngineError, match="can be read only"):
        led.state = True
