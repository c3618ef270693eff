"""Tell a student why a submission was refused and what to do, in both languages, as its own is unknown."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from autograder.errors import SubmissionError

_COPY_AGAIN: Final = "Baixe ou copie o notebook de novo e entregue-o."
_PORTUGUESE: Final = MappingProxyType(
    {
        "none": ("não há nenhum notebook na entrega", "Entregue o arquivo .ipynb."),
        "several": ("há mais de um notebook na entrega", "Entregue um só."),
        "not_utf8": ("o arquivo não está em UTF-8", "Salve-o em UTF-8 em um editor de texto e entregue de novo."),
        "not_notebook": ("o arquivo não é um notebook", "Entregue o arquivo .ipynb."),
        "not_whole": ("o arquivo do notebook está incompleto", _COPY_AGAIN),
        "empty": ("o arquivo do notebook está vazio", _COPY_AGAIN),
        "conflict": (
            "o arquivo do notebook tem marcas de conflito do git",
            "Em um editor de texto, escolha um dos lados de cada conflito, apague as marcas e entregue de novo.",
        ),
        "no_format": (
            "o arquivo não informa o formato do notebook",
            'Em um editor de texto, escreva "nbformat": 4, "nbformat_minor": 5, depois da primeira chave.',
        ),
        "other_format": ("o formato do notebook não é o 4", "Abra-o no Jupyter, salve e entregue de novo."),
        "shortcut": ("o arquivo é um atalho, não o notebook", "Baixe o notebook como .ipynb e entregue-o."),
        "one_text": (
            "o notebook foi salvo como um único texto JSON",
            "Baixe o notebook de novo como .ipynb e entregue-o.",
        ),
        "too_large": ("o arquivo do notebook é grande demais", "Apague as saídas, salve e entregue de novo."),
        "code_too_large": ("o código do notebook é grande demais", "Não guarde dados dentro do código."),
        "unreadable": ("o notebook não pôde ser lido", "Abra-o no Jupyter, salve e entregue de novo."),
    }
)
_OWN_SUBJECT: Final = frozenset({"none", "several", "code_too_large"})
"""Codes whose English clause has a subject; the subject of all others is the notebook."""


def refusal_text(refused: SubmissionError) -> str:
    """Return why a submission was refused, one line per language."""
    what, remedy = _PORTUGUESE[refused.code]
    clause = refused.what if refused.code in _OWN_SUBJECT else f"the notebook {refused.what}"
    mend = f"{refused.remedy[:1].upper()}{refused.remedy[1:]}." if refused.remedy else ""
    return f"Sem nota: {what}. {remedy}\nNot graded: {clause}. {mend}".strip()
