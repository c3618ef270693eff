"""Choose the one notebook to grade among everything that a student handed in."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from autograder.collect.exports import Owner
from autograder.collect.file_kinds import (
    is_checkpoint,
    is_copy_of_own_name,
    is_other_archive,
    is_own_name,
    is_placeholder,
)
from autograder.collect.listing import Entry, list_archive
from autograder.collect.sources import NotSubmission, SubmissionSource
from autograder.records import Detail, SubmissionError

_FEW = 3
_MOST_COMPARED = 20
"""The most notebooks of a student whose contents are compared."""
_TYPED_IN = frozenset({"text.html", "onlinetext.html"})


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """The entry to read for a student, the student's other entries, and the owner."""

    owner: Owner
    entry: Entry
    passed_over: tuple[NotSubmission, ...] = ()


def choose(sources: Sequence[SubmissionSource], assignment_name: str) -> Chosen:
    """Return a student's notebook, or an entry whose fault says why there is none.

    Of several notebooks in one source, the only one with the assignment's own name is chosen, or else the only one
    named like a copy of it. Notebooks with equal bytes count once. Anything else is ambiguous and becomes a fault.
    """
    options = [_options(source, assignment_name) for source in sources]
    working = [one for one in options if not one.is_lacking] or options
    lines = [line for one in working for line in one.passed_over]
    lines += [
        NotSubmission(one.source.place, f"beside the notebook of {one.source.owner.student}")
        for one in options
        if one not in working
    ]
    found = [(one.source, entry) for one in working for entry in one.entries]
    by_identity = {entry.identity: (source, entry) for source, entry in reversed(found)}
    different = _different([by_identity[identity] for identity in dict.fromkeys(entry.identity for _, entry in found)])
    source, entry = different[0]
    if len(different) > 1:
        fault = _one_of_many([one for _, one in different], perhaps_a_class=source.perhaps_a_class)
        entry = dataclasses.replace(entry, fault=fault)
    return Chosen(source.owner, entry, tuple(lines))


@dataclasses.dataclass(frozen=True, slots=True)
class _Options:
    source: SubmissionSource
    entries: tuple[Entry, ...]
    passed_over: tuple[NotSubmission, ...] = ()
    is_lacking: bool = False
    """There is no notebook, and nothing that could contain one."""


def _options(source: SubmissionSource, assignment_name: str) -> _Options:
    if source.fault:
        return _Options(source, (_fault_of(source, source.fault),))
    notebooks = [entry for entry in source.entries if entry.is_notebook and not is_checkpoint(entry.name)]
    # Next to a notebook, a zip is data.
    found = notebooks or [one for entry in source.entries if entry.unzip for one in _unzipped(entry)]
    if not found:
        return _Options(source, (_lacking(source),), is_lacking=True)
    for is_meant in (is_own_name, is_copy_of_own_name):
        meant = [entry for entry in found if is_meant(entry.name, assignment_name)]
        if len(meant) == 1 and len(found) > 1:
            others = [entry for entry in found if entry is not meant[0]]
            return _Options(source, tuple(meant), tuple(_passed_over(source, meant[0], others)))
        if meant:
            found = meant
            break
    return _Options(source, tuple(found))


def _passed_over(source: SubmissionSource, taken: Entry, others: Sequence[Entry]) -> Iterator[NotSubmission]:
    why = f"{source.owner.student}'s notebook is the one with the assignment's own name, {taken.name}"
    if len(others) > _FEW:
        yield NotSubmission(source.place, f"of {len(others) + 1} notebooks, {why}")
    else:
        yield from (NotSubmission(entry.source, f"another notebook; {why}") for entry in others)


def _unzipped(entry: Entry) -> Iterator[Entry]:
    if entry.fault or entry.unzip is None:
        yield entry
        return
    try:
        inside = list_archive(entry.unzip()).entries
    except SubmissionError as error:
        yield dataclasses.replace(entry, fault=error.fault)
        return
    notebooks = [found for found in inside if found.is_notebook and not is_checkpoint(found.name)]
    if notebooks:
        yield from notebooks
    else:
        packed = any(found.unzip or is_other_archive(found.name) for found in inside)
        yield dataclasses.replace(entry, fault=Detail("refused.nested_archive" if packed else "refused.no_notebook"))


def _different(found: list[tuple[SubmissionSource, Entry]]) -> list[tuple[SubmissionSource, Entry]]:
    """Drop byte-identical copies."""
    if not 1 < len(found) <= _MOST_COMPARED or any(entry.fault for _, entry in found):
        return found
    try:
        digests = [hashlib.sha256(entry.read()).digest() for _, entry in found]
    except SubmissionError:
        return found
    return list(dict(zip(reversed(digests), reversed(found), strict=True)).values())[::-1]


def _one_of_many(entries: Sequence[Entry], *, perhaps_a_class: bool) -> Detail:
    others = entries[1:]
    names = tuple(other.source for other in others[:_FEW])
    more = len(others) - len(names)
    beside = Detail.of("names.some", names=names, more=more) if more else Detail.of("names.all", names=names)
    code = "refused.perhaps_a_class" if perhaps_a_class else "refused.one_of_many"
    return Detail.of(code, count=len(entries), beside=beside)


def _lacking(source: SubmissionSource) -> Entry:
    """Return the entry that best explains why a student has no notebook."""
    faulty = next((entry for entry in source.entries if entry.fault), None)
    if faulty is not None:
        return faulty
    for entry in source.entries:
        fault = _fault_by_name(entry.name)
        if fault is not None:
            return dataclasses.replace(entry, fault=fault)
    if len(source.entries) == 1 and source.entries[0].source == source.place:
        suffix = PurePath(source.entries[0].name).suffix
        fault = Detail.of("refused.other_suffix", suffix=suffix) if suffix else Detail("refused.no_suffix")
        return dataclasses.replace(source.entries[0], fault=fault)
    return _fault_of(source, Detail("refused.no_notebook"))


def _fault_of(source: SubmissionSource, fault: Detail) -> Entry:
    return Entry((source.place,), source.place, source.place, fault=fault)


def _fault_by_name(name: str) -> Detail | None:
    """Return why a file is not a notebook by its name; None if its suffix explains it."""
    stem = name[: name.casefold().rfind(".ipynb")] if ".ipynb" in name.casefold() else ""
    reasons = (
        (is_placeholder(name), Detail("refused.icloud")),
        (is_checkpoint(name), Detail("refused.checkpoint")),
        (is_other_archive(name), Detail("refused.other_archive")),
        (bool(stem), Detail.of("refused.longer_name", name=f"{stem}.ipynb")),
        (name in _TYPED_IN, Detail("refused.typed_text")),
        (name == "link.html", Detail("refused.address")),
    )
    return next((fault for applies, fault in reasons if applies), None)
