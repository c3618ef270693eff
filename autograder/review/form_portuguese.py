"""The review's texts on regrading, releasing, and what a form may lack, in Portuguese, by the English ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OF_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Regrade
        (
            "Grades the class anew from the evidence that is kept, under <code>grading.yml</code> as it is now. "
            "Nothing is executed, decisions by hand stay, and the old grades stay in each history."
        ): (
            "Corrige a turma de novo a partir das evidências guardadas, com o <code>grading.yml</code> de agora. Nada "
            "é executado, as decisões à mão continuam valendo, e as notas antigas ficam em cada histórico."
        ),
        "What would change": "O que mudaria",
        "{count} of {all} grades.": "{count} de {all} notas.",
        "Mean of the class": "Média da turma",
        "Median of the class": "Mediana da turma",
        "Changes": "Mudanças",
        "Mean before": "Média antes",
        "Mean after": "Média depois",
        "Gain": "Ganham",
        "Lose": "Perdem",
        "Before": "Antes",
        "After": "Depois",
        "Items that differ": "Itens que mudam",
        "the reasons alone": "só os motivos",
        "Apply it": "Aplicar",
        "Apply the regrading": "Aplicar a nova correção",
        "Write these grades": "Gravar estas notas",
        # Release
        "Students with a grade": "Estudantes com nota",
        "With pending points": "Com pontos em revisão",
        "Objections without an answer": "Contestações sem resposta",
        "What pages tell": "O que as páginas dizem",
        "that the notebook was received": "que o notebook foi recebido",
        "what is missing or has a wrong form; nothing that depends on the key": (
            "o que falta ou está em formato inválido; nada que dependa do gabarito"
        ),
        "the points of each question": "os pontos de cada questão",
        "each item, and so which letter is wrong": "cada item, e portanto qual letra está errada",
        "everything: what was expected, and why": "tudo: o que era esperado, e por quê",
        (
            "To release more, change <code>policy.feedback</code> in <code>grading.yml</code> and open this page "
            "again. While students may hand in again, leave it at <code>form</code>."
        ): (
            "Para divulgar mais, mude <code>policy.feedback</code> em <code>grading.yml</code> e abra esta página de "
            "novo. Enquanto os estudantes podem entregar de novo, deixe em <code>form</code>."
        ),
        "Write pages and tables": "Escrever páginas e tabelas",
        "Write the pages": "Escrever as páginas",
        "Write the pages under “{feedback}”": "Escrever as páginas com “{feedback}”",
        # A form that was not saved
        "Not saved": "Não foi gravado",
        "What has happened meanwhile": "O que aconteceu enquanto isso",
        "Meanwhile": "Enquanto isso",
        "What you entered": "O que você escreveu",
        "Look at the changes as they are now, then apply them.": "Veja as mudanças como estão agora e depois aplique.",
        "Choose the file again.": "Escolha o arquivo de novo.",
        "Save it all the same": "Gravar mesmo assim",
        "Accept all the same": "Aceitar mesmo assim",
        "Refuse all the same": "Recusar mesmo assim",
        "Set these points all the same": "Definir estes pontos mesmo assim",
        "File it all the same": "Registrar mesmo assim",
        "Answer all the same": "Responder mesmo assim",
        "Take it back all the same": "Voltar atrás mesmo assim",
        "Text": "Texto",
        "There is no such page": "Não há essa página",
        "This cannot be shown": "Isto não pode ser mostrado",
        "… and {count} more, one per student": "… e mais {count}, um por estudante",
        # What a form may lack
        "this changed while the page was open": "isto mudou enquanto a página estava aberta",
        "look at what happened, then decide again": "veja o que aconteceu e decida de novo",
        "there is no item {item}": "não há o item {item}",
        "there is no student {student}": "não há o estudante {student}",
        "{student} has no item {item}": "{student} não tem o item {item}",
        "no student is named": "nenhum estudante foi indicado",
        "{student} has no grade, or was withdrawn": "{student} não tem nota, ou foi retirado",
        "{typed} is no number of points": "{typed} não é um número de pontos",
        "write 0.5 or 0,5": "escreva 0,5",
        "a reason is missing": "falta o motivo",
        "a reason has {count} characters, over {most}": "o motivo tem {count} caracteres, e cabem {most}",
        "an answer is missing": "falta a resposta",
        "an answer has {count} characters, over {most}": "a resposta tem {count} caracteres, e cabem {most}",
        "a name is missing": "falta o nome de quem decide",
        "a name has {count} characters, over {most}": "o nome tem {count} caracteres, e cabem {most}",
        "write less": "escreva menos",
        "the file is missing": "falta o arquivo",
        "the file is another student's: {student}": "o arquivo é de outro estudante: {student}",
        # Errors of commands
        "there are {known}": "há {known}",
        "{item} is cancelled in the rubric, for everybody alike": "{item} está anulado na rubrica, para todos",
        "{item} is worth 0 to {most} points, not {points}": "{item} vale de 0 a {most} pontos, não {points}",
        "is larger than {most} KiB": "tem mais de {most} KiB",
        "an objection has 1 to {most} characters, this one has {count}": (
            "uma contestação tem de 1 a {most} caracteres, e esta tem {count}"
        ),
        "the rubric changed since this class was graded": "a rubrica mudou depois da correção desta turma",
        "`autograder regrade` shows what would change, and `autograder regrade --apply` writes it": (
            "`autograder regrade` mostra o que mudaria, e `autograder regrade --apply` grava"
        ),
        "no points are pending": "não há pontos em revisão",
        "`autograder pending` lists those that are": "`autograder pending` mostra os que há",
        "take `cancelled` out of the rubric and regrade, then decide for single students": (
            "tire `cancelled` da rubrica e corrija de novo; depois decida por estudante"
        ),
        "is not JSON": "não é JSON",
        "names no item, or has no text about it": "não indica o item, ou não tem texto sobre ele",
        'it has the keys "item", such as q07.answer, and "text"; or a first line with the item, and the text below': (
            'ele tem as chaves "item", como q07.answer, e "text"; ou uma primeira linha com o item, e o texto abaixo'
        ),
        "wait until it is done, or name another folder with --out": "espere até ele terminar",
        "there is no gradebook": "não há livro de notas",
        "the disk is full": "o disco está cheio",
    }
)
