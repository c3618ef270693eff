"""Access tokens and keys, from the environment or the system's keyring; they are never written anywhere."""

from __future__ import annotations

import importlib
import os
from typing import Any

from autograder.errors import EnvironmentFault

_SERVICE = "autograder"


def find_credential(variable: str, account: str, what: str) -> str:
    """Return a token or a key.

    Args:
        variable: The environment variable.
        account: The account in the keyring, for the service `autograder`.
        what: What to call it in a message.

    Raises:
        EnvironmentFault: It is in neither.
    """
    found = os.environ.get(variable, "").strip() or _in_keyring(account)
    if not found:
        remedy = f"export {variable}=…, or run: keyring set {_SERVICE} {account}"
        raise EnvironmentFault(f"there is no {what}", remedy=remedy)
    return found


def _in_keyring(account: str) -> str:
    try:
        keyring: Any = importlib.import_module("keyring")
        return (keyring.get_password(_SERVICE, account) or "").strip()
    except Exception:  # noqa: BLE001 (a missing, locked or broken keyring has no credential for us)
        return ""
