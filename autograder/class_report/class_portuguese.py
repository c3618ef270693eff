"""The texts of the class report in Portuguese, by the English ones, which stand in its template."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PORTUGUESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "and {count} more": "e mais {count}",
        "undefined": "indefinido",
        "Class report": "Relatório da turma",
        "Sections": "Seções",
        "Overview": "Visão geral",
        "Questions": "Questões",
        "Items": "Itens",
        "Options": "Alternativas",
        "What went wrong": "O que deu errado",
        "Students": "Estudantes",
        "Alike": "Semelhanças",
        "Tolerances": "Tolerâncias",
        "Cost and conditions": "Custo e condições",
        "For the instructor alone: it holds names, marks and the key.": (
            "Só para quem ensina: contém nomes, notas e o gabarito."
        ),
        "Practice data: this is a rehearsal, not a class to publish.": (
            "Dados simulados: isto é um ensaio, e não uma turma para publicar."
        ),
        (
            "The reference runs changed since this class was graded: the tolerances below are today's. "
            "<code>autograder regrade</code> shows what would change."
        ): (
            "As execuções de referência mudaram depois da correção desta turma: as tolerâncias abaixo "
            "são as atuais. <code>autograder regrade</code> mostra o que mudaria."
        ),
        "Graded": "Com nota",
        "Mean": "Média",
        "Median (quartiles)": "Mediana (quartis)",
        "Standard deviation": "Desvio padrão",
        "Pending": "Em revisão",
        "Refused": "Recusados",
        "Without a grade by our fault": "Sem nota por falha nossa",
        "Handed in nothing": "Não entregaram",
        "Not in what was given now": "Não estavam entre as entregas desta vez",
        "Distribution of points": "Distribuição dos pontos",
        "Refused, and not in what was given now": "Recusados, e fora do que foi dado agora",
        "On the course list, and handed in nothing": "Na lista da disciplina, e não entregaram nada",
        "Flags": "Sinais",
        "Question": "Questão",
        "All": "Tudo",
        "Part": "Parte",
        "None": "Nada",
        "Open": "Em aberto",
        "of": "de",
        "Item analysis": "Análise de itens",
        "Item": "Item",
        "Verdicts": "Vereditos",
        "Points": "Pontos",
        "Difficulty": "Dificuldade",
        "Discrimination": "Discriminação",
        "Alpha without": "Alfa sem ele",
        "Note": "Observação",
        "Options of the choice questions": "Alternativas das questões de escolha",
        (
            "Who chose what, beside the share of the <em>reference runs</em> that bear an option out best: "
            "alone, and together with another. The runs say it only of options that speak of numbers. "
            "Discrimination is that of choosing the option: a wrong option that the better students choose "
            "is worth a look, and one that under 5 % choose distracts nobody."
        ): (
            "Quem escolheu o quê, ao lado da proporção das <em>execuções de referência</em> que mais "
            "apoiam cada alternativa: sozinha, e empatada com outra. As execuções só dizem isso de "
            "alternativas que falam de números. A discriminação é a de escolher a alternativa: uma "
            "alternativa errada escolhida pelos melhores estudantes merece uma olhada, e uma que menos "
            "de 5 % escolhem não distrai ninguém."
        ),
        "Option": "Alternativa",
        "Share": "Proporção",
        "Runs, with another": "Execuções, com outra",
        "What went wrong, item by item": "O que deu errado, item por item",
        "Who did not pass, by the first reason; the sentence is that of the first student named.": (
            "Quem não acertou, pelo primeiro motivo; a frase é a do primeiro estudante da lista."
        ),
        "Search name, flag or run": "Buscar nome, sinal ou execução",
        "Show": "Mostrar",
        "everybody": "todos",
        "flagged": "com sinal",
        "pending": "em revisão",
        "without a grade": "sem nota",
        "Student": "Estudante",
        "Run": "Execução",
        "Processor": "Processador",
        "no grade": "sem nota",
        "To look at: never a verdict": "Para olhar: nunca um veredito",
        "Pairs to look at": "Pares para olhar",
        "What they share": "O que têm em comum",
        "How much": "Quanto",
        "Nothing.": "Nada.",
        "Numbers that do not belong together": "Números que não combinam entre si",
        "None.": "Nenhum.",
        "Equal findings": "Resultados iguais",
        (
            "The same verdict for the same reason on every item: what a person decides about one of them holds for all."
        ): (
            "O mesmo veredito pelo mesmo motivo em todos os itens: o que uma pessoa decide sobre um "
            "deles vale para todos."
        ),
        "Equal values": "Valores iguais",
        "Notebooks that gave the very same values: right solutions under one seed do.": (
            "Notebooks que deram exatamente os mesmos valores: soluções corretas com a mesma semente fazem isso."
        ),
        "Tolerances of trained numbers": "Tolerâncias dos números treinados",
        "Number": "Número",
        "From": "De",
        "To": "Até",
        "Runs (n)": "Execuções (n)",
        "Dead, left out": "Mortas, deixadas de fora",
        "Interval": "Intervalo",
        "Class inside": "Turma dentro",
        "No number of this assignment is held against reference runs.": (
            "Nenhum número desta atividade é comparado com execuções de referência."
        ),
        "Processor time": "Tempo de processador",
        "Time of the notebooks, end to end": "Tempo dos notebooks, do início ao fim",
        "Trainings, evaluations, predictions": "Treinamentos, avaliações, previsões",
        "Data": "Dados",
        "Rubric (SHA-256)": "Rubrica (SHA-256)",
        "Baseline (SHA-256)": "Linha de base (SHA-256)",
        "{low} to {high}": "{low} a {high}",
        "Histogram of the points of {count} students": "Histograma dos pontos de {count} estudantes",
        "; the dashed line is the mean, {mean}": "; a linha tracejada é a média, {mean}",
        "was not in what was given now; what the gradebook has stands.": (
            "não estava no que foi dado agora; vale o que o livro de notas tem."
        ),
        (
            "On the {students} of {all} students whose points are the last word. Difficulty is the mean as "
            "a share of the points: near 1 is easy. Discrimination is the correlation of an item with the "
            "points of all others, with its 95 % interval (Fisher's from 30 students on, a bootstrap's "
            "below); from 0.2 on an item tells good from weak, and a negative one calls for a look at the "
            "key. Undefined: too few students, or nobody differs."
        ): (
            "Com os {students} de {all} estudantes cujos pontos são definitivos. A dificuldade é a "
            "média como proporção dos pontos: perto de 1 é fácil. A discriminação é a correlação de um "
            "item com os pontos de todos os outros, com o seu intervalo de 95 % (de Fisher a partir de "
            "30 estudantes; com menos, de um bootstrap); a partir de 0,2 um item separa bons de "
            "fracos, e uma discriminação negativa pede uma olhada no gabarito. Indefinido: poucos "
            "estudantes, ou ninguém difere."
        ),
        "Cronbach's alpha": "Alfa de Cronbach",
        "Standard error of measurement": "Erro padrão de medida",
        "points": "pontos",
        "Class above, runs below": "Turma acima, execuções abaixo",
        "Class": "Turma",
        "Runs, alone (n = {runs})": "Execuções, sozinha (n = {runs})",
        "key": "gabarito",
        "accepted": "aceita",
        "everybody passed": "todos acertaram",
        (
            "Who shares more than the exercise explains. Equal numbers alone are none of it: everybody "
            "trains with the same seed."
        ): (
            "Quem tem em comum mais do que o exercício explica. Números iguais, por si sós, não são "
            "nada disso: todos treinam com a mesma semente."
        ),
        "Code was not compared: copydetect is not installed (the extra <code>similarity</code>).": (
            "O código não foi comparado: o copydetect não está instalado (o extra <code>similarity</code>)."
        ),
        "{count} more are not shown.": "Mais {count} não são mostrados.",
        (
            "Trained numbers of one item outside the joint ellipsoid of the reference runs (Hotelling's T², "
            "{share} of runs lie inside), though each may lie in its own interval. The distance is squared, "
            "as a share of the limit."
        ): (
            "Números treinados de um item fora do elipsoide conjunto das execuções de referência (T² "
            "de Hotelling, {share} das execuções ficam dentro), embora cada um possa estar no seu "
            "próprio intervalo. A distância é ao quadrado, como proporção do limite."
        ),
        "distance {distance}, {runs} runs": "distância {distance}, {runs} execuções",
        "{count} students": "{count} estudantes",
        "{points} pending": "{points} em revisão",
        "not passed": "sem acerto em",
        "everything passed": "tudo correto",
        "tolerance interval": "intervalo de tolerância",
        "fallback": "largura fixa",
        "{all} in all, of it {training} for new trainings": "{all} ao todo, dos quais {training} em treinamentos novos",
        "{each} per student": "{each} por estudante",
        "{time} over {known} of {all} students": "{time} em {known} de {all} estudantes",
        "{known} were known, {new} were not": "{known} eram conhecidos, {new} não",
        "real": "reais",
        "practice": "simulados",
        "Sorted by {column}, {order} first.": "Ordenado por {column}, {order} primeiro.",
        "smallest": "menor",
        "largest": "maior",
        "{some} of {all} shown.": "{some} de {all} na tabela.",
        "full": "tudo",
        "part": "parte",
        "none": "nada",
        "open": "em aberto",
        "pass": "correto",
        "fail": "incorreto",
        "missing": "não entregue",
        "malformed": "formato inválido",
        "review": "em revisão",
        "cancelled": "anulado",
        "internal": "falha nossa",
        "all points": "todos os pontos",
        "no points": "nenhum ponto",
        "pending, or no grade": "em revisão, ou sem nota",
        "look at the key": "olhe o gabarito",
        "negative discrimination": "discriminação negativa",
        "weak discrimination": "discriminação fraca",
        "hard": "difícil",
        "easy": "fácil",
        "the same file": "o mesmo arquivo",
        "the same code in every cell": "o mesmo código em todas as células",
        "much of their uncommon code": "boa parte do código incomum",
        "numbers that not all of them trained": "números que nem todos treinaram",
        "saved numbers, though executing gives different ones": "números salvos, embora a execução dê outros",
        "cancelled: everybody gets the points": "anulado: todos recebem os pontos",
        "cancelled: nobody gets the points": "anulado: ninguém recebe os pontos",
        "cancelled: the other items share the points": "anulado: os demais itens dividem os pontos",
        "own run's numbers used": "números da própria execução",
        "saved value accepted": "valor salvo aceito",
        "saved value to review": "valor salvo a revisar",
        "saved letter differs": "letra salva é outra",
        "network died": "rede morta",
        "numbers without a training": "números sem treinamento",
        "numbers from predictions": "números de previsões",
        "unproven, accepted": "não comprovado, aceito",
        "points by hand": "pontos à mão",
        "cell timed out": "célula passou do tempo",
        "needed cell failed": "célula necessária falhou",
        "run incomplete": "execução incompleta",
        "journal refused in part": "registro recusado em parte",
        "late": "atrasado",
        "earlier one was better": "entrega anterior era melhor",
        "earlier one counts": "vale a anterior",
        "first one counts": "vale a primeira",
        "letter defensible": "letra defensável",
        "letter beside a dead network": "letra ao lado de rede morta",
        "few reference runs": "poucas execuções de referência",
        "layers in own blocks": "camadas em blocos próprios",
        "data unseen": "dados não vistos",
        "no interval": "sem intervalo",
        "unknown": "desconhecido",
        "no reason is kept": "nenhum motivo guardado",
    }
)
