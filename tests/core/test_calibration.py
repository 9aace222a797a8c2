"""The fitted factors come from the stored counts, and the bands contain the points that fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.core.calibration import Point, fit, read_points
from simgate.core.timing import CORES
from simgate.errors import AssetError


def point(ratio: float, fits: bool = True) -> Point:
    return Point("p", "cortex-m4", "b", 1_000_000 * ratio, 900_000, 1_000_000, fits, "s")


def test_the_factor_is_the_geometric_mean_and_the_band_the_largest_miss_left_out() -> None:
    found = fit("cortex-m4", (point(1.0), point(1.21), point(5.0, fits=False)))
    assert found.factor == pytest.approx(1.1)
    assert found.high == pytest.approx(1.21)  # the second one, by the first alone
    assert found.low == pytest.approx(1 / 1.21)
    assert found.miss(point(1.0)) == pytest.approx(0.1)


def test_one_point_is_no_calibration() -> None:
    with pytest.raises(ValueError, match="two points"):
        fit("cortex-m7", (point(1.0),))


def test_the_stored_fit_is_reproduced() -> None:
    points = read_points()
    factors = {core: fit(core, points).factor for core in CORES}
    assert factors["cortex-m4"] == pytest.approx(1.0913, abs=1e-4)
    assert factors["cortex-m7"] == pytest.approx(1.0402, abs=1e-4)


@pytest.mark.parametrize("core", CORES)
def test_the_band_contains_every_point_that_fits(core: str) -> None:
    found = fit(core, read_points())
    for one in found.points:
        if one.fits:
            assert found.low <= one.ratio / found.factor <= found.high, one.name


def test_the_two_figures_that_it_is_calibrated_on_are_met_within_ten_percent() -> None:
    found = fit("cortex-m4", read_points())
    misses = {one.name: abs(found.miss(one)) for one in found.points}
    assert misses["MLPerf Tiny kws, microTVM CMSIS-NN"] < 0.1
    assert misses["MLPerf Tiny ad, microTVM CMSIS-NN"] < 0.1


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "calibration.toml"
    path.write_text("[[point]]\nname = 1\n")
    with pytest.raises(AssetError, match="no calibration"):
        read_points(path)
