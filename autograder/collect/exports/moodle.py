"""Know the names in the zip of "Download all submissions" of a Moodle assignment.

A folder for each student and kind of submission, `<Full Name>_<participant>_assignsubmission_file` and
`…_assignsubmission_onlinetext`, in older versions with one more underscore behind it; or, if the teacher chose no
folders, files whose names begin so. Under blind marking the name is the word for participant in the site's language. Of
a team it is the team's name and number; who is in no team is in `Default group`, without a number.
"""

from __future__ import annotations

import re

from autograder.collect.exports.owner import Claim, Owner, numbered
from autograder.collect.naming import student_name

_NAME = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?(?P<ends>_)assignsubmission_[a-z]+(?:_(?P<file>.*)|\.zip)?", re.DOTALL
)
_NUMBER_IN_NAME = re.compile(r".*\s(\d+)")


def claim(name: str) -> Claim | None:
    """Return what a name says, None if Moodle would not write it; a folder may have been zipped since.

    A student chooses the end of the name: the first `_assignsubmission_` in it is Moodle's, which replaces underscores
    in a student's name.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    if found["number"]:
        owner = numbered(found["name"], found["number"])
    else:
        within = _NUMBER_IN_NAME.fullmatch(found["name"])
        owner = Owner(student_name(found["name"]), within[1] if within else "")
    return Claim(owner, found["file"] or "", found.start("ends"))
