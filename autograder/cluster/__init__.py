"""Distributes units over machines with Dask; the only package that imports it, and only once a cluster is asked for.

grade --cluster ──► dask_executor ──► Dask's scheduler ──► worker_service on each machine ──► remote.Workplace
                        │ places      free places of the machines that compute the same as this one
                        │ addresses   which addresses may be used
                        └ local_cluster   a scheduler and workers on this machine, for a try
unit_functions   what is called on a worker: JSON text in, JSON text out
"""
