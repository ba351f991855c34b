"""Cases of the chapter on guidance."""

from __future__ import annotations

from hypothesis import strategies as st

from derivations.kernel.terms import Term
from tests.twins.cases.common import at, twin
from tests.twins.cases.quoting import part_of, stated, subterms
from tests.twins.points import Kind, near, positive, real, scales, vector

# A variance above another one, so that every scale gives a density.
wider = Kind(lambda draw, sizes, drawn: drawn["v_c"] * (1 + draw(st.one_of(scales, st.floats(1, 3)))))


def gradients(side: Term) -> list[Term]:
    return [t for t in subterms(side) if t.op == "grad"]


@twin("cfg.score", score_uncond=vector, score_cond=near(vector, "score_uncond"), omega=real)
def guided_score(bench, score_uncond, score_cond, omega):
    side = stated("cfg.score").args[1]
    plain, told = gradients(side)
    return [at(side, omega=omega, d=len(score_cond), x=score_cond, instead={plain: score_uncond, told: score_cond})(side)]


@twin("cfg.implicit_classifier", eps_uncond=vector, eps_cond=near(vector, "eps_uncond"), sigma=positive)
def classifier_score(bench, eps_uncond, eps_cond, sigma):
    side = stated("cfg.implicit_classifier").args[1]
    rules = {"eps_none": lambda x: eps_uncond, "eps_given_c": lambda x: eps_cond}
    return [at(side, functions=rules, x=eps_cond, sigma=sigma, d=len(eps_cond))(side)]


@twin("cfg.gaussian", mu_c=real, mu_u=real, v_c=positive, v_u=wider, omega=positive)
def guided_gaussian(bench, mu_c, mu_u, v_c, v_u, omega):
    theorem = stated("cfg.gaussian", "law")
    ev = at(theorem, mu_c=mu_c, mu_u=mu_u, v_c=v_c, v_u=v_u, omega=omega, x_1=mu_c)
    bench.right(ev, theorem)
    _, mean, variance = part_of(theorem.args[1], "normal").args
    return [ev(mean), ev(variance)]


@twin("cfg.not_forward_consistent", v_c=positive, v_u=wider, omega=positive, tau=positive)
def variance_gap(bench, v_c, v_u, omega, tau):
    theorem = stated("cfg.not_forward_consistent")
    return [bench.right(at(theorem, v_c=v_c, v_u=v_u, omega=omega, tau=tau), theorem)]
