"""The codes that belong to no single kind of check: missing values, unproven trainings, policies, runs, submissions.

A `Reason` has three fields. `subject` is a path of the evidence, except that `recipe.*` and `training.*` codes may name
the variant instead (`256`; empty for a recipe without variants). `found` and `expected` are numbers, names, `yes`/`no`
or details with a code of their own, never sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.rubric.item import Cancellation
from autograder.rubric.message import Message

VALUE_MISSING: Final = "value.missing"
VALUE_MALFORMED: Final = "value.malformed"
VALUE_DOUBTFUL: Final = "value.doubtful"
TRAINING_UNATTESTED: Final = "training.unattested"
TRAINING_UNSEEN: Final = "training.unseen"
TRAINING_FOREIGN: Final = "training.foreign"
NUMBERS_UNLINKED: Final = "numbers.unlinked"
NUMBERS_REQUIRED: Final = "numbers.required"
REVIEW_PENDING: Final = "review.pending"
CANCELLED_FULL_POINTS: Final = "cancelled.full_points"
CANCELLED_NO_POINTS: Final = "cancelled.no_points"
CANCELLED_EXCLUDED: Final = "cancelled.excluded"
INTERNAL_RUN: Final = "internal.run"
INTERNAL_BASELINE: Final = "internal.baseline"
INTERNAL_ERROR: Final = "internal.error"
CLAIMED_USED: Final = "claimed.used"
CLAIMED_ACCEPTED: Final = "claimed.accepted"
CLAIMED_REVIEW: Final = "claimed.review"
CLAIMED_DIFFERS: Final = "claimed.differs"
NETWORK_DEAD: Final = "network.dead"
NUMBERS_UNTRAINED: Final = "numbers.untrained"
NUMBERS_PREDICTED: Final = "numbers.predicted"
UNPROVEN_ACCEPTED: Final = "unproven.accepted"
POINTS_OVERRIDDEN: Final = "points.overridden"
CELL_TIMEOUT: Final = "cell.timeout"
CELL_FAILED: Final = "cell.failed"
RUN_INCOMPLETE: Final = "run.incomplete"
JOURNAL_REFUSED: Final = "journal.refused"
HAND_IN_LATE: Final = "hand_in.late"
HAND_IN_WORSE: Final = "hand_in.worse"
HAND_IN_KEPT: Final = "hand_in.kept"
HAND_IN_FIRST: Final = "hand_in.first"

CANCELLED: Final[Mapping[Cancellation, str]] = MappingProxyType(
    {
        "full_points": CANCELLED_FULL_POINTS,
        "no_points": CANCELLED_NO_POINTS,
        "excluded": CANCELLED_EXCLUDED,
    }
)
"""The code of each way in which an item is cancelled."""

REASONS: Final = MappingProxyType(
    {
        VALUE_MISSING: Message(
            meaning="The variable was never assigned.",
            portuguese="Nenhuma célula atribuiu um valor a {subject}.",
            english="No cell assigned a value to {subject}.",
        ),
        VALUE_MALFORMED: Message(
            meaning="The value does not have the requested form; found: what is wrong with it.",
            portuguese="{subject} não está no formato pedido[: {found}].",
            english="{subject} does not have the requested form[: {found}].",
        ),
        VALUE_DOUBTFUL: Message(
            meaning="The value may be meant as an answer, but it can be read in more than one way; found: what it is.",
            portuguese="{subject} não está claro[: {found}].",
            english="{subject} is not clear[: {found}].",
        ),
        TRAINING_UNATTESTED: Message(
            meaning="Only the notebook's own process vouches for this training.",
            portuguese=(
                "[{subject}: ]este treinamento rodou dentro do notebook de um modo que o corretor não consegue "
                "repetir (por exemplo, com uma classe própria), por isso os números dele não puderam ser "
                "confirmados."
            ),
            english=(
                "[{subject}: ]this training ran inside the notebook in a way that the grader cannot repeat (with a "
                "class of your own, for example), so its numbers could not be confirmed."
            ),
        ),
        TRAINING_UNSEEN: Message(
            meaning="No observed training gave these numbers, but an unobserved one may have.",
            portuguese=(
                "[{subject}: ]não foi possível ver de qual treinamento vêm estes números: o notebook treinou, ou "
                "calculou com a rede treinada, de um modo que o corretor não acompanha (por exemplo, com um laço de"
                " treinamento próprio)."
            ),
            english=(
                "[{subject}: ]it could not be seen which training these numbers come from: the notebook trained, or"
                " computed with the trained network, in a way that the grader does not follow (in a training loop "
                "of your own, for example)."
            ),
        ),
        TRAINING_FOREIGN: Message(
            meaning="These numbers come from a training that has hardly anything in common with the exercise.",
            portuguese=(
                "[{subject}: ]estes números vêm de um treinamento com rede, dados ou pesos iniciais muito "
                "diferentes dos pedidos."
            ),
            english=(
                "[{subject}: ]these numbers come from a training with a network, data or first weights very "
                "different from those of the exercise."
            ),
        ),
        NUMBERS_UNLINKED: Message(
            meaning="No training that happened in the notebook gave this number.",
            portuguese="Nenhum treinamento executado no notebook produziu {subject}.",
            english="No training that was run in the notebook gave {subject}.",
        ),
        NUMBERS_REQUIRED: Message(
            meaning="The item counts only together with the student's own numbers, and these are missing.",
            portuguese="Este item só vale junto com números obtidos no seu notebook, e falta {subject}.",
            english="This item counts only together with numbers from your notebook, and {subject} is missing.",
        ),
        REVIEW_PENDING: Message(
            meaning="A person decides about these points.",
            portuguese="Uma pessoa vai avaliar este item; até lá, os pontos dele ficam em aberto.",
            english="A person will look at this item; until then its points are open.",
        ),
        CANCELLED_FULL_POINTS: Message(
            meaning="The rubric cancelled the item, and everybody gets its points.",
            portuguese="Este item foi anulado: todos recebem os pontos dele.",
            english="This item was cancelled: everybody gets its points.",
        ),
        CANCELLED_NO_POINTS: Message(
            meaning="The rubric cancelled the item, and nobody gets its points.",
            portuguese="Este item foi anulado: ninguém recebe os pontos dele.",
            english="This item was cancelled: nobody gets its points.",
        ),
        CANCELLED_EXCLUDED: Message(
            meaning="The rubric cancelled the item, and the remaining items share its points.",
            portuguese="Este item foi anulado e não conta: os pontos dele foram distribuídos entre os demais.",
            english="This item was cancelled and does not count: the other items share its points.",
        ),
        INTERNAL_RUN: Message(
            meaning="The execution failed because of the grader.",
            portuguese="A execução falhou por um problema nosso[: {found}].",
            english="The execution failed because of a problem on our side[: {found}].",
            for_student=False,
        ),
        INTERNAL_BASELINE: Message(
            meaning="The baseline lacks the numbers that this item is compared with.",
            portuguese="Faltam na linha de base os números com que este item é comparado[: {found}].",
            english="The baseline lacks the numbers that this item is compared with[: {found}].",
            for_student=False,
        ),
        INTERNAL_ERROR: Message(
            meaning="The check itself failed.",
            portuguese="A própria verificação falhou[: {found}].",
            english="The check itself failed[: {found}].",
            for_student=False,
        ),
    }
)
"""Codes of `Finding.reasons` that belong to no single kind of check."""

FLAGS: Final = MappingProxyType(
    {
        CLAIMED_USED: Message(
            meaning="The answer agrees with the numbers of the student's own run, not with ours.",
            portuguese=(
                "A resposta é compatível com os números da execução que você salvou, e não com os da nossa; ela vale "
                "assim mesmo."
            ),
            english=(
                "The answer agrees with the numbers of the run that you saved, not with those of ours; it counts "
                "anyway."
            ),
        ),
        CLAIMED_ACCEPTED: Message(
            meaning="Our run gave no value; the one saved by the student's own run was judged instead.",
            portuguese="A nossa execução não chegou a um valor aqui; contou o que estava salvo no seu notebook.",
            english="Our run reached no value here; what your notebook had saved was counted.",
        ),
        # The message omits what that value would earn: it would reveal which saved answers are right.
        CLAIMED_REVIEW: Message(
            meaning="Our run gave no value; found: the verdict (PASS, FAIL) that the student's saved one would get.",
            portuguese=(
                "A nossa execução não chegou a um valor aqui, mas o seu notebook traz um salvo; uma pessoa vai "
                "avaliá-lo."
            ),
            english="Our run reached no value here, but your notebook has one saved; a person will look at it.",
        ),
        CLAIMED_DIFFERS: Message(
            meaning="The letter is wrong here but was right in the student's own run; found: that run's letter.",
            portuguese=(
                "A alternativa da nossa execução está errada, mas a que o notebook traz salva está certa[: {found}]."
            ),
            english="The letter of our run is wrong, but the one saved in the notebook is right[: {found}].",
            for_student=False,
        ),
        NETWORK_DEAD: Message(
            meaning="The recipe was followed, but the network died: with this seed it learns nothing.",
            portuguese=(
                "A receita foi seguida, mas com esta semente a rede morre logo no início e não aprende nada: a "
                "saída fica em zero. Não é erro seu, e os números dela não tiram pontos. Com quase toda outra "
                "semente ela aprende."
            ),
            english=(
                "The recipe was followed, but with this seed the network dies early and learns nothing: its output"
                " stays at zero. That is not your mistake, and its numbers cost no points. With most other "
                "seeds it learns."
            ),
        ),
        NUMBERS_UNTRAINED: Message(
            meaning="Some of the reported numbers come from no training of this notebook.",
            portuguese=(
                "Foram entregues números que nenhum treinamento deste notebook produziu[: {subject}][, {found}]."
            ),
            english="Numbers were handed in that no training of this notebook gave[: {subject}][, {found}].",
            for_student=False,
        ),
        NUMBERS_PREDICTED: Message(
            meaning="The numbers were computed from predictions; the computation was not checked.",
            portuguese=(
                "Os números foram calculados a partir de previsões[, {subject}]; o cálculo não foi verificado."
            ),
            english=("The numbers were computed from predictions[, {subject}]; the computation was not checked."),
            for_student=False,
        ),
        UNPROVEN_ACCEPTED: Message(
            meaning="The policy accepts something unproven; found: its code.",
            portuguese="A política aceita o que não foi confirmado[ em {subject}][ ({found})].",
            english="The policy accepts unproven numbers[ in {subject}][ ({found})].",
            for_student=False,
        ),
        POINTS_OVERRIDDEN: Message(
            meaning="A person gave these points; subject: who, found: why, expected: what the grader had given.",
            portuguese="Pontuação atribuída por {subject}[: {found}][; o corretor tinha atribuído {expected}].",
            english="Points given by {subject}[: {found}][; the grader had given {expected}].",
        ),
        CELL_TIMEOUT: Message(
            meaning="A cell exceeded the time limit and was interrupted; subject: its number, counted from 1.",
            portuguese="Uma célula passou do tempo permitido e foi interrompida[: a de número {subject}].",
            english="A cell exceeded the time limit and was interrupted[: number {subject}].",
            for_student=False,
        ),
        CELL_FAILED: Message(
            meaning=(
                "A cell failed on which answers or other cells depend; subject: its number, counted from 1, found: its "
                "error, expected: what depends on it."
            ),
            portuguese="Uma célula necessária terminou com erro[: a de número {subject}][, {found}][; {expected}].",
            english="A cell that is needed failed[: number {subject}][, {found}][; {expected}].",
            for_student=False,
        ),
        RUN_INCOMPLETE: Message(
            meaning="The execution did not complete; subject: how it ended, found: why.",
            portuguese="A execução não chegou ao fim[: {subject}][, {found}].",
            english="The execution did not complete[: {subject}][, {found}].",
            for_student=False,
        ),
        JOURNAL_REFUSED: Message(
            meaning="Part of what the notebook's process reported was rejected; found: what and why.",
            portuguese="Parte do que o processo do notebook relatou foi rejeitada[: {found}].",
            english="Part of what the notebook's process reported was rejected[: {found}].",
            for_student=False,
        ),
        HAND_IN_LATE: Message(
            meaning="It was handed in late; found: the percentage of its points that is left.",
            portuguese="Entregue com atraso[: vale {found}% dos pontos].",
            english="Handed in late[: it is worth {found}% of its points].",
        ),
        HAND_IN_WORSE: Message(
            meaning="An earlier notebook of the same student was worth more; found: how many points.",
            portuguese="Um notebook entregue antes valia mais[: {found} pontos].",
            english="An earlier notebook was worth more[: {found} points].",
            for_student=False,
        ),
        HAND_IN_KEPT: Message(
            meaning=(
                "This earlier notebook counts because it is worth more than the last one; found: the last one's points."
            ),
            portuguese="Vale o melhor dos notebooks entregues; o último tinha[ {found}] pontos.",
            english="The best of the notebooks handed in counts; the last one had[ {found}] points.",
        ),
        HAND_IN_FIRST: Message(
            meaning="This is the first notebook, which counts by the policy; later ones were handed in.",
            portuguese="Vale o primeiro notebook entregue; os entregues depois não contam.",
            english="The first notebook that was handed in counts; later ones do not.",
        ),
    }
)
"""Codes of `Finding.flags` and `Grade.flags` that belong to no single kind of check."""
