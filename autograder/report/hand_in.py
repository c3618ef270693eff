"""Say to a student on one screen what a notebook holds before it is handed in, in the notebook's language."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import Language
from autograder.report.clauses import in_portuguese

_MOST_FAULTS: Final = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One variable: whether the notebook kept a value of it, and by path what is wrong with its form."""

    name: str
    given: bool
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether nothing is left to do about it."""
        return self.given and not self.faults


@dataclasses.dataclass(frozen=True, slots=True)
class HandIn:
    """What a notebook holds. `kept`: its last cell was run and saved; `fault`: why its record cannot be read."""

    language: Language
    notebook: str
    answers: tuple[Answer, ...]
    kept: bool
    fault: str = ""

    @property
    def complete(self) -> bool:
        """Tell whether it may be handed in as it is."""
        return self.kept and not self.fault and bool(self.answers) and all(one.complete for one in self.answers)


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


_WORDS: Final[Mapping[Language, _Words]] = MappingProxyType(
    {
        "pt-BR": _Words(
            answered="{notebook}: {done} de {all} respostas na forma pedida.",
            complete="ok",
            missing="falta",
            malformed="forma errada",
            more="e mais {count}",
            not_kept="A última célula do notebook não deixou registro no arquivo, então nada pode ser verificado.",
            broken="O registro que a última célula deixou no arquivo não pode ser lido.",
            run_again="Reinicie o kernel, execute todas as células, salve o notebook e verifique de novo.",
            fill_in="Atribua o que falta às variáveis com esses nomes, reinicie o kernel, execute tudo e salve.",
            no_promise="Isto verifica a forma das respostas, e não se elas estão certas.",
        ),
        "en": _Words(
            answered="{notebook}: {done} of {all} answers in the form that is asked for.",
            complete="ok",
            missing="missing",
            malformed="wrong form",
            more="and {count} more",
            not_kept="The notebook's last cell left no record in the file, so that nothing can be checked.",
            broken="The record that the last cell left in the file cannot be read.",
            run_again="Restart the kernel, run all cells, save the notebook and check again.",
            fill_in="Assign what is missing to the variables of those names, restart the kernel, run all and save.",
            no_promise="This checks the form of the answers, and not whether they are right.",
        ),
    }
)


def hand_in_text(hand_in: HandIn) -> str:
    """Return the lines: one per question, what is wrong below it, and how to mend it."""
    words = _WORDS[hand_in.language]
    if not hand_in.kept or hand_in.fault or not hand_in.answers:
        what = words.broken if hand_in.kept else words.not_kept
        return f"{hand_in.notebook}: {what}\n{words.run_again}\n"
    done = sum(answer.complete for answer in hand_in.answers)
    lines = [words.answered.format(notebook=hand_in.notebook, done=done, all=len(hand_in.answers))]
    for question, answers in itertools.groupby(hand_in.answers, key=lambda answer: answer.name.partition("_")[0]):
        lines += _question(question, list(answers), words, hand_in.language)
    lines.append(words.no_promise if hand_in.complete else words.fill_in)
    return "\n".join(lines) + "\n"


def _question(question: str, answers: list[Answer], words: _Words, language: Language) -> Iterator[str]:
    missing = [answer.name for answer in answers if not answer.given]
    faults = [fault for answer in answers for fault in answer.faults]
    said = [f"{words.missing}: {', '.join(missing)}"] if missing else []
    for path, clause in faults[:_MOST_FAULTS]:
        said.append(f"{words.malformed}: {path}: {in_portuguese(clause) if language == 'pt-BR' else clause}")
    if len(faults) > _MOST_FAULTS:
        said.append(words.more.format(count=len(faults) - _MOST_FAULTS))
    first, *others = said or [words.complete]
    yield f"  {question}  {first}"
    yield from (f"       {line}" for line in others)
