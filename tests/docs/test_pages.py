"""The documentation's pages: generated ones are up to date, links work, nothing is loaded from elsewhere."""

import importlib.util
import re
import subprocess
import sys

import pytest
import yaml
from documented_commands import MAKEFILE, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"?(https?:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def generator():
    """Load the script that writes the generated pages."""
    specification = importlib.util.spec_from_file_location(
        "generate_reference", ROOT / "docs" / "generate_reference.py"
    )
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_generated_pages_are_current(generator):
    """Commands, keys and codes are those of the program. To renew: `make reference-pages`."""
    for name, text in generator.pages().items():
        assert (generator.FOLDER / name).read_text(encoding="utf-8") == text, name


def test_generated_pages_name_everything(generator):
    """Every command with every option, every key of the schema and every code is on a page."""
    pages = generator.pages()
    for name, command in generator.typer.main.get_command(generator.app).commands.items():
        section = pages["commands.md"].split(f"\n## {name}\n")[1].split("\n## ")[0]
        options = [one.opts[0] for one in command.params if one.opts[0].startswith("-")]
        assert [option for option in options if f"`{option}`" not in section] == []
    for part, shape in generator.schema()["$defs"].items():
        section = pages["grading-yml.md"].split(f"\n## {part}\n")[1].split("\n## ")[0]
        assert [key for key in shape.get("properties", ()) if f"| `{key}` |" not in section] == []
    codes = {**generator.REASONS, **generator.FLAGS}
    assert [code for code in codes if f"| `{code}` |" not in pages["codes.md"]] == []


@pytest.mark.parametrize("name", ["README.md", "LEIAME.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_lead_somewhere(name):
    """Each link of a page outside the site leads to a file of the project."""
    links = LINK.findall((ROOT / name).read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if not link.startswith(("http", "#"))]
    assert [link for link in local if not (ROOT / link).exists()] == []


@pytest.mark.slow
def test_the_site_is_built_and_loads_nothing_from_elsewhere(tmp_path):
    """`make docs` builds it without warnings; its pages load no fonts, scripts or images from elsewhere."""
    assert "$(BIN)/mkdocs build --strict\n" in MAKEFILE
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = [*tmp_path.rglob("*.html")]
    assert len(pages) > 20
    assert [page.name for page in pages if LOADED.search(page.read_text(encoding="utf-8"))] == []
    assert not [*tmp_path.rglob("*.py")]


def test_hooks_call_the_commands_of_ci():
    """Each pre-commit hook is a line of the Makefile that CI runs, so none is milder or stricter."""
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    entries = [hook["entry"] for hook in local["hooks"]]
    assert len(entries) == 4
    assert [entry for entry in entries if f"@{entry.replace('.venv/bin', '$(BIN)')}\n" not in MAKEFILE] == []
