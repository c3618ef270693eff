"""What goes into a sandbox: it runs a notebook's cells and orders its trainings, or carries out such orders.

The folder is mounted read-only and started as `python -s -P <folder> <in_fd> <out_fd>` for a notebook and as
`python -s -P <folder> trainer <in_fd> <out_fd>` for a trainer. It may import the standard library, IPython and whatever
the student imported, and nothing else of this package: a sandbox has no more.
"""
