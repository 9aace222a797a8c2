r"""UART scripts as text, one step a line.

::

    # what a slow and careless sender does
    baud 9600                  # bits a second, from here on
    format 8N1                 # data bits, parity N, E or O, stop bits, from here on
    spacing 0.0002             # seconds of idle line after each frame, from here on
    at 0.010                   # the next frame begins then: seconds since the beginning
    send "hello\r\n" 0x04 7    # texts and numbers, one frame a byte
    gap 0.5                    # seconds of idle line
    send noise "n"             # each byte with bad samples in a data bit
    send framing "f"           # each with a low stop bit
    send parity "p"            # each with the wrong parity bit
    break 0.002                # seconds of a low line

A text knows \r, \n, \t, \0, \\, \" and \xNN; other characters are sent in UTF-8.
"""

from __future__ import annotations

import re
from pathlib import Path

from simgate.sensor.uart_script import Flaw, UartScript, UartScriptError

_WORD = re.compile(r'\s*(?:(#.*)|"((?:[^"\\]|\\.)*)"|([^\s"#]+))')
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)")
_SHAPE = re.compile(r"([5-9])([NEO])(0\.5|1|1\.5|2)")
_ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", '"': '"'}
_MAX_BYTES = 16 << 20
_FLAWS = {flaw.value: flaw for flaw in Flaw if flaw}
_TIMES = {
    "at": UartScript.at,
    "gap": UartScript.gap,
    "spacing": UartScript.spacing,
    "break": UartScript.break_for,
}

Words = list[tuple[str, bool]]  # each with whether it was in quotes


def read_script(path: Path) -> UartScript:
    """The script in a file.

    Raises:
        UartScriptError: it cannot be read, or is no script; the message has file and line.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UartScriptError(f"{path}: a UART script of more than 16 MiB")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UartScriptError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UartScriptError(f"{path}: not text in UTF-8: {error}") from error
    return parse_script(text, str(path))


def parse_script(text: str, source: str = "UART script") -> UartScript:
    """The script with this text.

    Raises:
        UartScriptError: it is none; the message has source and line.
    """
    script = UartScript()
    for number, line in enumerate(text.splitlines(), 1):
        try:
            words = _words(line)
            if words:
                script = _step(script, words)
        except UartScriptError as error:
            raise UartScriptError(
                f"{source}:{number}: {error.message}",
                hint="A line is: baud N, format 8N1, at S, gap S, spacing S, break S, or "
                'send [noise|framing|parity] "text" 0x41 ...',
            ) from error
    return script


def _words(line: str) -> Words:
    words: Words = []
    position = 0
    while line[position:].strip():
        match = _WORD.match(line, position)
        if match is None:
            raise UartScriptError(f"a text without its end: {line[position:].strip()}")
        position = match.end()
        if match[1]:
            break
        words.append((match[3], False) if match[3] is not None else (match[2], True))
    return words


def _step(script: UartScript, words: Words) -> UartScript:
    name, quoted = words[0]
    rest = words[1:]
    if quoted:
        raise UartScriptError(f'a line begins with a step, not with "{name}"')
    if name == "send":
        return _send(script, rest)
    if name not in ("baud", "format", *_TIMES):
        raise UartScriptError(f"no step '{name}'")
    if len(rest) != 1 or rest[0][1]:
        raise UartScriptError(f"'{name}' takes one value")
    value = rest[0][0]
    if name == "baud":
        return script.baud(_number(value))
    if name == "format":
        match = _SHAPE.fullmatch(value)
        if match is None:
            raise UartScriptError(f"no format '{value}'; one is 8N1, or 7E1, or 9N2")
        return script.shape(int(match[1]), match[2], float(match[3]))
    return _TIMES[name](script, _number(value))


def _send(script: UartScript, words: Words) -> UartScript:
    flaw = Flaw.NONE
    if words and not words[0][1] and words[0][0] in _FLAWS:
        flaw = _FLAWS[words[0][0]]
        words = words[1:]
    if not words:
        raise UartScriptError("'send' without anything to send")
    data = b"".join(_text(word) if quoted else _byte(word) for word, quoted in words)
    return script.send(data, flaw)


def _text(word: str) -> bytes:
    sent = bytearray()
    position = 0
    for match in _ESCAPE.finditer(word):
        sent += word[position : match.start()].encode()
        code = match[1]
        if len(code) == 3:
            sent.append(int(code[1:], 16))
        elif code in _ESCAPES:
            sent += _ESCAPES[code].encode()
        else:
            raise UartScriptError(f"no escape '\\{code}' in a text")
        position = match.end()
    return bytes(sent + word[position:].encode())


def _byte(word: str) -> bytes:
    try:
        value = int(word, 16 if word.lower().startswith("0x") else 10)
    except ValueError:
        raise UartScriptError(f"neither a text in quotes nor a byte: {word}") from None
    if not 0 <= value <= 255:
        raise UartScriptError(f"{word} is no byte")
    return bytes([value])


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise UartScriptError(f"not a number: {word}") from None
