"""Parse the names in the zip of "Download all submissions" of a Moodle assignment.

There is a folder per student and kind of submission, `<Full Name>_<participant>_assignsubmission_file` and
`…_assignsubmission_onlinetext`, in older versions with another underscore at the end; or, without folders, files whose
names begin in this way. Under blind marking the name is the site's word for participant. For a team it is the team's
name and number; students without a team are in `Default group`, without a number.
"""

from __future__ import annotations

import re

from autograder.collect.exports.owner import Owner, StatedOwner, numbered
from autograder.collect.naming import student_name
from autograder.records import Account

_NAME = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?(?P<ends>_)assignsubmission_[a-z]+(?:_(?P<file>.*)|\.zip)?", re.DOTALL
)
_NUMBER_IN_NAME = re.compile(r".*\s(\d+)")


def stated_owner(name: str) -> StatedOwner | None:
    """Return the owner stated by a name, or None if it does not have Moodle's form; folders may have been zipped since.

    A student chooses the end of the name. The first `_assignsubmission_` in it is Moodle's, which replaces
    underscores in students' names.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    if found["number"]:
        owner = numbered(found["name"], found["number"], "moodle")
    else:
        within = _NUMBER_IN_NAME.fullmatch(found["name"])
        owner = Owner(student_name(found["name"]), Account("moodle", (within[1],) if within else ()))
    return StatedOwner(owner, found["file"] or "", found.start("ends"))
