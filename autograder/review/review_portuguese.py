"""The texts of the review in Portuguese, by the English ones, which stand in its templates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OF_REVIEW: Final[Mapping[str, str]] = MappingProxyType(
    {
        "review of {name}": "revisão de {name}",
        "Skip to the content": "Ir para o conteúdo",
        "Pages": "Páginas",
        "Queue": "Fila",
        "The queue": "A fila",
        "Regrade": "Corrigir de novo",
        "Release": "Divulgar",
        "Saved.": "Gravado.",
        "Saved ({count}).": "Gravado ({count}).",
        (
            "{count} are left: no training of the exercise is known to have given their numbers. Look at each of "
            "these notebooks, and decide for each student."
        ): (
            "Ficaram {count}: não se conhece nenhum treinamento do exercício que tenha dado esses números. Veja cada "
            "um desses notebooks e decida por estudante."
        ),
        "The decisions are saved; pages and tables are still being written.": (
            "As decisões estão gravadas; as páginas e as tabelas ainda estão sendo escritas."
        ),
        "The decisions are saved, but pages and tables could not be written: {why}": (
            "As decisões estão gravadas, mas não foi possível escrever as páginas e as tabelas: {why}"
        ),
        "Nothing can be decided now: {why}.": "Agora não é possível decidir nada: {why}.",
        # Queue
        "What waits for a person": "O que espera por uma pessoa",
        "objections": "contestações",
        "refused": "recusado",
        "flags of items": "sinais de itens",
        "flags of submissions": "sinais de entregas",
        "settled": "resolvido",
        "objection {number}": "contestação {number}",
        "objection {number}, answered": "contestação {number}, respondida",
        "objection {number}, withdrawn": "contestação {number}, retirada",
        "Search name, item or words": "Buscar nome, item ou palavras",
        "Question or item": "Questão ou item",
        "all": "todos",
        "Kind": "Tipo",
        "{first} to {last} of {total}": "{first} a {last} de {total}",
        "{item} over the class": "{item} na turma",
        "What": "O quê",
        "Why": "Por quê",
        "Previous {count}": "{count} anteriores",
        "Next {count}": "Próximos {count}",
        # Items
        "Items over the class": "Os itens na turma",
        "Open an item to see its findings, equal ones together, and to decide for several students at once.": (
            "Abra um item para ver os resultados, os iguais juntos, e decidir por vários estudantes de uma vez."
        ),
        "Passed": "Corretos",
        "Flagged": "Com sinal",
        "Nothing was graded yet.": "Nada foi corrigido ainda.",
        "{count} students, {points} points each.": "{count} estudantes, {points} pontos para cada um.",
        "Its entries in the queue": "O que há dele na fila",
        "Everybody's pending points": "Os pontos em revisão de todos",
        (
            "{count} students wait. Numbers that no training of the exercise is known to have given are accepted per "
            "student alone, after a look at the notebook."
        ): (
            "{count} estudantes esperam. Números que nenhum treinamento conhecido do exercício deu só podem ser "
            "aceitos por estudante, depois de ver o notebook."
        ),
        "for all {count}": "de todos os {count}",
        "for these {count}": "destes {count}",
        "for this student": "deste estudante",
        "Finding {number}": "Resultado {number}",
        "1 student": "1 estudante",
        "{points} of {most}": "{points} de {most}",
        "of {most}": "de {most}",
        "Who": "Quem",
        "Accept or refuse {whom}": "Aceitar ou recusar os pontos {whom}",
        "Other points {whom}": "Mudar os pontos {whom}",
        "Other points for everybody": "Outros pontos para todos",
        "Set the points of all {count} students": "Definir os pontos de todos os {count} estudantes",
        (
            "If the rubric is wrong, mend <code>grading.yml</code> and <a href='/regrade'>regrade</a> instead: that "
            "holds for students who hand in later, too."
        ): (
            "Se a rubrica está errada, corrija <code>grading.yml</code> e <a href='/regrade'>corrija a turma de "
            "novo</a>: isso vale também para quem entregar depois."
        ),
        # Forms
        "Reason": "Motivo",
        "(the student reads it)": "(o estudante lê)",
        "Decided by": "Quem decide",
        "The command for this": "O comando para isto",
        "Decide on pending points: {what}": "Decidir sobre os pontos em revisão: {what}",
        "Accept {what}": "Aceitar os pontos {what}",
        "Refuse {what}": "Recusar os pontos {what}",
        "these points": "deste item",
        "all of them": "de todos os itens",
        "Give points by hand: {what}": "Dar pontos à mão: {what}",
        "(0 to {most})": "(0 a {most})",
        "Set the points {what}": "Definir os pontos {what}",
        "Answer objection {number}": "Responder à contestação {number}",
        "Answer to objection {number}": "Resposta à contestação {number}",
        "Answered by": "Quem responde",
        "Answer": "Responder",
        "An answer changes no points; give points by hand if the student is right.": (
            "A resposta não muda os pontos; se o estudante tem razão, mude os pontos à mão."
        ),
        "File an objection of the student's": "Registrar uma contestação do estudante",
        "What the student says": "O que o estudante diz",
        "File the objection": "Registrar a contestação",
        "File the student's own file": "Registrar o arquivo do estudante",
        "The student's file: JSON with item and text, or the item in the first line and the text below it": (
            "O arquivo do estudante: JSON com item e text, ou o item na primeira linha e o texto abaixo"
        ),
        "File the objection in it": "Registrar a contestação do arquivo",
        "Take back: {what}": "Voltar atrás: {what}",
        "Take back event {number}": "Voltar atrás no evento {number}",
        "Take it back": "Voltar atrás",
        "withdrawn": "retirada",
        # Submission
        "Withdrawn by {name}: {why}": "Retirado por {name}: {why}",
        "Refused: {why}": "Recusado: {why}",
        "No grade: {why}": "Sem nota: {why}",
        "Verdict": "Veredito",
        "All of the pending points": "Todos os pontos em revisão",
        "Objections": "Contestações",
        "History": "Histórico",
        "When (UTC)": "Quando (UTC)",
        "About": "Sobre",
        "By": "Por",
        "the command": "o comando",
        "the student": "o estudante",
        "hand-in": "entrega",
        "grading": "correção",
        "regrading": "nova correção",
        "override": "pontos à mão",
        "refusal": "recusa",
        "withdrawal": "retirada",
        "return": "volta",
        "objection": "contestação",
        "answer": "resposta",
        "undo": "decisão desfeita",
        "handed in something else": "entregou outra coisa",
        "{count} days late": "{count} dias de atraso",
        "takes back event {number}": "desfaz o evento {number}",
        "bulk override {number}": "decisão em lote {number}",
        "COMPLETE": "completa",
        "CRASHED": "interrompida por um erro",
        "TIMEOUT": "passou do tempo",
        "LIMIT": "passou de um limite",
        "INTERNAL": "falha nossa",
        # Finding
        "Finding": "Resultado",
        "Next in the queue": "Próximo da fila",
        "1 other alike": "1 outro igual",
        "{count} others alike": "{count} outros iguais",
        "Nothing was found to be wrong.": "Nada de errado foi encontrado.",
        "Decision": "Decisão",
        "Points by hand": "Pontos à mão",
        "Saving the points as they are settles the flags.": "Gravar os pontos como estão resolve os sinais.",
        "Handed in, and expected": "O que foi entregue e o que se espera",
        "chosen": "escolhida",
        "Numbers and intervals": "Números e intervalos",
        "Obtained": "Obtido",
        "Runs": "Execuções",
        "Value": "Valor",
        "Values": "Valores",
        "Executed by us": "Executado por nós",
        "Saved by the student's run": "Salvo pela execução do estudante",
        "Trainings": "Treinamentos",
        "Trainings that the cells of this question ran": "Treinamentos que as células desta questão executaram",
        "Cell": "Célula",
        "Cell {number}": "Célula {number}",
        "Optimizer, loss": "Otimizador, perda",
        "Epochs": "Épocas",
        "Batch": "Lote",
        "Weights": "Pesos",
        "Repeated by us": "Repetido por nós",
        "yes": "sim",
        "no: the notebook alone vouches for it": "não: só o notebook responde por ele",
        "The rubric": "A rubrica",
        "Today's rubric has no such item.": "A rubrica atual não tem este item.",
        "The solved notebook's cells of this question": "As células desta questão no notebook resolvido",
        "History of the item": "Histórico do item",
        "Nobody has decided or said anything about it.": "Ninguém decidiu nem disse nada sobre ele.",
        "The whole history": "O histórico completo",
        "The notebook": "O notebook",
        "Outputs are those that the student's own run left in the file; nothing of them is executed.": (
            "As saídas são as que a execução do estudante deixou no arquivo; nada delas é executado."
        ),
        (
            "The file that was handed in is not at <code>{file}</code> any more, so the outputs that it held cannot "
            "be shown."
        ): "O arquivo entregue não está mais em <code>{file}</code>, então as saídas dele não podem ser mostradas.",
        "No cell names a variable of this question.": "Nenhuma célula cita uma variável desta questão.",
        "The other {count} code cells": "As outras {count} células de código",
        "What the notebook printed last in our run": "O que o notebook imprimiu por último na nossa execução",
        "Picture among the outputs of cell {number}": "Figura entre as saídas da célula {number}",
        "{count} more outputs are not shown.": "Mais {count} saídas não são mostradas.",
        "{count} more characters.": "Mais {count} caracteres.",
        "{label}, as its source:": "{label}, como código-fonte:",
        "error": "erro",
        "timed out": "passou do tempo",
        "killed": "interrompida",
        "not run": "não executada",
    }
)
"""Those of the pages on which one looks and decides; `form_portuguese` has the rest."""
