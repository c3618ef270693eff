"""Moodle's grading worksheet in several languages, and the zip of feedback files."""

import csv
import io
import re
import zipfile

import pytest
from export_class import Student, grade_class, moodle, read_again, written

from autograder.errors import UsageError
from autograder.records import Account
from autograder.report import file_stem

WORDS = {
    # From the language packs: recordid, fullname, email, status, grade, maxgrade, gradecanbechanged,
    # lastmodifiedsubmission, lastmodifiedgrade, feedback comments; hiddenuser, yes.
    "en": ("Identifier|Full name|Email address|Status|Grade|Maximum grade|Grade can be changed|Last modified"
           " (submission)|Last modified (grade)|Feedback comments|Participant|Yes|."),
    "pt_br": ("Identificador|Nome completo|Endereço de email|Status|Nota|Nota máxima|A nota pode ser alterada|Última"
              " modificação (envio)|Última modificação (nota)|Comentários de feedback|Participante|Sim|,"),
    "pt": ("Identificador|Nome|Endereço de e-mail|Estado|Nota|Nota máxima|A nota pode ser alterada|Última modificação"
           " (trabalho)|Última modificação (nota)|Comentários|Participante|Sim|,"),
    "es": ("Identificador|Nombre completo|Dirección de correo|Estatus|Calificación|Calificación máxima|La calificación"
           " puede ser cambiada|Última modificación (entrega)|Última modificación (calificación)|Comentarios de"
           " retroalimentación|Participante|Sí|,"),
    "ja": ("ID|姓名|メールアドレス|ステータス|評点|最大評点|評定の変更可|最終更新日時 (提出)|最終更新日時 (評定)"
           "|フィードバックコメント|参加者|はい|."),
}  # fmt: skip
CLASS = [
    Student("Ana Lima (71)", 8.4, moodle(71)),
    Student("Ana Lima (72)", 3.0, moodle(72)),
    Student("D'Ávila, Zé -Jr (73)", 10.0, moodle(73)),
    Student("Bia Reis (74)", 5.0, moodle(74), pending=True),
    Student("Caio Sá (75)", None, moodle(75)),
]


def worksheet(language, **options):
    """Return a worksheet: two namesakes, a name with a comma, formulas, a comment of two lines."""
    *headings, word, yes, decimal = WORDS[language].split("|")
    most = f"10{decimal}00"
    rows = [headings]
    names = [
        "Ana Lima",
        "Ana Lima",
        "D'Ávila, Zé -Jr",
        "Bia Reis",
        "Caio Sá",
        '=HYPERLINK("x")',
        "@Eva",
        "+Gil",
        "-Íris",
    ]
    grades = ["", f"2{decimal}50", "-", f"4{decimal}00", "", "", "", "", ""]
    for place, (name, given) in enumerate(zip(names, grades, strict=True)):
        when = f"quarta-feira, {place + 1} mai. 2026, 10:00"
        status = "Submitted for grading" if place < 5 else "No submission"
        row = [f"{word} {71 + place}", name, f"s{place}@example.org", status, given, most, yes, when, "-"]
        rows.append([*row, 'Linha "um"\nlinha dois' if place == 3 else ""])
    return written(rows, **options)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("language", WORDS)
def test_a_worksheet_in_any_language_is_filled(place, export, changed, language, newline, mark):
    """Matched by participant numbers, with the site's decimal sign; other cells that Moodle reads are unchanged."""
    grade_class(place, CLASS)
    decimal = WORDS[language][-1]
    given = (mark + worksheet(language, newline=newline)).encode()
    (place / "notas.csv").write_bytes(given)
    outcome = export("--to", "moodle", "--sheet", "notas.csv", "--apply")
    assert changed(outcome) == {
        "Ana Lima (71)": ("", f"8{decimal}40"),
        "Ana Lima (72)": (f"2{decimal}50", f"3{decimal}00"),
        "D'Ávila, Zé -Jr (73)": ("-", f"10{decimal}00"),
    }
    assert [one["student"] for one in outcome["held"]] == ["Bia Reis (74)", "Caio Sá (75)"]
    before, after = read_again(place / "notas.csv"), read_again(place / "notas-filled.csv")
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]
    assert [row[4] for row in after[1:6]] == [f"8{decimal}40", f"3{decimal}00", f"10{decimal}00", before[4][4], ""]
    content = (place / "notas-filled.csv").read_bytes()
    assert content.startswith(mark.encode())
    assert content.count(b"\r\n") == given.count(b"\r\n")


def test_the_feedback_zip_is_what_moodle_takes(place, export):
    """Moodle splits each part of a path at underscores: the second is the participant, then comes the plugin's name."""
    results = grade_class(place, CLASS)
    (results / "pages").mkdir()
    for one in CLASS:
        (results / "pages" / f"{file_stem(one.name)}.html").write_text(one.name)
    (place / "notas.csv").write_text(worksheet("pt_br"))
    written_files = export("--to", "moodle", "--sheet", "notas.csv", "--apply")["written"]
    assert written_files == ["notas-filled.csv", "notas-feedback.zip"]
    assert export("--to", "moodle", "--sheet", "notas-filled.csv", "--apply")["written"] == ["notas-feedback.zip"]
    assert sorted(path.name for path in place.glob("notas*")) == ["notas-feedback.zip", "notas-filled.csv", "notas.csv"]
    found = {}
    with zipfile.ZipFile(place / "notas-feedback.zip") as archive:
        for name in archive.namelist():
            # As `is_valid_filename_for_import` of assignfeedback_file does, before 4.1 (five parts) and since.
            parts = name.split("/")[0].split("_", 4)
            assert parts[2:] == ["assignsubmission", "file", ""]
            assert name.split("/")[1:] == ["feedback.html"]
            found[parts[1]] = archive.read(name).decode()
    assert found == {one.account.ids[0]: one.name for one in CLASS[:3]}


def test_blind_marking_has_no_names(place, export, changed):
    """Only the word for participant and the number are available."""
    grade_class(place, [Student("Participante (71)", 8.0, moodle(71))])
    rows = [row[:1] + row[3:] for row in csv_rows(worksheet("pt_br"))]
    (place / "notas.csv").write_text(written(rows))
    assert changed(export("--to", "moodle", "--sheet", "notas.csv")) == {"Participante (71)": ("", "8,00")}
    (place / "revealed.csv").write_text(worksheet("pt_br"))
    assert changed(export("--to", "moodle", "--sheet", "revealed.csv")) == {"Participante (71)": ("", "8,00")}


def csv_rows(text):
    """Parse a filled worksheet."""
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_team_has_numbers_of_its_own_and_all_its_members_have_its_mark(place, export, changed):
    """Team 71 is not participant 71; the worksheet's own column of teams lists the members."""
    grade_class(place, [Student("Equipe A (71)", 8.0, moodle(71)), Student("Equipe B (5)", 6.0, moodle(5))])
    rows = csv_rows(worksheet("pt_br"))
    teams = ["Grupo", "Equipe B", "Equipe A", "Equipe A", *["Equipe C"] * 6]
    (place / "notas.csv").write_text(
        written([[*row[:4], team, *row[4:]] for row, team in zip(rows, teams, strict=True)])
    )
    outcome = export("--to", "moodle", "--sheet", "notas.csv")
    assert [(one["student"], one["name"], one["after"]) for one in outcome["changes"]] == [
        ("Equipe A (71)", "Ana Lima", "8,00"),
        ("Equipe A (71)", "D'Ávila, Zé -Jr", "8,00"),
        ("Equipe B (5)", "Ana Lima", "6,00"),
    ]


def test_a_grade_that_moodle_has_locked_stays(place, export):
    """The worksheet says so in its language."""
    grade_class(place, CLASS[:1])
    sheet = worksheet("pt_br").replace('"10,00",Sim', '"10,00",Não', 1)
    (place / "notas.csv").write_text(sheet)
    outcome = export("--to", "moodle", "--sheet", "notas.csv")
    assert outcome["changes"] == []
    assert outcome["held"] == [{"student": "Ana Lima (71)", "why": "Moodle does not let this grade be changed"}]


def test_a_scale_in_place_of_points_is_refused(place, export):
    """Words are not points."""
    grade_class(place, CLASS[:1])
    (place / "notas.csv").write_text(re.sub(r'"10,00"', '"Ruim, Bom, Ótimo"', worksheet("pt_br")))
    with pytest.raises(UsageError, match="scale"):
        export("--to", "moodle", "--sheet", "notas.csv")


def test_numbers_of_canvas_are_none_of_moodle(place, export):
    """The same number on another platform is another person."""
    grade_class(place, [Student("limaana (71)", 8.0, Account("canvas", ("71",)))])
    (place / "notas.csv").write_text(worksheet("en"))
    outcome = export("--to", "moodle", "--sheet", "notas.csv")
    assert (outcome["changes"], len(outcome["unmatched"])) == ([], 1)
