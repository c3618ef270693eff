"""The identifiers that a learning platform has of a student, kept so that marks can be matched to them later."""

from __future__ import annotations

import dataclasses
from typing import Literal

Platform = Literal["", "canvas", "moodle", "gradescope"]
"""The platform of an export; empty outside one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """A student's identifiers on one platform, or those of all members of a group that handed in together.

    `ids` holds one number per member, `addresses` their e-mail addresses in the same order where the export has them,
    and `submission` the platform's number of the submission itself.
    """

    platform: Platform = ""
    ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    submission: str = ""

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Return the identifiers of each member."""
        addresses = self.addresses or ("",) * len(self.ids)
        return tuple(
            tuple(filter(None, dict.fromkeys(pair))) for pair in zip(self.ids, addresses, strict=False) if any(pair)
        )


UNKNOWN = Account()
"""The account of a student whose submission came from no platform's export."""
