# %%
import array
import collections
import dataclasses
import enum
from typing import NamedTuple

import numpy as np
import pandas as pd


class Losses(NamedTuple):
    cross_entropy: float
    squared: float


class Letter(enum.Enum):
    C = 3
    FIRST = "a"


@dataclasses.dataclass
class Answer:
    letter: str = "d"

    def __str__(self):
        return "Answer: d"


q01_probabilities = array.array("d", [0.1327, 0.1775, 0.3255, 0.4329, 0.4899, 0.5472, 0.5755, 0.6823, 0.7925, 0.8434])
q01_losses = {name: np.array([[loss]]) for name, loss in (("squared", 0.1421), ("cross_entropy", 0.4487), ("zero_one", 0.2), ("hinge", 0.6805))}
q01_order = pd.Categorical(sorted(q01_losses, key=q01_losses.get))
q02_answer = Letter.C
q03_losses = Losses(1.6094, 0.8)
q04_answer = Letter.FIRST
q05_answer = collections.deque("c")
q06_answer = Answer()
q08_epochs = collections.OrderedDict((str(2 ** k), {9 + k}) for k in range(1, 9))
q09_answer = bytearray(b"d")
