"""The key audit: whether the reference runs bear out the key, and reproduce what was published."""

from __future__ import annotations

from autograder.audit.examination import Audit, audit, warnings
from autograder.audit.page import audit_document, write_audit

__all__ = ["Audit", "audit", "audit_document", "warnings", "write_audit"]
