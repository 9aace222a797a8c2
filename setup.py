"""Builds what pyproject.toml cannot say: the core in C, and the files shipped beside the code.

Options by environment variable, for developers: ``SIMGATE_WERROR=1`` turns the C compiler's
warnings into errors; ``CFLAGS`` is appended as usual (``-fsanitize=address``, ``-Og -g3``).
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.errors import CompileError, PlatformError

HERE = Path(__file__).parent
NATIVE = Path("sim/simgate/core/native")
SHARED = ("platforms", "robot", "firmware")
NOT_SHARED = shutil.ignore_patterns("__pycache__", "*.pyc", "build", ".*", "*.o", "*.elf")
HOW_TO_INSTALL = (
    "Simgate's core is C and is compiled when the package is installed: install a C compiler and "
    "Python's headers first, then try again. On Debian: apt-get install gcc python3-dev"
)


class BuildNative(build_ext):
    """build_ext with an answer for who lacks the compiler or Python's headers."""

    def build_extensions(self) -> None:
        """Checks what compiling needs, then compiles."""
        command = shlex.split(os.environ.get("CC", "") or sysconfig.get_config_var("CC") or "cc")
        if not command or shutil.which(command[0]) is None:
            raise PlatformError(f"there is no C compiler ({' '.join(command)}). {HOW_TO_INSTALL}")
        include = Path(sysconfig.get_path("include"))
        if not (include / "Python.h").is_file():
            raise PlatformError(f"there is no Python.h in {include}. {HOW_TO_INSTALL}")
        try:
            super().build_extensions()
        except CompileError as error:
            raise CompileError(f"Simgate's core did not compile: {error}") from error


class BuildWithShared(build_py):
    """build_py that also carries platforms, robot files and the firmware's sources.

    They become ``simgate/_share/...`` of a wheel. An editable installation finds them at the
    repository's root (simgate.assets), so nothing is copied there.
    """

    def run(self) -> None:
        """Copies the package, then what is shipped beside it."""
        super().run()
        if self.editable_mode:
            return
        for folder in SHARED:
            target = Path(self.build_lib) / "simgate" / "_share" / folder
            shutil.rmtree(target, ignore_errors=True)
            if (HERE / folder).is_dir():
                shutil.copytree(HERE / folder, target, ignore=NOT_SHARED)


def native() -> Extension:
    """The extension module ``simgate.core._native``, for the stable ABI of Python 3.11."""
    flags = ["-std=gnu11", "-O2", "-g0", "-Wall", "-Wextra", "-fvisibility=hidden"]
    # Semantics (no contraction of a*b+c, no guesses from types) and speed of indirect jumps.
    flags += ["-ffp-contract=off", "-fno-strict-aliasing", "-fno-semantic-interposition"]
    if platform.machine() in ("x86_64", "AMD64"):
        flags.append("-fcf-protection=none")
    if os.environ.get("SIMGATE_WERROR"):
        flags.append("-Werror")
    root = HERE.resolve()
    return Extension(
        "simgate.core._native",
        sources=[path.relative_to(root).as_posix() for path in sorted((root / NATIVE).glob("*.c"))],
        depends=[
            path.relative_to(root).as_posix()
            for pattern in ("*.h", "*.inc", "*.def")
            for path in sorted((root / NATIVE).glob(pattern))
        ],
        include_dirs=[NATIVE.as_posix()],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        libraries=["m"],
        extra_compile_args=[*flags, *shlex.split(os.environ.get("CFLAGS", ""))],
        py_limited_api=True,
    )


if sys.byteorder != "little" or sys.maxsize <= 2**32:
    raise SystemExit("Simgate's core needs a 64-bit, little-endian machine.")

setup(
    ext_modules=[native()],
    cmdclass={"build_ext": BuildNative, "build_py": BuildWithShared},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
    exclude_package_data={"": ["*.c", "*.h", "*.inc", "*.def"]},
)
