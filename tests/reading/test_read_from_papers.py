"""Constructs of papers: joint densities of two states, estimates of the data as functions of the state."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last, meets


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\nabla_{v_t}\log p_t(x_t,v_t) = \nabla_{v_t}[\log p_t(v_t|x_t)+\log p_t(x_t)]", "proved"),
        (r"\nabla_{v_t}[\log p_t(v_t|x_t)+\log p_t(x_t)] = \nabla_{v_t}\log p_t(v_t|x_t)", "proved"),
        (r"\nabla_x\log p_t(x|y) = \nabla_x[\log p_t(y|x)+\log p_t(x)-\log p(y)]", "proved"),
        (r"\nabla_x\log p_t(x|y) = \nabla_x[\log p_t(y|x)-\log p_t(x)]", "refuted"),
        (r"\nabla_x\log p_t(x|y) = -\nabla_x[\log p_t(y|x)+\log p_t(x)]", "refuted"),
        (r"\nabla_{v_t}\log p_t(x_t,v_t) = \nabla_{v_t}\log p_t(x_t|v_t)", "undecided"),
    ],
)
def test_the_gradient_of_a_sum_of_log_densities_is_taken_term_by_term(tex, wanted):
    assert last(f"We have\n\n$${tex}$$").verdict == wanted


LEVELS = {
    "z": (r"Let $z_t = \alpha_t x+\sigma_t\epsilon$ with $\alpha_t^2+\sigma_t^2=1$.", r"\hat x(z_t)", "z"),
    "x": (r"Let $x_t = \alpha_t x_0+\sigma_t\epsilon$.", r"\hat x_0(x_t)", "x"),
}


@pytest.mark.parametrize(("before", "estimate", "state"), LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (r"\alpha_s EST+\sigma_s\frac{x_t-\alpha_t EST}{\sigma_t}", "proved"),
        (r"\frac{\sigma_s}{\sigma_t}x_t+\left(\alpha_s-\frac{\sigma_s}{\sigma_t}\alpha_t\right)EST", "proved"),
        (r"\alpha_s EST+\sigma_s\frac{x_t-\alpha_s EST}{\sigma_t}", "refuted"),
        (r"\alpha_s EST+\sigma_t\frac{x_t-\alpha_t EST}{\sigma_t}", "refuted"),
        (r"\alpha_t EST+\sigma_s\frac{x_t-\alpha_t EST}{\sigma_t}", "refuted"),
    ],
)
def test_an_estimate_of_the_data_is_a_function_of_the_state(before, estimate, state, step, wanted):
    step = step.replace("x_t", f"{state}_t").replace("EST", estimate)
    assert last(f"{before}\n\n$${state}_s = {step}$$").verdict == wanted


@pytest.mark.parametrize(
    ("range_", "tex", "wanted"),
    [
        (r"t\in[0,T]", r"\sqrt{t^2} = t", "proved"),
        (r"t\in(0,T]", r"\frac{d}{dt}\log t = \frac1t", "proved"),
        (r"t\in(0,1)", r"\frac{d}{dt}\sqrt{t(1-t)} = \frac{1-2t}{2\sqrt{t(1-t)}}", "proved"),
        (r"t\in(0,1)", r"\frac{d}{dt}\sqrt{t(1-t)} = \frac{1-2t}{\sqrt{t(1-t)}}", "refuted"),
        (r"t\in[0,T]", r"\sqrt{t^2(1-t)^2} = t(1-t)", "false"),
        (r"t\in[0,1]", r"\sqrt{t^2(1-t)^2} = t(1-t)", "proved"),
        (r"\lambda\in(0,\infty)", r"\sqrt{\lambda^2} = \lambda", "proved"),
        (r"\lambda\in[0,\infty)", r"\sqrt{\lambda^2} = \lambda", "proved"),
        (r"\lambda\in(-1,\infty)", r"\sqrt{\lambda^2} = \lambda", "undecided"),
        (r"\lambda\in(0,1)", r"\sqrt{\lambda^2} = 2\lambda", "refuted"),
    ],
)
def test_an_interval_says_where_a_name_lies(range_, tex, wanted):
    assert meets(last(f"Let ${range_}$.\n\n$${tex}$$"), wanted)


MEASURED = r"Let $p(y|x) = \mathcal{N}(y;Ax,\sigma^2I)$ with $x\in\mathbb{R}^d$ and $A^\top A = B$." + "\n\n"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"(AB)^\top = B^\top A^\top", "proved"),
        (r"(AB)^\top = A^\top B^\top", "undecided"),
        (r"\|Ax\|^2 = x^\top A^\top A x", "proved"),
        (r"\|Ax\|^2 = x^\top A A^\top x", "undecided"),
        (r"\nabla_x\|y-Ax\|^2 = -2A^\top(y-Ax)", "proved"),
        (r"\nabla_x\|y-Ax\|^2 = 2A^\top(y-Ax)", "refuted"),
        (r"\nabla_x\|y-Ax\|^2 = -2A(y-Ax)", "undecided"),
        (r"\nabla_x\log p(y|x) = \frac{1}{\sigma^2}A^\top(y-Ax)", "proved"),
        (r"\nabla_x\log p(y|x) = -\frac{1}{\sigma^2}A^\top(y-Ax)", "refuted"),
        (r"\nabla_x\log p(y|x) = \frac{1}{\sigma}A^\top(y-Ax)", "refuted"),
    ],
)
def test_a_capital_that_is_turned_is_a_matrix(tex, wanted):
    tex = tex.replace("x", r"\mathbf{x}").replace("y", r"\mathbf{y}").replace("A", r"\mathbf{A}")
    tex = tex.replace(r"\mathbf{x}i", "xi")
    text = MEASURED.replace(r"|x)", r"|\mathbf{x})").replace("(y|", r"(\mathbf{y}|")
    text = text.replace("(y;Ax", r"(\mathbf{y};\mathbf{A}\mathbf{x}").replace(r"A^\top A", r"\mathbf{A}^\top\mathbf{A}")
    assert last(f"{text}$${tex}$$").verdict == wanted


def test_preconditioning_is_a_definition_of_the_denoiser():
    text = (
        r"$$\nabla_x\log p(x;\sigma) = (D(x;\sigma)-x)/\sigma^2$$"
        "\n\n"
        r"$$D_\theta(x;\sigma) = c_{\text{skip}}(\sigma)x + c_{\text{out}}(\sigma)F_\theta(c_{\text{in}}(\sigma)x;c_{\text{noise}}(\sigma))$$"
    )
    found = last(text)
    assert (found.verdict, found.formula) == ("definition", "edm.preconditioning")


PATH = (
    r"Let $z\sim\mathcal{N}(0,I)$ and $x_t = \alpha(t)x_0+\beta(t)x_1+\gamma(t)z$, with $\eta_z(t,x)=\mathbb{E}(z|x_t=x)$ and "
    r"$b(t,x)=\mathbb{E}[\dot x_t|x_t=x]$. Then" + "\n\n"
)
BEHIND = r" where $\eta_0(t,x) = \mathbb{E}(x_0|x_t=x)$ and $\eta_1(t,x)=\mathbb{E}(x_1|x_t=x)$."


@pytest.mark.parametrize(("sign", "wanted"), [("+", "proved"), ("-", "refuted")])
def test_functions_that_are_explained_behind_a_formula_are_known_in_it(sign, wanted):
    tex = rf"b(t,x) = \dot\alpha(t)\eta_0(t,x){sign}\dot\beta(t)\eta_1(t,x)+\dot\gamma(t)\eta_z(t,x),"
    found = audit_text(rf"{PATH}\begin{{equation}}{tex}\end{{equation}}{BEHIND}", ".tex").equations
    assert next(e.judgement.verdict for e in found if e.formula.kind == "display") == wanted


FLOW = r"Let $\frac{d}{dt}X_t = b(t,X_t)$ with $\partial_t\rho+\nabla\cdot(b\rho)=0$." + "\n\n"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\log\rho(1,X_1) = \log\rho_0(X_0)-\int_0^1\nabla\cdot b(t,X_t)dt", "proved"),
        (r"\log\rho_1(X_1) = \log\rho_0(X_0)-\int_0^1\nabla\cdot b(t,X_t)dt", "proved"),
        (r"\log\rho(1,X_1) = \log\rho_0(X_0)+\int_0^1\nabla\cdot b(t,X_t)dt", "refuted"),
        (r"\log\rho_1(X_0) = \log\rho_0(X_0)-\int_0^1\nabla\cdot b(t,X_t)dt", "undecided"),
    ],
)
def test_a_density_by_the_name_of_rho_moves_along_a_flow_too(tex, wanted):
    assert last(f"{FLOW}$${tex}$$").verdict == wanted


def test_a_diffusion_that_depends_on_the_state_is_a_function_of_it():
    text = r"$$X_{t+h} = X_t + h u_t(X_t) + \sqrt{h}\sigma_t(X_t)\epsilon_t$$"
    assert last(text).verdict in ("definition", "undecided")


BLOCKS = (
    r"Let $\Sigma_t = L_tL_t^\top$ with $L_t^{xx} = \sqrt{\Sigma_t^{xx}}$ and "
    r"$L_t^{vv} = \sqrt{\frac{\Sigma_t^{xx}\Sigma_t^{vv}-(\Sigma_t^{xv})^2}{\Sigma_t^{xx}}}$." + "\n\n"
)


@pytest.mark.parametrize(("numerator", "wanted"), [("1", "proved"), ("2", "refuted"), (r"\Sigma_t^{xx}", "false")])
def test_two_states_above_a_capital_name_a_block(numerator, wanted):
    root = r"\sqrt{\frac{\Sigma_t^{xx}}{\Sigma_t^{xx}\Sigma_t^{vv}-(\Sigma_t^{xv})^2}}"
    assert meets(last(rf"{BLOCKS}$${root} = \frac{{{numerator}}}{{L_t^{{vv}}}}$$"), wanted)


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\sum_{i,j} a_ib_j = \left(\sum_i a_i\right)\left(\sum_j b_j\right)", "proved"),
        (r"\sum_{i,j} a_ib_j = 2\left(\sum_i a_i\right)\left(\sum_j b_j\right)", "refuted"),
        (r"\frac{\partial^2}{\partial x\partial y}(x^2y) = 2x", "proved"),
        (r"c\frac{\partial^2}{\partial x\partial y}(x^2y) = 2cx^2", "refuted"),
        (r"\frac{d\cos(\phi)}{d\phi} = -\sin(\phi)", "proved"),
        (r"\frac{d\cos(\phi)}{d\phi} = \sin(\phi)", "refuted"),
        (r"p_t(x) = p_0(x)\otimes\mathcal{N}(0,t^2I)", "definition"),
    ],
)
def test_double_sums_mixed_derivatives_and_angles_are_read(tex, wanted):
    assert last(f"We have\n\n$${tex}$$").verdict == wanted


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\int p(dz|x) = 1", "proved"),
        (r"\int p(x|z)p(dz) = p(z)", "refuted"),
        (r"\mathbb{E}_{z\sim p(z)}[\log p(x|z)] = \int\log p(x|z) p(dz)", "proved"),
        (r"\mathbb{E}_{z\sim p(z)}[\log p(x|z)] = 2\int\log p(x|z) p(dz)", "refuted"),
        (r"\mathbb{E}_{z\sim p(z)}[\log p(x|z)] = \int\log p(x|z) p(z) dz", "proved"),
        (r"p_1(dx|z) = (1-c)p_0(dx) + c\,\delta_z(dx)", "definition"),
    ],
)
def test_laws_as_measures_are_read_as_densities(tex, wanted):
    assert last(f"We have\n\n$${tex}$$").verdict == wanted


def test_a_whole_formula_in_bold_says_nothing_of_its_letters():
    bold = r"$$\mathbf{y = \frac{a}{b}}$$" + "\n\n"
    assert last(bold + r"$$(a+b)^2 = a^2 + 2ab + b^2$$").verdict == "proved"
    assert last(bold + r"$$(a+b)^2 = a^2 + ab + b^2$$").verdict == "refuted"
    assert last(r"$$\mathbf{(a+b)^2 = a^2 + 2ab + b^2}$$").verdict == "proved"
    assert last(r"$$\mathbf{(a+b)^2 = a^2 + ab + b^2}$$").verdict == "refuted"
    assert (
        last(r"$$\|\mathbf{a+b}\|^2 = \|\mathbf{a}\|^2 + 2\mathbf{a}^\top\mathbf{b} + \|\mathbf{b}\|^2$$").verdict
        == "proved"
    )


@pytest.mark.parametrize("name", ["equation", "align", "aligned", "gather*", "split"])
def test_a_bracket_at_the_beginning_of_a_display_is_no_option(name):
    def asked(tex):
        inside = rf"\begin{{{name}}}{tex}\end{{{name}}}"
        return last(inside if name in ("equation", "align", "gather*") else rf"\[{inside}\]", ".tex").verdict

    assert asked("\n[a+b]c = ac+bc\n") == "proved"
    assert asked("\n[a+b]c = 2ac+2bc\n") == "refuted"
    assert asked("[a+b]c &= ac+bc".replace("&", "" if name in ("equation", "gather*") else "&")) == "proved"


def test_the_place_of_an_inner_display_is_an_option():
    assert last(r"\[\begin{aligned}[t](a+b)c &= ac+bc\end{aligned}\]", ".tex").verdict == "proved"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\nabla_x[\log p(x)+(w+1)\log p(y|x)] = \nabla_x[\log p(x|y)+w\log p(y|x)]", "proved"),
        (r"\nabla_x[\log p(x)+(w+1)\log p(y|x)] = \nabla_x[\log p(x|y)-w\log p(y|x)]", "refuted"),
        (r"\nabla_x[\log p(x)+(w+1)\log p(y|x)] = \nabla_x[\log p(x|y)+(w+1)\log p(y|x)]", "refuted"),
    ],
)
def test_multiples_of_log_densities_are_taken_by_their_factors(tex, wanted):
    assert last(f"We have\n\n$${tex}$$").verdict == wanted
