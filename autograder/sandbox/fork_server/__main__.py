"""Serve until the operator closes the socket; a child returns from `serve` in its jail and becomes the payload."""

from __future__ import annotations

import runpy
import sys

from autograder.sandbox.fork_server.forking import forget_server, serve

if __name__ == "__main__":
    payload = serve(int(sys.argv[1]))
    forget_server()
    runpy.run_path(payload, run_name="__main__")
