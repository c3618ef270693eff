# %%
import plotly.express as px
import plotly.io

plotly.io.renderers.default = 'colab'
figure = px.line(x=[1, 2], y=[3, 4])
figure.update_layout(title='losses')
figure.show()

q02_answer = "c"

# %%
q09_answer = "d"
