# %%
q02_answer = "c"

# %%
q04_answer = "<script>document.title='alive'</script><img src=x onerror=alert(1)>"
q05_answer = "=HYPERLINK(\"http://192.0.2.1/\", \"a\")"
q06_answer = "\x1b]0;alive\x07\x1b[31m[bold red]alive[/]"
q03_losses = {"<svg onload=alert(1)>": 1, "@SUM(1+1)": 2}
print("\x1b]52;c;YWxpdmU=\x07<script>alert(1)</script>")

# %%
class Alive(Exception):
    pass


Alive.__name__ = "<b onclick=alert(1)>"
raise Alive("\t=1+1\r\n<script>document.title='alive'</script>\x1b[2J[link=http://192.0.2.1]x[/link]")

# %%
q09_answer = "d"
