"""Compare the code of a class with copydetect: token fingerprints, selected by winnowing (as in Stanford's MOSS).

Names, strings, comments and spaces are ignored. So is code that the solved notebook or much of the class has too: the
cells that were handed out, and what the exercise leads everyone to write.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from autograder.class_report.pairs import SimilarPair
from autograder.class_report.report_entries import ReportEntry
from autograder.records import Job

_TOKENS: Final = 25
"""The number of token characters per fingerprint; shorter passages are idioms."""
_WINDOW: Final = 6
"""One of this many neighbouring fingerprints is kept, so that every passage of 30 characters is detected."""
_MOST_CHARACTERS: Final = 50_000
"""The most characters per cell: whole notebooks rarely have as many, and the rest is data within code."""
_CELLS_KEPT: Final = 4096
_COMMON_SHARE: Final = 1 / 3
_COMMON_COUNT: Final = 4
"""Code in a third of the class, but at least in this many notebooks, is common."""
_FEWEST_SHARED: Final = 12
_LEAST_ALIKE: Final = 0.5


class CodeComparer:
    """Collects fingerprints of notebooks one by one, and finds the pairs of a class that share uncommon ones.

    Without copydetect it is not `available`, notebooks have no fingerprints, and no pair is found.
    """

    def __init__(self, given: Job | None = None) -> None:
        self.available = importlib.util.find_spec("copydetect") is not None
        self._given = frozenset[int]() if given is None else self.fingerprints(given)

    def fingerprints(self, job: Job) -> frozenset[int]:
        """Return the fingerprints of a notebook's code, which are valid within one process only."""
        if not self.available:
            return frozenset()
        return frozenset().union(*(_of_cell(cell.source[:_MOST_CHARACTERS]) for cell in job.cells))

    def pairs(self, entries: Sequence[ReportEntry]) -> Iterator[SimilarPair]:
        """Yield the pairs whose uncommon code is mostly the same."""
        counts = Counter(itertools.chain.from_iterable(entry.fingerprints for entry in entries))
        limit = max(_COMMON_COUNT, _COMMON_SHARE * len(entries))
        rare = {one: place for place, one in enumerate(hash_ for hash_, count in counts.items() if 1 < count < limit)}
        rare = {one: place for one, place in rare.items() if one not in self._given}
        if not rare:
            return
        own = [sum(counts[one] < limit and one not in self._given for one in entry.fingerprints) for entry in entries]
        columns = [[rare[one] for one in entry.fingerprints if one in rare] for entry in entries]
        shared = _shared(columns, max(rare.values()) + 1)
        for row, column, count in zip(*shared, strict=True):
            alike = count / min(own[row], own[column])
            if row < column and count >= _FEWEST_SHARED and alike >= _LEAST_ALIKE:
                yield SimilarPair("code", (entries[row].student, entries[column].student), alike=float(alike))


@functools.lru_cache(_CELLS_KEPT)
def _of_cell(source: str) -> frozenset[int]:
    """Return the fingerprints of one cell; most cells of a class are those that were handed out."""
    from copydetect import CodeFingerprint  # noqa: PLC0415 (an extra, and it loads matplotlib)

    found = CodeFingerprint("cell.py", _TOKENS, _WINDOW, language="python", fp=io.StringIO(source))
    return frozenset(map(int, found.hashes))


def _shared(columns: Sequence[Sequence[int]], width: int) -> tuple[list[int], list[int], list[int]]:
    """Return the two rows of each pair that shares anything, and how many columns both have."""
    ends = np.cumsum([0, *map(len, columns)])
    table = csr_array(
        (np.ones(ends[-1], dtype=np.int32), np.fromiter(itertools.chain(*columns), np.int64, ends[-1]), ends),
        shape=(len(columns), width),
    )
    found = (table @ table.T).tocoo()
    return found.coords[0].tolist(), found.coords[1].tolist(), found.data.tolist()
