"""A server for gdb's remote protocol: a run, debugged forward and backward.

    serve(lambda: Machine(board, image), at=None, address=("127.0.0.1", 3333), announce=print)

Own code: no library on PyPI serves the protocol apart from a debug probe or a simulator of its
own, and the protocol's server side is small.
"""

from __future__ import annotations

from simgate.debug.gdb.server import GdbServerError, serve

__all__ = ["GdbServerError", "serve"]
