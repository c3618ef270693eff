"""Finding a student by a typed name."""

import unicodedata

import pytest

from autograder.errors import UsageError
from autograder.gradebook import find_student
from autograder.records import collation_key, printable, shell_word

CLASS = (
    "Ana Lima (12)", "Ana Lima (15)", "Érica Souza", "João Pão-de-Açúcar (7)", "Łukasz", "ZOÉ", "zoe", "=1+1",
    "x; rm -rf",
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Érica Souza", "Érica Souza"),
        ("erica souza", "Érica Souza"),
        ("ÉRICA  SOUZA", "Érica Souza"),
        (unicodedata.normalize("NFD", "Érica Souza"), "Érica Souza"),
        ("joao pao-de-acucar", "João Pão-de-Açúcar (7)"),
        ("João Pão-de-Açúcar (7)", "João Pão-de-Açúcar (7)"),
        ("ana lima (15)", "Ana Lima (15)"),
        ("lukasz", "Łukasz"),
        ("zoe", "zoe"),
        ("ZOÉ", "ZOÉ"),
        ("'=1+1", "=1+1"),
    ],
)
def test_a_name_is_found_in_any_spelling(asked, found):
    """Ignoring case, accents, Unicode forms and the platform's number; an exact match comes first."""
    assert find_student(asked, CLASS) == found


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("ana lima", "'ana lima' may be any of 2 students (write 'Ana Lima (12)' or 'Ana Lima (15)')"),
        ("Zoe", "Zoe may be any of 2 students (write 'ZOÉ' or zoe)"),
        ("Erika Sousa", "there is no student 'Erika Sousa' in this gradebook (did you mean 'Érica Souza'?)"),
        ("lima", "in this gradebook (did you mean 'Ana Lima (12)' or 'Ana Lima (15)'?)"),
        ("rm", "(did you mean 'x; rm -rf'?)"),
        ("Xavier", "there is no student Xavier in this gradebook (write the name as grades.csv does)"),
        ("", "there is no student '' in this gradebook (write the name as grades.csv does)"),
        ("\x1b[2J", "there is no student '�[2J' in this gradebook (write the name as grades.csv does)"),
    ],
)
def test_a_name_that_fits_nobody_or_several_names_the_candidates(asked, says):
    """Each candidate can be pasted into a shell, whatever the name."""
    with pytest.raises(UsageError) as error:
        find_student(asked, CLASS)
    assert says in str(error.value)


def test_a_class_is_sorted_by_the_rules_of_the_language():
    """É beside E, whatever the case; accents and then capitals decide only between equal letters."""
    names = ["Zoe", "eva", "Érica", "Eric", "Ana", "ana", "Aná", "Álvaro", "Çetin", "Caio", "Łukasz", "Luís", "Luz"]
    expected = ["Álvaro", "Ana", "ana", "Aná", "Caio", "Çetin", "Eric", "Érica", "eva", "Luís", "Łukasz", "Luz", "Zoe"]
    assert sorted(names, key=collation_key) == expected


def test_no_name_steers_a_terminal_or_a_shell():
    """Control characters and direction marks are replaced, and a word of a command is one word."""
    assert printable("a\x1b[31m\x9b\u202eb\x07") == "a�[31m��b�"
    assert shell_word("a'b; rm\n-rf") == "'a'\"'\"'b; rm -rf'"
