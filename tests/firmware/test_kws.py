"""The keyword spotter as a whole: what it says, and what it costs in Flash."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest

from simgate.assets import root
from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine
from simgate.sensor.pcm_frame import encode
from simgate.toolchain import build_app

APPLICATION = tomllib.loads((root("firmware") / "app" / "kws" / "app.toml").read_text())
LABELS: list[str] = APPLICATION["labels"]
WEIGHTS = ("kws_model_weights_", "kws_model_bias_")
CODE_LIMIT_BYTES = 24 * 1024


@pytest.fixture(scope="module")
def kws(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image.read(build_app("kws", build_directory=tmp_path_factory.mktemp("kws")))


def test_it_names_its_words_and_answers_each_clip_with_one_line(kws: Image) -> None:
    assert len(LABELS) == 12
    clips = np.random.default_rng(1).normal(0, 1000, (2, 16_000)).astype(np.int16)
    spans = ("audio_front_end_run", "kws_model_invoke")
    with Machine(find_board("stm32f407"), kws, spans=spans) as machine:
        terminal = machine.terminal("usart2", timeout=1.0)
        assert json.loads(terminal.wait_for_next_line().line) == {"ready": "kws", "labels": LABELS}
        for clip in clips:
            machine.uart("usart2").write(encode(clip.tobytes()))
            answer = json.loads(terminal.wait_for_next_line().line)
            assert list(answer) == ["label", "scores", "front_end", "network"]
            assert len(answer["scores"]) == len(LABELS)
            assert answer["label"] == LABELS[int(np.argmax(answer["scores"]))]
            assert 100_000 < answer["front_end"] < 3_000_000
            assert answer["network"] > 100_000
        assert machine.result().fault is None


def test_code_and_constants_without_weights_fit_their_budget(kws: Image) -> None:
    sections = (".vectors", ".text", ".rodata", ".data")
    flash = sum(s.size for s in kws.sections if s.name in sections)
    weights = sum(s.size for s in kws.symbols if s.name.startswith(WEIGHTS))

    assert weights > 10_000
    assert flash - weights < CODE_LIMIT_BYTES


def test_the_layer_table_names_every_layer_and_costs_no_flash(kws: Image) -> None:
    rows = kws.layers()
    table = next(section for section in kws.sections if section.name == ".simgate.layers")

    assert rows[0].is_input
    assert rows[0].shape == (1, 49, 32, 1)
    assert rows[-1].size == len(LABELS)
    assert not table.allocated
