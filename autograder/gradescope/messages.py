"""The texts that students read on Gradescope besides the reasons for points, in Portuguese and English."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import Language, RunVerdict


@dataclasses.dataclass(frozen=True, slots=True)
class GradescopeWording:
    """The texts of one language: a field that one language lacks is an error of the type checker."""

    not_graded: str
    received: str
    runs: Mapping[RunVerdict, str]
    another_assignment: str
    late: str
    kept: str
    pending: str
    pending_item: str
    practice_data: str
    question: str


_PORTUGUESE: Final = GradescopeWording(
    not_graded="Ainda sem nota: a correção não chegou ao fim, por um problema do nosso lado, não do seu notebook. "
    "Avise o(a) professor(a); a entrega está guardada.",
    received="O seu notebook foi recebido. A nota e os comentários ainda não foram divulgados.",
    runs=MappingProxyType(
        {
            RunVerdict.COMPLETE: "O notebook foi executado da primeira à última célula.",
            RunVerdict.CRASHED: "O processo do notebook terminou antes da última célula ({detail}). O que ele já tinha "
            "produzido até ali foi corrigido.",
            RunVerdict.TIMEOUT: "A execução foi interrompida por um limite de tempo ({detail}). O que o notebook já "
            "tinha produzido até ali foi corrigido.",
            RunVerdict.LIMIT: "A execução foi interrompida por um limite ({detail}). O que o notebook já tinha "
            "produzido até ali foi corrigido.",
        }
    ),
    another_assignment="Nenhuma das variáveis deste exercício aparece no notebook: este é o notebook de {assignment}?",
    late="Entregue com {days} dia(s) de atraso: vale {percent}% dos pontos.",
    kept="Uma entrega anterior tinha {points} pontos, e eles continuam valendo.",
    pending="Em revisão: {points} ponto(s), além dos que estão na nota. Uma pessoa vai avaliar esses itens, e os "
    "pontos podem ser somados.",
    pending_item="{title} (em revisão: {points})",
    practice_data="Esta execução usou dados simulados no lugar dos conjuntos de dados do exercício: não é uma nota.",
    question="Questão {number}",
)

_ENGLISH: Final = GradescopeWording(
    not_graded="Not graded yet: grading did not finish because of a problem on our side, not in your notebook. "
    "Please tell your instructor; what you handed in is kept.",
    received="Your notebook was received. The grade and the comments have not been released yet.",
    runs=MappingProxyType(
        {
            RunVerdict.COMPLETE: "The notebook ran from its first cell to its last.",
            RunVerdict.CRASHED: "The notebook's process ended before the last cell ({detail}). What it had given until "
            "then was graded.",
            RunVerdict.TIMEOUT: "The execution was stopped by a time limit ({detail}). What the notebook had given "
            "until then was graded.",
            RunVerdict.LIMIT: "The execution was stopped by a limit ({detail}). What the notebook had given until then "
            "was graded.",
        }
    ),
    another_assignment="None of this exercise's variables occurs in the notebook: is it the one of {assignment}?",
    late="Handed in {days} day(s) late: it is worth {percent}% of its points.",
    kept="An earlier submission had {points} points, and they stay yours.",
    pending="Pending: {points} point(s) beside those in the score. A person will look at these items, and their points "
    "may be added.",
    pending_item="{title} (pending: {points})",
    practice_data="This execution used practice data instead of the exercise's data sets: it is not a grade.",
    question="Question {number}",
)

WORDINGS: Final[Mapping[Language, GradescopeWording]] = MappingProxyType({"pt-BR": _PORTUGUESE, "en": _ENGLISH})
"""The texts of each language."""


def not_graded(language: Language | None = None) -> str:
    """Return the text for a missing grade, in both languages if the notebook's is not known."""
    known = WORDINGS.values() if language is None else [WORDINGS[language]]
    return "\n".join(wording.not_graded for wording in known)
