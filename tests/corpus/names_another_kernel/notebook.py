# %%% {"metadata": {"kernelspec": {"name": "ir", "language": "R", "argv": ["sh", "-c", "echo a-student-was-here"]}, "language_info": {"name": "R"}}}
# %%
q02_answer = "c"
