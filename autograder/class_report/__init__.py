"""The class at a glance, for the instructor: one page with distribution, item analysis, clusters and pairs to look at.

Pure: it takes records and returns records and text. `class_results` reads the gradebook and writes the file.
"""

from autograder.class_report.class_page import STYLE, class_page
from autograder.class_report.class_portuguese import PORTUGUESE
from autograder.class_report.code import CodeComparer
from autograder.class_report.reference_support import reference_support
from autograder.class_report.report import ClassReport, Conditions, make_report
from autograder.class_report.report_entries import ReportEntry, make_entry

__all__ = [
    "PORTUGUESE",
    "STYLE",
    "ClassReport",
    "CodeComparer",
    "Conditions",
    "ReportEntry",
    "class_page",
    "make_entry",
    "make_report",
    "reference_support",
]
