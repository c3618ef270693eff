"""What a student reads on Gradescope besides the reasons for points, in Portuguese and in English."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import Language, RunVerdict


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language: a field that one language lacks is an error of the type checker."""

    not_graded: str
    refused: str
    received: str
    runs: Mapping[RunVerdict, str]
    another_assignment: str
    late: str
    kept: str
    pending: str
    pending_item: str
    practice_data: str
    question: str


_PORTUGUESE: Final = Wording(
    not_graded="Ainda sem nota: a correção não chegou ao fim, por um problema do nosso lado, não do seu notebook. "
    "Avise o(a) professor(a); a entrega está guardada.",
    refused="Sem nota: {what}. {remedy}",
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
    late="Entregue com {days} dia(s) de atraso: vale {percent} % dos pontos.",
    kept="Uma entrega anterior tinha {points} pontos, e eles continuam valendo.",
    pending="Em revisão: {points} ponto(s), além dos que estão na nota. Uma pessoa vai avaliar esses itens, e os "
    "pontos podem ser somados.",
    pending_item="{title} (em revisão: {points})",
    practice_data="Esta execução usou dados de ensaio no lugar dos conjuntos de dados do exercício: não é uma nota.",
    question="Questão {number}",
)

_ENGLISH: Final = Wording(
    not_graded="Not graded yet: grading did not finish, by a fault on our side and not in your notebook. "
    "Please tell your instructor; what you handed in is kept.",
    refused="Not graded: {what}. {remedy}",
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
    late="Handed in {days} day(s) late: it is worth {percent} % of its points.",
    kept="An earlier submission had {points} points, and they stay yours.",
    pending="Pending: {points} point(s) beside those in the score. A person will look at these items, and their points "
    "may be added.",
    pending_item="{title} (pending: {points})",
    practice_data="This execution used practice data instead of the exercise's data sets: it is no grade.",
    question="Question {number}",
)

WORDINGS: Final[Mapping[Language, Wording]] = MappingProxyType({"pt-BR": _PORTUGUESE, "en": _ENGLISH})
"""The texts of each language."""

_COPY_AGAIN: Final = "Baixe ou copie o notebook de novo e entregue-o."
_NOT_UTF8: Final = ("o arquivo não está em UTF-8", "Salve-o em UTF-8 em um editor de texto e entregue de novo.")
_REFUSALS: Final = MappingProxyType(
    {
        # What a submission can be refused for, by how the English clause begins.
        "no notebook": ("não há nenhum notebook na entrega", "Entregue o arquivo .ipynb."),
        "is not a notebook: not UTF-8 text, but UTF": _NOT_UTF8,
        "is not a notebook: not UTF-8 text, but perhaps": _NOT_UTF8,
        "is not a notebook": ("o arquivo não é um notebook", "Entregue o arquivo .ipynb."),
        "is not whole": ("o arquivo do notebook está incompleto", _COPY_AGAIN),
        "is empty": ("o arquivo do notebook está vazio", _COPY_AGAIN),
        "holds git conflict markers": (
            "o arquivo do notebook tem marcas de conflito do git",
            "Em um editor de texto, escolha um dos lados de cada conflito, apague as marcas e entregue de novo.",
        ),
        "does not say its notebook format": (
            "o arquivo não informa o formato do notebook",
            'Em um editor de texto, escreva "nbformat": 4, "nbformat_minor": 5, depois da primeira chave.',
        ),
        "is a shortcut": ("o arquivo é um atalho, não o notebook", "Baixe o notebook como .ipynb e entregue-o."),
        "is a notebook that was saved as one JSON text": (
            "o notebook foi salvo como um único texto JSON",
            "Baixe o notebook de novo como .ipynb e entregue-o.",
        ),
        "is larger": ("o arquivo do notebook é grande demais", "Apague as saídas, salve e entregue de novo."),
        "is of notebook format": ("o formato do notebook não é o 4", "Abra-o no Jupyter, salve e entregue de novo."),
        "its code takes": ("o código do notebook é grande demais", "Não guarde dados dentro do código."),
    }
)
_SEVERAL: Final = ("há mais de um notebook na entrega", "Entregue um só.")
_UNREADABLE: Final = ("o notebook não pôde ser lido", "Abra-o no Jupyter, salve e entregue de novo.")


def refusal(what: str, remedy: str) -> str:
    """Say why a submission was refused, in both languages: a notebook that cannot be read has none."""
    several = _SEVERAL if "notebooks were handed in" in what else _UNREADABLE
    portuguese = next((texts for start, texts in _REFUSALS.items() if what.startswith(start)), several)
    # One that begins with a verb speaks of the notebook.
    clause = f"the notebook {what}" if what.split(" ", 1)[0] in {"is", "has", "holds", "does", "cannot"} else what
    english = _ENGLISH.refused.format(what=clause, remedy=f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "")
    return f"{_PORTUGUESE.refused.format(what=portuguese[0], remedy=portuguese[1])}\n{english}".strip()


def not_graded(language: Language | None = None) -> str:
    """Say that there is no grade by our own fault; in both languages where the notebook's is not known."""
    known = WORDINGS.values() if language is None else [WORDINGS[language]]
    return "\n".join(wording.not_graded for wording in known)
