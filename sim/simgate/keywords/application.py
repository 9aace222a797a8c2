"""Keywords that run an application: send it sound, read what it heard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from robot.utils import DotDict

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily

if TYPE_CHECKING:
    from simgate.verdict.application import Clip


class ApplicationKeywords(KeywordFamily):
    """An application is a folder with an ``app.toml``; its machine speaks PCM frames and JSON."""

    @keyword("Start Application")
    def start_application(
        self,
        app: str,
        image: Path | None = None,
        engine: str = "strict",
        board: str | None = None,
    ) -> None:
        """Build an application (``kws``, or a folder with an app.toml), boot it on its board.

        ``board`` is one of those that its app.toml names. With ``image`` that ELF is booted instead
        of a build. Returns when the firmware is ready. The reference interpreters start beside it.
        """
        from simgate.verdict.application import find_app
        from simgate.verdict.layers import References
        from simgate.verdict.trial import Trial
        from simgate.verdict.verification import check_inputs

        self.session.end()
        found = find_app(app, board)
        check_inputs(found)
        self.session.references = References(found.model)
        if image is None:
            from simgate.toolchain import build_app

            image = build_app(found.folder, board=found.board)
        self.session.trial = Trial(found, image, engine=engine)
        self.session.machine = self.session.trial.machine
        self.session.trial.boot()

    @keyword("Get Clips")
    def get_clips(self) -> list[DotDict]:
        """The application's clips, each with ``path`` and ``word``."""
        clips = self.session.trying().app.clips
        return [DotDict(path=str(clip.path), word=clip.word) for clip in clips]

    @keyword("Send Wav File")
    def send_wav_file(self, path: Path) -> None:
        """Send a mono 16-bit WAV at the application's rate; `Read Answer` waits for the result.

        A clip that is shorter than the application takes is followed by silence, of a longer one
        the middle is sent.
        """
        from simgate.verdict.trial import read_clip

        trial = self.session.trying()
        pcm = read_clip(trial.app, path)
        trial.send(pcm)
        self.session.sent = (path, pcm)
        self.session.verification = None

    @keyword("Read Answer")
    def read_answer(self, word: str = "", timeout: float = 5.0) -> DotDict:
        """Wait for the answer to the clip that was sent.

        ``word`` is what was said, where the file's name does not begin with it. Returns ``label``,
        ``scores``, ``front_end`` and ``network`` (instructions by the firmware's own counter).
        """
        trial = self.session.trying()
        if self.session.sent is None:
            raise KeywordFailure("Nothing was sent: use 'Send Wav File' first")
        path, pcm = self.session.sent
        self.session.sent = None
        answer = trial.answer(self._clip(path, word), pcm, timeout).answer
        return DotDict(
            label=answer.label,
            scores=list(answer.scores),
            front_end=answer.front_end,
            network=answer.network,
        )

    @keyword("Hear Every Clip")
    def hear_every_clip(self) -> None:
        """Send each of the application's clips and read the answers."""
        trial = self.session.trying()
        self.session.verification = None
        trial.hear_all(trial.app.clips)

    @keyword("Keep Tensors")
    def keep_tensors(self, name: str | None = None) -> None:
        """Keep what every layer computed so far, under a name (default: the board's).

        `Tensors Should Be Identical` compares what was kept.
        """
        machine = self.session.running()
        layers = machine.result().layers
        if not layers:
            raise KeywordFailure(
                "The network has not run, or the image has no layer table: no tensor to keep"
            )
        rows = machine.image.layers()
        self.session.kept[name or machine.board.name] = [
            (layer.inference, f"{rows[layer.row].operator} '{rows[layer.row].name}'", layer.data)
            for layer in layers
        ]

    @keyword("Tensors Should Be Identical")
    def tensors_should_be_identical(self) -> str:
        """What was kept of several machines is the same, byte for byte: all layers, all clips."""
        from simgate.verdict.identity import first_difference

        kept = self.session.kept
        if len(kept) < 2:
            raise KeywordFailure(f"{len(kept)} set of tensors was kept: use 'Keep Tensors' first")
        (first, expected), *others = kept.items()
        for name, found in others:
            difference = first_difference(expected, found)
            if difference:
                raise KeywordFailure(f"{name} differs from {first}: {difference}")
        size = sum(len(data) for _, _, data in expected)
        return f"{len(expected)} tensors of {size:,} bytes are identical on {', '.join(kept)}"

    def _clip(self, path: Path, word: str) -> Clip:
        from simgate.verdict.application import Clip, word_of

        labels = self.session.trying().app.labels
        said = word or word_of(path)
        if said not in labels:
            raise KeywordFailure(
                f"'{said or path.name}' is none of the words {', '.join(labels)}: "
                "give 'Read Answer' the word that was said"
            )
        return Clip(path, said)
