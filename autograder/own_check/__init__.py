"""The check that students run themselves: the file that they get, and what it may know of the rubric."""

from autograder.own_check.asked import own_check_files, write_own_check

__all__ = ["own_check_files", "write_own_check"]
