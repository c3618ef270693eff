"""The inputs that decide the numbers of a reference run, by which stale runs are recognised."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping

from pydantic import ConfigDict

from autograder.installed import DECIDING_PACKAGES
from autograder.records import Job
from autograder.reference.code_digest import digest_of_code
from autograder.reference.seed import find_seed


@dataclasses.dataclass(frozen=True, slots=True)
class Basis:
    """The inputs of a run besides the versions; `code` and `data` are SHA-256 digests.

    `code` covers the executed cells, without the seed's value. `seed` is the seed that the run used, None if the
    notebook sets none. `data` covers the data sets' digests; it is empty if none is known.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    code: str
    seed: int | None
    data: str

    def digest(self, versions: Mapping[str, str]) -> str:
        """Return the SHA-256 of everything that decides the numbers of a run."""
        content = [self.code, self.seed, self.data, deciding_versions(versions)]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def basis_of(job: Job, data_sums: Mapping[str, str]) -> Basis:
    """Return the basis of a run of a job.

    Args:
        job: The cells and the parameters.
        data_sums: The SHA-256 of each data set's file by its name, where known.
    """
    seed = find_seed(job)
    sources = (
        f"{seed.before}0{seed.after}" if seed and cell.index == job.parameters_cell else cell.source
        for cell in job.cells
    )
    return Basis(
        code=digest_of_code(sources),
        seed=job.parameters.get(seed.name, seed.value) if seed else None,
        data=hashlib.sha256(json.dumps(sorted(data_sums.items())).encode()).hexdigest() if data_sums else "",
    )


def deciding_versions(versions: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of the packages that decide a result."""
    return {name: versions[name] for name in DECIDING_PACKAGES if name in versions}
