"""What people read of a grade: a page per student, and for the instructor a table and a JSON file per student."""

from autograder.report.causes import Cause, read_causes
from autograder.report.class_summary import ClassSummary, SummaryRow, summarise
from autograder.report.details import detail_text, in_english
from autograder.report.files import file_stem, remove_reports, write_atomically, write_whole
from autograder.report.grade_json import grade_document, write_grade_json
from autograder.report.grades_csv import ABSENT, REFUSED, cell_text, write_grades_csv
from autograder.report.hand_in import HandInForm, VariableAnswer, hand_in_text
from autograder.report.justifications import Justifications, justified, read_justifications, untranslated
from autograder.report.letters import chosen_letters
from autograder.report.numbers import number_text
from autograder.report.option_texts import OptionTexts, read_option_texts
from autograder.report.pictures import ReferenceNumbers
from autograder.report.refusals import error_text, refusal_line, refusal_text, refusal_words
from autograder.report.scores import QuestionScore, question_label, question_scores, raised_flags, why_no_grade
from autograder.report.sentences import is_for_student, sentence
from autograder.report.short_flags import short_flag, short_flags
from autograder.report.student_page import Background, student_page, write_student_page
from autograder.report.worth import Worth, weigh

__all__ = [
    "ABSENT",
    "REFUSED",
    "Background",
    "Cause",
    "ClassSummary",
    "HandInForm",
    "Justifications",
    "OptionTexts",
    "QuestionScore",
    "ReferenceNumbers",
    "SummaryRow",
    "VariableAnswer",
    "Worth",
    "cell_text",
    "chosen_letters",
    "detail_text",
    "error_text",
    "file_stem",
    "grade_document",
    "hand_in_text",
    "in_english",
    "is_for_student",
    "justified",
    "number_text",
    "question_label",
    "question_scores",
    "raised_flags",
    "read_causes",
    "read_justifications",
    "read_option_texts",
    "refusal_line",
    "refusal_text",
    "refusal_words",
    "remove_reports",
    "sentence",
    "short_flag",
    "short_flags",
    "student_page",
    "summarise",
    "untranslated",
    "weigh",
    "why_no_grade",
    "write_atomically",
    "write_grade_json",
    "write_grades_csv",
    "write_student_page",
    "write_whole",
]
