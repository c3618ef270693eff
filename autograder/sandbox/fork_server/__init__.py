"""A process that preloads what notebooks import and forks one child per notebook, each into its own jail.

It runs confined, without network and with only these modules of the package, and reads nothing of any submission.
Children do not keep these modules: see `forking.forget_server`.
"""
