"""The codes of the check `recipe`: every way in which a training can differ from what is asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from autograder.rubric.message import Message

RECIPE_NO_TRAINING: Final = "recipe.no_training"
RECIPE_UNLINKED: Final = "recipe.unlinked"
RECIPE_PARAMETERS: Final = "recipe.parameters"
RECIPE_LAYERS: Final = "recipe.layers"
RECIPE_LOSS: Final = "recipe.loss"
RECIPE_OPTIMIZER: Final = "recipe.optimizer"
RECIPE_OPTIMIZER_SETTING: Final = "recipe.optimizer_setting"
RECIPE_RATES: Final = "recipe.rates"
RECIPE_RATES_LATE: Final = "recipe.rates_late"
RECIPE_EPOCHS: Final = "recipe.epochs"
RECIPE_BATCH_SIZE: Final = "recipe.batch_size"
RECIPE_VALIDATION: Final = "recipe.validation"
RECIPE_SEEDED: Final = "recipe.seeded"
RECIPE_CONTINUED: Final = "recipe.continued"
RECIPE_OPTIONS: Final = "recipe.options"
RECIPE_OWN: Final = "recipe.own"
RECIPE_DATA_UNSEEN: Final = "recipe.data.unseen"
RECIPE_DATA_INPUTS: Final = "recipe.data.inputs"
RECIPE_DATA_TARGETS: Final = "recipe.data.targets"
RECIPE_DATA_VALIDATION: Final = "recipe.data.validation"
RECIPE_DATA_EVALUATED: Final = "recipe.data.evaluated"
RECIPE_INITIAL_VALUES: Final = "recipe.initial_values"
RECIPE_OPAQUE: Final = "recipe.opaque"
RECIPE_UNSEEN: Final = "recipe.unseen"

REASONS: Final = MappingProxyType(
    {
        RECIPE_NO_TRAINING: Message(
            meaning="No training happened that these numbers could come from.",
            portuguese="[{subject}: ]nenhum treinamento executado no notebook pode ter produzido estes números.",
            english="[{subject}: ]no training happened that these numbers could come from.",
        ),
        RECIPE_UNLINKED: Message(
            meaning="The reported numbers are not those of any training that happened.",
            portuguese=("[{subject}: ]os números entregues não são os de nenhum treinamento executado no notebook."),
            english="[{subject}: ]the numbers handed in are not those of any training that happened in the notebook.",
        ),
        RECIPE_PARAMETERS: Message(
            meaning="The number of parameters differs.",
            portuguese=(
                "[{subject}: ]o número de parâmetros da rede não é o pedido[: a rede tem {found}][; o enunciado pede "
                "{expected}]."
            ),
            english=(
                "[{subject}: ]the network's number of parameters is not the one asked for[: it has {found}][; "
                "expected: {expected}]."
            ),
        ),
        RECIPE_LAYERS: Message(
            meaning="The layers differ; found: the surplus ones, expected: the missing ones.",
            portuguese="[{subject}: ]as camadas não são as pedidas[; a mais: {found}][; faltando: {expected}].",
            english="[{subject}: ]the layers are not those asked for[; not asked for: {found}][; missing: {expected}].",
        ),
        RECIPE_LOSS: Message(
            meaning="The loss differs.",
            portuguese=(
                "[{subject}: ]a função de perda não é a pedida[: você usou {found}][; o enunciado pede {expected}]."
            ),
            english="[{subject}: ]the loss is not the one asked for[: you used {found}][; expected: {expected}].",
        ),
        RECIPE_OPTIMIZER: Message(
            meaning="The optimizer differs.",
            portuguese="[{subject}: ]o otimizador não é o pedido[: você usou {found}][; o enunciado pede {expected}].",
            english="[{subject}: ]the optimizer is not the one asked for[: you used {found}][; expected: {expected}].",
        ),
        RECIPE_OPTIMIZER_SETTING: Message(
            meaning="A setting of the optimizer differs; found, expected: `name=value`.",
            portuguese=(
                "[{subject}: ]um parâmetro do otimizador não é o pedido[: você usou {found}][; o enunciado pede "
                "{expected}]."
            ),
            english=(
                "[{subject}: ]a setting of the optimizer is not the one asked for[: you used {found}][; expected: "
                "{expected}]."
            ),
        ),
        RECIPE_RATES: Message(
            meaning="The learning rate differs; found, expected: `epoch: rate` at the first epoch that does.",
            portuguese=(
                "[{subject}: ]a taxa de aprendizado difere; na primeira época em que isso acontece[ (época: taxa), "
                "você tem {found}][, e o pedido é {expected}]."
            ),
            english=(
                "[{subject}: ]the learning rate differs; at the first epoch where it does[ (epoch: rate), you have "
                "{found}][, and {expected} is asked for]."
            ),
        ),
        RECIPE_RATES_LATE: Message(
            meaning=(
                "Each epoch begins with the learning rate that is asked for in the epoch before; found, expected: "
                "`epoch: rate` at the first epoch that differs."
            ),
            portuguese=(
                "[{subject}: ]cada mudança da taxa de aprendizado chega atrasada[: na época {found}][, e o pedido é "
                "{expected}]. `PiecewiseConstantDecay` só muda a taxa no passo seguinte ao limite (o limite deve ser "
                "um passo menor); numa função da época, as épocas são numeradas a partir de 0."
            ),
            english=(
                "[{subject}: ]each change of the learning rate comes too late[: in epoch {found}][, and {expected} is "
                "asked for]. `PiecewiseConstantDecay` changes the rate only in the step after its boundary (the "
                "boundary should be one step less); in a function of the epoch, epochs are numbered from 0."
            ),
        ),
        RECIPE_EPOCHS: Message(
            meaning="The number of epochs differs.",
            portuguese=(
                "[{subject}: ]o número de épocas não é o pedido[: o treinamento teve {found}][; o enunciado pede "
                "{expected}]."
            ),
            english=(
                "[{subject}: ]the number of epochs is not the one asked for[: the training had {found}][; expected: "
                "{expected}]."
            ),
        ),
        RECIPE_BATCH_SIZE: Message(
            meaning="The batch size differs.",
            portuguese=(
                "[{subject}: ]o tamanho do lote não é o pedido[: você usou {found}][; o enunciado pede {expected}]."
            ),
            english="[{subject}: ]the batch size is not the one asked for[: you used {found}][; expected: {expected}].",
        ),
        RECIPE_VALIDATION: Message(
            meaning="Validation data were used although not asked for, or the reverse; found, expected: yes or no.",
            portuguese=(
                "[{subject}: ]o uso de dados de validação não é o pedido[; aqui: {found}][; pedido: {expected}]."
            ),
            english="[{subject}: ]validation data were not used as asked[; here: {found}][; asked for: {expected}].",
        ),
        RECIPE_SEEDED: Message(
            meaning="No seed was set before the training; found, expected: yes or no.",
            portuguese="[{subject}: ]as sementes não foram fixadas antes deste treinamento.",
            english="[{subject}: ]no seed was set before this training.",
        ),
        RECIPE_CONTINUED: Message(
            meaning="The network had been trained before and was not new; found, expected: yes or no.",
            portuguese="[{subject}: ]a rede já tinha sido treinada antes deste treinamento; pede-se uma rede nova.",
            english="[{subject}: ]the network had been trained before this training; a new one was asked for.",
        ),
        RECIPE_OPTIONS: Message(
            meaning="The training used something that was not asked for; found: what.",
            portuguese="[{subject}: ]o treinamento usou algo que não foi pedido[: {found}].",
            english="[{subject}: ]the training used something that was not asked for[: {found}].",
        ),
        RECIPE_OWN: Message(
            meaning="The training used a callback of the notebook's own, whose effect is not observed; found: which.",
            portuguese=(
                "[{subject}: ]um callback próprio participou do treinamento[: {found}]; o corretor não consegue ver"
                " o que ele faz."
            ),
            english=(
                "[{subject}: ]the training used a callback of your own[: {found}]; the grader cannot see what it does."
            ),
        ),
        RECIPE_DATA_UNSEEN: Message(
            meaning="The data came in a form that the journal cannot read, so they were not compared.",
            portuguese=(
                "[{subject}: ]os dados vieram num formato que o corretor não consegue ler (um tf.data ou um "
                "gerador), por isso não puderam ser verificados; como arrays do NumPy, eles podem."
            ),
            english=(
                "[{subject}: ]the data came in a form that the grader cannot read (a tf.data pipeline or a "
                "generator), so they could not be checked; NumPy arrays can be."
            ),
        ),
        RECIPE_DATA_INPUTS: Message(
            meaning="The inputs differ from the exercise's, or were prepared differently; found: a summary.",
            portuguese=(
                "[{subject}: ]os dados de entrada não são os do exercício ou foram preparados de outro modo[; o "
                "treinamento recebeu: {found}][; o esperado: {expected}]."
            ),
            english=(
                "[{subject}: ]the inputs are not those of the exercise, or were prepared differently[; the training "
                "was given: {found}][; expected: {expected}]."
            ),
        ),
        RECIPE_DATA_TARGETS: Message(
            meaning="The targets differ from the exercise's, or were prepared differently; found: a summary.",
            portuguese=(
                "[{subject}: ]os alvos não são os do exercício ou foram preparados de outro modo[; o treinamento "
                "recebeu: {found}][; o esperado: {expected}]."
            ),
            english=(
                "[{subject}: ]the targets are not those of the exercise, or were prepared differently[; the training "
                "was given: {found}][; expected: {expected}]."
            ),
        ),
        RECIPE_DATA_VALIDATION: Message(
            meaning="The validation inputs differ or were prepared differently; found: a summary.",
            portuguese=(
                "[{subject}: ]os dados de validação não são os do exercício ou foram preparados de outro modo[; o "
                "treinamento recebeu: {found}][; o esperado: {expected}]."
            ),
            english=(
                "[{subject}: ]the validation data are not those of the exercise, or were prepared differently[; the "
                "training was given: {found}][; expected: {expected}]."
            ),
        ),
        RECIPE_DATA_EVALUATED: Message(
            meaning="The reported error was measured on other inputs than asked; found: a summary.",
            portuguese=(
                "[{subject}: ]o erro entregue foi medido em outros dados, não nos pedidos[; a avaliação recebeu: "
                "{found}][; o esperado: {expected}]."
            ),
            english=(
                "[{subject}: ]the error handed in was measured on other data than asked[; the evaluation was given:"
                " {found}][; expected: {expected}]."
            ),
        ),
        RECIPE_INITIAL_VALUES: Message(
            meaning="The initial weights are not drawn by Keras's default, or the optimizer is not new; found: which.",
            portuguese=(
                "[{subject}: ]o treinamento não começou com os pesos que o Keras sorteia por padrão e um otimizador"
                " novo[: {found}]."
            ),
            english=(
                "[{subject}: ]the training did not begin with weights that Keras draws by default and a new "
                "optimizer[: {found}]."
            ),
        ),
    }
)
"""Reasons for which an item of this kind fails."""

FLAGS: Final = MappingProxyType(
    {
        RECIPE_OPAQUE: Message(
            meaning="Layers are inside the notebook's own blocks, so their use is not observed; found: which.",
            portuguese=(
                "Há camadas dentro de blocos próprios do notebook[, {found}], cujo uso não é visto: alguém precisa "
                "olhar."
            ),
            english=(
                "Layers are inside the notebook's own blocks[, {found}], so their use is not observed: a person must "
                "look."
            ),
            for_student=False,
        ),
        RECIPE_UNSEEN: Message(
            meaning="The data could not be read: a person must look at how they were made.",
            portuguese=(
                "[{subject}: ]os dados do treinamento não puderam ser lidos: alguém precisa olhar como foram feitos."
            ),
            english="[{subject}: ]the training's data could not be read: a person must look at how they were made.",
            for_student=False,
        ),
    }
)
"""Flags that an item of this kind can raise."""
