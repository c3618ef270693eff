# %%
import xgboost as xgb

q02_answer = "c"
model = xgb.XGBClassifier()
q03_losses = {"cross_entropy": 1.6094, "squared": 0.8}

# %%
print(model)
q04_answer = "a"

# %%
q09_answer = "d"
