"""``simgate estimate``."""

from __future__ import annotations

import json


def test_json_has_the_band_of_everything(simgate) -> None:
    ran = simgate("estimate", "kws", "--board", "stm32f407", "--json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["inference"]["low"] < told["inference"]["best"] < told["inference"]["high"]
    assert told["energy"]["cell"] == "CR2032"


def test_wrong_options_are_told(simgate) -> None:
    assert simgate("estimate", "kws", "--cell", "potato").returncode == 2
    ran = simgate("estimate", "kws", "--period", "soon")
    assert ran.returncode == 2
    assert "not a time" in ran.stderr
