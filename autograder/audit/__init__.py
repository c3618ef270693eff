"""Audits by stored runs: support of the key, published figures reproduced, error rates of intervals."""

from __future__ import annotations

from autograder.audit.key_examination import Audit, audit, audit_changed_keys
from autograder.audit.numbers_alone import Mistake, MistakenRun, NumbersAlone, RightRuns, numbers_alone
from autograder.audit.page import audit_document, write_audit
from autograder.audit.texts import MARKS, WORDINGS
from autograder.grading.key_audit import Mark

__all__ = [
    "MARKS",
    "WORDINGS",
    "Audit",
    "Mark",
    "Mistake",
    "MistakenRun",
    "NumbersAlone",
    "RightRuns",
    "audit",
    "audit_changed_keys",
    "audit_document",
    "numbers_alone",
    "write_audit",
]
