# %%
from decimal import Decimal
from fractions import Fraction

q03_losses = {"Cross-Entropy": "1,6094", "squared": Fraction(4, 5)}
q10_params = {"inception": [196154], "resnet": "186.058.0"[:0] + "186058"}
q08_epochs = {2.0 ** k: Decimal(9 + k) for k in range(1, 9)}

# %%
q02_answer = "c"

# %%
q09_answer = "d"
