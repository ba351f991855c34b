"""`decide` against a second evaluator, on random pairs: it may be undecided, but never wrong. Bounded to seconds here.

`python -m tests.decide.campaign --help` runs the same for as long as you like.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivations import Verdict, decide
from tests.decide.campaign import BASICS, INDEXED, Question, judge


@given(st.integers(0, 10**9))
@settings(max_examples=700, suppress_health_check=list(HealthCheck))
def test_random_pairs_are_never_decided_wrongly(seed):
    question = BASICS(seed)
    assert judge(question, decide(*question.asked)) == "", question


@given(st.integers(0, 10**9))
@settings(max_examples=250, suppress_health_check=list(HealthCheck))
def test_random_pairs_with_facts_integers_and_functions(seed):
    question = INDEXED(seed)
    assert judge(question, decide(*question.asked)) == "", question


def test_a_decider_that_always_agrees_is_caught():
    wrong = [judge(BASICS(seed), Verdict("proved")) for seed in range(60)]
    assert sum("proved" in w for w in wrong) > 15


def test_a_decider_that_always_refutes_is_caught():
    def refuted(question: Question) -> Verdict:
        return Verdict("refuted", at=tuple((name, question.somewhere[name]) for name in question.somewhere))

    wrong = [judge(q, refuted(q)) for q in map(BASICS, range(60))]
    assert sum("refuted" in w for w in wrong) > 15


@pytest.mark.parametrize("seed", range(3))
def test_a_question_can_be_asked_again(seed):
    assert BASICS(seed) == BASICS(seed) and INDEXED(seed) == INDEXED(seed)
