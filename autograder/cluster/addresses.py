"""The addresses of a cluster that may be used: encrypted, or on this machine alone."""

from __future__ import annotations

import ipaddress
import urllib.parse

from autograder.errors import UsageError

LOCAL = "local"
"""Instead of an address: a cluster on this machine, for a try."""

_REMEDY = "write tls://HOST:PORT"


def check_address(address: str) -> str:
    """Return an address that may be used.

    Raises:
        UsageError: It is none of Dask's, or what is sent there could be read on the way.
    """
    parts = urllib.parse.urlsplit(address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if parts.scheme not in {"tls", "tcp"} or not host or not port or parts.path or parts.query or parts.username:
        raise UsageError(f"{address!r} is no address of a scheduler", remedy=f"{_REMEDY}, or {LOCAL} for a try")
    if parts.scheme == "tcp" and not is_loopback(address):
        raise UsageError(
            f"{address} is not encrypted: anybody on the way could read and change what is sent, and run code there",
            remedy=f"{_REMEDY}, with certificates in Dask's configuration; plain tcp:// is for 127.0.0.1 alone",
        )
    return address


def is_loopback(address: str) -> bool:
    """Return whether an address is this machine's own. A name is believed if it is `localhost` alone.

    >>> is_loopback("tcp://127.0.0.1:8786"), is_loopback("tcp://10.0.0.7:8786"), is_loopback("tcp://[::1]:8786")
    (True, False, True)
    """
    host = urllib.parse.urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
