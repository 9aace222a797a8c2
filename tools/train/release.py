"""The last step: convert, check, measure, and write what is committed."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np

from tools.train import card, check, clips, convert, fit, human, network, picture
from tools.train.dataset import Examples
from tools.train.fit import Course
from tools.train.score import Score
from tools.train.words import LABELS

LEAST_ACCURACY = 0.92
MOST_LOSS = 0.01


def release(work: Path, into: Path, course: Course, note: str = "") -> None:
    """Write ``model.tflite``, ``MODEL_CARD.md``, ``confusion.png`` and ``clips/`` to ``into``.

    Raises:
        check.CheckError: the conversion lost more than it may, or the int8 network is not good
            enough on unseen voices (at least 92 %, within one point of float).
    """
    from tensorflow import keras

    model = keras.models.load_model(work / "kws.keras")
    network.handicap_unknown(model)
    training = Examples.load(work / "training.npz")
    sets = {
        name: Examples.load(work / f"{name}.npz")
        for name in ("mild", "harsh", "validation", "proxy")
    }
    exact = convert.to_float(model)
    quantised = convert.to_int8(model, training, course.seed)
    operators = check.form(quantised)
    float_error = check.float_error(model, exact, sets["mild"])
    layers = check.layer_errors(exact, quantised, sets["mild"])
    conditions = tuple(
        _measure(name, model, quantised, examples)
        for name, examples in sets.items()
        if len(examples.labels)
    )
    _demand(conditions[0])
    into.mkdir(parents=True, exist_ok=True)
    (into / "model.tflite").write_bytes(quantised)
    spoken = clips.make()
    clips.write(spoken, into / "clips")
    machine = check.interpreter(quantised)

    def understood(features: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> str:
        return LABELS[int(check.run(machine, features).argmax())]

    found = card.Findings(
        course,
        len(training.labels),
        network.count_macs(model),
        len(quantised),
        operators,
        float_error,
        layers,
        conditions,
        tuple((item.file, item.label, understood(item.features)) for item in human.spoken()),
        tuple(
            (name, understood(features))
            for name, features in zip(clips.names(spoken), spoken.features, strict=True)
        ),
        tuple(f"{name} {version(name)}" for name in ("tensorflow", "espeakng-loader", "numpy")),
        note,
    )
    (into / "MODEL_CARD.md").write_text(card.write(found), encoding="utf-8")
    first = conditions[0]
    title = (
        f"int8, {first.target.count:,} clips of unseen voices: {first.target.accuracy:.1%} right"
    )
    picture.draw_confusion(first.target, title, into / "confusion.png")


def _measure(name: str, model: object, quantised: bytes, examples: Examples) -> card.Condition:
    return card.Condition(
        name,
        Score.of(examples.labels, fit.predict(model, examples)),
        Score.of(examples.labels, check.predict(quantised, examples)),
        Score.of(examples.labels, check.predict_on_target(quantised, examples)),
    )


def _demand(condition: card.Condition) -> None:
    reached, before = condition.target.accuracy, condition.keras.accuracy
    if reached < LEAST_ACCURACY or before - reached > MOST_LOSS:
        raise check.CheckError(
            f"int8 reaches {reached:.4f} on {condition.name} where float has {before:.4f}; "
            f"at least {LEAST_ACCURACY} and within {MOST_LOSS} is asked"
        )
