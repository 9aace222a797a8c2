"""app.toml: what an application is made of, or the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.verdict.application import AppError, find_app, known_apps, read_app

GOOD = {
    "board": '"stm32f407"',
    "uart": '"usart2"',
    "model": '"model.tflite"',
    "model_prefix": '"net"',
    "labels": '["yes", "no"]',
    "clips": '"clips/*.wav"',
    "sample_rate_hz": "16000",
    "minimum_accuracy": "0.5",
}
SPANS = '[spans]\nfront_end = "listen"\nnetwork = "think"\n'


def application(folder: Path, changes: dict[str, str | None] | None = None, spans: str = SPANS):
    content = {**GOOD, **(changes or {})}
    (folder / "clips").mkdir(exist_ok=True)
    for name in ("yes-1.wav", "no-2.wav"):
        (folder / "clips" / name).touch()
    (folder / "model.tflite").touch()
    lines = [f"{key} = {value}\n" for key, value in content.items() if value is not None]
    (folder / "app.toml").write_text("".join(lines) + spans)
    return folder


def test_a_description_is_read(tmp_path: Path) -> None:
    app = read_app(application(tmp_path))
    assert (app.board, app.uart, app.model_prefix) == ("stm32f407", "usart2", "net")
    assert [(clip.path.name, clip.word) for clip in app.clips] == [
        ("no-2.wav", "no"),
        ("yes-1.wav", "yes"),
    ]
    assert (app.front_end_function, app.network_function) == ("listen", "think")
    assert app.budgets == tmp_path / "budgets.toml"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bord": '"x"'}, r"app.toml:9: unknown key 'bord'"),
        ({"board": None}, r"'board' is missing: the board that it runs on"),
        ({"board": "3"}, r"app.toml:1: 'board' must be text, not 3"),
        ({"boards": '"x"'}, r"app.toml:9: 'boards' must be a list of boards' names"),
        ({"boards": '["x"]'}, r"app.toml:9: 'boards' must name 'stm32f407', and each board once"),
        ({"labels": '["yes", "yes"]'}, r"app.toml:5: 'labels' must be a list of different words"),
        ({"labels": '["yes", "up"]'}, r"app.toml:6: no-2.wav does not begin with one of the label"),
        ({"clips": '"none/*.wav"'}, r"app.toml:6: no clip matches 'none/\*.wav'"),
        ({"clips": '"/etc/*"'}, r"app.toml:6: not a pattern of files"),
        ({"model": '"x.tflite"'}, r"app.toml:3: the model .*x.tflite does not exist"),
        ({"minimum_accuracy": "90"}, r"app.toml:8: must be a share above 0 and at most 1"),
        ({"sample_rate_hz": '"fast"'}, r"app.toml:7: must be a whole number of hertz"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    with pytest.raises(AppError, match=message):
        read_app(application(tmp_path, changes))


def test_a_span_that_is_missing_or_unknown(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="'network' is missing"):
        read_app(application(tmp_path, spans='[spans]\nfront_end = "listen"\n'))
    with pytest.raises(AppError, match=r"app.toml:11: unknown key 'sleep' in \[spans\]"):
        read_app(application(tmp_path, spans='[spans]\nfront_end = "a"\nsleep = "b"\n'))


def test_an_application_is_found_by_name_folder_or_description(tmp_path: Path) -> None:
    folder = application(tmp_path)
    assert find_app(folder).folder == folder
    assert find_app(folder / "app.toml").folder == folder
    assert "kws" in known_apps()
    with pytest.raises(AppError, match="there is no application 'kwz'") as caught:
        find_app("kwz")
    assert "Known: kws" in caught.value.hint


def test_a_prefix_that_is_no_name_in_c_is_told_before_the_build(tmp_path: Path) -> None:
    with pytest.raises(AppError, match=r"app.toml:4: 'model_prefix' must be a name in C"):
        read_app(application(tmp_path, {"model_prefix": '"a b"'}))


def test_an_application_may_run_on_more_boards_than_one(tmp_path: Path) -> None:
    app = read_app(application(tmp_path, {"boards": '["stm32g474", "stm32f407"]'}))
    assert (app.board, app.boards) == ("stm32f407", ("stm32f407", "stm32g474"))
    assert app.baseline == tmp_path / "baseline.json"
    other = find_app(tmp_path, "stm32g474")
    assert (other.board, other.boards) == ("stm32g474", app.boards)
    assert other.baseline == tmp_path / "baseline.stm32g474.json"
    with pytest.raises(AppError, match="does not run on 'stm32h743'") as caught:
        find_app(tmp_path, "stm32h743")
    assert "names stm32f407, stm32g474" in caught.value.hint
