"""A realistic grade, and the titles of its questions, for all tests of the report."""

from pathlib import Path

import pytest
import yaml

from autograder.records import CellOutcome, Detail, Evidence, Finding, Grade, Reason, RunVerdict, Values, Verdict

NOTHING = Values({}, {})
POSSIBLE = {
    "q01": {
        "probabilities": 0.2,
        "losses_per_example": 0.2,
        "losses": 0.2,
        "order": 0.1,
        "own_order": 0.1,
        "answer": 0.2,
    },
    "q02": {"answer": 1.0},
    "q07": {"recipe_a": 0.2, "recipe_b": 0.2, "errors_a": 0.15, "errors_b": 0.15, "answer": 0.3},
    "q08": {"epochs": 0.1, "recipe": 0.2, "errors": 0.2, "best": 0.1, "worst": 0.1, "answer": 0.3},
}

RATES = Reason(
    "recipe.rates",
    "",
    Detail.of("recipe.rate", epoch=11, rate=0.02),
    Detail.of("recipe.rate", epoch=11, rate=0.0190246),
    public=True,
)
UNSEEDED = Reason("recipe.seeded", "256", Detail("word.no"), Detail("word.yes"), public=True)
INPUTS = Reason(
    "recipe.data.inputs",
    "256",
    Detail.of("recipe.data", shape="404x13", mean=69.79, std=144.39, minimum=0.0, maximum=711.0),
    Detail.of("recipe.data", shape="404x13", mean=0.0, std=1.0, minimum=-3.907, maximum=9.238),
    public=True,
)
OUT_OF_TIME = Detail.of("time.cell", cell=30, seconds=1200.0)
TWICE = Detail.of("value.word_twice", word="hinge")
ALLOWED = Detail.of("interval.range", lower=2.1, upper=5.4)
NO_NUMBER = Detail.of("value.instead", found=Detail("found.list"), due=Detail("due.number"))
REVIEW = Reason("claimed.review", found="PASS")
DEAD = tuple(Reason("network.dead", f"q07_history.B.{name}[-1]") for name in ("loss", "mae", "val_loss", "val_mae"))

OUTCOMES = {
    "q01.losses": (Verdict.FAIL, (Reason("close.outside", "q01_losses.hinge", 0.3402, 0.6805),), ()),
    "q01.order": (
        Verdict.FAIL,
        (
            Reason("equal.wrong", "q01_order[1]", "hinge", "zero_one"),
            Reason("equal.wrong", "q01_order[3]", "zero_one", "hinge"),
        ),
        (),
    ),
    "q01.own_order": (Verdict.MALFORMED, (Reason("value.malformed", "q01_order", TWICE),), ()),
    "q02.answer": (Verdict.FAIL, (Reason("choice.wrong", "q02_answer", "b", "c"),), ()),
    "q07.recipe_b": (Verdict.FAIL, (RATES,), (Reason("numbers.untrained", "q07_history.B"),)),
    "q07.errors_a": (Verdict.FAIL, (Reason("interval.outside", "q07_history.A.mae[-1]", 9.31, ALLOWED),), ()),
    "q07.errors_b": (Verdict.PASS, (), DEAD),
    "q08.epochs": (
        Verdict.MALFORMED,
        (Reason("value.malformed", "q08_epochs.256", NO_NUMBER),),
        (),
    ),
    "q08.recipe": (
        Verdict.FAIL,
        (INPUTS, UNSEEDED),
        (),
    ),
    "q08.errors": (Verdict.MISSING, (Reason("value.missing", "q08_mse"),), (REVIEW,)),
    "q08.best": (Verdict.MISSING, (Reason("value.missing", "q08_best"),), ()),
    "q08.worst": (Verdict.PASS, (), (Reason("claimed.used", "q08_mse"),)),
}


def make_finding(question, item, possible):
    """Return one finding of the table above; unnamed items pass."""
    verdict, reasons, flags = OUTCOMES.get(f"{question}.{item}", (Verdict.PASS, (), ()))
    return Finding(item, question, verdict, possible if verdict is Verdict.PASS else 0.0, possible, reasons, flags)


@pytest.fixture
def make_grade():
    """Return a builder of grades: four questions with a bit of everything."""

    def build(**overrides):
        findings = tuple(
            make_finding(question, item, possible)
            for question, items in POSSIBLE.items()
            for item, possible in items.items()
        )
        fields = {
            "job_id": "0123456789abcdef",
            "student": "Ana Araújo",
            "language": "pt-BR",
            "notebook_sha256": "5f" * 32,
            "run_verdict": RunVerdict.TIMEOUT,
            "run_detail": OUT_OF_TIME,
            "points": round(sum(finding.points for finding in findings), 6),
            "points_possible": 4.0,
            "findings": findings,
            "flags": (Reason("run.incomplete", "TIMEOUT", OUT_OF_TIME),),
            "rubric_sha256": "ab" * 32,
            "baseline_sha256": "cd" * 32,
            "data": "real",
        }
        return Grade(**{**fields, **overrides})

    return build


@pytest.fixture
def make_evidence():
    """Return a builder of evidence, of which a report uses only the cells."""

    def build(*cells):
        return Evidence(
            "0123456789abcdef",
            "Ana Araújo",
            "pt-BR",
            "5f" * 32,
            RunVerdict.TIMEOUT,
            "",
            NOTHING,
            NOTHING,
            (),
            (),
            (),
            cells
            or (
                CellOutcome(3, "ok", 0.1),
                CellOutcome(11, "error", 0.2, "NameError: name 'q01_loses' is not defined"),
                CellOutcome(30, "timeout", 1200.0, detail=OUT_OF_TIME),
                CellOutcome(31, "not run"),
                CellOutcome(33, "not run"),
                CellOutcome(36, "not run"),
            ),
            (),
        )

    return build


@pytest.fixture
def titles():
    """Read the titles of both languages."""
    return yaml.safe_load((Path(__file__).with_name("titles.yml")).read_text(encoding="utf-8"))


@pytest.fixture
def justifications():
    """Return justifications of two questions."""
    return {
        "q02": (("c", "Só a alternativa c vale <para> toda rede."), ("b", "Esta troca causa e efeito.")),
        "q07": (("b", "B fica abaixo de A nas quatro medidas."),),
    }
