# %%
%%R
x <- c(1, 2)

# %%
%%bash
exit 3

# %%
%%sql
select 1

# %%
info = !nvidia-smi
print("\n".join(info))
!wget -q https://example.com/data.csv
q02_answer = "c"

# %%
q09_answer = "d"
