"""The code that runs inside a sandbox: executes a notebook's cells and orders its trainings, or executes the orders.

The folder is mounted read-only and started as `python -s -P <folder> <in_fd> <out_fd>` for a notebook and as
`python -s -P <folder> trainer <in_fd> <out_fd>` for a trainer. It may import the standard library, IPython and whatever
the student imported, but nothing else of this package, which the sandbox does not contain.
"""
