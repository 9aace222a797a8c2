"""Keywords that estimate time and energy."""

from __future__ import annotations

from pathlib import Path

from robot.utils import DotDict

from simgate.keywords.failing import keyword
from simgate.keywords.session import KeywordFamily


class EstimateKeywords(KeywordFamily):
    """Estimates come with their error band: ``low``, ``best`` and ``high``."""

    @keyword("Estimate Latency")
    def estimate_latency(
        self, app: str, board: str | None = None, image: Path | None = None
    ) -> DotDict:
        """Estimated milliseconds of one inference of an application (``kws``, or a folder).

        It runs on a machine of its own, which hears one clip with the cycle model on. Returns
        ``low``, ``best`` and ``high`` in milliseconds, and ``front_end`` and ``network``, each with
        the same three and ``instructions``. With ``image`` that ELF runs instead of a build.

        | ${latency} =    Estimate Latency    kws    board=stm32f407
        | Should Be True    ${latency.high} < 50
        """
        from simgate.verdict.application import find_app
        from simgate.verdict.estimation import estimate

        estimation = estimate(find_app(app, board), elf=image)
        found = DotDict(
            low=estimation.inference.low,
            best=estimation.inference.best,
            high=estimation.inference.high,
        )
        for key, name in (("front_end", estimation.front_end), ("network", estimation.network)):
            latency = estimation.latency.function(name)
            if latency is not None:
                found[key] = DotDict(
                    low=latency.milliseconds.low,
                    best=latency.milliseconds.best,
                    high=latency.milliseconds.high,
                    instructions=latency.instructions,
                )
        return found
