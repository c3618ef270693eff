"""Grades one submission in a container laid out as Gradescope does, and always leaves a results.json of ours.

run_autograder ─► run_otter.py ─► __main__ ─► grading ─► results
 "not graded"      watches it        metadata ┤            one entry an item
                                   submission ┤
                                         room ┘

`files/` goes into the zip and the image as it is: it must run where this package could not be installed.
"""

from autograder.gradescope.grading import grade_submission
from autograder.gradescope.layout import Layout
from autograder.gradescope.packing import container_files

__all__ = ["Layout", "container_files", "grade_submission"]
