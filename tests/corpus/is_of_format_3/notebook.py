# %%% {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "q02_answer = 'c'"}]}]}
