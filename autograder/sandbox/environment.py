"""The environment variables that a notebook sees: a list of its own, nothing of ours passes by accident."""

from __future__ import annotations

import os
from collections.abc import Mapping

# They choose the code that linear algebra runs on this processor; without them it may crash or round otherwise.
_PASSED_PREFIX = "OPENBLAS_"
_PASSED_EXCEPT = "OPENBLAS_NUM_THREADS"


def notebook_environment(
    home: str, temporary: str, keras_home: str, executable_folder: str, threads: int | None = None
) -> dict[str, str]:
    """Return the whole environment of a notebook.

    Args:
        home: The notebook's home folder, as the notebook sees it.
        temporary: Where temporary files go.
        keras_home: The folder that holds `datasets`.
        executable_folder: Where Python's own commands lie.
        threads: How many threads each of the numerical libraries may use; None leaves it to them.
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
        # A process that is killed takes what it had not written with it, and with it the reason.
        "PYTHONUNBUFFERED": "1",
        # One order of sets in every execution: an accident of hashing must not change anybody's points.
        "PYTHONHASHSEED": "0",
    }
    if threads is not None:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            variables[name] = str(threads)
    return _passed(os.environ) | variables


def _passed(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if name.startswith(_PASSED_PREFIX) and name != _PASSED_EXCEPT}
