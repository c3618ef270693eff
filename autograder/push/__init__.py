"""Send marks through a platform's API. A push that is interrupted anywhere is completed by the next one.

    marks ─► recipients ─► uploads (marks that differ) ─► journal: begun ─► platform ─► journal: done

Needs the extra `push`; the modules that use it are imported only when a platform is opened.
"""

from autograder.push.planning import PushPlan, Upload, plan
from autograder.push.platform import AgsAddress, CanvasAddress, Platform, open_platform
from autograder.push.push_journal import PushJournal
from autograder.push.sending import Delivered, deliver

__all__ = [
    "AgsAddress",
    "CanvasAddress",
    "Delivered",
    "Platform",
    "PushJournal",
    "PushPlan",
    "Upload",
    "deliver",
    "open_platform",
    "plan",
]  # fmt: skip
