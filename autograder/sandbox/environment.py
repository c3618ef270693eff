"""The environment variables of a notebook: an explicit list, so that none of ours leak."""

from __future__ import annotations

import os
from collections.abc import Mapping

# These select OpenBLAS's code for this processor; without them it may crash or round differently.
_PASSED_PREFIX = "OPENBLAS_"
_PASSED_EXCEPT = "OPENBLAS_NUM_THREADS"


def notebook_environment(
    home: str, temporary: str, keras_home: str, executable_folder: str, threads: int | None = None
) -> dict[str, str]:
    """Return the complete environment of a notebook.

    Args:
        home: The path of the home folder inside the sandbox.
        temporary: The folder for temporary files.
        keras_home: The folder that contains `datasets`.
        executable_folder: The folder of Python's own commands.
        threads: The most threads per numerical library; None leaves it to the library.
    """
    variables = {
        "PATH": f"{executable_folder}:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": temporary,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "KERAS_HOME": keras_home,
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        # A killed process loses its buffered output, and with it the reason.
        "PYTHONUNBUFFERED": "1",
        # The same order of sets in every execution: hash randomisation must not change points.
        "PYTHONHASHSEED": "0",
    }
    if threads is not None:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            variables[name] = str(threads)
    return _passed(os.environ) | variables


def _passed(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if name.startswith(_PASSED_PREFIX) and name != _PASSED_EXCEPT}
