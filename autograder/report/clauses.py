"""Say in a student's language what other stages put in English clauses: how a value missed its form, why a run ended.

A clause that is not known here is shown as it is: the student is better off with a line in English than with none.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from autograder.records import Language

_PHRASES: Final = MappingProxyType(
    {
        "nothing": "nada",
        "a number": "um número",
        "text": "um texto",
        "a list": "uma lista",
        "a word": "uma palavra",
        "a dictionary": "um dicionário",
        "not finite": "um valor que não é finito",
        "not a finite number": "um valor que não é finito",
        "too large": "um número grande demais",
        "text that is not Unicode": "um texto que não é Unicode",
        "nested too deep": "um valor aninhado demais",
        "cannot be read": "um valor que não pode ser lido",
        "is not there": "não está lá",
    }
)

_PATTERNS: Final = tuple(
    (re.compile(pattern, re.DOTALL), template)
    for pattern, template in (
        # The order matters: what stands before or after a clause is taken off first.
        (r"(?P<clause>.+) \(and (?P<more>[\d,]+) more like it\)", "{clause} (e mais {more} assim)"),
        (r"(?P<place>\[\d+\]) is (?P<clause>.+)", "{place}: {clause}"),
        (r"(?P<count>[\d,]+) numbers where (?P<due>\d+) are due", "{count} números em vez de {due}"),
        (r"(?P<count>[\d,]+) words where (?P<due>\d+) are due", "{count} palavras em vez de {due}"),
        (
            r"none of the keys (?P<keys>.+) is there; found (?P<found>.*)",
            "não há nenhuma das chaves {keys}; há {found}",
        ),
        (r"(?P<text>'.*', .+), where (?P<clause>.+) is due", "{text}, em vez de {clause}"),
        (r"(?P<first>.+) where (?P<clause>.+) is due", "{first} em vez de {clause}"),
        (r"a list of (?P<count>\d+) numbers", "uma lista de {count} números"),
        (r"a list of (?P<count>\d+) words", "uma lista de {count} palavras"),
        (r"one of the letters (?P<letters>.+)", "uma das letras {letters}"),
        (r"one of (?P<words>.+)", "uma destas palavras: {words}"),
        (r"(?P<word>\S+) occurs twice", "{word} aparece duas vezes"),
        (r"larger than (?P<bytes>[\d,]+) bytes", "um valor de mais de {bytes} bytes"),
        (
            r"the notebook ran longer than (?P<seconds>[\d.e+]+) s",
            "o notebook levou mais de {seconds} s",
        ),
        (
            r"cell (?P<cell>\d+) ran longer than (?P<seconds>[\d.e+]+) s and could not be interrupted",
            "a célula {cell} levou mais de {seconds} s e não pôde ser interrompida",
        ),
        (r"(?P<clause>.+) in cell (?P<cell>\d+)", "{clause}, na célula {cell}"),
        (r"the process was killed by (?P<signal>\w+)", "o processo foi morto pelo sinal {signal}"),
        (
            r"the process ended by itself with status (?P<status>\d+)",
            "o processo terminou por conta própria, com o código {status}",
        ),
        (r"the notebook closed its pipe", "o notebook fechou o canal com o corretor"),
        (r"interrupted after (?P<seconds>[\d.e+]+) seconds", "interrompida depois de {seconds} s"),
        (r"more than (?P<size>\d+) MiB of memory", "mais de {size} MiB de memória"),
        (r"more than (?P<size>\d+) MiB of output", "mais de {size} MiB de saída"),
        (r"more than (?P<size>\d+) processes and threads", "mais de {size} processos e threads"),
        (r"a (?P<kind>\S+) of (?P<module>\S+)", "um {kind} de {module}"),
        (r"an array of (?P<kind>\S+)", "um vetor de {kind}"),
        (
            r"a key is neither text nor a whole number but (?P<kind>\S+) of (?P<module>\S+)",
            "uma chave que não é texto nem número inteiro, mas {kind} de {module},",
        ),
        (r"two keys read (?P<key>'.*')", "duas chaves que se leem {key}"),
        (r"a whole number of more than (?P<bits>\d+) bits", "um inteiro de mais de {bits} bits"),
    )
)
_CLAUSES: Final = frozenset({"clause", "first"})
_COUNTS: Final = frozenset({"count", "more", "bytes"})


def why_it_ended(detail: str, language: Language) -> str:
    """Say why a run ended, its cells counted as a reader counts them, from 1.

    >>> why_it_ended("cell 30 ran longer than 1200 s and could not be interrupted", "en")
    'cell 31 ran longer than 1200 s and could not be interrupted'
    """
    counted = re.sub(r"\bcell (\d{1,6})\b", lambda match: f"cell {int(match[1]) + 1}", detail)
    return in_portuguese(counted) if language == "pt-BR" else counted


def in_portuguese(clause: str) -> str:
    """Translate a clause.

    >>> in_portuguese("[3] is text where a number is due (and 2 more like it)")
    '[3]: um texto em vez de um número (e mais 2 assim)'
    """
    phrase = _PHRASES.get(clause)
    if phrase is not None:
        return phrase
    for pattern, template in _PATTERNS:
        match = pattern.fullmatch(clause)
        if match is not None:
            return template.format_map({name: _blank(name, text) for name, text in match.groupdict().items()})
    return clause


def _blank(name: str, text: str) -> str:
    if name in _CLAUSES:
        return in_portuguese(text)
    return text.replace(",", ".") if name in _COUNTS else text
