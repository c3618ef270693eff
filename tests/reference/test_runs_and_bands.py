"""What is read of reference runs: the curves that healthy ones allow, their files, and what their basis covers."""

import dataclasses
import json

import pytest

from autograder.errors import ConfigurationError
from autograder.records import Cell, Job, to_json
from autograder.reference import Recorded, basis_of, build_baseline, history_bands, read_runs

PATH = "q07_history.A.loss"


def recorded(evidence, seed):
    """Return the file of a run that gave this evidence."""
    return Recorded(seed, (), {"keras": "3"}, "cpu", 2, 60.0, evidence)


def with_losses(make_evidence, losses):
    """Return evidence whose first network of question 7 has this loss per epoch."""
    history = make_evidence().executed.given["q07_history"]
    return make_evidence(given={"q07_history": history | {"A": history["A"] | {"loss": losses}}})


@pytest.fixture
def bands(make_evidence, key_spec, make_run):
    """Return the bands of runs with these losses; of those with a seed in `dead`, the first network died."""

    def bands(*curves, dead=()):
        reference = []
        for seed in range(len(curves)):
            run = dataclasses.replace(make_run(seed), questions=())
            died = (f"{PATH}[-1]",) if seed in dead else ()
            reference.append(dataclasses.replace(run, summary=dataclasses.replace(run.summary, dead=died)))
        runs = [recorded(with_losses(make_evidence, losses), seed) for seed, losses in enumerate(curves)]
        return history_bands(key_spec, build_baseline("practice", reference), runs)

    return bands


def test_a_band_is_the_lowest_the_middle_and_the_highest_of_each_epoch(bands):
    """Epoch by epoch, not curve by curve."""
    band = bands([9.0, 1.0], [5.0, 5.0], [1.0, 8.0])[PATH]
    assert (band.lower, band.middle, band.upper, band.runs) == ((1.0, 1.0), (5.0, 5.0), (9.0, 8.0), 3)


def test_the_curve_of_a_dead_network_widens_no_band(bands):
    """The same run's other network still counts."""
    found = bands([3.0, 2.0], [500.0, 500.0], [4.0, 1.0], dead={1})
    assert (found[PATH].upper, found[PATH].runs) == ((4.0, 2.0), 2)
    assert found["q07_history.B.loss"].runs == 3


def test_a_curve_that_broke_off_is_left_out(bands):
    """It has nothing to say about the epochs that it lacks."""
    band = bands([3.0, 2.0, 1.0], [9.0, 9.0])[PATH]
    assert (band.upper, band.runs) == ((3.0, 2.0, 1.0), 1)


@pytest.mark.parametrize("curves", [([3.0], [2.0]), ([], []), ("no list", None)], ids=str)
def test_what_is_no_curve_has_no_band(bands, curves):
    """One epoch is a point, and what no run holds whole is nothing."""
    assert PATH not in bands(*curves)


def test_runs_come_back_in_the_order_of_their_files(make_evidence, tmp_path):
    """Whatever order the disk lists them in."""
    for seed in (2, 1):
        (tmp_path / f"seed-{seed}.json").write_text(to_json(recorded(make_evidence(), seed)), encoding="utf-8")
    assert [run.seed for run in read_runs(tmp_path)] == [1, 2]


def test_a_folder_without_runs_says_how_to_make_some(tmp_path):
    """Not an empty reference, on which any tolerance could be built."""
    with pytest.raises(ConfigurationError, match=r"there are no reference runs \(.*autograder calibrate"):
        read_runs(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", '{"seed": NaN}', "[]", '{"seed": 1}'])
def test_a_file_that_is_no_run_is_named(tmp_path, content):
    """One broken file among many has to be found."""
    (tmp_path / "seed-1.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"seed-1\.json: is not a reference run") as caught:
        read_runs(tmp_path)
    assert "delete it and calibrate again" in str(caught.value)


def job(*sources, parameters=None):
    """Return a job whose first cell holds the seed."""
    cells = tuple(Cell(index, source) for index, source in enumerate(sources))
    return Job(
        id="job", student="ana", source="", notebook_sha256="", language="en", cells=cells, parameters_cell=0,
        parameters=parameters or {},
    )  # fmt: skip


SOURCES = ("SEED = 1", "train(SEED)")
SUMS = {"boston.npz": "0" * 64}
VERSIONS = {"keras": "3.1", "numpy": "2.0", "rich": "14"}


@pytest.mark.parametrize(
    ("other", "sums", "versions"),
    [
        pytest.param(job("SEED = 1", "train(SEED, 2)"), SUMS, VERSIONS, id="code"),
        pytest.param(job("SEED = 2", "train(SEED)"), SUMS, VERSIONS, id="seed"),
        pytest.param(job(*SOURCES, parameters={"SEED": 2}), SUMS, VERSIONS, id="given seed"),
        pytest.param(job(*SOURCES), {"boston.npz": "1" * 64}, VERSIONS, id="data"),
        pytest.param(job(*SOURCES), {}, VERSIONS, id="no data"),
        pytest.param(job(*SOURCES), SUMS, VERSIONS | {"keras": "3.2"}, id="version"),
    ],
)
def test_whatever_decides_a_number_changes_the_digest_of_a_run(other, sums, versions):
    """A run on another basis is stale."""
    assert basis_of(job(*SOURCES), SUMS).digest(VERSIONS) != basis_of(other, sums).digest(versions)


def test_the_seeds_place_and_other_packages_decide_nothing():
    """The same seed, written down or given; a package that computes no number."""
    basis = basis_of(job(*SOURCES), SUMS)
    given = basis_of(job("SEED = 7", "train(SEED)", parameters={"SEED": 1}), SUMS)
    assert basis.digest(VERSIONS) == given.digest(VERSIONS | {"rich": "15"})
    assert (basis.seed, basis.code) == (1, given.code)
    assert json.loads(to_json(basis))["seed"] == 1
