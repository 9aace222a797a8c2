"""How far the cycle model is off published measurements: one fitted factor a core, and its band.

The only fitted numbers are the factors: one for the Cortex-M4, one for the Cortex-M7. Cycles of the
model times the factor is the estimate. A factor is the geometric mean of published over modelled
cycles of the points that are there to fit. The band comes from leaving one of them out: fitted on
the others, how far off is it? The largest such miss, below and above, is the band. Points that
only judge have no part in either. ``python -m tools.calibrate`` prints it from the stored counts.

The rest of the model comes from manuals where they tell it (see `simgate.core.timing`). Where they
do not, it was chosen in view of the points, which the band cannot show: ST's accelerator keeps the
lines that it read ahead; the costs of a Cortex-M7's branches, the pairing of its plain operations
and the hash of its branch table. The chips' files assume the latencies of buses and devices.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

from simgate import assets
from simgate.errors import AssetError

FILE = "calibration.toml"


@dataclass(frozen=True, slots=True)
class Point:
    """One published measurement, and what the model made of the same program.

    Attributes:
        name: of the program and its kernels.
        core: "cortex-m4" or "cortex-m7".
        board: on which it was published.
        published_cycles: milliseconds times the clock, in cycles.
        instructions, modelled_cycles: of our run of it, before the factor.
        fits: has a part in the fit; else it judges only.
        source: where it was published, and how the program was built.
    """

    name: str
    core: str
    board: str
    published_cycles: float
    instructions: int
    modelled_cycles: int
    fits: bool
    source: str

    @property
    def ratio(self) -> float:
        """Published over modelled."""
        return self.published_cycles / self.modelled_cycles


@dataclass(frozen=True, slots=True)
class Fit:
    """The factor of one core, and its band relative to the estimate: 0.92 to 1.09, say."""

    core: str
    factor: float
    low: float
    high: float
    points: tuple[Point, ...]

    def miss(self, point: Point) -> float:
        """How far the estimate lies above the published figure: 0.05 is 5 % too long."""
        return self.factor / point.ratio - 1


def fit(core: str, points: tuple[Point, ...]) -> Fit:
    """Fits the factor of a core and finds its band by leaving one point out.

    Raises:
        ValueError: fewer than two points fit this core.
    """
    own = tuple(point for point in points if point.core == core)
    ratios = [point.ratio for point in own if point.fits]
    if len(ratios) < 2:
        raise ValueError(f"{core}: a factor needs two points at least")
    left_out = [ratio / _mean(ratios[:n] + ratios[n + 1 :]) for n, ratio in enumerate(ratios)]
    return Fit(core, _mean(ratios), min(*left_out, 1.0), max(*left_out, 1.0), own)


def _mean(ratios: list[float]) -> float:
    return exp(sum(map(log, ratios)) / len(ratios))


def read_points(path: Path | None = None) -> tuple[Point, ...]:
    """The stored points.

    Raises:
        AssetError: the file is missing or damaged.
    """
    path = path or assets.root("platforms") / "estimate" / FILE
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["point"]
        return tuple(
            Point(
                name=row["name"],
                core=row["core"],
                board=row["board"],
                published_cycles=row["published_ms"] * row["clock_mhz"] * 1000,
                instructions=row["instructions"],
                modelled_cycles=row["modelled_cycles"],
                fits=row["fits"],
                source=row["source"],
            )
            for row in rows
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise AssetError(f"{path}: no calibration: {error}") from None


def fit_of(core: str) -> Fit:
    """The stored points' fit for "cortex-m4" or "cortex-m7"."""
    return fit(core, read_points())
