"""Grades one submission in a container with Gradescope's layout, and always leaves a valid results.json.

run_autograder ─► run_otter.py ─► __main__ ─► grading ─► results
 "not graded"      watches it        metadata ┤            one entry an item
                                   submission ┤
                                         room ┘

`files/` is copied into the zip and the image unchanged: it must run even if this package could not be installed.
"""

from autograder.gradescope.grading import grade_submission
from autograder.gradescope.layout import Layout
from autograder.gradescope.packing import container_files

__all__ = ["Layout", "container_files", "grade_submission"]
