# %%% {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}, "kernelspec": {"display_name": "Python 3", "name": "python3"}, "accelerator": "GPU"}}
# %% {"id": null, "metadata": {"id": "x_A"}, "source": ["q02_answer = \\\n", "    \"c\""]}

# %% {"metadata": null, "outputs": null}
q09_answer = "d"
