"""The check `figure`: a figure that shows the student's own curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final, Literal

from autograder.records import JSON, Reason
from autograder.rubric.closeness import decimals, same_series
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.item import Context, Item, Outcome, passed_unless
from autograder.rubric.lookup import Shapes, reads
from autograder.rubric.message import Message
from autograder.rubric.paths import Path
from autograder.rubric.variable_shapes import NumbersShape

FIGURE_NONE: Final = "figure.none"
FIGURE_CURVE: Final = "figure.curve"
FIGURE_APART: Final = "figure.apart"

REASONS: Final = MappingProxyType(
    {
        FIGURE_NONE: Message(
            meaning="The notebook drew no figure with lines.",
            portuguese="O notebook não desenhou nenhuma figura com linhas.",
            english="The notebook drew no figure with lines.",
        ),
        FIGURE_CURVE: Message(
            meaning="No figure shows this series point by point.",
            portuguese="Nenhuma figura mostra {subject} ponto a ponto.",
            english="No figure shows {subject} point by point.",
        ),
        FIGURE_APART: Message(
            meaning="Each series is drawn, but not all in one figure.",
            portuguese="As curvas foram desenhadas, mas não todas na mesma figura.",
            english="The curves were drawn, but not all of them in one figure.",
        ),
    }
)
"""Reasons for which an item of this kind fails."""

CURVE_RELATIVE: Final = 1e-3
"""How exactly a drawn curve must equal the student's series; conversions to float32 or percent are not considered."""


class Drawing(Item):
    """A figure that shows each of the student's own curves, point by point."""

    # A figure exists only if the execution drew it: saved numbers cannot replace it.
    needs_execution = True

    check: Literal["figure"]
    """The kind of check: one figure shows the student's own curves."""
    curves: tuple[Path, ...]
    """The lists of numbers that a single figure must show."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The curves."""
        return self.curves

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for each curve that is not a list of numbers."""
        if not self.curves:
            yield Fault((*keys, "curves"), "names no curve")
        for index, path in enumerate(self.curves):
            yield from reads((*keys, "curves", index), path, shapes, NumbersShape)

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:
        """Check that one figure shows each of the student's own series, point by point."""
        drawn = [drawing for drawing in context.figures if drawing.lines]
        if not drawn:
            return passed_unless([Reason(FIGURE_NONE, public=True)])
        digits = decimals(number for curve in values for number in curve)
        shown = [
            {
                path
                for path, curve in zip(self.curves, values, strict=True)
                if any(same_series(curve, line, CURVE_RELATIVE, digits) for line in drawing.lines)
            }
            for drawing in drawn
        ]
        if any(len(paths) == len(self.curves) for paths in shown):
            return passed_unless([])
        nowhere = [path for path in self.curves if not any(path in paths for paths in shown)]
        if not nowhere:
            return passed_unless([Reason(FIGURE_APART, public=True)])
        return passed_unless([Reason(FIGURE_CURVE, path, public=True) for path in nowhere])


CHECKS: Final = (Drawing,)
