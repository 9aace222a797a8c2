"""Microphone and accelerometer with an analogue output: volts by hand."""

from __future__ import annotations

import math

import pytest

from simgate.errors import EngineError, StreamError
from simgate.sensor.analog_accelerometer import AnalogAccelerometer
from simgate.sensor.analog_microphone import AnalogMicrophone
from simgate.sensor.sample_files import write_wav
from simgate.sensor.stream import Stream


@pytest.fixture
def microphone(host):
    return AnalogMicrophone("mic", {"voltsPerFullScale": 1.5}, host)


def test_silence_is_half_the_supply(microphone):
    assert microphone.voltage(0.0) == 1.65


def test_sensitivity_gain_and_pressure(host):
    attributes = {"sensitivity": -40, "gain": 20, "fullScalePressure": 2.0}
    microphone = AnalogMicrophone("mic", attributes, host)
    assert microphone.factor() == pytest.approx(0.2)  # 10 mV/Pa x 10 x 2 Pa


def test_a_stream_at_its_own_rate_holds_between_samples(microphone):
    microphone.feed(Stream.from_array([0.0, 0.5, -0.5], 1000, units=("FS",)))
    times = [0.0, 0.0009, 0.001, 0.0019, 0.0021, 0.5]
    volts = [1.65, 1.65, 2.4, 2.4, 0.9, 0.9]
    assert [microphone.voltage(time_s) for time_s in times] == pytest.approx(volts)


def test_linear_interpolation(host):
    attributes = {"voltsPerFullScale": 1.5, "interpolation": "linear"}
    microphone = AnalogMicrophone("mic", attributes, host)
    microphone.feed(Stream.from_array([0.0, 0.5, -0.5], 1000, units=("FS",)))
    assert microphone.voltage(0.0005) == pytest.approx(1.65 + 0.375)
    assert microphone.voltage(0.00125) == pytest.approx(1.65 + 0.375)


def test_the_stream_begins_when_it_was_fed(microphone, host):
    host.advance(1.0)
    microphone.feed(Stream.from_array([0.1, 0.2], 10, units=("FS",)))
    assert microphone.voltage(1.05) == pytest.approx(1.8)
    assert microphone.voltage(1.15) == pytest.approx(1.95)


def test_the_rails(microphone):
    microphone.feed(Stream.from_array([1.0, -1.0, 1.2, -1.2], 10, units=("FS",)))
    volts = [microphone.voltage(0.05 + n / 10) for n in range(4)]
    assert volts == pytest.approx([3.15, 0.15, 3.3, 0.0])


def test_a_wav_from_a_command_again_and_again(microphone, tmp_path):
    path = tmp_path / "tone.wav"
    write_wav(path, Stream.from_array([0.0, 0.25, 0.5, 0.25], 8000, units=("FS",)))
    microphone.commands()["FeedSoundFromFile"](path, 0.5, -1)
    assert microphone.voltage(0.25) == 1.65
    volts = [microphone.voltage(0.5 + (n + 0.5) / 8000) for n in range(8)]
    assert volts == pytest.approx([1.65, 2.025, 2.4, 2.025] * 2)


def test_single_samples_come_one_a_conversion(microphone):
    feed = microphone.commands()["FeedSample"]
    feed(0.1, 2)
    feed(-0.1)
    volts = [microphone.voltage(0.0) for _ in range(4)]
    assert volts == pytest.approx([1.8, 1.8, 1.5, 1.5])


def test_noise_has_its_deviation_and_is_the_same_each_run(host):
    attributes = {"noise": 0.01}
    microphone = AnalogMicrophone("mic", attributes, host)
    volts = [microphone.voltage(n / 48000) for n in range(4000)]
    mean = sum(volts) / 4000
    deviation = math.sqrt(sum((one - mean) ** 2 for one in volts) / 4000)
    assert mean == pytest.approx(1.65, abs=1e-3)
    assert deviation == pytest.approx(0.01, rel=0.05)
    again = AnalogMicrophone("mic", attributes, host)
    assert [again.voltage(n / 48000) for n in range(10)] == volts[:10]


@pytest.mark.parametrize(
    "wrong",
    [
        {"interpolation": "cubic"},
        {"voltsPerFullScale": 0},
        {"noise": -1},
        {"supply": "3.3"},
    ],
)
def test_wrong_attributes(host, wrong):
    with pytest.raises(EngineError):
        AnalogMicrophone("mic", wrong, host)


def test_a_stream_of_something_else_is_refused(microphone):
    with pytest.raises(StreamError, match="g"):
        microphone.feed(Stream.from_array([0.0], 10, units=("g",)))


def test_several_columns_need_a_name(microphone):
    stereo = Stream.from_array([[0.1, 0.2]], 10, names=("left", "right"), units=("FS",))
    with pytest.raises(EngineError, match="several columns"):
        microphone.feed(stereo)
    microphone.play(stereo, "right")
    assert microphone.voltage(0.05) == pytest.approx(1.95)


# ---- accelerometer ----


@pytest.fixture
def accelerometer(host):
    attributes = {"sensitivity": 20, "offset": 1.65, "range": 50, "bandwidth": 0}
    return AnalogAccelerometer("acc", attributes, host)


def test_volts_a_g_and_its_range(accelerometer):
    feed = accelerometer.commands()["FeedAccelerationSample"]
    for value in (0, 1, -10, 60, -60):
        feed(value)
    volts = [accelerometer.voltage(0.0) for _ in range(5)]
    assert volts == pytest.approx([1.65, 1.67, 1.45, 2.65, 0.65])


def test_the_axis_of_a_file(accelerometer, host, tmp_path):
    path = tmp_path / "bearing.csv"
    path.write_text("time_s,x_g,y_g,z_g\n0,1,2,3\n0.1,4,5,6\n")
    feed = accelerometer.commands()["FeedAccelerationFromFile"]
    feed(path)
    assert accelerometer.voltage(0.15) == pytest.approx(1.65 + 4 * 0.02)
    feed(path, 0, 1, "z")
    assert accelerometer.voltage(0.05) == pytest.approx(1.65 + 3 * 0.02)


def test_its_filter_answers_a_step_with_an_exponential(host):
    attributes = {"sensitivity": 20, "bandwidth": 1000, "range": 50}
    accelerometer = AnalogAccelerometer("acc", attributes, host)
    accelerometer.feed(Stream.from_array([0.0] * 10 + [10.0] * 90, 100_000, units=("g",)))
    constant_s = 1 / (2 * math.pi * 1000)
    for passed in (0.5, 1.0, 3.0):
        volts = accelerometer.voltage(10 / 100_000 + passed * constant_s)
        assert volts == pytest.approx(1.65 + 0.2 * (1 - math.exp(-passed)), abs=1e-5)


def gain_at(accelerometer, frequency_hz, rate_hz=200_000):
    """Of a sine, by its values over whole periods after it has settled."""
    periods = 20
    samples = [
        10 * math.sin(2 * math.pi * frequency_hz * n / rate_hz)
        for n in range(int(2 * periods * rate_hz / frequency_hz))
    ]
    accelerometer.feed(Stream.from_array(samples, rate_hz, units=("g",)))
    begin_s = periods / frequency_hz
    volts = [
        accelerometer.voltage(begin_s + n / (64 * frequency_hz)) - 1.65 for n in range(64 * 10)
    ]
    return math.sqrt(2 * sum(one * one for one in volts) / len(volts)) / 0.2


def test_minus_3_db_at_its_bandwidth(host):
    attributes = {"sensitivity": 20, "bandwidth": 20_000}
    accelerometer = AnalogAccelerometer("acc", attributes, host)
    assert gain_at(accelerometer, 1000) == pytest.approx(1.0, abs=0.01)
    assert gain_at(accelerometer, 20_000) == pytest.approx(math.sqrt(0.5), abs=0.02)


def test_long_streams_go_on_across_blocks(host):
    attributes = {"sensitivity": 20, "bandwidth": 500}
    accelerometer = AnalogAccelerometer("acc", attributes, host)
    accelerometer.feed(Stream.from_array([0.0] * 2048 + [10.0] * 10, 10_000, units=("g",)))
    before = accelerometer.voltage(2048 / 10_000 - 1e-6)
    after = accelerometer.voltage(2048 / 10_000 + 1e-6)
    assert before == pytest.approx(1.65)
    assert after - before < 0.01  # no jump


def test_noise_density(host):
    attributes = {"sensitivity": 20, "bandwidth": 10_000, "noiseDensity": 75}
    accelerometer = AnalogAccelerometer("acc", attributes, host)
    assert accelerometer._noise_v == pytest.approx(0.02 * 75e-6 * math.sqrt(15_708), rel=1e-4)


def test_faults_and_the_default(accelerometer):
    accelerometer.default_g = 1.0
    assert accelerometer.voltage(0.0) == pytest.approx(1.67)
    accelerometer.inject_fault("saturation")
    assert accelerometer.voltage(0.0) == 3.3
    accelerometer.clear_faults()
    accelerometer.inject_fault("offset", 2.0)
    assert accelerometer.voltage(0.0) == pytest.approx(1.71)
    with pytest.raises(EngineError, match="not from -50 to 50"):
        accelerometer.default_g = 51


def test_a_generator_is_not_run_ahead(microphone):
    taken = []

    def world():
        for n in range(1000):
            taken.append(n)
            yield n / 1000

    microphone.feed(Stream.from_generator(world, 1000, units=("FS",)))
    assert microphone.voltage(0.0105) == pytest.approx(1.65 + 0.015)
    assert len(taken) <= 12
