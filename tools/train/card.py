"""The model card: every number in it is measured by the run that writes it."""

from __future__ import annotations

from dataclasses import dataclass

from tools.train import clips, dataset
from tools.train.check import LayerError
from tools.train.convert import CALIBRATION
from tools.train.fit import Course
from tools.train.network import UNKNOWN_HANDICAP
from tools.train.other_synthesizers import PROXIES, TRAINED
from tools.train.score import Score
from tools.train.voices import ACCENTS, VARIANTS
from tools.train.words import HELD_OUT, LABELS, unknown_texts


@dataclass(frozen=True, slots=True)
class Condition:
    """One test set under the three forms of the network."""

    name: str
    keras: Score
    int8: Score
    target: Score
    """Also int8, by TFLite Micro's interpreter, whose bits the firmware's are."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the card reports."""

    course: Course
    examples: int
    macs: int
    size_bytes: int
    operators: tuple[str, ...]
    float_error: float
    layers: tuple[LayerError, ...]
    conditions: tuple[Condition, ...]
    human: tuple[tuple[str, str, str], ...]
    """(recording, label, understood)."""
    clips: tuple[tuple[str, str], ...]
    """(clip, understood)."""
    versions: tuple[str, ...]
    note: str
    """What a reader must know about this one run; may be empty."""


def write(found: Findings) -> str:
    """The card as Markdown."""
    return (
        "\n\n".join(
            [
                _head(found),
                _accuracy(found),
                _words(found),
                _conversion(found),
                _making(found),
                _people(found),
                _clips(found),
                _limits(),
            ]
        )
        + "\n"
    )


def _head(found: Findings) -> str:
    return f"""# Keyword spotter: model card

A depthwise separable convolutional network that tells ten spoken English words (yes, no, up, down,
left, right, on, off, stop, go) from one another, from any other word ("unknown") and from no word
("silence"), in one second of 16 kHz audio.

| | |
|---|---|
| input | int8 [1, 49, 32, 1], the log-mel features of `simgate.reference.front_end` as they are |
| output | int8 [1, 12], probability = (value + 128) / 256; order: {", ".join(LABELS)} |
| size | {found.size_bytes:,} bytes of .tflite, {found.macs:,} multiply-accumulates |
| operators | {" → ".join(found.operators)} |
| made with | {", ".join(found.versions)} |

Made again by

    pip install -e ".[train]"
    python -m tools.train all

(flite and festival of Debian add voices where they are installed). The seeds are fixed: data
{dataset.SEED}, clips {clips.SEED}, training {found.course.seed}. Training sums floating-point
numbers on several threads, so its weights agree only about, and so do the figures.

{found.note}"""


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def _accuracy(found: Findings) -> str:
    rows = [
        f"| {c.name} | {c.keras.count:,} | {_percent(c.keras.accuracy)} | "
        f"{_percent(c.int8.accuracy)} | {_percent(c.target.accuracy)} |"
        for c in found.conditions
    ]
    return "\n".join(
        [
            "## Accuracy on voices never heard in training",
            "",
            "| test | clips | float | int8 (LiteRT) | int8 (TFLite Micro, the target's) |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            "*Mild* is a new voice with light noise (18 to 36 dB); *harsh* the same with noise at",
            "6 to 20 dB, rooms, microphones and some clipping. *Validation* has mild noise and new",
            f"variants of two accents that are trained on, {' and '.join(ACCENTS['validation'])}.",
            "*Proxy* are synthesizers made from recordings of people",
            "(" + ", ".join(f"{s.program} {s.name}" for s in PROXIES) + "), none of whose",
            "speakers was trained on. Half of the unknown words are near misses (gone, dawn, cup",
            "...), half (" + ", ".join(HELD_OUT[1:5]) + " ...) were never trained on in any voice.",
        ]
    )


def _words(found: Findings) -> str:
    first = found.conditions[0].target
    rows = [
        f"| {label} | "
        + " | ".join(
            f"{_percent(c.target.recall[i])} | {_percent(c.target.precision[i])}"
            if c.target.confusion[i].any()
            else "none | none"
            for c in found.conditions
        )
        + " |"
        for i, label in enumerate(LABELS)
    ]
    heads = "".join(f" {c.name}: found | of answers right |" for c in found.conditions)
    table = [
        f"| **{label}** | " + " | ".join(str(n) if n else "·" for n in first.confusion[i]) + " |"
        for i, label in enumerate(LABELS)
    ]
    return "\n".join(
        [
            "## Word by word (int8)",
            "",
            f"| word |{heads}",
            "|---|" + "---:|---:|" * len(found.conditions),
            *rows,
            "",
            f"What was said (rows) against what was understood, {found.conditions[0].name}, int8:",
            "",
            "| | " + " | ".join(LABELS) + " |",
            "|---|" + "---:|" * len(LABELS),
            *table,
            "",
            "![confusion matrix](confusion.png)",
        ]
    )


def _conversion(found: Findings) -> str:
    rows = [
        f"| {i} | {layer.operator} | {' x '.join(map(str, layer.shape))} | {layer.scale:.6f} | "
        f"{layer.signal_to_noise_db:.1f} | {layer.steps:.2f} |"
        for i, layer in enumerate(found.layers)
    ]
    return "\n".join(
        [
            "## Conversion",
            "",
            "Keras to float .tflite: largest difference of a probability",
            f"{found.float_error:.1e} (at most 1e-5 is let through). Float to int8, calibrated",
            f"on {CALIBRATION:,} training examples, operator by operator",
            "on mild test clips; error in int8 steps:",
            "",
            "| # | operator | output | scale | signal to noise, dB | mean error, steps |",
            "|---:|---|---|---:|---:|---:|",
            *rows,
            "",
            "Batch normalisation is folded into the convolutions. That the firmware's C equals the",
            "int8 network in every byte of every layer is what `simgate verify kws` shows.",
        ]
    )


def _making(found: Findings) -> str:
    plan, close = dataset.TRAIN, dataset.CLOSE
    stages = "\n".join(
        f"  {number}. epochs {stage.epochs}, batch {stage.batch}, rate {stage.rate}, weight decay "
        f"{stage.weight_decay}, labels smoothed by {stage.smoothing}, "
        f"{stage.mixing:.0%} mixed, variation {stage.variation}, {stage.share:.0%} of the examples"
        + (f" and the close set, unknown words at {stage.unknown_weight}" if stage.close else "")
        for number, stage in enumerate(found.course.stages, start=1)
    )
    return f"""## How it was made

* **Speech**: espeak-ng. Training has the accents {", ".join(ACCENTS["train"])} in
  {len(VARIANTS["train"])} variants, test the accents {", ".join(ACCENTS["test"])} in
  {len(VARIANTS["test"])} others: a test voice shares neither accent nor variant with training.
  85 to 250 words a minute, all pitches and intonations, words as spelt and in other accents'
  phonemes. Beside it flite's {", ".join(s.name for s in TRAINED)}, for the sake of real spectra.
* **Examples**: {found.examples:,}, from {plan.per_keyword:,} utterances a keyword,
  {plan.unknown:,} of other words (near misses, common and invented words), {plan.silence:,} of
  noises, each spoiled {plan.variants} times: resized by {plan.strength.size[0]} to
  {plan.strength.size[1]} (throat, pitch and pace), shifted, in a room, through a
  microphone's curve and band limits, with hiss, hum, clicks, breath, tones or a babble
  of voices at {plan.strength.snr_db[0]} to
  {plan.strength.snr_db[1]} dB, overdriven, at {plan.strength.peak_db[0]} to 0 dB of full scale.
* **The close set**: {close.per_keyword:,} utterances a keyword in other accents' vowels and with
  dropped ends, {close.unknown:,} of other words, near misses three times as often as the rest.
* **In every epoch anew**: time and frequency warped, a smooth relief on the spectrum, noise, blots
  over time and bands, mixtures of two examples.
* **Training**: AdamW in stages, each with a cosine of the rate:
{stages}
* **Afterwards** the score (before softmax) of "unknown" is lowered by {UNKNOWN_HANDICAP}, so that
  fewer keywords of strange voices are called unknown. The proxies gain by it; validation and the
  unknown words pay for it."""


def _people(found: Findings) -> str:
    if not found.human:
        return "## A recorded voice\n\nNot tried: no recordings were on the machine."
    right = sum(label == heard for _, label, heard in found.human)
    rows = [f"| {file} | {label} | {heard} |" for file, label, heard in found.human]
    return "\n".join(
        [
            "## A recorded voice",
            "",
            "A sanity check, not a measurement: the last word of announcements in Debian's",
            f"alsa-utils. {right} of {len(rows)} right.",
            "",
            "| recording | its last word is | understood (int8) |",
            "|---|---|---|",
            *rows,
        ]
    )


def _clips(found: Findings) -> str:
    wrong = [
        f"`{name}` is taken for {heard}"
        for name, heard in found.clips
        if name.rsplit("-", maxsplit=name.count("-"))[0] != heard
    ]
    verdict = "; ".join(wrong) + "." if wrong else "The network gets all of them right."
    return (
        "## The clips\n\n"
        f"`clips/` holds {len(found.clips)} WAV files, two a label, drawn by seed from test voices"
        " without asking the network.\n" + verdict
    )


def _limits() -> str:
    count = len(unknown_texts(held_out=False))
    return f"""## Limits

* It has learned from synthesised speech. Accuracy on people has not been measured: no corpus of
  recordings was used. The proxy column is the nearest hint and is far below the rest.
* An accent that was not trained on costs: compare mild with validation.
* "unknown" is its weakest label: near misses and words never trained on are taken for keywords.
  Training heard {count} other words. Use a threshold on the score where a false alarm costs more
  than a miss.
* English only, one word a clip, begun and ended within the second.
* The level is normalised over the whole clip: a loud knock beside a quiet word lowers the word."""
