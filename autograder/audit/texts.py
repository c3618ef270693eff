"""Every text of the audit, in English and in Portuguese."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.audit.key_examination import Audit
from autograder.grading.key_audit import ENOUGH, KeyAudit, Mark
from autograder.grading.key_remedies import Remedy, Way
from autograder.records import Language


@dataclasses.dataclass(frozen=True, slots=True)
class AuditWording:
    """The texts of one language: a field that one language lacks is an error of the type checker."""

    title: str
    about: str
    data: Mapping[str, str]
    nothing: str
    stale: str
    support: str
    support_explained: str
    verdicts: Mapping[Mark, str]
    counts: str
    shared: str
    dead: str
    key: str
    accepted: str
    option: str
    mean: str
    alone: str
    beside: str
    claims: str
    figures: str
    figures_explained: str
    number: str
    published: str
    runs: str
    of_the_runs: str
    interval: str
    reproduced: str
    yes: str
    no: str
    from_to: str
    fails: str
    weak: str
    no_runs: str
    helps: str
    helps_explained: str
    ways: Mapping[Way, str]
    remedy: str
    right: str
    tied: str
    flagged: str
    wrong: str
    guessed: str
    in_use: str
    kept: str
    kept_explained: str
    item: str
    points: str
    reason: str

    def remedy_name(self, remedy: Remedy) -> str:
        """Name a remedy as `grading.yml` writes it, with what it does."""
        return self.ways[remedy.way].format(letter=remedy.letter)

    def warnings(self, found: Audit) -> tuple[str, ...]:
        """Return what an instructor should know: stale runs, and keys that fail or hold in too few runs."""
        stale = [self.stale.format(stale=found.stale)] if found.stale else []
        return (*stale, *(self._warning(key) for key in found.keys if key.mark != "holds"))

    def contradictions(self, found: Audit) -> tuple[str, ...]:
        """Return the warnings about keys alone that the reference runs contradict."""
        return tuple(self._warning(key) for key in found.keys if key.mark == "fails")

    def _warning(self, key: KeyAudit) -> str:
        if not key.runs:
            return self.no_runs.format(question=key.question)
        right = [option for option in key.options if option.option in key.right]
        others = [option for option in key.options if option.option not in key.right] or right
        best = max(others, key=lambda option: option.support)
        return (self.fails if key.mark == "fails" else self.weak).format(
            question=key.question,
            key="/".join(key.right),
            support=percent(max(option.support for option in right)),
            best=best.option,
            best_support=percent(best.support),
            alone=key.led,
            runs=key.runs,
            share=percent(key.best_share),
            enough=percent(ENOUGH),
        )

    def verdict(self, key: KeyAudit) -> str:
        """Say of one question how its key does."""
        if not key.runs:
            return self.no_runs.format(question=key.question)
        counts = self.counts.format(alone=key.led, runs=key.runs)
        shared = self.shared.format(shared=key.of_key.shared) if key.of_key.shared else ""
        dead = self.dead.format(dead=key.dead) if key.dead else ""
        return f"{self.verdicts[key.mark].format(key='/'.join(key.right))} {counts}{shared}{dead}."


def percent(share: float) -> str:
    """Write a share as per cent, alike in both languages."""
    return f"{share:.0%}"


MARKS: Final[Mapping[Mark, str]] = MappingProxyType({"holds": "✓", "weak": "⚠", "fails": "✗"})

_ENGLISH = AuditWording(
    title="Key audit",
    about="What the reference runs on {data} data say about every option that makes claims about numbers. This page "
    "contains the key: it is not for students.",
    data=MappingProxyType({"real": "real", "practice": "practice"}),
    nothing="Nothing to audit: no option of the rubric makes claims about numbers.",
    stale="{stale}: `autograder calibrate --renew` makes them again",
    support="Support of each option",
    support_explained="An option is split into claims. Its support is the share of them that hold, averaged over the "
    "healthy runs.",
    verdicts=MappingProxyType(
        {
            "holds": "The key {key} is the best-supported option:",
            "weak": "The key {key} is the best-supported option, but in fewer runs than is wanted:",
            "fails": "The key {key} is NOT the best-supported option:",
        }
    ),
    counts="alone in {alone} of {runs} runs",
    shared=", tied with another in {shared}",
    dead="; {dead} runs with dead networks were left out",
    key="key",
    accepted="accepted",
    option="option",
    mean="mean",
    alone="best alone",
    beside="best, tied",
    claims="Each claim, and in how many of {runs} runs it held",
    figures="Published figures beside ours",
    figures_explained="{reproduced} of {all} are reproduced: a number that rounds to the published one lies in the "
    "interval that grading uses or, where grading uses none, among the runs. Ticks are healthy runs, the band is the "
    "interval, the red line is the published figure; every axis is logarithmic and has its own range.",
    number="number",
    published="published",
    runs="runs",
    of_the_runs="range of the runs",
    interval="interval",
    reproduced="reproduced",
    yes="yes",
    no="no",
    from_to="{low} to {high}",
    fails="{question}: the runs support option {best} ({best_support}) rather than the key {key} ({support}): correct "
    "the key, the question or its claims",
    weak="{question}: the key {key} is the best-supported option in {alone} of {runs} runs ({share}; target: at least "
    "{enough}): a student's run may disagree",
    no_runs="{question}: no healthy reference run has the numbers that its options speak of, so nothing supports its "
    "key yet: `autograder calibrate` makes runs",
    helps="What helps",
    helps_explained="Of students who answer a question with a weak key by their own numbers: how many would be judged "
    "right, if each were one of the healthy runs. The key itself is right under every remedy. Tied: the numbers "
    "support the key and another option alike, and only the key earns the points. The last column is the price: how "
    "often a wrong letter would earn the points if it were guessed beside right trainings.",
    ways=MappingProxyType(
        {
            "reject": "defensible: reject (the key alone)",
            "review": "defensible: review (the key alone; a person is told)",
            "accept": "defensible: accept (also what one's own numbers support better)",
            "own_numbers": "defensible: own_numbers (also what they support as well)",
            "accepted": "accepted: [{letter}] (this letter from everybody)",
        }
    ),
    remedy="remedy",
    right="right",
    tied="tied",
    flagged="to a person",
    wrong="wrong",
    guessed="guesses that earn",
    in_use="in use",
    kept="Why items of numbers keep their weight",
    kept_explained="Their intervals accept a known mistake in more than half of the runs with it (`make validity` "
    "counts). The rubric states why they keep their points.",
    item="item",
    points="points",
    reason="reason",
)

_PORTUGUESE = AuditWording(
    title="Auditoria do gabarito",
    about="O que as execuções de referência com dados {data} dizem de cada alternativa que afirma algo sobre números. "
    "Esta página contém o gabarito: não é para estudantes.",
    data=MappingProxyType({"real": "reais", "practice": "simulados"}),
    nothing="Nada a auditar: nenhuma alternativa da rubrica afirma algo sobre números.",
    stale="Há execuções de referência desatualizadas: `autograder audit` diz quais e por quê, e "
    "`autograder calibrate --renew` as refaz.",
    support="Apoio a cada alternativa",
    support_explained="Cada alternativa é dividida em afirmações. O apoio é a proporção das que se confirmam, em "
    "média, nas execuções válidas.",
    verdicts=MappingProxyType(
        {
            "holds": "O gabarito {key} é a alternativa com mais apoio:",
            "weak": "O gabarito {key} é a alternativa com mais apoio, mas em menos execuções do que o desejado:",
            "fails": "O gabarito {key} NÃO é a alternativa com mais apoio:",
        }
    ),
    counts="sozinho em {alone} de {runs} execuções",
    shared=", empatado com outra em {shared}",
    dead="; {dead} execuções com redes mortas ficaram de fora",
    key="gabarito",
    accepted="aceita",
    option="alternativa",
    mean="média",
    alone="melhor, sozinha",
    beside="melhor, empatada",
    claims="Cada afirmação, e em quantas de {runs} execuções ela se confirmou",
    figures="Números publicados e os nossos",
    figures_explained="{reproduced} de {all} foram reproduzidos: um número que se arredonda para o publicado está no "
    "intervalo usado na correção ou, onde não há intervalo, entre as execuções. Os traços são execuções válidas, a "
    "faixa é o intervalo e a linha vermelha é o número publicado; cada eixo é logarítmico e tem a sua própria escala.",
    number="número",
    published="publicado",
    runs="execuções",
    of_the_runs="nas execuções",
    interval="intervalo",
    reproduced="reproduzido",
    yes="sim",
    no="não",
    from_to="{low} a {high}",
    fails="{question}: as execuções apoiam a alternativa {best} ({best_support}), e não o gabarito {key} ({support}): "
    "corrija o gabarito, a questão ou as afirmações",
    weak="{question}: o gabarito {key} é a alternativa com mais apoio em {alone} de {runs} execuções ({share}; meta: "
    "pelo menos {enough}): a execução de um estudante pode discordar",
    no_runs="{question}: nenhuma execução de referência válida tem os números de que as alternativas falam, por isso "
    "nada apoia o gabarito ainda: `autograder calibrate` faz as execuções",
    helps="O que ajuda",
    helps_explained="De estudantes que respondem a uma questão de gabarito frágil pelos próprios números: quantos "
    "acertariam, se cada um fosse uma das execuções válidas. O gabarito está certo com qualquer remédio. Empate: os "
    "números apoiam igualmente o gabarito e outra alternativa, e só o gabarito ganha os pontos. A última coluna é o "
    "preço: com que frequência uma alternativa errada ganharia os pontos se fosse chutada ao lado de treinamentos "
    "corretos.",
    ways=MappingProxyType(
        {
            "reject": "defensible: reject (só o gabarito)",
            "review": "defensible: review (só o gabarito; uma pessoa é avisada)",
            "accept": "defensible: accept (também a que os próprios números apoiam mais)",
            "own_numbers": "defensible: own_numbers (também a que eles apoiam igualmente)",
            "accepted": "accepted: [{letter}] (esta alternativa, para todos)",
        }
    ),
    remedy="remédio",
    right="certos",
    tied="empates",
    flagged="para uma pessoa",
    wrong="errados",
    guessed="chutes que pontuam",
    in_use="em uso",
    kept="Por que itens de números mantêm o seu peso",
    kept_explained="Os intervalos deles aceitam um erro conhecido em mais da metade das execuções com esse erro "
    "(`make validity` conta). A rubrica diz por que eles mantêm os pontos.",
    item="item",
    points="pontos",
    reason="motivo",
)

WORDINGS: Final[Mapping[Language, AuditWording]] = MappingProxyType({"en": _ENGLISH, "pt-BR": _PORTUGUESE})
