"""Speech by espeak-ng, called through ctypes from the library that ``espeakng-loader`` carries."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.train.voices import Voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SYNCHRONOUS = 2
_UTF8_WITH_PHONEMES = 0x101
_RATE, _PITCH, _RANGE = 1, 3, 4
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is said: words a minute, and espeak's pitch and intonation range (0 to 99)."""

    rate_wpm: int
    pitch: int
    intonation: int


class Espeak:
    """One espeak-ng in this process (the library allows no second one)."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.sample_rate_hz = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0))
        if self.sample_rate_hz <= 0:
            raise RuntimeError("espeak-ng did not start: its data was not found")
        self._chunks: list[NDArray[np.int16]] = []
        self._callback = _CALLBACK(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples: Any, count: int, _events: int) -> int:
        if samples and count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 0

    def say(self, text: str, voice: Voice, manner: Manner, seed: int = 0) -> NDArray[np.float32]:
        """Mono samples in -1..1 at ``sample_rate_hz``.

        ``seed`` fixes espeak-ng's own random numbers, from which breath is made.

        Raises:
            ValueError: the voice does not exist, or nothing was said.
        """
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice.name!r}")
        for parameter, value in (
            (_RATE, manner.rate_wpm),
            (_PITCH, manner.pitch),
            (_RANGE, manner.intonation),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
        self._chunks.clear()
        raw = text.encode() + b"\0"
        self._library.espeak_Synth(raw, len(raw), 0, 0, 0, _UTF8_WITH_PHONEMES, None, None)
        if not self._chunks:
            raise ValueError(f"espeak-ng said nothing for {text!r} as {voice.name}")
        return (np.concatenate(self._chunks) / 32_768.0).astype(np.float32)
