"""``python -m tools.train synthesise | fit | release | all``: the steps, in that order."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tools.train import augment, dataset, other_synthesizers
from tools.train.dataset import Examples
from tools.train.fit import Course

_RECORDED_TAKES, _RECORDED_VARIANTS = 40, 8
_PROXY_TAKES = 20
TESTS = {"mild": dataset.TEST_MILD, "harsh": dataset.TEST_HARSH}


def main() -> None:
    """Run the steps that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tools.train", description=__doc__)
    parser.add_argument("step", choices=("synthesise", "fit", "release", "all"))
    parser.add_argument("--work", type=Path, default=Path("build/train"), help="intermediate files")
    parser.add_argument("--into", type=Path, default=Path("firmware/app/kws"), help="the result")
    parser.add_argument("--processes", type=int, default=2, help="for synthesis")
    parser.add_argument("--stage", type=int, default=1, help="resume fitting at this stage")
    parser.add_argument("--note", default="", help="a remark on this run for the model card")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    course = Course()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)

    if chosen.step in ("synthesise", "all"):
        synthesise(chosen.work, chosen.processes)
        say("synthesised")
    if chosen.step in ("fit", "all"):
        from tensorflow import keras

        from tools.train import fit, network

        saved = chosen.work / "kws.keras"
        resumed = chosen.stage > 1
        model = keras.models.load_model(saved) if resumed else network.build(seed=course.seed)
        training = Examples.load(chosen.work / "training.npz")
        validation = Examples.load(chosen.work / "validation.npz")
        close = Examples.load(chosen.work / "close.npz")
        say(f"{len(training.labels):,} examples, {network.count_macs(model):,} MACs")
        for number, stage in enumerate(course.stages, start=1):
            if number >= chosen.stage:
                examples = dataset.sample(training, stage.share, course.seed)
                if stage.close:
                    examples = dataset.join([examples, close])
                say(f"stage {number}: {len(examples.labels):,} examples")
                fit.fit(model, examples, validation, stage, course.seed, say, saved)
    if chosen.step in ("release", "all"):
        from tools.train.release import release

        release(chosen.work, chosen.into, course, chosen.note)
        say(f"wrote {chosen.into}")


def synthesise(work: Path, processes: int) -> None:
    """Make every set of examples and save it under ``work``."""
    recorded = dataset.make_recorded(
        other_synthesizers.TRAINED, _RECORDED_TAKES, augment.TRAINING, _RECORDED_VARIANTS
    )
    spoken = dataset.make(dataset.TRAIN, processes=processes)
    dataset.join([spoken, recorded]).save(work / "training.npz")
    dataset.make(dataset.CLOSE, processes=processes).save(work / "close.npz")
    dataset.make(dataset.VALIDATION, processes=processes).save(work / "validation.npz")
    for name, plan in TESTS.items():
        dataset.make(plan, processes=processes).save(work / f"{name}.npz")
    proxy = dataset.make_recorded(other_synthesizers.PROXIES, _PROXY_TAKES, augment.MILD, 1)
    proxy.save(work / "proxy.npz")


if __name__ == "__main__":
    main()
