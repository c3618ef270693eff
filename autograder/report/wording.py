"""Every text of a student's page that is not a reason, in Portuguese and in English."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import Language, RunVerdict, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language: a field that one language lacks is an error of the type checker."""

    title: str
    received: str
    grade: str
    of: str
    pending: str
    pending_explained: str
    no_grade: str
    run: str
    runs: Mapping[RunVerdict, str]
    run_detail: str
    practice_data: str
    questions: str
    question: str
    points: str
    verdicts: Mapping[Verdict, str]
    justification: str
    cells: str
    cells_explained: str
    cell: str
    cells_from_to: str
    what_happened: str
    timed_out: str
    killed: str
    not_run: str
    notebook: str
    more: str


_PORTUGUESE = Wording(
    title="Devolutiva",
    received="O seu notebook foi recebido. A nota e os comentários ainda não foram divulgados.",
    grade="Nota",
    of="de",
    pending="{points} em revisão",
    pending_explained="Em revisão: o corretor não encontrou nenhum erro nestes itens, mas não consegue confirmá-los "
    "sozinho. Uma pessoa vai avaliá-los, e os pontos podem ser somados à nota.",
    no_grade="Ainda não há nota: algo falhou do nosso lado, não no seu notebook. A correção será refeita, e você não "
    "precisa fazer nada.",
    run="Execução",
    runs=MappingProxyType(
        {
            RunVerdict.COMPLETE: "O notebook foi executado da primeira à última célula.",
            RunVerdict.CRASHED: "O processo do notebook terminou antes da última célula. O que ele já tinha produzido "
            "até ali foi corrigido.",
            RunVerdict.TIMEOUT: "A execução foi interrompida por um limite de tempo. O que o notebook já tinha "
            "produzido até ali foi corrigido.",
            RunVerdict.LIMIT: "A execução foi interrompida porque passou de um limite de memória, de processos, de "
            "saída ou de arquivos. O que o notebook já tinha produzido até ali foi corrigido.",
            RunVerdict.INTERNAL: "A execução falhou por um problema nosso e será refeita.",
        }
    ),
    run_detail="Detalhe",
    practice_data="Esta execução usou dados de ensaio no lugar dos conjuntos de dados do exercício: não é uma nota.",
    questions="Questões",
    question="Questão",
    points="Pontos",
    verdicts=MappingProxyType(
        {
            Verdict.PASS: "certo",
            Verdict.FAIL: "não confere",
            Verdict.MISSING: "não entregue",
            Verdict.MALFORMED: "forma inválida",
            Verdict.REVIEW: "em revisão",
            Verdict.INTERNAL: "em aberto, por um problema nosso",
        }
    ),
    justification="Por quê",
    cells="Células que não foram até o fim",
    cells_explained="Contadas a partir do início do notebook, incluindo as de texto. Depois de um erro, as células "
    "seguintes são executadas mesmo assim.",
    cell="Célula",
    cells_from_to="{first} a {last}",
    what_happened="O que aconteceu",
    timed_out="passou do limite de tempo de uma célula",
    killed="foi interrompida junto com o notebook",
    not_run="não chegou a ser executada",
    notebook="Notebook recebido (SHA-256)",
    more="… e mais {count}.",
)

_ENGLISH = Wording(
    title="Feedback",
    received="Your notebook was received. The grade and the comments have not been released yet.",
    grade="Grade",
    of="of",
    pending="{points} pending",
    pending_explained="Pending: the grader found nothing wrong with these items, but cannot confirm them by itself. A "
    "person will look at them, and their points may be added to the grade.",
    no_grade="There is no grade yet: something failed on our side, not in your notebook. It will be graded again, and "
    "there is nothing that you need to do.",
    run="Execution",
    runs=MappingProxyType(
        {
            RunVerdict.COMPLETE: "The notebook ran from its first cell to its last.",
            RunVerdict.CRASHED: "The notebook's process ended before the last cell. What it had given until then was "
            "graded.",
            RunVerdict.TIMEOUT: "The execution was stopped by a time limit. What the notebook had given until then was "
            "graded.",
            RunVerdict.LIMIT: "The execution was stopped because it went past a limit on memory, processes, output or "
            "files. What the notebook had given until then was graded.",
            RunVerdict.INTERNAL: "The execution failed by a fault of ours and will be repeated.",
        }
    ),
    run_detail="Detail",
    practice_data="This execution used practice data instead of the exercise's data sets: it is a rehearsal, not a "
    "grade.",
    questions="Questions",
    question="Question",
    points="Points",
    verdicts=MappingProxyType(
        {
            Verdict.PASS: "right",
            Verdict.FAIL: "not right",
            Verdict.MISSING: "not handed in",
            Verdict.MALFORMED: "wrong form",
            Verdict.REVIEW: "under review",
            Verdict.INTERNAL: "open, by a fault of ours",
        }
    ),
    justification="Why",
    cells="Cells that did not finish",
    cells_explained="Counted from the top of the notebook, text cells included. After an error the cells that follow "
    "run all the same.",
    cell="Cell",
    cells_from_to="{first} to {last}",
    what_happened="What happened",
    timed_out="went past the time limit of a cell",
    killed="was stopped together with the notebook",
    not_run="was not reached",
    notebook="Notebook received (SHA-256)",
    more="… and {count} more.",
)

WORDINGS: Final[Mapping[Language, Wording]] = MappingProxyType({"pt-BR": _PORTUGUESE, "en": _ENGLISH})
"""The texts of each language."""
