"""The keyword spotter, as it is and as it must not be, on the simulated board."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from simgate.toolchain import build_app
from simgate.verdict.application import App, read_app

ROOT = Path(__file__).resolve().parents[2]
KWS = ROOT / "firmware" / "app" / "kws"
BUILD = ROOT / "build" / "tests"

CLIPS = ("yes", "silence")  # one of each: enough to see every layer
"""Words whose first clip the tests here send."""

Build = Callable[[str, Mapping[str, str]], Path]


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The keyword spotter with two clips, in a folder of its own whose files may be changed."""
    folder = tmp_path / "kws"
    (folder / "clips").mkdir(parents=True)
    for name in ("app.toml", "budgets.toml", "model.tflite"):
        shutil.copy(KWS / name, folder)
    for word in CLIPS:
        clip = sorted((KWS / "clips").glob(f"{word}-*.wav"))[0]
        shutil.copy(clip, folder / "clips")
    return read_app(folder)


@pytest.fixture(scope="session")
def build() -> Build:
    """Builds the keyword spotter with options; what was built before is kept under build/."""

    def run(variant: str, options: Mapping[str, str]) -> Path:
        return build_app("kws", build_directory=BUILD / f"kws-{variant}", options=options)

    return run


@pytest.fixture(scope="session")
def good_elf(build: Build) -> Path:
    """The firmware as it is shipped."""
    return build("good", {})
