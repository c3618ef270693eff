"""Executes one job away from the class: plain text in, plain text out. It knows neither key nor baseline.

Job ──► Unit ──► text ──► another machine: Workplace.execute ──► text ──► read_result ──► Run

job_file     a job as text, and its digest            conditions    what has to be equal on both machines
workplace    the sandboxes of one machine             result_file   a result as text, distrusted when it is read
executed     a folder of results in a sandbox's place
"""

from autograder.remote.conditions import MachineConditions, conditions_here, differences
from autograder.remote.executed import ExecutedFolder
from autograder.remote.job_file import JOB_SUFFIX, NeededData, Unit
from autograder.remote.result_file import RESULT_SUFFIX, fault_text, read_result, result_text
from autograder.remote.workplace import Workplace

__all__ = [
    "JOB_SUFFIX",
    "RESULT_SUFFIX",
    "ExecutedFolder",
    "MachineConditions",
    "NeededData",
    "Unit",
    "Workplace",
    "conditions_here",
    "differences",
    "fault_text",
    "read_result",
    "result_text",
]
