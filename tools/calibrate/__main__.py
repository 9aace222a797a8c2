"""``python -m tools.calibrate``: prints the fit of the cycle model, its band, and every miss.

It reads the stored counts (``platforms/estimate/calibration.toml``), nothing else. With
``--measure ELF`` it runs an image on a chip's model and prints the counts for a new point.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simgate import assets
from simgate.core.calibration import Fit, Point, fit, read_points
from simgate.core.timing import CORES
from simgate.errors import SimgateError
from tools.calibrate.measure import measure


def main() -> int:
    """Print the calibration, or the counts of one image."""
    parser = argparse.ArgumentParser(prog="python -m tools.calibrate", description=__doc__)
    parser.add_argument("--measure", type=Path, metavar="ELF", help="run this image")
    parser.add_argument("--chip", default="stm32l4r5", help="a file of platforms/estimate")
    parser.add_argument("--function", default="infer", help="whose second call is measured")
    arguments = parser.parse_args()
    try:
        if arguments.measure is not None:
            path = assets.root("platforms") / "estimate" / f"{arguments.chip}.toml"
            print(measure(arguments.measure, path, arguments.function))
            return 0
        points = read_points()
    except SimgateError as error:
        print(f"calibrate: {error}", file=sys.stderr)
        return error.exit_code
    for core in CORES:
        show(fit(core, points))
    return 0


def show(found: Fit) -> None:
    """One core's factor, band and points."""
    print(
        f"{found.core}: cycles = model * {found.factor:.4f}, band "
        f"{100 * (found.low - 1):+.1f} % to {100 * (found.high - 1):+.1f} % "
        "(from leaving one point out)"
    )
    print(f"  {'':7}{'published':>14}{'model':>14}{'estimate':>14}{'miss':>9}  {'':4}point")
    for point in found.points:
        print(_line(found, point))


def _line(found: Fit, point: Point) -> str:
    inside = found.low <= point.ratio / found.factor <= found.high
    return (
        f"  {'fits' if point.fits else 'judges':7}{point.published_cycles:>14,.0f}"
        f"{point.modelled_cycles:>14,}{point.modelled_cycles * found.factor:>14,.0f}"
        f"{100 * found.miss(point):>+8.1f}%  {'' if inside else 'out':4}{point.name}, {point.board}"
    )


if __name__ == "__main__":
    sys.exit(main())
