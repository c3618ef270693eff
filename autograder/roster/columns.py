"""Recognise the columns of a list of people by their headings in English, Portuguese and Spanish.

Sources of the headings: Canvas, `lib/gradebook_exporter.rb` (Student, ID, SIS User ID, SIS Login ID, Integration ID,
Section; LastName and FirstName); Moodle, language strings of `core` and `mod_assign` (fullname, firstname, lastname,
email, idnumber, username, recordid, group); Gradescope, help page "Adding students and staff" (Name, First Name, Last
Name, Email, SID, Section). Canvas translates none of its headings, Moodle all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from autograder.records import folded

Kind = Literal[
    "name", "first", "last", "identifier", "canvas", "moodle", "lti", "group", "section", "days_late", "record"
]
"""`record` is Moodle's `Participant 123`."""

_HEADINGS: Final[Mapping[Kind, str]] = {
    "name": "name|student|student name|full name|nome|nome completo|aluno|aluna|estudante|nome do aluno|nombre"
    "|nombre completo|alumno|alumna|nombre y apellidos|apellidos y nombre|nome / sobrenome|nombre / apellido(s)",
    "first": "first name|given name|primeiro nome|nome proprio|nombres",
    "last": "last name|surname|family name|sobrenome|sobrenomes|apelido|apelidos|ultimo nome|apellido|apellidos",
    "identifier": "email|email address|endereco de email|correio eletronico|correo|correo electronico|direccion email"
    "|direccion de correo|direccion de correo electronico|username|user|login|usuario|nome de usuario"
    "|nome de utilizador|nombre de usuario|sis user id|sis login id|integration id|sid|student id|student number"
    "|id number|numero de identificacao|numero de id|numero usp|no usp|nusp|matricula|numero de matricula|ra"
    "|registro academico|numero de aluno|numero de estudante",
    "canvas": "id|canvas|canvas id|canvas user id",
    "moodle": "participant|participant id|participante|moodle|moodle id|numero do participante",
    "record": "identifier|identificador",
    "lti": "lti|lti user id|sub",
    "group": "group|groups|team|grupo|grupos|equipe|equipa|equipo",
    "section": "section|sections|turma|secao|seccao|seccion",
    "days_late": "days late|late days|dias de atraso|atraso|dias de retraso",
}


def _letters(heading: str) -> str:
    """Reduce a heading to its letters and digits: `E-mail` equals `email`, and `days_late` equals `Days late`."""
    return "".join(filter(str.isalnum, folded(heading)))


_KIND_OF: Final[Mapping[str, Kind]] = {
    _letters(heading): kind for kind, headings in _HEADINGS.items() for heading in headings.split("|")
}
_OF_CANVAS: Final = frozenset({"sisloginid", "sisuserid"})
"""A column ID holds Canvas's numbers only in a file that also has one of these; elsewhere it is a student number."""


def kinds_of(headings: Sequence[str]) -> list[Kind | None]:
    """Return the kind of each column; None for an unknown heading."""
    known = [_letters(heading) for heading in headings]
    kinds = [_KIND_OF.get(letters) for letters in known]
    if _OF_CANVAS.isdisjoint(known):
        kinds = ["identifier" if letters == "id" else kind for letters, kind in zip(known, kinds, strict=True)]
    if "last" in kinds and "first" not in kinds:
        # "Nome" and "Nombre" are the first name where the last one has a column of its own.
        kinds = ["first" if kind == "name" else kind for kind in kinds]
    return kinds
