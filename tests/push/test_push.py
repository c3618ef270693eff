"""Marks are sent exactly once, wherever the platform or we fail; tokens stay in memory."""

import logging
import time

import keyring
import pytest
from export_class import Student, canvas, grade_class
from joserfc.jwk import RSAKey
from push.platforms import Ags, Canvas
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import AutograderError
from autograder.push import PushJournal
from autograder.report import file_stem

TOKEN = "7~aVerySecretTokenIndeed"  # noqa: S105 (of the server below)
NAMES = {"1": "Lima, Ana", "2": "Reis, Bia", "3": "Sá, Caio", "4": "Nunez, Davi", "5": "Zé, Eva"}
CLASS = [
    Student("limaana (1)", 8.4, canvas(1)),
    Student("reisbia (2)", 10.0, canvas(2)),
    Student("sácaio (3)", 5.0, canvas(3), pending=True),
    Student("nunezdavi (4)", None, canvas(4)),
    Student("zéeva (5)", 7.125, canvas(5)),
]
DUE = {"1": 8.4, "2": 10.0, "3": None, "4": None, "5": 7.13}
FAULTS = ("429", "429 date", "403 rate", "503", "500", "lost before", "lost behind", "500 behind")


@pytest.fixture
def waits(monkeypatch):
    """Skip waiting, and return the durations in seconds."""
    found = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


@pytest.fixture
def place(tmp_path, monkeypatch, waits):
    """Change to a course with a graded class and its pages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_CANVAS_TOKEN", TOKEN)
    results = grade_class(tmp_path, CLASS)
    (results / "pages").mkdir()
    for one in CLASS:
        (results / "pages" / f"{file_stem(one.name)}.html").write_text(f"page of {one.name}")
    return tmp_path


@pytest.fixture
def served():
    """Return a function that starts a platform; it is stopped at the end."""
    started = []

    def start(platform):
        started.append(platform)
        return platform

    yield start
    for platform in started:
        platform.close()


def push(*arguments):
    """Run the command; return its exit code and output. Errors that the operator can fix have code 2."""
    done = CliRunner().invoke(app, ["push", *map(str, arguments)])
    if isinstance(done.exception, AutograderError):
        return 2, str(done.exception)
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout + done.stderr


def to_canvas(platform, *options):
    """Push to the assignment of a server."""
    return push("--to", "canvas", "--url", platform.url, "--course", "12", "--assignment", "777", *options)


def scores(platform):
    """Return the marks and comments on Canvas."""
    return {number: student["score"] for number, student in platform.students.items()}


def test_nothing_is_sent_until_it_is_asked_for(place, served):
    """Without --apply the differences, and the pending and refused students, are only shown."""
    platform = served(Canvas(TOKEN, NAMES))
    code, said = to_canvas(platform, "--pages")
    assert code == 0
    assert "changed 3, unchanged 0, held 2, matching nobody 0" in said
    assert set(scores(platform).values()) == {None}
    assert {method for method, _ in platform.requests} == {"GET"}


def test_marks_and_pages_arrive_once(place, served):
    """A second push sends nothing; after a regrade only changes are sent."""
    platform = served(Canvas(TOKEN, NAMES))
    assert to_canvas(platform, "--pages", "--apply")[0] == 0
    assert scores(platform) == DUE
    contents = [platform.files[file]["content"] for one in platform.students.values() for file in one["comments"]]
    assert contents == [b"page of limaana (1)", b"page of reisbia (2)", "page of zéeva (5)".encode()]
    before = len([one for one in platform.requests if one[0] != "GET"])
    assert "changed 0, unchanged 3" in to_canvas(platform, "--pages", "--apply")[1]
    assert len([one for one in platform.requests if one[0] != "GET"]) == before
    grade_class(place, [*CLASS[:2], Student("sácaio (3)", 5.5, canvas(3))])
    assert to_canvas(platform, "--apply")[0] == 0
    assert scores(platform) == DUE | {"3": 5.5}
    assert platform.puts == {"1": 1, "2": 1, "3": 1, "5": 1}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_at_any_step_loses_and_doubles_nothing(place, served, fault):
    """Each request of a push fails once, in each way; where the push stops, the same command continues it."""
    undisturbed = served(Canvas(TOKEN, NAMES))
    assert to_canvas(undisturbed, "--pages", "--apply")[0] == 0
    steps = len(undisturbed.requests)
    assert steps > 15
    for step in range(steps):
        platform = served(Canvas(TOKEN, NAMES))
        platform.faults = {step: fault}
        for _ in range(3):
            code, _ = to_canvas(platform, "--pages", "--apply")
            if code == 0:
                break
        assert code == 0, (step, fault)
        assert scores(platform) == DUE, (step, fault)
        for number, student in platform.students.items():
            assert len(student["comments"]) == (DUE[number] is not None), (step, fault, number)
        platform.close()


def test_a_platform_that_stays_away_stops_the_push_and_the_rest_follows(place, served):
    """The exit code and a line say so; sent marks are not sent again."""
    platform = served(Canvas(TOKEN, NAMES))
    platform.faults = dict.fromkeys(range(7, 100), "500")
    code, said = to_canvas(platform, "--apply")
    assert code == 1
    assert "stopped: " in said
    assert "the same command sends the rest" in said
    platform.faults = {}
    assert to_canvas(platform, "--apply")[0] == 0
    assert scores(platform) == DUE
    assert set(platform.puts.values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize("behind", [False, True])
def test_a_push_that_dies_at_any_step_is_finished_by_the_next(place, served, monkeypatch, behind):
    """Before or after each line of the journal, also if the class was regraded in between."""
    write = PushJournal.write
    for step in range(6):
        platform = served(Canvas(TOKEN, NAMES))
        for path in (place / "grades" / "export").glob("push-*"):
            path.unlink()
        written = []

        def dying(self, *entry, written=written, step=step):
            if behind:
                write(self, *entry)
            written.append(entry)
            if len(written) == step + 1:
                raise SystemExit(9)
            if not behind:
                write(self, *entry)

        grade_class(place, CLASS)
        monkeypatch.setattr(PushJournal, "write", dying)
        assert to_canvas(platform, "--apply", "--pages")[0] == 9
        monkeypatch.setattr(PushJournal, "write", write)
        grade_class(place, [Student("limaana (1)", 6.5, canvas(1))])
        assert to_canvas(platform, "--apply", "--pages")[0] == 0
        assert scores(platform) == DUE | {"1": 6.5}, step
        assert [len(one["comments"]) for one in platform.students.values()] == [1, 1, 0, 0, 1], step


class Keyring(keyring.backend.KeyringBackend):
    """A keyring with the token."""

    priority = -1  # never chosen by itself

    def get_password(self, service, username):
        """See `KeyringBackend`."""
        return TOKEN if (service, username) == ("autograder", "127.0.0.1") else None

    def set_password(self, *_):
        """Not used by this package."""
        raise AssertionError


def test_the_token_may_lie_in_the_keyring(place, served, monkeypatch):
    """Under the platform's name."""
    monkeypatch.delenv("AUTOGRADER_CANVAS_TOKEN")
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        platform = served(Canvas(TOKEN, NAMES))
        assert to_canvas(platform, "--apply")[0] == 0
    finally:
        keyring.set_keyring(before)
    assert scores(platform) == DUE


def test_waiting_is_as_long_as_the_platform_asks(place, served, waits):
    """Seconds, a date, or no time given; never longer than five minutes."""
    platform = served(Canvas(TOKEN, NAMES))
    platform.faults = {0: "429", 2: "429 date", 4: "403 rate", 6: "429 bare", 8: "503"}
    assert to_canvas(platform, "--apply")[0] == 0
    asked = [seconds for seconds in waits if seconds]
    assert asked[0] == 3
    assert 4 < asked[1] <= 7
    assert asked[2:5] == [1, 1, 2]


def test_what_a_person_wrote_on_canvas_stays(place, served):
    """Marks that were not sent from here, and excused students; --overwrite replaces the former."""
    platform = served(Canvas(TOKEN, NAMES))
    platform.students["1"]["score"] = 9.5
    platform.students["2"]["excused"] = True
    platform.students["5"]["closed"] = "the grading period is closed"
    code, said = to_canvas(platform, "--apply")
    assert code == 1
    assert "limaana (1): has 9.5 there, not sent from here (--overwrite replaces it)" in said
    assert "reisbia (2): is excused there" in said
    assert "refused: zéeva (5)" in said
    assert scores(platform) == {"1": 9.5, "2": None, "3": None, "4": None, "5": None}
    to_canvas(platform, "--apply", "--overwrite")
    assert scores(platform)["1"] == 8.4


def test_a_number_that_is_somebody_else_on_canvas_gets_nothing(place, served):
    """A group's submission has the number of one member."""
    platform = served(Canvas(TOKEN, NAMES | {"1": "Moura, Zoe"}))
    _, said = to_canvas(platform, "--apply")
    assert "limaana (1): user 1 is Moura, Zoe there" in said
    assert scores(platform)["1"] is None


def test_marks_out_of_something_else_are_refused_or_converted(place, served):
    """Canvas states what the assignment is out of."""
    platform = served(Canvas(TOKEN, NAMES, points_possible=5))
    code, said = to_canvas(platform, "--apply")
    assert (code, "out of 5" in said) == (2, True)
    assert to_canvas(platform, "--apply", "--scale")[0] == 0
    assert scores(platform)["1"] == 4.2


def test_the_token_is_nowhere(place, served, monkeypatch, caplog):
    """It is in no file, no log even at debug level, and no output; without one, a line says where to put it."""
    platform = served(Canvas("another", NAMES))
    with caplog.at_level(logging.DEBUG):
        code, said = to_canvas(platform, "--apply")
        assert (code, "Canvas does not take the access token" in said) == (2, True)
        platform.token = TOKEN
        to_canvas(platform, "--apply", "--pages")
    files = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
    assert not [one for one in files if TOKEN.encode() in one]
    assert TOKEN[-4:] not in caplog.text + said
    monkeypatch.delenv("AUTOGRADER_CANVAS_TOKEN")
    code, said = to_canvas(platform)
    assert code == 2
    assert "export AUTOGRADER_CANVAS_TOKEN=…, or run: keyring set autograder 127.0.0.1" in said


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--url", "http://canvas.example.org", "--course", "1", "--assignment", "2"), "begins with https://"),
        (("--url", "https://canvas.example.org", "--course", "x", "--assignment", "2"), "not an id of Canvas"),
        (("--url", "https://c.org/courses/1", "--course", "1", "--assignment", "2"), "address of Canvas alone"),
        (("--url", "https://", "--course", "1", "--assignment", "2"), "address of Canvas alone"),
        (("--url", "ftp://127.0.0.1", "--course", "1", "--assignment", "2"), "begins with https://"),
    ],
)
def test_a_token_goes_to_no_wrong_address(place, options, what):
    """The error comes before anything is sent."""
    code, said = push("--to", "canvas", *options, "--apply")
    assert (code, what in said) == (2, True)


KEY = RSAKey.generate_key(2048)


@pytest.fixture
def tool(place, monkeypatch):
    """Give the tool its key."""
    monkeypatch.setenv("AUTOGRADER_AGS_KEY", KEY.as_pem(private=True).decode())
    return place


def to_ags(platform, *options):
    """Push to the line item of a server."""
    address = ("--line-item", f"{platform.url}/items/5?type=x", "--token-url", f"{platform.url}/token")
    return push("--to", "ags", *address, "--client-id", "tool", *options)


@pytest.mark.parametrize("fault", FAULTS)
def test_scores_arrive_once_whatever_fails(tool, served, fault):
    """Each request fails once, in each way; a repeated score has one timestamp and counts once."""
    for step in range(4):
        platform = served(Ags(KEY))
        platform.faults = {step: fault}
        for _ in range(3):
            code, _ = to_ags(platform, "--apply")
            if code == 0:
                break
        assert code == 0, step
        found = {user: score["scoreGiven"] for user, score in platform.scores.items()}
        assert found == {"1": 8.4, "2": 10.0, "5": 7.125}, step
        assert set(platform.counted.values()) == {1}, step
        assert to_ags(platform, "--apply")[1].count("sent 0") == 1
        platform.close()


def test_a_token_that_ends_is_renewed_and_a_refusal_is_told(tool, served):
    """A token lives shorter than the push of a class."""
    platform = served(Ags(KEY, token_life=1))
    platform.closed = {"2"}
    code, said = to_ags(platform, "--apply")
    assert code == 1
    assert "refused: reisbia (2): the platform refuses it: 422" in said
    assert set(platform.scores) == {"1", "5"}
    assert len(platform.tokens) >= 3


def test_a_regrade_back_to_an_earlier_mark_is_sent_again(tool, served):
    """Each push has its own key: the same points a third time are another push."""
    platform = served(Ags(KEY))
    for points in (8.0, 6.0, 8.0):
        grade_class(tool, [Student("limaana (1)", points, canvas(1))])
        assert to_ags(platform, "--apply")[0] == 0
        assert platform.scores["1"]["scoreGiven"] == points
    assert platform.counted["1"] == 3


@pytest.mark.parametrize("key", ["no key at all", RSAKey.generate_key(2048).as_pem(private=True).decode()])
def test_a_wrong_key_is_one_line_without_the_key(tool, served, monkeypatch, key):
    """The error says what to check, and contains no key."""
    monkeypatch.setenv("AUTOGRADER_AGS_KEY", key)
    code, said = to_ags(served(Ags(KEY)), "--apply")
    assert code == 2
    assert "gives no token for this key and client id" in said
    assert "PRIVATE" not in said
    assert "\n" not in said
