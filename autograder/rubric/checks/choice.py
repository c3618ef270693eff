"""The check `choice`: the letter of a multiple-choice question is the key, or another one that is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import Field

from autograder.records import JSON, Reason
from autograder.rubric.claims import Claim, claim_faults, partial_claims
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.item import Context, Item, Outcome, passed_unless
from autograder.rubric.lookup import Shapes, reads, shape_at
from autograder.rubric.message import Message, plain
from autograder.rubric.paths import Path
from autograder.rubric.variable_shapes import LetterShape

Letter = Annotated[str, Field(pattern=r"^[a-z]$")]

CHOICE_WRONG: Final = "choice.wrong"
CHOICE_NOT_ACCEPTED: Final = "choice.not_accepted"
CHOICE_DEFENSIBLE: Final = "choice.defensible"
CHOICE_DEAD: Final = "choice.dead"

REASONS: Final = MappingProxyType(
    {
        CHOICE_WRONG: Message(
            meaning="The letter is not the key's.",
            portuguese="A alternativa[ {found}] não é a correta.[ A correta é {expected}.]",
            english="The option[ {found}] is not the right one.[ The right one is {expected}.]",
        ),
        CHOICE_NOT_ACCEPTED: Message(
            meaning="The letter is none of several that are accepted.",
            portuguese="A alternativa[ {found}] não está entre as aceitas[: {expected}].",
            english="The option[ {found}] is not among the accepted ones[: {expected}].",
        ),
    }
)
"""Reasons for which an item of this kind fails."""

FLAGS: Final = MappingProxyType(
    {
        CHOICE_DEFENSIBLE: Message(
            meaning="The student's own numbers, trained as asked or judged right, support this letter better than the "
            "key's; `letter (held/all)`.",
            portuguese=(
                "Os números do próprio estudante sustentam a alternativa[ {found}] melhor do que a da chave[, "
                "{expected}]."
            ),
            english="The student's own numbers support the option[ {found}] better than the key's[, {expected}].",
            for_student=False,
        ),
        CHOICE_DEAD: Message(
            meaning="The letter is wrong, but networks of this question died under the student's seed.",
            portuguese=(
                "Redes desta questão morreram com a semente do estudante: os números delas nada dizem sobre a "
                "alternativa."
            ),
            english=(
                "Networks of this question died under the student's seed: their numbers show nothing about the option."
            ),
            for_student=False,
        ),
    }
)
"""Flags that an item of this kind can raise."""


class Choice(Item):
    """The letter of the key, or another accepted one."""

    check: Literal["choice"]
    """The kind of check: a letter is compared with the key."""
    value: Path
    """The variable that holds the letter."""
    key: Letter
    """The right letter."""
    accepted: tuple[Letter, ...] = ()
    """Letters that earn the points as well as the key, after an objection for example. They require the same numbers,
    and the key audit takes any of these letters for the key."""
    claims: dict[Letter, tuple[Claim, ...]] = Field(default_factory=dict)
    """What each option claims about numbers, if the options do. The key audit checks every option's claims on the
    reference runs, and `policy.defensible` on a student's own numbers. For example
    `a: [{claim: less, left: q04_loss.wide, right: q04_loss.narrow}]`."""

    @classmethod
    def partly(cls, data: Mapping[str, JSON]) -> Self:
        """Return an item with the fields that are valid, and of its claims what is valid of each."""
        item = super().partly(data)
        return item.model_copy(update={"claims": partial_claims(data.get("claims"))})

    @property
    def right_letters(self) -> tuple[str, ...]:
        """Every letter that earns the points, the key first."""
        return tuple(dict.fromkeys((self.key, *self.accepted)))

    @property
    def paths(self) -> tuple[str, ...]:
        """The letter."""
        return (self.value,)

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for letters that are not options, and for claims that cannot be checked."""
        yield from reads((*keys, "value"), self.value, shapes, LetterShape)
        shape = shape_at(self.value, shapes)
        if not isinstance(shape, LetterShape):
            return
        yield from claim_faults((*keys, "claims"), self.claims, self.value, shape.options, shapes)
        if self.key not in shape.options:
            what = f"{self.key} is not among the options of {self.value}: {', '.join(shape.options)}"
            yield Fault((*keys, "key"), what)
        for index, letter in enumerate(self.accepted):
            if letter not in shape.options:
                what = f"{letter} is not among the options of {self.value}: {', '.join(shape.options)}"
                yield Fault((*keys, "accepted", index), what)
            elif letter in self.accepted[:index]:
                yield Fault((*keys, "accepted", index), f"names {letter} twice")

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:  # noqa: ARG002 (the key is enough)
        """Compare the letter with those that are right."""
        (letter,) = values
        right = self.right_letters
        code = CHOICE_WRONG if len(right) == 1 else CHOICE_NOT_ACCEPTED
        wrong = Reason(code, self.value, found=plain(letter), expected=", ".join(right))
        return passed_unless([] if letter in right else [wrong])


CHECKS: Final = (Choice,)
