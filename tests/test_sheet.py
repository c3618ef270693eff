"""A table edited in place: everything that was not replaced stays the same, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import ConfigurationError
from autograder.sheet import parse_sheet


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_cells_are_found_in_any_dialect(separator, end, mark):
    """Separators, quotes, line breaks in cells, empty lines; the last line may lack its end."""
    lines = [["Aluno", "Nota"], ['"Lima, Ana; ""A"""', "1"], [], ['"a\nb"', ""], ["Zé", '"2"x']]
    content = (mark + end.join(separator.join(line) for line in lines)).encode()
    sheet = parse_sheet(content, "x")
    values = [[cell.value for cell in row] for row in sheet.rows]
    assert values == [["Aluno", "Nota"], ['Lima, Ana; "A"', "1"], ["a\nb", ""], ["Zé", "2x"]]
    assert sheet.replaced({}) == content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_come_back(encoding):
    """The encoding is kept, also for replaced cells."""
    content = "Aluno,Nota\nJosé,\n".encode(encoding)
    sheet = parse_sheet(content, "x")
    assert sheet.value(1, 0) == "José"
    assert sheet.replaced({}) == content
    assert sheet.replaced({(1, 1): "é"}) == "Aluno,Nota\nJosé,é\n".encode(encoding)


@given(st.binary(max_size=200))
def test_any_bytes_come_back_or_are_refused(content):
    """Any content is either kept or refused."""
    try:
        sheet = parse_sheet(content, "x")
    except ConfigurationError:
        return
    assert sheet.replaced({}) == content


def test_the_line_that_tells_excel_the_separator_is_no_row():
    """The line is kept."""
    sheet = parse_sheet(b"sep=;\r\na;b\r\n1;2\r\n", "x")
    assert sheet.header() == ("a", "b")
    assert sheet.replaced({(1, 1): "3"}) == b"sep=;\r\na;b\r\n1;3\r\n"


def test_a_value_is_quoted_where_it_must_be():
    """A decimal comma in a comma-separated table, and a cell that was quoted before."""
    sheet = parse_sheet(b'a,b\n"1",2\n', "x")
    assert sheet.replaced({(1, 0): "3", (1, 1): "4,5"}) == b'a,b\n"3","4,5"\n'
