"""The course list, and the owners of submissions."""

import pytest

from autograder.records import Account, Person, Roster
from autograder.roster import Directory, is_name_of, read_roster


@pytest.mark.parametrize(
    ("text", "people"),
    [
        pytest.param(
            'Student,ID,SIS User ID,SIS Login ID,Section,CNN (7)\n"    Points Possible",,,,,10\n'
            '"Lima, Ana",1,u1,a@x,A,\n'
            '"Student, Test",2,,,A,\n',
            [Person("Lima, Ana", ("u1", "a@x"), canvas="1", section="A")],
            id="Canvas's gradebook",
        ),
        pytest.param(
            "Identificador,Nome completo,Endereço de email,Status,Nota\nParticipante 71,Ana Lima,a@x,Enviado,\n",
            [Person("Ana Lima", ("a@x",), moodle="71")],
            id="Moodle's worksheet",
        ),
        pytest.param(
            "Identificador,Status,Nota\nParticipante 71,Enviado,\nParticipante 72,Enviado,\n",
            [Person("Participante", moodle="71"), Person("Participante", moodle="72")],
            id="Moodle's worksheet under blind marking",
        ),
        pytest.param(
            "Nombre,Apellido(s),Número de ID,Dirección de correo,Grupos\nAna,Lima,u1,a@x,G1\n",
            [Person("Ana Lima", ("u1", "a@x"), group="G1")],
            id="Moodle's participants in Spanish",
        ),
        pytest.param(
            "First Name,Last Name,SID,Email,Section\nAna,Lima,u1,a@x,A\n",
            [Person("Ana Lima", ("u1", "a@x"), section="A")],
            id="Gradescope's roster",
        ),
        pytest.param(
            "Nome;Nº USP;E-mail;Equipe;days_late\nAna Lima;123;;G1;2\nBia;124;;;\n",
            [Person("Ana Lima", ("123",), group="G1", days_late=2), Person("Bia", ("124",))],
            id="the instructor's own",
        ),
    ],
)
def test_lists_of_platforms_are_read(tmp_path, text, people):
    """As downloaded, in their languages."""
    path = tmp_path / "class.csv"
    path.write_text(text)
    assert list(read_roster(path).people) == people


PEOPLE = (
    Person("Ana Lima", ("u1",), canvas="1", group="Grupo 3"),
    Person("Bia Reis", ("u2",), canvas="2", group="Grupo 3"),
    Person("Caio Sá", ("u3",), canvas="3"),
    Person("Caio Sá", ("u4",), canvas="4"),
)


@pytest.mark.parametrize(
    ("student", "account", "matched", "candidates"),
    [
        ("limaana (1)", Account("canvas", ("1",)), ["u1"], []),
        ("grupo3 (1)", Account("canvas", ("1",)), ["u1", "u2"], []),
        ("souzaeva (1)", Account("canvas", ("1",)), [], ["u1"]),
        ("sácaio (3)", Account("canvas", ("3",)), ["u3"], []),
        ("Caio Sá", Account(), [], ["u3", "u4"]),
        ("Ana Lima (9)", Account("canvas", ("9",)), [], []),
        ("Ana L. (u1), Bia (u2)", Account("gradescope", ("u1", "u2")), ["u1", "u2"], []),
        ("Ana (x9)", Account("gradescope", ("x9",), ("U1",)), ["u1"], []),
        ("Ana (u1)", Account("gradescope", ("u1",), ("u2",)), [], ["u1", "u2"]),
        ("Eva", Account(), [], []),
    ],
)
def test_a_hand_in_is_one_persons_a_groups_or_nobodys(student, account, matched, candidates):
    """Numbers take precedence; a name that contradicts its number, or fits two people, decides nothing."""
    match = Directory(Roster(PEOPLE)).match(student, account)
    assert [person.identifiers[0] for person in match.people] == matched
    assert [person.identifiers[0] for person in match.candidates] == candidates


@pytest.mark.parametrize(("text", "canvas"), [("Student,ID\nAna,7\n", ""), ("Student,ID,SIS Login ID\nAna,7,u\n", "7")])
def test_a_column_id_is_canvass_in_canvass_own_file_alone(tmp_path, text, canvas):
    """Elsewhere it is the institution's number."""
    path = tmp_path / "class.csv"
    path.write_text(text)
    [person] = read_roster(path).people
    assert (person.canvas, "7" in person.identifiers) == (canvas, not canvas)


@pytest.mark.parametrize(
    ("listed", "written", "same"),
    [
        ("Lima, Ana", "Ana Lima", True),
        ("Ana Maria de Souza", "souzaanamariade", True),
        ("D'Ávila, Zé", "davilaze", True),
        ("Łoś, Ana", "ana los", True),
        ("Ana Lima", "Ana Lima Souza", False),
        ("", "", False),
    ],
)
def test_names_are_compared_by_their_letters(listed, written, same):
    """In either order, without accents, commas and apostrophes."""
    assert is_name_of(listed, written) is same


def test_two_of_one_name_have_different_labels():
    """The name alone if it is unique, otherwise with an identifier."""
    roster = Roster(PEOPLE)
    assert [roster.label(person) for person in PEOPLE] == ["Ana Lima", "Bia Reis", "Caio Sá (u3)", "Caio Sá (u4)"]
