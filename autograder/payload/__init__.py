"""What goes into a sandbox: it runs a notebook's cells, watches variables, and journals and replays trainings.

The folder is mounted read-only and started as `python -I <folder> <in_fd> <out_fd>`. It may import the standard
library, IPython and whatever the student imported, and nothing else of this package: a sandbox has no more.
"""
