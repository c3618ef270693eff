"""Know the names in Canvas's `submissions.zip`, which is flat.

A file is called `<name>_[LATE_]<user>_<attachment>_<file>`, a text entry `<name>_[LATE_]<user>_text.html`, a page for
an address `…_link.html`. `<name>` is the sortable name in small letters, without anything that is not a letter, a
digit or an underscore; of a group it is the group's. Where grading is anonymous, `[LATE_]anon_<letters>` stands in
the place of name and user. A second attempt's file has a number behind its name, `cnn-1.ipynb`; only the last attempt
is in the export.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.collect.exports.owner import Claim, Owner, numbered

_NAME = re.compile(
    r"(?:(?:(?P<late_anonymous>LATE)_)?(?P<anonymous>anon_[A-Za-z0-9]+)"
    r"|(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<user>\d+))"
    r"_(?:\d+_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.DOTALL,
)


def claim(name: str) -> Claim | None:
    """Return what a name says, None if Canvas would not write it.

    A student chooses the end of the name: the first two numbers in it are Canvas's.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    late = bool(found["late"] or found["late_anonymous"])
    file = found["file"] or f"{found['entry']}.html"
    if found["anonymous"]:
        return Claim(Owner(found["anonymous"], found["anonymous"], late), file, found.end("anonymous"))
    return Claim(numbered(found["name"], found["user"], late=late), file, found.end("user"))


def tells_apart(claims: Sequence[Claim]) -> bool:
    """Tell whether the numbers are people's.

    In `ana_2026_1_cnn.ipynb` and `bia_2026_1_cnn.ipynb` they are a term's: one number for several names.
    """
    return 2 * len({one.owner.platform_id for one in claims}) > len({one.owner.student for one in claims})
