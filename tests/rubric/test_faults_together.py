"""All faults of a rubric are reported at once, even if they would hide one another."""

import pytest
from small_rubric import faults_of, read

from autograder.rubric.suggestion import nearest


def test_a_wrong_type_hides_no_disagreement(tmp_path):
    """Unknown key, wrong letter, bad path, wrong type, misspelt title and wrong requirement: six lines, in order."""
    faults = faults_of(
        tmp_path,
        """\
questions:
  warm_up:
    variables:
      warm_up_answer: {type: letter, options: abcd}
      warm_up_share: {type: number}
    items:
      answer: {points: 1, check: choice, value: warm_up_answer, key: e, kye: a, requires: [shares]}
      share: {points: 1, check: close, value: warm_up_shar, expected: 0.5, absolute: wide}
titles:
  en: {warm_up.anser: Letter}
""",
    )
    assert faults == (
        "grading.yml:20: questions.warm_up.items.answer.key: e is not among the options of warm_up_answer: a, b, c, d",
        "grading.yml:20: questions.warm_up.items.answer.kye: unknown key; did you mean key?",
        (
            "grading.yml:20: questions.warm_up.items.answer.requires[0]: this question has no item shares; "
            "did you mean share?"
        ),
        (
            "grading.yml:21: questions.warm_up.items.share.value: no variable warm_up_shar is declared; "
            "did you mean warm_up_share?"
        ),
        "grading.yml:21: questions.warm_up.items.share.absolute: 'wide' where a number is due",
        "grading.yml:23: titles.en.warm_up.anser: no question or item has this name; did you mean warm_up.answer?",
    )


def test_a_broken_variable_is_told_once_and_not_where_it_is_read(tmp_path):
    """A fault in a variable's declaration is not repeated for the items that read it."""
    faults = faults_of(
        tmp_path,
        """\
questions:
  warm_up:
    variables:
      warm_up_shares: {type: numbers, lenght: 3}
    items:
      shares: {points: 2, check: close, value: warm_up_shares, expected: [1, 2, 3], absolute: 0.1}
""",
    )
    assert faults == (
        "grading.yml:17: questions.warm_up.variables.warm_up_shares.lenght: unknown key; did you mean length?",
    )


def test_two_questions_cannot_share_a_variable(tmp_path):
    """A name may begin with two questions' names, and still belongs to one."""
    faults = faults_of(
        tmp_path,
        """\
questions:
  loss:
    variables: {loss_b_answer: {type: letter, options: ab}}
    items: {answer: {points: 1, check: choice, value: loss_b_answer, key: a}}
  loss_b:
    variables: {loss_b_answer: {type: letter, options: ab}}
    items: {answer: {points: 1, check: choice, value: loss_b_answer, key: a}}
""",
    )
    assert [fault.split(": ", 2)[2] for fault in faults] == [
        "is declared by another question as well; each needs a name of its own"
    ]


def test_no_fault_of_a_claim_hides_another(tmp_path):
    """Wrong words, paths, keys and kinds in claims of one item, and in one claim: each has its line."""
    faults = faults_of(
        tmp_path,
        """\
questions:
  warm_up:
    variables:
      warm_up_answer: {type: letter, options: abcd}
      warm_up_loss: {type: map, keys: [wide, narrow], of: {type: number}}
    items:
      answer:
        points: 2
        check: choice
        value: warm_up_answer
        key: a
        claims:
          a: [{claim: extreme, key: wid, numbers: warm_up_loss, which: lowest, count: 1}]
          b: [{claim: less, left: warm_up_loss.rate_003, right: warm_up_loss.wide, factor: no}]
          c: [{claim: near, value: warm_up_lss, target: 1}]
          d: [{claim: more, left: warm_up_loss.wide}, {claim: less, left: warm_up_loss.wide, right: nowhere}]
""",
    )
    assert [fault.partition("claims.")[2] for fault in faults] == [
        "a[0].key: warm_up_loss has no wid; did you mean wide?",
        "a[0].which: 'lowest' where one of smallest, largest is due; did you mean smallest?",
        "b[0].left: warm_up_loss.rate_003: there is no rate_003",
        "b[0].factor: false where a number is due",
        "c[0].relative: is missing",
        "c[0].value: no variable warm_up_lss is declared; did you mean warm_up_loss?",
        "d[0].claim: 'more' where one of less, near, extreme is due",
        "d[1].right: no variable nowhere is declared",
    ]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("lowest", "smallest"), ("min", "smallest"), ("highest", "largest"), ("bigest", "largest"), ("larges", "largest")],
)
def test_a_suggestion_is_never_the_opposite(word, meant):
    """Words that look like one word and mean the other get the one that they mean."""
    assert nearest(word, ["smallest", "largest"]) == meant


RECIPE = """\
          parameters: 10
          layers: [{kind: Dense, units: 1}]
          loss: mean_squared_error
          optimizer: {kind: SGD}
          rates: {initial: 0.1}
          epochs: 3
          batch_size: 4
          validation: any
          seeded: false
"""


def test_a_result_may_be_a_single_number(tmp_path):
    """A recipe without variants gives one number."""
    rubric = read(
        tmp_path,
        f"""\
questions:
  fit:
    variables: {{fit_error: {{type: number}}}}
    items:
      recipe:
        points: 2
        check: recipe
        results: fit_error
        recipe:
{RECIPE}""",
    )
    ((name, training),) = rubric.questions["fit"].items["recipe"].trainings()
    assert (name, training.epochs) == ("", 3)


def test_a_variant_may_change_any_field(tmp_path):
    """Each variant is the recipe with its own loss, rates or layers; omitted fields are the recipe's."""
    rubric = read(
        tmp_path,
        f"""\
questions:
  fit:
    variables: {{fit_error: {{type: map, keys: [wide, slow], of: {{type: number}}}}}}
    items:
      recipe:
        points: 2
        check: recipe
        results: fit_error
        recipe:
{RECIPE}        variants:
          wide: {{layers: [{{kind: Dense, units: 8}}], parameters: 80}}
          slow: {{rates: {{initial: 0.001}}, loss: mean_absolute_error}}
""",
    )
    trainings = dict(rubric.questions["fit"].items["recipe"].trainings())
    assert (trainings["wide"].parameters, trainings["wide"].loss) == (80, "mean_squared_error")
    assert (trainings["slow"].rates.initial, trainings["slow"].loss) == (0.001, "mean_absolute_error")
    assert rubric.model_validate_json(rubric.model_dump_json(), strict=True) == rubric


def test_what_a_variant_asks_for_is_checked_like_a_recipe(tmp_path):
    """A misspelt setting in a variant's layer is named."""
    faults = faults_of(
        tmp_path,
        f"""\
questions:
  fit:
    variables: {{fit_error: {{type: map, keys: [wide], of: {{type: number}}}}}}
    items:
      recipe:
        points: 2
        check: recipe
        results: fit_error
        recipe:
{RECIPE}        variants:
          wide: {{layers: [{{kind: Dense, unit: 8}}]}}
""",
    )
    assert [fault.split(": ", 1)[1] for fault in faults] == [
        "questions.fit.items.recipe.variants.wide.layers[0].unit: unknown key; did you mean units?"
    ]
