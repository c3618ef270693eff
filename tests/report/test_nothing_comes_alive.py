"""Hostile names, answers and messages stay text: on a page, on a terminal, in a spreadsheet."""

import csv
import json
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

pytestmark = pytest.mark.slow

NAMES = (
    '<img src=x onerror=document.title="alive">',
    "=HYPERLINK(1)",
    "@SUM(1+1)",
    "+1+1",
    "-1+1",
    "\t=1+1",
    "\x1b]0;alive\x07\x1b[31mred",
    "[bold red]rich[on blue]",
)
ELEMENTS = set(
    "a body circle code div footer h1 h2 h3 h4 head header html li main meta p path rect section span strong style svg "  # noqa: SIM905
    "table tbody td th thead title tr ul".split()
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def graded(root, tmp_path_factory):
    """Grade a notebook full of such texts under each of the names, by the real command."""
    folder = tmp_path_factory.mktemp("alive")
    hand_in = [sys.executable, root / "tests" / "hand_in_corpus.py", folder / "handed", "text_that_comes_alive"]
    subprocess.run(hand_in, check=True)
    (folder / "class").mkdir()
    for name in NAMES:
        shutil.copy(folder / "handed" / "text_that_comes_alive" / "notebook.ipynb", folder / "class" / f"{name}.ipynb")
    command = [sys.executable, "-m", "autograder", "grade", str(folder / "class"), "--out", str(folder / "grades")]
    # As wide as any terminal, because a folded name could not be searched for.
    environment = {
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
        "COLUMNS": "300",
        "FORCE_COLOR": "1",
        "TERM": "xterm-256color",
    }
    done = subprocess.run(
        [*command, "--data", "practice", "--workers", "2"], cwd=root, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "grades", (done.stdout + done.stderr).decode()


class Page(HTMLParser):
    """Record the elements of a page, attributes that could take effect, and its title."""

    def __init__(self):
        super().__init__()
        self.elements = set()
        self.acting = []

    def handle_starttag(self, tag, attrs):
        """See `HTMLParser`."""
        self.elements.add(tag)
        self.acting += [
            (name, value)
            for name, value in attrs
            if name.startswith("on") or (name in {"href", "src", "style"} and not (value or "").startswith("#"))
        ]


def read_pages(folder):
    """The text of every student's page."""
    pages = [path.read_text(encoding="utf-8") for path in sorted((folder / "pages").glob("*.html"))]
    assert len(pages) == len(NAMES)
    return pages


def test_a_page_holds_no_element_of_a_student(graded):
    """Every element of a page comes from our template, and no attribute acts or leads elsewhere."""
    for text in read_pages(graded[0]):
        page = Page()
        page.feed(text)
        assert page.elements <= ELEMENTS
        assert page.acting == []
        assert "&lt;script&gt;" in text


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium")
def test_no_page_comes_alive_in_a_browser(graded, tmp_path):
    """A real browser executes none of it, and the same browser does if nothing is escaped."""

    def dom(path):
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
        command += ["--virtual-time-budget=2000", "--dump-dom", path.as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False).stdout

    trap = "<script>document.documentElement.id = 'alive'</script>"
    control = tmp_path / "control.html"
    control.write_text(f"<!doctype html><title>still</title>{trap}", encoding="utf-8")
    assert 'id="alive"' in dom(control)
    for path in sorted((graded[0] / "pages").glob("*.html"))[:3]:
        seen = dom(path)
        assert "</html>" in seen
        assert 'id="alive"' not in seen
        assert "<title>alive</title>" not in seen
        assert "<script>" not in seen
        assert "<img" not in seen


def test_no_text_of_a_student_steers_the_terminal(graded):
    """The only control characters are our own colours, and rich's markup in a name is shown as it is."""
    said = graded[1]
    assert "\x1b]" not in said
    assert "\x07" not in said
    assert "[bold red]rich[on blue]" in said
    assert "�[31mred" in said


def test_no_cell_of_the_sheet_is_a_formula(graded):
    """A name that a spreadsheet would compute is quoted, and none begins with a sign that starts a formula."""
    with (graded[0] / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["student"] for row in rows]
    assert len(names) == len(NAMES)
    assert {"'=HYPERLINK(1)", "'@SUM(1+1)", "'+1+1", "'-1+1"} <= set(names)
    for row in rows:
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_the_json_is_json(graded):
    """Each JSON file can be parsed, whatever the name."""
    for path in (graded[0] / "json").glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["run_verdict"] == "COMPLETE"
