"""Debian's qemu-system-arm: one process a batch, its results written by semihosting."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.fuzz import layout
from tools.fuzz.image import DUMP, FuzzError, Image, Results
from tools.fuzz.oracle.base import Oracle

MACHINES = {
    "cortex-m4f": "mps2-an386",
    "cortex-m7": "mps2-an500",
    "cortex-m7-sp": "mps2-an500",  # has double precision too, which is then not drawn
}
TIMEOUT_S = 60.0


class Qemu(Oracle):
    """Runs in a folder of its own, deleted with the object."""

    name = "qemu"

    def __init__(self, processor: str) -> None:
        if shutil.which("qemu-system-arm") is None:
            raise FuzzError(
                "qemu-system-arm is not installed", hint="Install Debian's qemu-system-arm."
            )
        self.machine = MACHINES[processor]
        self.folder = tempfile.TemporaryDirectory(prefix="simgate-fuzz-")

    def run(self, image: Image) -> Results:
        """The whole batch; QEMU takes faults by the driver's handler."""
        folder = Path(self.folder.name)
        (folder / "code").write_bytes(image.code)
        (folder / "data").write_bytes(image.data)
        command = ["qemu-system-arm", "-M", self.machine]
        command += ["-display", "none", "-monitor", "none", "-serial", "none"]
        command += ["-semihosting-config", "enable=on,target=native"]
        for name, address in (("code", layout.CODE), ("data", layout.DATA)):
            command += ["-device", f"loader,file={name},addr={address:#x},force-raw=on"]
        (folder / DUMP).unlink(missing_ok=True)
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            numbers = [sequence.number for sequence in image.batch.sequences]
            raise FuzzError(
                f"QEMU does not end with sequences {min(numbers)} to {max(numbers)}",
                hint="Halve the range with --first and --sequences.",
            ) from None
        if not (folder / DUMP).exists():
            raise FuzzError(f"QEMU ended without results: {done.stderr.strip()}")
        return Results.of_data((folder / DUMP).read_bytes(), len(image.batch))
