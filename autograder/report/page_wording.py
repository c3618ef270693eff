"""Every text of a student's page that is not a reason, in Portuguese and in English."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import Language, RunVerdict, Verdict
from autograder.rubric import codes


@dataclasses.dataclass(frozen=True, slots=True)
class PageWording:
    """The texts of one language: a field that one language lacks is an error of the type checker."""

    title: str
    course: str
    given_out: str
    due: str
    contact: str
    received: str
    received_form: str
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
    cancelled: Mapping[str, str]
    uncounted: str
    item_received: str
    chosen: str
    causes: str
    curves: str
    strip: str
    strip_legend: str
    curve: str
    curve_legend: str
    epochs: str
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


_PORTUGUESE = PageWording(
    title="Devolutiva",
    course="Disciplina",
    given_out="Divulgado em",
    due="Entrega até",
    contact="Dúvidas",
    received="O seu notebook foi recebido. A nota e os comentários ainda não foram divulgados.",
    received_form="O seu notebook foi recebido e executado. A nota e os comentários ainda não foram divulgados; abaixo "
    "está o que chegou, o que falta e o que não está no formato pedido.",
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
    practice_data="Esta execução usou dados simulados no lugar dos conjuntos de dados do exercício: não é uma nota.",
    questions="Questões",
    question="Questão",
    points="Pontos",
    verdicts=MappingProxyType(
        {
            Verdict.PASS: "correto",
            Verdict.FAIL: "incorreto",
            Verdict.MISSING: "não entregue",
            Verdict.MALFORMED: "formato inválido",
            Verdict.REVIEW: "em revisão: uma pessoa vai avaliar",
            Verdict.CANCELLED: "anulado",
            Verdict.INTERNAL: "em aberto, por um problema nosso",
        }
    ),
    cancelled=MappingProxyType(
        {
            codes.CANCELLED_FULL_POINTS: "Esta questão foi anulada: todos recebem os pontos dela.",
            codes.CANCELLED_NO_POINTS: "Esta questão foi anulada: ninguém recebe os pontos dela.",
            codes.CANCELLED_EXCLUDED: "Esta questão foi anulada e não conta: os pontos dela foram distribuídos entre "
            "as demais.",
        }
    ),
    uncounted="não conta",
    item_received="recebido",
    chosen="Você escolheu a alternativa",
    causes="O que parece ter acontecido",
    curves="Curvas de aprendizado",
    strip="Você obteve {own}; o valor aceito vai de {lower} a {upper}, e as {runs} execuções de referência deram de "
    "{least} a {most}.",
    strip_legend="Cada ponto é uma execução de referência, a faixa é o que se aceita, e o traço é o valor que você "
    "obteve.",
    curve="{epochs} épocas; o seu último valor é {last}, e o das {runs} execuções de referência vai de {least} a "
    "{most}.",
    curve_legend="A faixa vai da menor à maior execução de referência, a linha fina é a do meio, e a linha grossa é a "
    "sua.",
    epochs="épocas",
    justification="Por quê",
    cells="Células com erro ou interrompidas",
    cells_explained="Contadas a partir do início do notebook, incluindo as de texto. Depois de um erro, as células "
    "seguintes são executadas mesmo assim.",
    cell="Célula",
    cells_from_to="{first} a {last}",
    what_happened="O que aconteceu",
    timed_out="passou do limite de tempo por célula",
    killed="foi interrompida junto com o notebook",
    not_run="não chegou a ser executada",
    notebook="Notebook recebido (SHA-256)",
    more="… e mais {count}.",
)

_ENGLISH = PageWording(
    title="Feedback",
    course="Course",
    given_out="Given out",
    due="Due",
    contact="Questions to",
    received="Your notebook was received. The grade and the comments have not been released yet.",
    received_form="Your notebook was received and executed. The grade and the comments have not been released yet; "
    "below stands what arrived, what is missing and what does not have the form that was asked for.",
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
            RunVerdict.INTERNAL: "The execution failed because of a problem on our side and will be repeated.",
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
            Verdict.MALFORMED: "wrong format",
            Verdict.REVIEW: "pending: a person will look at it",
            Verdict.CANCELLED: "cancelled",
            Verdict.INTERNAL: "open, because of a problem on our side",
        }
    ),
    cancelled=MappingProxyType(
        {
            codes.CANCELLED_FULL_POINTS: "This question was cancelled: everybody gets its points.",
            codes.CANCELLED_NO_POINTS: "This question was cancelled: nobody gets its points.",
            codes.CANCELLED_EXCLUDED: "This question was cancelled and does not count: the other questions share its "
            "points.",
        }
    ),
    uncounted="not counted",
    item_received="received",
    chosen="You chose option",
    causes="What seems to have happened",
    curves="Learning curves",
    strip="You have {own}; {lower} to {upper} is accepted, and the {runs} reference runs gave {least} to {most}.",
    strip_legend="Each dot is a reference run, the band is what is accepted, and the stroke is the value that you "
    "have.",
    curve="{epochs} epochs; your last value is {last}, and that of the {runs} reference runs is {least} to {most}.",
    curve_legend="The band reaches from the lowest to the highest reference run, the thin line is the middle one, and "
    "the thick line is yours.",
    epochs="epochs",
    justification="Why",
    cells="Cells with an error or interrupted",
    cells_explained="Counted from the top of the notebook, text cells included. After an error the cells that follow "
    "run all the same.",
    cell="Cell",
    cells_from_to="{first} to {last}",
    what_happened="What happened",
    timed_out="exceeded the time limit per cell",
    killed="was stopped together with the notebook",
    not_run="was not reached",
    notebook="Notebook received (SHA-256)",
    more="… and {count} more.",
)

WORDINGS: Final[Mapping[Language, PageWording]] = MappingProxyType({"pt-BR": _PORTUGUESE, "en": _ENGLISH})
"""The texts of each language."""
