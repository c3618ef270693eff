"""Letters and numbers written as text: what is read, what is left to a person, and that no guess is made."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.evidence.readings import Unread, folded, read_letter, read_number

OPTIONS = "abcd"
DECORATIONS = ["{}", "({})", "**{}**", "'{}'", '"{}"', "[{}]", "{}.", "{}:", "{} -", "- {}", "`{}`", "${}$", "{}\u200b"]
LABELS = ["", "letra ", "Alternativa ", "Resposta: ", "a opção ", "Q2: ", "The answer is ", "Option ", "a correta é "]
TEXTS = ["", ") a rede menor aprende mais", ") texto da alternativa", " - softmax", ": because f(x) = max(0, x)"]


@pytest.mark.parametrize(("label", "decoration"), list(itertools.product(LABELS, DECORATIONS)))
def test_a_letter_is_read_in_the_usual_dresses(label, decoration):
    """Labels of both languages, quotes, brackets, emphasis and list signs leave the letter what it is."""
    assert read_letter(label + decoration.format("C"), OPTIONS) == "c"


@pytest.mark.parametrize(
    "text", ["É a (c)", "a correta é a (C).", "Resposta: é a **c**", "eh a 'c'", "é a “c”", "é a [c] - texto"]
)
def test_an_article_before_a_marked_letter_is_no_option(text):
    """The `a` of "é a (c)" is Portuguese for "the"; without the marks it might be either."""
    assert read_letter(text, OPTIONS) == "c"
    assert read_letter(re.sub(r"[^\w\s]", "", text), OPTIONS) is Unread.DOUBTFUL


@pytest.mark.parametrize("text", TEXTS)
def test_an_option_may_be_copied_with_its_text(text):
    """The letter before the text of its option is the answer, although `a` is also a Portuguese word."""
    assert read_letter(f"c{text}", OPTIONS) == "c"


@pytest.mark.parametrize(
    "text",
    [
        "b ou c", "b/c", "a e c", "b, c", "c) ou d", "c) ou a de cima", "b) certo\nc) errado", "c?", "~c", "não c",
        "all but c", "exceto c", "c porque sim", "ab", "cd", "<b>c</b>", "a rede menor", "softmax", "c - d", "c c d",
        "c) não", "c" * 3_000, "a menos que c", "b (incorreta)", "c: errada", "(c) - wrong", "c, falsa.",
    ],
)  # fmt: skip
def test_a_text_with_several_readings_is_left_to_a_person(text):
    """Two letters, a taken-back letter, a question or a text without a letter are neither right nor wrong."""
    assert read_letter(text, OPTIONS) is Unread.DOUBTFUL


@pytest.mark.parametrize("text", ["e", "7", "12", "(e)", "?", "\u0441", "\u202ec", "c\0", "ç"])
def test_another_character_is_no_answer(text):
    """A letter that is no option, a number, a look-alike or a control character is not a matter of reading."""
    assert read_letter(text, OPTIONS) is Unread.NO_ANSWER


@pytest.mark.parametrize("text", ["Q: c", "r: c", "R : (c)", "q: r: c"])
def test_q_and_r_before_a_colon_are_labels(text):
    """As in "Q: … R: c", question and answer; without the colon, or as options themselves, they are none."""
    assert read_letter(text, OPTIONS) == "c"
    assert read_letter(text.replace(":", ""), OPTIONS) is Unread.DOUBTFUL


def test_q_and_r_may_be_options():
    """Then a colon after them separates the letter from its text."""
    assert read_letter("q: the smaller net", "pqr") == "q"
    assert read_letter("q: r: text", "pqr") is Unread.DOUBTFUL


@pytest.mark.parametrize(
    ("text", "options", "read"),
    [
        ("c) perda e custo", "abcde", "c"), ("c) a rede", "abcde", "c"), ("c) a e", "abcde", Unread.DOUBTFUL),
        ("c) perda e", "abcde", Unread.DOUBTFUL), ("c) d rede", "abcde", Unread.DOUBTFUL), ("c) a ré", "abcde", "c"),
    ],
)  # fmt: skip
def test_a_and_e_inside_a_text_are_words(text, options, read):
    """Before a word they are Portuguese for "the" and "and"; alone, or at the end, they may be options."""
    assert read_letter(text, options) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [(f"c) {'x' * 1_997}", "c"), (f"c) {'x' * 1_998}", Unread.DOUBTFUL), ("resposta", Unread.DOUBTFUL)],
)
def test_a_text_is_read_up_to_a_length(text, read):
    """A page of text is no letter, whatever it begins with; nor is a label alone."""
    assert read_letter(text, OPTIONS) == read


def test_a_number_is_read_up_to_a_length():
    """Forty characters are more than any number needs."""
    assert read_number("1" * 40) == int("1" * 40)
    assert read_number("1" * 41) is Unread.DOUBTFUL


@given(st.text(alphabet="abcdeABCD ()[]*'.:,;-/?~=ou\n\u200bçé0", max_size=12) | st.text(max_size=30))
def test_only_a_letter_that_stands_alone_is_read(text):
    """Whatever is read stands in the text as a word of its own."""
    letter = read_letter(text, OPTIONS)
    if not isinstance(letter, Unread):
        assert letter in re.findall(r"[^\W_]+", folded(text))


@given(
    letter=st.sampled_from(OPTIONS),
    key=st.sampled_from(OPTIONS),
    label=st.sampled_from(LABELS),
    decoration=st.sampled_from(DECORATIONS),
    text=st.sampled_from(TEXTS) | st.text(max_size=20),
)
def test_no_dress_turns_a_wrong_letter_into_the_right_one(letter, key, label, decoration, text):
    """A labelled and decorated wrong letter may become doubtful, but never another letter."""
    assume(letter != key)
    assert read_letter(label + decoration.format(letter) + text, OPTIONS) != key


@given(
    pair=st.permutations(OPTIONS),
    between=st.sampled_from([" ou ", "/", " or ", ", ", " e ", " and ", " ", "|", ") ou ", " - ", "; ", "\n", ") e "]),
    decoration=st.sampled_from(DECORATIONS),
    label=st.sampled_from(LABELS),
)
def test_two_letters_are_never_one(pair, between, decoration, label):
    """Whoever names two options has not answered, in whatever dress."""
    text = label + decoration.format(pair[0]) + between + decoration.format(pair[1])
    assert read_letter(text, OPTIONS) is Unread.DOUBTFUL


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.35", 0.35), ("0,35", 0.35), (" 7 ", 7), ("-0,5", -0.5), ("\N{MINUS SIGN}0.5", -0.5), ("3e-4", 3e-4),
        ("2,5E-3", 2.5e-3), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234.567", 1234567), ("0.123", 0.123),
        ("0,123", 0.123), ("1234.567", 1234.567), (".5", 0.5), ("1.2345", 1.2345), ("\uff11\uff12", 12),
    ],
)  # fmt: skip
def test_a_number_is_read_with_point_or_comma(text, number):
    """Whole numbers stay whole; groups of thousands count only beside another group or the decimals."""
    read = read_number(text)
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize(
    "text",
    ["1.234", "1,234", "-12.345", "85%", "1e-3 a 1e-2", "7.2 mse", "1/3", "~0.35", "1.2.3", "0,1,2", "٣", "1" * 99],
)
def test_a_text_with_digits_that_is_no_plain_number_is_left_to_a_person(text):
    """Thousands or decimals, percent, ranges, units: the digits mean something, but not plainly this number."""
    assert read_number(text) is Unread.DOUBTFUL


@pytest.mark.parametrize("text", ["", "nan", "inf", "sete", "True"])
def test_a_text_without_digits_is_no_number(text):
    """Python's own words for what is not finite are not numbers either."""
    assert read_number(text) is Unread.NO_ANSWER


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_python_wrote_is_read_exactly_or_not_at_all(number):
    """`str` of a float gives the float again, with a comma as well, unless three decimals look like thousands."""
    for text in (repr(number), repr(number).replace(".", ",")):
        assert read_number(text) in (number, Unread.DOUBTFUL)
