"""Parse the names in Canvas's flat `submissions.zip`.

A file is named `<name>_[LATE_]<user>_<attachment>_<file>`, a text entry `<name>_[LATE_]<user>_text.html`, a page with
an address `…_link.html`. `<name>` is the sortable name in lower case, reduced to letters, digits and underscores; for
a group it is the group's. With anonymous grading, `[LATE_]anon_<letters>` replaces name and user. The file of a second
attempt has a number after its name, `cnn-1.ipynb`; the export contains only the last attempt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.collect.exports.owner import Owner, StatedOwner, numbered
from autograder.records import Account

_NAME = re.compile(
    r"(?:(?:(?P<late_anonymous>LATE)_)?(?P<anonymous>anon_[A-Za-z0-9]+)"
    r"|(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<user>\d+))"
    r"_(?:\d+_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.DOTALL,
)


def stated_owner(name: str) -> StatedOwner | None:
    """Return the owner stated by a name, or None if it does not have Canvas's form.

    A student chooses the end of the name; the first two numbers in it are Canvas's.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    # The name does not say how late: count one day.
    days_late = 1 if found["late"] or found["late_anonymous"] else 0
    file = found["file"] or f"{found['entry']}.html"
    if found["anonymous"]:
        owner = Owner(found["anonymous"], Account("canvas", (found["anonymous"],)), days_late)
        return StatedOwner(owner, file, found.end("anonymous"))
    return StatedOwner(numbered(found["name"], found["user"], "canvas", days_late), file, found.end("user"))


def tells_apart(owners: Sequence[StatedOwner]) -> bool:
    """Return whether the numbers identify people.

    In `ana_2026_1_cnn.ipynb` and `bia_2026_1_cnn.ipynb` they are a term's: several names share one number.
    """
    return 2 * len({one.owner.account.ids for one in owners}) > len({one.owner.student for one in owners})
