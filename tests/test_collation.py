"""The order of names, as readers of Portuguese expect it."""

import itertools

from autograder.records import collation_key


def test_accents_and_case_do_not_move_a_name_from_its_place():
    """É is sorted beside E, and names that differ only in an accent are adjacent, in a fixed order."""
    names = ["Álvaro", "Ana", "ana", "Ána", "eduardo", "Élia", "Fábio", "Íris", "Zoe"]
    for shuffled in itertools.islice(itertools.permutations(names), 0, 5000, 97):
        assert sorted(shuffled, key=collation_key)[:1] == ["Álvaro"]
        assert sorted(shuffled, key=collation_key)[4:] == ["eduardo", "Élia", "Fábio", "Íris", "Zoe"]
        assert sorted(shuffled, key=collation_key)[1:4] == ["Ana", "ana", "Ána"]


def test_both_forms_of_a_letter_have_one_place():
    """Composed and decomposed letters sort alike."""
    assert collation_key("\u00c9lia")[:2] == collation_key("E\u0301lia")[:2]
