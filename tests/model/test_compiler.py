"""What the compiler writes."""

from __future__ import annotations

import pytest

from simgate.errors import ModelError
from simgate.model import compile_model
from simgate.model.c_text import c_float, c_string
from simgate.model.packing import pack_pairs


@pytest.fixture
def path(small_model, tmp_path):
    file = tmp_path / "small.tflite"
    file.write_bytes(small_model)
    return file


def test_files_and_costs(path, tmp_path):
    compiled = compile_model(path, "net", tmp_path / "out")

    assert [file.name for file in compiled.files] == ["net.c", "net.h"]
    assert all(file.is_file() for file in compiled.files)
    assert compiled.macs == 6
    assert compiled.weights_bytes == 2 * 8 + 2 * 4  # two channels of eight taps, two biases
    assert [layer.operator for layer in compiled.layers] == ["FULLY_CONNECTED", "SOFTMAX"]
    assert compiled.layers[1].offset == compiled.layers[0].offset  # softmax in place


def test_the_header_says_what_the_caller_needs(path, tmp_path):
    text = compile_model(path, "net", tmp_path).files[1].read_text()

    assert "#define NET_INPUT_SIZE 3 " in text
    assert "#define NET_INPUT_SHAPE {1, 3}" in text
    assert "#define NET_INPUT_SCALE 0.5f" in text
    assert "#define NET_INPUT_ZERO_POINT (3)" in text
    assert "#define NET_OUTPUT_ZERO_POINT (-128)" in text
    assert "void net_invoke(void);" in text


def test_nothing_is_written_anew_that_has_not_changed(path, tmp_path):
    first = [file.stat().st_mtime_ns for file in compile_model(path, "net", tmp_path).files]

    again = [file.stat().st_mtime_ns for file in compile_model(path, "net", tmp_path).files]

    assert again == first


def test_a_prefix_that_is_no_identifier(path, tmp_path):
    with pytest.raises(ModelError, match="'9lives' is not a C identifier"):
        compile_model(path, "9lives", tmp_path)


def test_a_folder_that_cannot_be_made(path, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ModelError, match="cannot write"):
        compile_model(path, "net", tmp_path / "file" / "out")


def test_errors_name_the_file(tmp_path):
    (tmp_path / "bad.tflite").write_bytes(b"nonsense, and more of it")

    with pytest.raises(ModelError, match=r"bad\.tflite: this is not a TFLite model"):
        compile_model(tmp_path / "bad.tflite", "net", tmp_path)


def test_weights_are_packed_in_pairs():
    packed = pack_pairs([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]], 4)

    assert packed == [
        *(1, 2, 3, 4), *(6, 7, 8, 9), *(5, 0, 0, 0), *(10, 0, 0, 0),
        *(11, 12, 13, 14), *(0, 0, 0, 0), *(15, 0, 0, 0), *(0, 0, 0, 0),
    ]  # fmt: skip


def test_strings_survive_the_compiler():
    assert c_string('a"b\\c??/', 95) == '"a\\042b\\134c\\077\\077/"'
    assert c_string("é", 95) == '"\\303\\251"'
    assert c_string("abcdef", 3) == '"abc"'


def test_floats_read_back_exactly():
    assert c_float(1 / 256) == "0.00390625f"
    assert c_float(1.0) == "1.0f"
    assert c_float(1e-20) == "1e-20f"
