"""Send uploads one by one, with a journal entry before and after each."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence

from autograder.export import Held
from autograder.push.planning import Upload, in_order
from autograder.push.platform import LostError, Platform, RefusedError
from autograder.push.push_journal import PushJournal

_ATTEMPTS = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Delivered:
    """The result of a push. `left` uploads were not sent because the platform failed; `why` says how."""

    sent: int
    refused: tuple[Held, ...]
    left: int = 0
    why: str = ""


def deliver(
    platform: Platform, uploads: Sequence[Upload], journal: PushJournal, observe: Callable[[Upload], None]
) -> Delivered:
    """Send uploads; stop when the platform cannot be reached.

    Args:
        platform: The destination.
        uploads: The marks to send.
        journal: Records each step.
        observe: Called with each upload that arrived.

    Raises:
        EnvironmentFault: The platform denies access, or the journal cannot be written.
    """
    refused: list[Held] = []
    sent = 0
    for place, upload in enumerate(in_order(uploads)):
        journal.write("begun", upload.key, upload.user, upload.points, upload.moment)
        try:
            _send(platform, upload)
        except RefusedError as error:
            journal.write("refused", upload.key, upload.user, upload.points, upload.moment)
            refused.append(Held(upload.student, str(error)))
            continue
        except LostError as error:
            return Delivered(sent, tuple(refused), len(uploads) - place, str(error))
        journal.write("done", upload.key, upload.user, upload.points, upload.moment)
        sent += 1
        observe(upload)
    return Delivered(sent, tuple(refused))


def _send(platform: Platform, upload: Upload) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            platform.send(upload, look_first=upload.begun or attempt > 0)
        except LostError:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(2**attempt)
        else:
            return
