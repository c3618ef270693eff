"""Two commands on one folder of results, and a command that is asked to stop."""

import os
import signal
import time

import pytest

pytestmark = pytest.mark.slow


def wait_for(process, words):
    """Read a command's output until some words appear."""
    said = ""
    while words not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def test_a_second_grading_says_who_is_at_work_and_changes_nothing(course, expected_points):
    """Nothing is executed twice; the error names the process, and the first command is not disturbed."""
    course.hand_in("yan", 'q01_answer = "b"', "import time; time.sleep(10)")
    with course.start() as first:
        wait_for(first, "practice data")
        code, said = course.grade()
        assert code == 2
        [line] = said.splitlines()
        assert line.startswith("error: grades: another command is using this folder: process ")
        assert f"process {first.pid}, " in line
        assert line.endswith("(wait until it is done, or name another folder with --out)")
        assert first.poll() is None
        first.communicate(timeout=120)
    assert first.returncode == 0
    assert course.points() == expected_points | {"yan": 1.0}
    assert course.grade()[0] == 0


@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]], ids=["SIGTERM", "Ctrl-C twice"])
def test_a_command_that_is_told_to_stop_stops_and_goes_on_later(course, expected_points, numbers):
    """It ends quickly without a traceback, and the same command completes the class."""
    with course.start() as process:
        said = wait_for(process, "Ana Lima: 2.00")
        for number in numbers:
            os.killpg(process.pid, number)
            time.sleep(0.05)
        began = time.monotonic()
        said += process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert time.monotonic() - began < 60
    assert "What was graded is kept: the same command goes on from here." in said
    assert "Traceback" not in said
    code, said = course.grade()
    assert code == 0, said
    assert "Ana Lima: 2.00 (evidence was there)" in said
    assert course.points() == expected_points


@pytest.mark.parametrize("pause", [0.0, 0.1, 0.3])
def test_a_second_request_ends_the_writing_of_results(course, expected_points, pause):
    """Whatever the command is importing or writing then, it ends at once with the usual code and says nothing more."""
    with course.start() as process:
        said = wait_for(process, "Ana Lima: 2.00")
        os.killpg(process.pid, signal.SIGINT)
        wait_for(process, "the same command goes on from here")
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (130, "")
    assert course.grade()[0] == 0
    assert course.points() == expected_points
