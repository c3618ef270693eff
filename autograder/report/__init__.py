"""What people read of a grade: a page per student, and for the instructor a table and a JSON file per student."""

from autograder.report.clauses import why_it_ended
from autograder.report.files import remove_reports
from autograder.report.grade_json import grade_document, write_grade_json
from autograder.report.grades_csv import REFUSED, write_grades_csv
from autograder.report.hand_in import Answer, HandIn, hand_in_text
from autograder.report.justifications import Justifications, justified, read_justifications
from autograder.report.scores import question_scores, raised_flags, why_no_grade
from autograder.report.sentences import is_for_student, sentence
from autograder.report.student_page import student_page, write_student_page
from autograder.report.summary import Summary, SummaryRow, summarise
from autograder.report.worth import Worth, weigh

__all__ = [
    "REFUSED",
    "Answer",
    "HandIn",
    "Justifications",
    "Summary",
    "SummaryRow",
    "Worth",
    "grade_document",
    "hand_in_text",
    "is_for_student",
    "justified",
    "question_scores",
    "raised_flags",
    "read_justifications",
    "remove_reports",
    "sentence",
    "student_page",
    "summarise",
    "weigh",
    "why_it_ended",
    "why_no_grade",
    "write_grade_json",
    "write_grades_csv",
    "write_student_page",
]
