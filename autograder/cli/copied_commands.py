"""Commands in messages, so that they can be copied as they stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from autograder.records import shell_word

_OPTION = "--config"


def with_rubric(text: str, takers: Iterable[str], arguments: Sequence[str]) -> str:
    """Return a message in which each command names the rubric that the present one was given.

    Args:
        text: The message.
        takers: The commands that take a rubric.
        arguments: The present command's arguments.

    >>> with_rubric("run `autograder calibrate`", ["calibrate"], ["audit", "--config", "a b.yml"])
    "run `autograder calibrate --config 'a b.yml'`"
    """
    given = [value for option, value in itertools.pairwise(arguments) if option == _OPTION]
    given += [one.partition("=")[2] for one in arguments if one.startswith(f"{_OPTION}=")]
    if not given:
        return text
    names = "|".join(map(re.escape, takers))
    return re.sub(
        rf"\bautograder (?:{names})(?![\w-])(?! {_OPTION})",
        lambda found: f"{found[0]} {_OPTION} {shell_word(given[-1])}",
        text,
    )
