"""Show a student on one screen what a notebook contains before it is handed in, in the notebook's language."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import Detail, Language
from autograder.report.details import detail_text

_MOST_FAULTS: Final = 3


@dataclasses.dataclass(frozen=True, slots=True)
class VariableAnswer:
    """One variable: its question, whether the notebook saved its value, and its faults of form by path."""

    question: str
    name: str
    given: bool
    faults: tuple[tuple[str, Detail], ...] = ()

    @property
    def complete(self) -> bool:
        """Return whether nothing is left to correct."""
        return self.given and not self.faults


@dataclasses.dataclass(frozen=True, slots=True)
class HandInForm:
    """What a notebook holds.

    `kept`: its last cell was run and saved; `fault`: why its record cannot be read; `form_known`: the notebook says
    which form is asked for.
    """

    language: Language
    notebook: str
    answers: tuple[VariableAnswer, ...]
    kept: bool
    fault: Detail | None = None
    form_known: bool = True

    @property
    def complete(self) -> bool:
        """Return whether it can be handed in as it is."""
        return self.kept and self.fault is None and bool(self.answers) and all(one.complete for one in self.answers)


@dataclasses.dataclass(frozen=True, slots=True)
class _Words:
    answered: str
    complete: str
    missing: str
    malformed: str
    more: str
    not_kept: str
    broken: str
    run_again: str
    fill_in: str
    no_promise: str
    no_form: str


_WORDS: Final[Mapping[Language, _Words]] = MappingProxyType(
    {
        "pt-BR": _Words(
            answered="{notebook}: {done} de {all} respostas no formato pedido.",
            complete="ok",
            missing="falta",
            malformed="formato incorreto",
            more="e mais {count}",
            not_kept="A última célula do notebook não deixou registro no arquivo, então nada pode ser verificado.",
            broken="O registro que a última célula deixou no arquivo não pode ser lido.",
            run_again="Reinicie o kernel, execute todas as células, salve o notebook e verifique de novo.",
            fill_in="Atribua o que falta às variáveis com esses nomes, reinicie o kernel, execute tudo e salve.",
            no_promise="Isto verifica o formato das respostas, e não se elas estão certas.",
            no_form="O notebook não diz qual formato é pedido: só foi verificado quais variáveis têm um valor. O "
            "notebook original, como foi distribuído, diz também o formato.",
        ),
        "en": _Words(
            answered="{notebook}: {done} of {all} answers in the requested format.",
            complete="ok",
            missing="missing",
            malformed="wrong format",
            more="and {count} more",
            not_kept="The notebook's last cell left no record in the file, so nothing can be checked.",
            broken="The record that the last cell left in the file cannot be read.",
            run_again="Restart the kernel, run all cells, save the notebook and check again.",
            fill_in="Assign what is missing to the variables with those names, restart the kernel, run all and save.",
            no_promise="This checks the format of the answers, not whether they are right.",
            no_form="The notebook does not say which format is asked for: only which variables have a value was "
            "checked. The original notebook, as it was given out, says the format as well.",
        ),
    }
)


def hand_in_text(hand_in: HandInForm) -> str:
    """Return the lines: one per question, with what is wrong below it, and how to correct it."""
    words = _WORDS[hand_in.language]
    if not hand_in.kept or hand_in.fault is not None or not hand_in.answers:
        what = words.broken if hand_in.kept else words.not_kept
        return f"{hand_in.notebook}: {what}\n{words.run_again}\n"
    done = sum(answer.complete for answer in hand_in.answers)
    lines = [words.answered.format(notebook=hand_in.notebook, done=done, all=len(hand_in.answers))]
    for question, answers in itertools.groupby(hand_in.answers, key=lambda answer: answer.question):
        lines += _question(question, list(answers), words, hand_in.language)
    if not hand_in.form_known:
        lines.append(words.no_form)
    lines.append(words.no_promise if hand_in.complete else words.fill_in)
    return "\n".join(lines) + "\n"


def _question(question: str, answers: list[VariableAnswer], words: _Words, language: Language) -> Iterator[str]:
    missing = [answer.name for answer in answers if not answer.given]
    faults = [fault for answer in answers for fault in answer.faults]
    said = [f"{words.missing}: {', '.join(missing)}"] if missing else []
    said += [f"{words.malformed}: {path}: {detail_text(fault, language)}" for path, fault in faults[:_MOST_FAULTS]]
    if len(faults) > _MOST_FAULTS:
        said.append(words.more.format(count=len(faults) - _MOST_FAULTS))
    first, *others = said or [words.complete]
    yield f"  {question}  {first}"
    yield from (f"       {line}" for line in others)
