"""What is said: the twelve labels and the texts behind each of them.

Espeak texts may carry phonemes in its own mnemonics between ``[[`` and ``]]``.
"""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LABELS = (
    "silence",
    "unknown",
    "yes",
    "no",
    "up",
    "down",
    "left",
    "right",
    "on",
    "off",
    "stop",
    "go",
)
KEYWORDS = LABELS[2:]

PHONEMES: dict[str, tuple[str, ...]] = {
    "yes": ("j'Es", "j'es", "j'Ez"),
    "no": ("n'oU", "n'@U", "n'o:"),
    "up": ("'Vp", "'ap"),
    "down": ("d'aUn", "d'aun"),
    "left": ("l'Eft", "l'eft"),
    "right": ("r'aIt", "r'aI?"),
    "on": ("'0n", "'A:n", "'O:n"),
    "off": ("'0f", "'O:f", "'A:f"),
    "stop": ("st'0p", "st'A:p"),
    "go": ("g'oU", "g'@U", "g'o:"),
}
"""Further pronunciations, so that no accent's vowel is the only one heard."""

ACCENTED: dict[str, tuple[str, ...]] = {
    "yes": ("j'e@s", "j'Is", "j'i@s", "j'Es"),
    "no": ("n'VU", "n'@U", "n'oU", "n'o:"),
    "up": ("'Up", "'@p", "'Vp", "'ap"),
    "down": ("d'aU@n", "d'VUn", "d'aun", "d'aUn"),
    "left": ("l'e@ft", "l'Ef", "l'Ift", "l'Eft"),
    "right": ("r'OIt", "r'aI", "r'VIt", "r'aIt"),
    "on": ("'O@n", "'A@n", "'O:@n", "'O:n", "'A:n"),
    "off": ("'O@f", "'A@f", "'O:@f", "'O:f", "'A:f"),
    "stop": ("st'O:p", "st'ap", "st'O@p", "st'0p"),
    "go": ("g'VU", "g'@U", "g'oU", "g'o:"),
}
"""Wider vowels, glides and dropped ends: accents that espeak-ng has no voice of."""

NEAR_MISSES = _split(
    """gone often noon stall gold upper write yet yeah chess guess less mess yesterday know nose
    note now new knee nope snow cup pup pop puppy app apt hub dumb town dawn done noun brown drown
    gown laugh lift loft lap felt lever leaf deaf let rate ride rice wright light night fight
    write-off route don one own an in wrong song dawn arm of cough awful offer half shop top step
    stock start spot stomp strip chop goat ghost girl goal got gate grow goes coat toe dough so
    low"""
)
HOMOPHONES = frozenset({"know", "write", "wright", "write-off"})
"""They sound as a keyword does, so no example may teach that they are another word."""

COMMON = _split(
    """zero one two three four five six seven eight nine ten bed bird cat dog house happy marvin
    sheila tree wow water music light lamp open close door window play pause next back hello please
    thank morning evening day night red green blue yellow black white kitchen room table chair book
    phone call message time clock weather rain sunny cold warm begin end first last learn follow
    forward backward visual computer garden river mountain people school friend mother father baby
    children question answer money paper picture story summer winter apple orange bread butter
    sugar coffee dinner doctor hospital engine travel ticket airport station street number letter
    machine model signal board simple purple quick jump under over between because maybe never
    always again little big small long short high deep fast slow yellow fish horse tiger zebra
    volume alarm timer cancel continue repeat speak listen search find show tell give take"""
)
HELD_OUT = _split(
    """gown lob upon dot ran oven stoop golf yell nod pub frown lest ripe honk scoff staff glow
    bottle camera december elephant finger guitar hammer island jacket kettle ladder magnet needle
    office pencil rabbit silver thunder umbrella village wallet"""
)
"""Unknown words that only validation and test hear."""

_ONSETS = ("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "st")
_VOWELS = ("a", "e", "i", "o", "u", "ee", "oo", "ai", "ow", "ar")
_CODAS = ("", "b", "d", "f", "g", "k", "l", "m", "n", "p", "s", "t", "x", "sh", "nt")


def nonsense(count: int, seed: int) -> tuple[str, ...]:
    """``count`` invented words of one or two syllables, none of them a keyword."""
    import numpy as np

    rng = np.random.default_rng(seed)
    found: list[str] = []
    while len(found) < count:
        syllables = int(rng.integers(1, 3))
        word = "".join(
            str(rng.choice(part)) for _ in range(syllables) for part in (_ONSETS, _VOWELS, _CODAS)
        )
        if word not in KEYWORDS:
            found.append(word)
    return tuple(found)


def unknown_texts(*, held_out: bool) -> tuple[str, ...]:
    """Texts of the label "unknown": training's, or those that only validation and test hear."""
    if held_out:
        return (*HELD_OUT, *nonsense(40, seed=2))
    texts = {*NEAR_MISSES, *COMMON, *nonsense(200, seed=1)} - set(HELD_OUT) - set(KEYWORDS)
    return tuple(sorted(texts))
