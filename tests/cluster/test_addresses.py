"""Which addresses of a cluster may be used."""

import pytest
from courses import command, make_course

from autograder.cluster.addresses import check_address, is_loopback
from autograder.errors import UsageError


@pytest.mark.parametrize(
    "address", ["tls://10.0.0.7:8786", "tls://grading.example.edu:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:8786"]
)
def test_encrypted_or_this_machines_own(address):
    """Either will do."""
    assert check_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.7:8786",
        "tcp://grading.example.edu:8786",
        "tcp://0.0.0.0:8786",
        "tcp://127.0.0.1.example.edu:8786",
        "tcp://localhost.example.edu:8786",
        "tcp://[::]:8786",
    ],
)
def test_plain_text_beyond_this_machine_is_refused(address, tmp_path, monkeypatch):
    """By both commands in one line with the remedy, before anything is opened."""
    make_course(tmp_path)
    (tmp_path / "class" / "ana.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    monkeypatch.chdir(tmp_path)
    assert not is_loopback(address)
    for words in (("grade", "class", "--data", "practice", "--cluster", address), ("worker", address)):
        code, _, [line] = command(*words)
        assert code == 2
        assert line.startswith(f"{address} is not encrypted: ")
        assert "write tls://HOST:PORT" in line


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.7:8786",
        "tls://10.0.0.7",
        "ucx://10.0.0.7:8786",
        "tls://10.0.0.7:eight",
        "tls://:8786",
        "tls://me@h:1/x",
        "inproc://1",
        "",
    ],
)
def test_what_is_no_address_is_refused(address):
    """Also protocols of Dask's that nobody asked for."""
    with pytest.raises(UsageError, match="no address of a scheduler"):
        check_address(address)


def test_certificates_are_asked_for_before_connecting(monkeypatch):
    """Without them in Dask's configuration, the line names the setting."""
    import dask  # noqa: PLC0415 (of the extra `cluster`)

    with dask.config.set({"distributed.comm.tls.ca-file": None}):
        code, _, [line] = command("worker", "tls://127.0.0.1:9")
    assert code == 2
    assert "names no certificate: distributed.comm.tls.ca-file" in line
