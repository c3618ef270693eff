"""The submissions of `grade_as_gradescope.py`: a folder, or the corpus under its own lower limits."""

import json
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import yaml
from gradescope_places import ROOT, HandedIn
from hand_in_corpus import CORPUS, hand_in

from autograder.assignment import open_assignment
from autograder.build import reference_files
from autograder.build_folder import unpack_for_root
from autograder.collect import collect
from autograder.datasets import locate
from autograder.gradescope import container_files
from autograder.otter import write_autograder_zip, write_hidden_tests

ZIP = ROOT / "dist" / "autograder" / "cnn-training-autograder.zip"


def read_classes(folder: Path, names: Collection[str], work: Path, mark: str) -> Iterator[HandedIn]:
    """Yield what there is to grade, all of it or what is named.

    Args:
        folder: The submissions, as `autograder grade` takes them, or the corpus.
        names: Those to grade; all where none is named.
        work: Where they are laid out, a folder each.
        mark: A secret to hide in the corpus's rubric and beside it.
    """
    if folder.resolve() == CORPUS:
        yield from _read_corpus(names, work, mark)
        return
    if not ZIP.is_file():
        sys.exit(f"{ZIP} is not there: make build")
    notebooks = {job.student: Path(job.source) for job in collect([folder], "cnn-training").jobs}
    submissions = {name: work / "class" / name for name in names or sorted(notebooks)}
    for name, place in submissions.items():
        place.mkdir(parents=True)
        shutil.copy(notebooks[name], place)
    yield HandedIn(
        submissions,
        ROOT / "grading.yml",
        locate(open_assignment(ROOT / "grading.yml").data, "auto"),
        ZIP,
        ZIP.parent / "source",
    )


def _read_corpus(names: Collection[str], work: Path, mark: str) -> Iterator[HandedIn]:
    lowered = yaml.safe_load((CORPUS / "limits.yml").read_text(encoding="utf-8"))
    cases = {
        path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8"))["limits"]
        for path in sorted(CORPUS.glob("*/expect.yml"))
    }
    for name, limits in lowered.items():
        found = [case for case in names or cases if cases[case] == name]
        if found:
            yield _lay_out(found, limits, work / name, mark)


def _lay_out(cases: Collection[str], limits: Mapping[str, int], work: Path, mark: str) -> HandedIn:
    """Build the assignment under these limits, and write the cases with the paths of a real container."""
    project = work / "project"
    shutil.copytree(ROOT / "reference" / "practice", project / "reference" / "practice")
    rubric = yaml.safe_load((ROOT / "grading.yml").read_text(encoding="utf-8"))
    rubric["limits"] |= limits
    text = f"# {mark}\n{yaml.safe_dump(rubric, allow_unicode=True)}"
    (project / "grading.yml").write_text(text, encoding="utf-8")
    assignment = open_assignment(project / "grading.yml")
    data = locate(assignment.data, "practice")
    specification, archive, tests = assignment.specification, work / "autograder.zip", work / "tests"
    write_hidden_tests(tests, specification)
    references = reference_files(assignment.reference("practice"))
    ours = container_files(specification.release, assignment.data, data, carry_data=False)
    write_autograder_zip(archive, tests, specification, project / "grading.yml", "practice", references, ours)
    unpack_for_root(archive, work / "source")
    (work / "source" / "assignment" / "secret.txt").write_text(mark, encoding="utf-8")
    own = json.loads((ROOT / "reference" / "practice" / "runs" / "seed-own.json").read_text(encoding="utf-8"))
    places = {
        "PROJECT": "/autograder/source/assignment",
        "SUBMISSIONS": "/autograder/submission",
        "GRADES": "/autograder/results",
        "PORT": "9",
        "SECRET": "print(1)",
        "TRACER": "a mark of the student's own",
        "ANOTHER_STUDENTS_HISTORY": json.dumps(own["evidence"]["executed"]["given"]["q07_history"]),
    }
    submissions = {case: work / "class" / case for case in cases}
    for case, place in submissions.items():
        hand_in(CORPUS / case, place, places)
    return HandedIn(submissions, project / "grading.yml", data, archive, work / "source")
