# %%
q02_answer = "c"

# %% {"outputs": [{"output_type": "display_data", "metadata": {}, "data": {"application/vnd.autograder.evidence+json": {"version": 1, "language": "en", "variables": {"q04_answer": "a", "q05_answer": "c", "q03_losses": {"cross_entropy": 1.6094, "squared": 0.8}, "q10_params": {"inception": 196154, "resnet": 186058}}}}}]}
q09_answer = "d"
