"""What leaves this machine of a job, and what is believed of what comes back."""

import contextlib
import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import EnvironmentFault, WireError
from autograder.records import VOCABULARY, Detail, is_known
from autograder.remote import Unit, differences, fault_text, read_result, result_text


def test_a_unit_comes_back_as_it_was_sent(unit):
    """With the same digest: nothing that decides what is executed is lost on the way."""
    back = Unit.parse(unit.text)
    assert back == unit
    assert back.sha256 == unit.sha256
    assert [cell.source for cell in back.job.cells] == ['q01_answer = "b"', "q01_loss = 0.5"]


def test_a_unit_names_nobody(unit):
    """Neither the student, nor the file, the account, the saved values or the lateness leave this machine."""
    for word in ("Ana", "Lima", "ipynb", "canvas", "4711", "ana@example.edu", "claimed", "f" * 64, "late"):
        assert word not in unit.text


def test_a_unit_holds_what_may_enter_a_sandbox_and_the_conditions(unit):
    """Its keys are exactly these, so that nobody adds points, a key or a tolerance unnoticed."""
    content = json.loads(unit.text)
    assert content.keys() == {
        *("format", "id", "cells", "parameters", "parameters_cell", "mode", "run_spec", "data", "conditions"),
    }
    assert content["run_spec"].keys() == {"assignment", "variables", "limits"}
    assert content["data"].keys() == {"kind", "files"}
    assert all(shape.keys() <= {"type", "options"} for shape in content["run_spec"]["variables"].values())


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"format": 2},
        {"key": "b"},
        {"cells": "none"},
        {"mode": "obey"},
        {"run_spec": {}},
        {"conditions": {}},
    ],
)
def test_no_other_text_is_a_unit(unit, change):
    """A wrong name (it becomes a file's), another format, something more or something else."""
    with pytest.raises(WireError):
        Unit.parse(json.dumps(json.loads(unit.text) | change))


def test_a_unit_names_no_file_outside_the_data_sets(unit):
    """Practice data are written under the names in it, and files hashed."""
    for name in ("../x.npz", "/etc/cron.d/x.npz", "a/../../x.npz", ".x.npz"):
        content = json.loads(unit.text)
        content["data"]["files"] = {name: content["data"]["files"]["boston_housing.npz"]}
        with pytest.raises(WireError, match="not a job"):
            Unit.parse(json.dumps(content))


def test_a_run_comes_back_as_it_was(unit, run):
    """Nothing of an honest run is refused or changed."""
    assert read_result(unit, result_text(unit, unit.conditions, run)) == run


def forged(unit, run, **changes):
    """Return the text of a result with something changed in its run."""
    content = json.loads(result_text(unit, unit.conditions, run))
    content["run"] |= changes
    return json.dumps(content)


CELL = {"index": 1, "status": "ok", "seconds": 0.5, "error": "", "detail": None}
OTHER = {"index": 4, "status": "ok", "seconds": 0.5, "error": "", "detail": None}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"job_id": "fedcba9876543210"}, "another job's name"),
        ({"backend": "none"}, "executed in 'none'"),
        ({"backend": "trust me"}, "executed in 'trust me'"),
        ({"cells": [CELL]}, "other cells"),
        ({"cells": [OTHER, CELL]}, "other cells"),
        ({"cells": [CELL, OTHER | {"status": "perfect"}]}, "cells.1.status"),
        ({"cells": [CELL, OTHER | {"seconds": -1.0}]}, "an impossible time"),
        ({"cells": [CELL, OTHER | {"detail": {"code": "of their own", "fields": {}}}]}, "an unknown reason in a cell"),
        ({"cells": [CELL, OTHER | {"error": "x" * 5000}]}, "too long a text"),
        ({"cells": [CELL, OTHER | {"unassigned": ["\x1b[2J"]}]}, "names that no cell would have bound"),
        ({"verdict": "PERFECT"}, "verdict"),
        ({"detail": {"code": "error", "fields": {}}}, "an unknown reason"),
        ({"detail": {"code": "error", "fields": {"error": {"code": "error", "fields": {}}}}}, "an unknown reason"),
        ({"faults": [{"code": "error", "fields": {"error": "x"}}] * 101}, "too many faults"),
        ({"values": {"q01_answer": "b", "points": 10}}, "values of variables that are not watched"),
        ({"values": {"q01_loss": [[]] * 2_000_001}}, "too many values"),
        ({"figures": [{}] * 101}, "too long a journal"),
        ({"trainings": [{}] * 2001}, "too long a journal"),
        ({"versions": {"keras": "3" * 501}}, "too long a text"),
        ({"versions": {str(number): "1" for number in range(33)}}, "too long a text"),
        ({"output_tail": "x" * 10_000}, "too long an output"),
        ({"usage": {"wall_seconds": -1.0}}, "an impossible usage"),
        ({"doubtful": "no"}, "doubtful"),
    ],
)
def test_a_run_that_no_sandbox_of_ours_would_report_is_refused(unit, run, changes, why):
    """Whatever it claims; the line says what is wrong."""
    with pytest.raises(WireError) as caught:
        read_result(unit, forged(unit, run, **changes))
    assert why in str(caught.value)


def test_a_result_belongs_to_one_job(unit, run):
    """That of another notebook, or of the same one under other limits, is refused by its digest."""
    limits = unit.run_spec.limits.model_copy(update={"notebook_seconds": 61.0})
    for other in (
        dataclasses.replace(unit, cells=unit.cells[:1]),
        dataclasses.replace(unit, run_spec=unit.run_spec.model_copy(update={"limits": limits})),
        dataclasses.replace(unit, mode="train"),
    ):
        with pytest.raises(WireError, match="the result of another job"):
            read_result(unit, result_text(other, unit.conditions, run))


def test_what_ran_under_other_conditions_is_refused(unit, run):
    """It says which: versions, Python, platform, processor and data sets."""
    there = dataclasses.replace(unit.conditions, versions={"keras": "2.0"}, data={"boston_housing.npz": ""})
    with pytest.raises(WireError, match=r"keras 2\.0 instead of 3\.0; no boston_housing\.npz"):
        read_result(unit, result_text(unit, there, run))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"autograder": "2.0"}, "cnn-autograder 2.0 instead of 1.0"),
        ({"versions": {}}, "keras none instead of 3.0"),
        ({"python": "3.13.1"}, "Python 3.13.1 instead of 3.11.2"),
        ({"platform": "Linux aarch64"}, "Linux aarch64 instead of Linux x86_64"),
        ({"instructions": "avx2 avx512f"}, "a processor with avx2 avx512f instead of avx2"),
        ({"data": {"boston_housing.npz": "b" * 64}}, "another boston_housing.npz"),
        ({"data": {}}, "no boston_housing.npz"),
    ],
)
def test_each_difference_is_told(unit, change, told):
    """One clause per difference, and none where there is none."""
    assert differences(unit.conditions, unit.conditions) == ()
    assert differences(unit.conditions, dataclasses.replace(unit.conditions, **change)) == (told,)


def test_a_machine_that_cannot_execute_says_why(unit):
    """That is a fault of ours or the operator's: no run, and no grade."""
    with pytest.raises(EnvironmentFault, match="no bubblewrap here"):
        read_result(unit, fault_text(unit.sha256, "no bubblewrap here\x1b[2J"))
    with pytest.raises(WireError, match="another job"):
        read_result(unit, fault_text("0" * 64, "no bubblewrap here"))


def test_a_text_beyond_the_limit_is_not_even_parsed(unit, run):
    """Its size is limited by what evidence may take."""
    text = result_text(unit, unit.conditions, run) + " " * 100 * 2**20
    with pytest.raises(WireError, match="exceeds"):
        read_result(unit, text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
FIELDS = ("verdict", "detail", "backend", "cells", "values", "figures", "versions", "usage", "loops", "faults")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(FIELDS), value=JSON_VALUES)
def test_nothing_in_a_result_raises_anything_else(unit, run, field, value):
    """Whatever a field holds, the result is a run or refused."""
    with contextlib.suppress(WireError):
        assert read_result(unit, forged(unit, run, **{field: value})).job_id == unit.id


def test_every_code_is_known_with_its_fields_alone():
    """And with no fewer, no more and no other ones."""
    sample = {str: "a", int: 1, float: 1.5, tuple: ("a",), object: Detail("found.true")}
    for code, kinds in VOCABULARY.items():
        fields = {name: sample[kind] for name, kind in kinds.items()}
        assert is_known(Detail(code, fields)), code
        assert not is_known(Detail(code, fields | {"invented": 1}))
        for name in fields:
            assert not is_known(Detail(code, fields | {name: True}))
            assert not is_known(Detail(code, {other: value for other, value in fields.items() if other != name}))
