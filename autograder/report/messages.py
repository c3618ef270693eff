"""What each reason code says, in Portuguese and in English: the catalogue of sentences, with blanks.

A text in square brackets is left out where a blank inside it is empty, so that one sentence serves a student who may
see what was expected and one who may not: `The letter[ {found}] is wrong.[ The right one is {expected}.]`
"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import Final

from autograder.records import Language


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """One code's sentence in each language. `for_student` is False where only the instructor is to read it."""

    portuguese: str
    english: str
    for_student: bool = True

    def template(self, language: Language) -> str:
        """Return the sentence with its blanks."""
        return self.portuguese if language == "pt-BR" else self.english


MESSAGES: Final = MappingProxyType(
    {
        "value.missing": Message(
            "Nenhuma célula deixou um valor em {subject}.",
            "No cell left a value in {subject}.",
        ),
        "value.malformed": Message(
            "{subject} não tem a forma pedida[: {found}].",
            "{subject} does not have the form that was asked for[: {found}].",
        ),
        "choice.wrong": Message(
            "A alternativa[ {found}] não é a correta.[ A correta é {expected}.]",
            "The option[ {found}] is not the right one.[ The right one is {expected}.]",
        ),
        "close.outside": Message(
            "{subject} difere do valor esperado mais do que um arredondamento explica[: você obteve {found}]"
            "[, e o esperado é {expected}].",
            "{subject} differs from the expected number by more than rounding explains[: you have {found}]"
            "[, and {expected} is expected].",
        ),
        "close.shape": Message(
            "A quantidade de números em {subject} não é a pedida[: há {found}][, e são pedidos {expected}].",
            "{subject} does not hold as many numbers as were asked for[: there are {found}]"
            "[, and {expected} were asked for].",
        ),
        "equal.wrong": Message(
            "O valor de {subject} não é o esperado[: você obteve {found}][, e o esperado é {expected}].",
            "{subject} is not the expected value[: you have {found}][, and {expected} is expected].",
        ),
        "own_order.wrong": Message(
            "{subject} não segue a ordem dos seus próprios números[: você respondeu {found}]"
            "[, e os seus números dão {expected}].",
            "{subject} does not follow the order of your own numbers[: you answered {found}]"
            "[, and your numbers give {expected}].",
        ),
        "own_extremes.wrong": Message(
            "{subject} não condiz com os seus próprios números[: você respondeu {found}]"
            "[, e os seus números dão {expected}].",
            "{subject} does not agree with your own numbers[: you answered {found}]"
            "[, and your numbers give {expected}].",
        ),
        "interval.outside": Message(
            "{subject} está fora da faixa que este treinamento costuma dar[: você obteve {found}]"
            "[, e a faixa vai de {expected}].",
            "{subject} lies outside the range that this training gives[: you have {found}]"
            "[, and the range is {expected}].",
        ),
        "figure.none": Message(
            "O notebook não desenhou nenhuma figura com linhas.",
            "The notebook drew no figure with lines.",
        ),
        "figure.curve": Message(
            "Nenhuma figura mostra {subject} ponto a ponto.",
            "No figure shows {subject} point by point.",
        ),
        "figure.apart": Message(
            "As curvas foram desenhadas, mas não todas na mesma figura.",
            "The curves were drawn, but not all of them in one figure.",
        ),
        "recipe.no_training": Message(
            "[{subject}: ]nenhum treinamento aconteceu do qual estes números possam ter vindo.",
            "[{subject}: ]no training happened that these numbers could come from.",
        ),
        "recipe.unlinked": Message(
            "[{subject}: ]os números entregues não são os de nenhum treinamento que aconteceu no notebook.",
            "[{subject}: ]the numbers handed in are not those of any training that happened in the notebook.",
        ),
        "recipe.parameters": Message(
            "[{subject}: ]a rede tem outra quantidade de parâmetros[: {found}][, e são pedidos {expected}].",
            "[{subject}: ]the network has another number of parameters[: {found}][, and {expected} are asked for].",
        ),
        "recipe.layers": Message(
            "[{subject}: ]as camadas não são as pedidas[; a mais: {found}][; em falta: {expected}].",
            "[{subject}: ]the layers are not those asked for[; too many: {found}][; lacking: {expected}].",
        ),
        "recipe.loss": Message(
            "[{subject}: ]a função de perda é outra[: {found}][, e a pedida é {expected}].",
            "[{subject}: ]another loss was minimised[: {found}][, and {expected} is asked for].",
        ),
        "recipe.optimizer": Message(
            "[{subject}: ]o otimizador é outro[: {found}][, e o pedido é {expected}].",
            "[{subject}: ]another optimizer was used[: {found}][, and {expected} is asked for].",
        ),
        "recipe.optimizer_setting": Message(
            "[{subject}: ]um ajuste do otimizador difere[: {found}][, e o pedido é {expected}].",
            "[{subject}: ]a setting of the optimizer differs[: {found}][, and {expected} is asked for].",
        ),
        "recipe.rates": Message(
            "[{subject}: ]a taxa de aprendizado difere; na primeira época em que isso acontece"
            "[ (época: taxa), você tem {found}][, e o pedido é {expected}].",
            "[{subject}: ]the learning rate differs; at the first epoch where it does"
            "[ (epoch: rate), you have {found}][, and {expected} is asked for].",
        ),
        "recipe.epochs": Message(
            "[{subject}: ]o treinamento teve outra quantidade de épocas[: {found}][, e são pedidas {expected}].",
            "[{subject}: ]the training had another number of epochs[: {found}][, and {expected} are asked for].",
        ),
        "recipe.batch_size": Message(
            "[{subject}: ]o tamanho do lote é outro[: {found}][, e o pedido é {expected}].",
            "[{subject}: ]another batch size was used[: {found}][, and {expected} is asked for].",
        ),
        "recipe.validation": Message(
            "[{subject}: ]o uso de dados de validação não é o pedido[; aqui: {found}][; pedido: {expected}].",
            "[{subject}: ]validation data were not used as asked[; here: {found}][; asked for: {expected}].",
        ),
        "recipe.seeded": Message(
            "[{subject}: ]as sementes não foram fixadas antes deste treinamento.",
            "[{subject}: ]no seed was set before this training.",
        ),
        "recipe.continued": Message(
            "[{subject}: ]a rede já tinha sido treinada antes deste treinamento; pede-se uma rede nova.",
            "[{subject}: ]the network had been trained before this training; a new one was asked for.",
        ),
        "recipe.options": Message(
            "[{subject}: ]o treinamento usou algo que não foi pedido[: {found}].",
            "[{subject}: ]the training used something that was not asked for[: {found}].",
        ),
        "recipe.own": Message(
            "[{subject}: ]um callback próprio participou do treinamento[: {found}]; o corretor não consegue ver o que "
            "ele faz.",
            "[{subject}: ]a callback of your own took part in the training[: {found}]; the grader cannot see what it "
            "does.",
        ),
        "recipe.data.unseen": Message(
            "[{subject}: ]os dados entraram numa forma que o corretor não consegue ler (um tf.data ou um gerador), por "
            "isso não puderam ser conferidos; com vetores de numpy eles podem.",
            "[{subject}: ]the data came in a form that the grader cannot read (a tf.data pipeline or a generator), so "
            "they could not be checked; as numpy arrays they can.",
        ),
        "recipe.data.inputs": Message(
            "[{subject}: ]os dados de entrada não são os do exercício ou foram preparados de outro modo"
            "[; o treinamento recebeu: {found}][; o esperado: {expected}].",
            "[{subject}: ]the inputs are not those of the exercise, or were prepared otherwise"
            "[; the training was given: {found}][; expected: {expected}].",
        ),
        "recipe.data.targets": Message(
            "[{subject}: ]os alvos não são os do exercício ou foram preparados de outro modo"
            "[; o treinamento recebeu: {found}][; o esperado: {expected}].",
            "[{subject}: ]the targets are not those of the exercise, or were prepared otherwise"
            "[; the training was given: {found}][; expected: {expected}].",
        ),
        "recipe.data.validation": Message(
            "[{subject}: ]os dados de validação não são os do exercício ou foram preparados de outro modo"
            "[; o treinamento recebeu: {found}][; o esperado: {expected}].",
            "[{subject}: ]the validation data are not those of the exercise, or were prepared otherwise"
            "[; the training was given: {found}][; expected: {expected}].",
        ),
        "recipe.data.evaluated": Message(
            "[{subject}: ]o erro entregue foi medido em outros dados, não nos pedidos"
            "[; a avaliação recebeu: {found}][; o esperado: {expected}].",
            "[{subject}: ]the error handed in was measured on other data than asked"
            "[; the evaluation was given: {found}][; expected: {expected}].",
        ),
        "recipe.initial_values": Message(
            "[{subject}: ]o treinamento não começou com os pesos que o Keras sorteia por padrão e um otimizador novo"
            "[: {found}].",
            "[{subject}: ]the training did not begin with weights that Keras draws by default and a new optimizer"
            "[: {found}].",
        ),
        "training.unattested": Message(
            "[{subject}: ]este treinamento rodou dentro do notebook de um modo que o corretor não consegue repetir "
            "(por exemplo, com uma classe própria), por isso os números dele não puderam ser confirmados.",
            "[{subject}: ]this training ran inside the notebook in a way that the grader cannot repeat (with a class "
            "of your own, for example), so its numbers could not be confirmed.",
        ),
        "training.unseen": Message(
            "[{subject}: ]não foi possível ver de qual treinamento vêm estes números: o notebook treinou, ou calculou "
            "com a rede treinada, de um modo que o corretor não acompanha (por exemplo, com um laço de treinamento "
            "próprio).",
            "[{subject}: ]it could not be seen which training these numbers come from: the notebook trained, or "
            "computed with the trained network, in a way that the grader does not follow (in a training loop of your "
            "own, for example).",
        ),
        "training.foreign": Message(
            "[{subject}: ]estes números vêm de um treinamento com rede, dados ou pesos iniciais muito diferentes dos "
            "pedidos.",
            "[{subject}: ]these numbers come from a training with a network, data or first weights very different from "
            "those asked for.",
        ),
        "numbers.unlinked": Message(
            "Nenhum treinamento executado no notebook produziu {subject}.",
            "No training that was run in the notebook gave {subject}.",
        ),
        "numbers.required": Message(
            "Este item só vale ao lado de números obtidos no seu notebook, e falta {subject}.",
            "This item counts only beside numbers that your notebook obtained, and {subject} is lacking.",
        ),
        "review.pending": Message(
            "Uma pessoa vai avaliar este item; até lá, os pontos dele ficam em aberto.",
            "A person will look at this item; until then its points are open.",
        ),
        "internal.run": Message(
            "A execução falhou por um problema nosso[: {found}].",
            "The execution failed by a fault of ours[: {found}].",
            for_student=False,
        ),
        "internal.baseline": Message(
            "Falta na linha de base aquilo com que este item é comparado[: {found}].",
            "The baseline lacks what this item is held against[: {found}].",
            for_student=False,
        ),
        "internal.error": Message(
            "A própria verificação falhou[: {found}].",
            "The check itself failed[: {found}].",
            for_student=False,
        ),
        "claimed.used": Message(
            "A resposta condiz com os números da execução que você salvou, não com os da nossa; vale assim mesmo.",
            "The answer agrees with the numbers of the run that you saved, not with those of ours; it counts anyway.",
        ),
        "claimed.accepted": Message(
            "A nossa execução não chegou a um valor aqui; contou o que estava salvo no seu notebook.",
            "Our run reached no value here; what your notebook had saved was counted.",
        ),
        # What that value would earn stays out: it would tell a student which saved answers are right.
        "claimed.review": Message(
            "A nossa execução não chegou a um valor aqui, mas o seu notebook traz um salvo; uma pessoa vai avaliá-lo.",
            "Our run reached no value here, but your notebook has one saved; a person will look at it.",
        ),
        "claimed.differs": Message(
            "A alternativa da nossa execução está errada, mas a que o notebook traz salva está certa[: {found}].",
            "The letter of our run is wrong, but the one saved in the notebook is right[: {found}].",
            for_student=False,
        ),
        "choice.defensible": Message(
            "Os números do próprio estudante sustentam a alternativa[ {found}] melhor do que a da chave[, {expected}].",
            "The student's own numbers bear out the option[ {found}] better than the key's[, {expected}].",
            for_student=False,
        ),
        "interval.few_runs": Message(
            "A faixa de {subject} usa um fator fixo: há poucas execuções de referência[: {found} de {expected}].",
            "The range for {subject} is a fixed factor: there are too few reference runs[: {found} of {expected}].",
            for_student=False,
        ),
        "network.dead": Message(
            "A receita foi seguida, mas com esta semente a rede morre logo no início e não aprende nada: a saída fica "
            "em zero. Não é erro seu, e os números dela não tiram pontos. Com quase toda outra semente ela aprende.",
            "The recipe was followed, but under this seed the network dies early and learns nothing: its output stays "
            "at zero. That is no mistake of yours, and its numbers cost no points. Under most other seeds it learns.",
        ),
        "numbers.untrained": Message(
            "Foram entregues números que nenhum treinamento deste notebook produziu[: {subject}][, {found}].",
            "Numbers were handed in that no training of this notebook gave[: {subject}][, {found}].",
            for_student=False,
        ),
        "numbers.predicted": Message(
            "Os números foram calculados a partir de previsões[, {subject}]; que venham delas não foi conferido.",
            "The numbers were computed from predictions[, {subject}]; that they come of these was not checked.",
            for_student=False,
        ),
        "unproven.accepted": Message(
            "A política aceita o que não foi confirmado[ em {subject}][ ({found})].",
            "The policy accepts what is not proven[ of {subject}][ ({found})].",
            for_student=False,
        ),
        "points.overridden": Message(
            "Pontos dados por {subject}[: {found}].",
            "Points given by {subject}[: {found}].",
        ),
        "choice.dead": Message(
            "Redes desta questão morreram com a semente do estudante: os números delas nada dizem da alternativa.",
            "Networks of this question died under the student's seed: their numbers show nothing about the option.",
            for_student=False,
        ),
        "recipe.opaque": Message(
            "Há camadas dentro de blocos próprios do notebook[, {found}], cujo uso não é visto: alguém precisa olhar.",
            "Layers lie in blocks of the notebook's own[, {found}], whose use is not seen: a person must look.",
            for_student=False,
        ),
        "recipe.unseen": Message(
            "[{subject}: ]os dados do treinamento não puderam ser lidos: alguém precisa olhar como foram feitos.",
            "[{subject}: ]the training's data could not be read: a person must look at how they were made.",
            for_student=False,
        ),
        "cell.timeout": Message(
            "Uma célula passou do tempo permitido e foi interrompida[: a de número {subject}].",
            "A cell took longer than one may and was interrupted[: number {subject}].",
            for_student=False,
        ),
        "run.incomplete": Message(
            "A execução não chegou ao fim[: {subject}][, {found}].",
            "The execution did not complete[: {subject}][, {found}].",
            for_student=False,
        ),
        "journal.refused": Message(
            "Parte do que o processo do notebook relatou foi recusada[: {found}].",
            "Some of what the notebook's process said was refused[: {found}].",
            for_student=False,
        ),
        "hand_in.late": Message(
            "Entregue com atraso[: vale {found} % dos pontos].",
            "Handed in late[: it is worth {found} % of its points].",
        ),
        "hand_in.worse": Message(
            "Um notebook entregue antes valia mais[: {found} pontos].",
            "A notebook that was handed in before was worth more[: {found} points].",
            for_student=False,
        ),
        "hand_in.kept": Message(
            "Vale o melhor dos notebooks entregues; o último tinha[ {found}] pontos.",
            "The best of the notebooks handed in counts; the last one had[ {found}] points.",
        ),
    }
)
"""Every code with its sentences."""
