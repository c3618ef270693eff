"""A cluster on this machine, for a try: a scheduler in this process, and workers that are the real command.

Their connections are encrypted with certificates that exist for one command alone, so that no other user of this
machine can join.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from distributed import LocalCluster, Security

from autograder.child_process import NOWHERE, Process, listed_environment, python_command, start
from autograder.cluster.quiet_dask import OWN_PAGES, quiet
from autograder.errors import EnvironmentFault

_PASSED: Final = ("KERAS_HOME", "XDG_CACHE_HOME")
_PASSED_PREFIXES: Final = ("OPENBLAS_",)
_MOST_RESTARTS = 5
_ENDING_SECONDS = 10.0
_LOOKING_SECONDS = 1.0


class OwnCluster:
    """A scheduler and some workers; a context manager that ends them. A worker that dies is replaced, a few times.

    Args:
        workers: How many worker processes to start; each executes one notebook at a time.
        options: Further options of `autograder worker`.

    Raises:
        EnvironmentFault: Certificates cannot be made.
    """

    def __init__(self, workers: int, options: Sequence[str]) -> None:
        quiet()
        self._options = options
        self._resources = contextlib.ExitStack()
        try:
            self.security: Any = Security.temporary()
        except ImportError:
            raise EnvironmentFault(
                "certificates for a cluster on this machine cannot be made", remedy="pip install cryptography"
            ) from None
        folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="autograder-cluster-")))
        self._scheduler = self._resources.enter_context(
            LocalCluster(
                n_workers=0,
                protocol="tls://",
                host="127.0.0.1",
                security=self.security,
                dashboard_address=OWN_PAGES,
                silence_logs=False,
            )
        )
        self.address: str = self._scheduler.scheduler_address
        self._environment = listed_environment(*_PASSED, prefixes=_PASSED_PREFIXES) | self._certificates(folder)
        self._ending = threading.Event()
        self.processes: list[Process] = [self._start() for _ in range(workers)]
        self._keeper = threading.Thread(target=self._keep_up, name="local workers", daemon=True)
        self._keeper.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and the scheduler."""
        self._ending.set()
        self._keeper.join(_ENDING_SECONDS)
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._resources.close()

    def _start(self) -> Process:
        words = ("-m", "autograder", "worker", self.address, "--workers", "1", *self._options)
        return start(
            python_command(*words),
            folder=NOWHERE,
            environment=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C on the terminal is for the command, which ends its workers when it has written its results.
            start_new_session=True,
        )

    def _certificates(self, folder: Path) -> dict[str, str]:
        """Write the workers' certificate into a private folder, and return the variables that name it."""
        contents = {
            "CA_FILE": self.security.tls_ca_file,
            "WORKER__CERT": self.security.tls_worker_cert,
            "WORKER__KEY": self.security.tls_worker_key,
        }
        variables = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}
        for name, text in contents.items():
            path = folder / f"{name.lower()}.pem"
            path.touch(mode=0o600)
            path.write_text(text, encoding="ascii")
            variables[f"DASK_DISTRIBUTED__COMM__TLS__{name}"] = str(path)
        return variables

    def _keep_up(self) -> None:
        restarts = 0
        while not self._ending.wait(_LOOKING_SECONDS):
            for place, process in enumerate(self.processes):
                if process.poll() is not None and restarts < _MOST_RESTARTS:
                    restarts += 1
                    self.processes[place] = self._start()
