"""False formulas over the whole field, made to mislead a reader: none is proved, or waved through as a definition."""

import pytest

from tests.reading.asked import verdict

DDPM = r"""Let $\bar\alpha_t=\prod_{s=1}^t\alpha_s$ and $\beta_t=1-\alpha_t$, with $q(x_t|x_{t-1})=\mathcal N(x_t;\sqrt{\alpha_t}x_{t-1},\beta_t I)$. Then """
SDE = r"""The forward equation is $d\mathbf x = \mathbf f(\mathbf x,t)dt+g(t)d\mathbf w$. Then """
VP = r"""The forward equation is $d\mathbf x = -\frac12\beta(t)\mathbf x\,dt+\sqrt{\beta(t)}\,d\mathbf w$. Then """
FLOW = r"""Noise sits at time 0 and data at time 1: $x_t=(1-t)x_0+t x_1$. Then """
LEVELS = r"""The process is $z_t=\alpha_t x+\sigma_t\epsilon$. Then """
VECTORS = r"""Let $\mathbf x,\mathbf y\in\mathbb R^d$, $\mathbf A\in\mathbb R^{d\times d}$, $a\in\mathbb R$. Then """
NOTHING = r""""""
FALSE = {
    DDPM: (
        r"x_{t+1} = \sqrt{\alpha_t}x_t+\sqrt{1-\alpha_{t+1}}\epsilon_t", r"\operatorname{Cov}(x_t,x_{t-1}\mid x_0) = \sqrt{\alpha_t}\beta_t I",
        r"\operatorname{Var}[x_t\mid x_{t-1}] = \alpha_t I", r"\mathbb E[\|x_t-\sqrt{\bar\alpha_t}x_0\|^2\mid x_0] = 1-\bar\alpha_t",
        r"\mathbb E[\|x_t\|^2\mid x_0] = \bar\alpha_t\|x_0\|^2+(1-\bar\alpha_t)", r"\bar\alpha_t = e^{-\sum_{s=1}^t\beta_s}",
        r"\frac{\bar\alpha_t}{\bar\alpha_s} = \prod_{i=s}^t\alpha_i", r"\log\bar\alpha_t-\log\bar\alpha_{t-1} = \log\beta_t",
        r"\frac{1}{\tilde\beta_t} = \frac{1}{\beta_t}+\frac{1}{1-\bar\alpha_{t-1}}", r"q(x_{t-1}|x_t,x_0) = \mathcal N(x_{t-1};\tilde\mu_t(x_t,x_0),\sqrt{\tilde\beta_t}I)",
        r"\tilde\mu_t(x_t,x_0) = \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_0+\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_t",
        r"\mu_\theta(x_t,t) = \frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{1-\alpha_t}{1-\bar\alpha_t}\epsilon_\theta(x_t,t)\right)",
        r"\mu_\theta(x_t,t) = \frac{1}{\sqrt{\alpha_t}}\left(x_t+\beta_t s_\theta(x_t,t)\right)+\sqrt{\beta_t}z",
        r"x_{t-1} = \frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right)+\beta_t z",
        r"x_{t-1} = \sqrt{\bar\alpha_{t-1}}\hat x_0+\sqrt{1-\bar\alpha_t}\,\epsilon_\theta(x_t,t)",
        r"\nabla_{x_t}\log q(x_t|x_{t-1}) = -\frac{x_t-\sqrt{\alpha_t}x_{t-1}}{1-\bar\alpha_t}", r"\nabla_{x_t}\log q(x_t|x_0) = -\frac{\epsilon}{1-\bar\alpha_t}",
        r"\nabla_{x_0}\log q(x_t|x_0) = -\frac{x_t-\sqrt{\bar\alpha_t}x_0}{1-\bar\alpha_t}", r"q(x_T|x_0) = \mathcal N(x_T;0,I)", r"q(x_{1:T}|x_0) = \prod_{t=1}^T q(x_t|x_0)",
        r"q(x_{0:T}) = q(x_T)\prod_{t=1}^T q(x_t|x_{t-1})", r"p_\theta(x_{0:T}) = p(x_0)\prod_{t=1}^T p_\theta(x_{t-1}|x_t)", r"q(x_{t-1}|x_t) = q(x_{t-1}|x_t,x_0)",
        r"q(x_{t-1},x_t|x_0) = q(x_t|x_{t-1})q(x_{t-1})", r"q(x_t|x_0) = \int q(x_t|x_{t-1})\,dx_{t-1}", r"q(x_t) = \int q(x_t|x_0)\,dx_0",
        r"D_{KL}(q(x_T|x_0)\|p(x_T)) = \frac12\left(\bar\alpha_T\|x_0\|^2-\log(1-\bar\alpha_T)\right)",
        r"D_{KL}(q(x_T|x_0)\|\mathcal N(0,I)) = \frac d2\left(\bar\alpha_T\|x_0\|^2-\bar\alpha_T-\log(1-\bar\alpha_T)\right)",
        r"\|\epsilon-\epsilon_\theta(x_t,t)\|^2 = \frac{1-\bar\alpha_t}{\bar\alpha_t}\|x_0-\hat x_0\|^2", r"\operatorname{SNR}(t) = \frac{1-\bar\alpha_t}{\bar\alpha_t}",
        r"\operatorname{SNR}(t) = \frac{\sqrt{\bar\alpha_t}}{\sqrt{1-\bar\alpha_t}}",
        r"\operatorname{SNR}(t-1)-\operatorname{SNR}(t) = \frac{\beta_t}{(1-\bar\alpha_t)(1-\bar\alpha_{t-1})}", r"\tilde\beta_t+\beta_t = 1-\bar\alpha_t",
        r"\tilde\beta_t = \beta_t(1-\bar\alpha_{t-1})", r"\sqrt{1-\bar\alpha_t} = \sqrt{1-\bar\alpha_{t-1}}+\sqrt{\beta_t}", r"1-\bar\alpha_t = \sum_{s=1}^t\beta_s",
        r"1-\bar\alpha_t = \beta_t\sum_{s=1}^t\bar\alpha_s", r"\hat x_0 = \frac{x_t}{\sqrt{\bar\alpha_t}}-\frac{1-\bar\alpha_t}{\bar\alpha_t}\epsilon_\theta(x_t,t)",
        r"\epsilon_\theta(x_t,t) = \frac{x_t-\bar\alpha_t\hat x_0}{\sqrt{1-\bar\alpha_t}}",
        r"\mathbb E[x_0|x_t] = \frac{x_t+\sqrt{1-\bar\alpha_t}\nabla_{x_t}\log q(x_t)}{\sqrt{\bar\alpha_t}}",
        r"\mathbb E[\epsilon|x_t] = \sqrt{1-\bar\alpha_t}\,\nabla_{x_t}\log q(x_t)", r"v_t = \sqrt{\bar\alpha_t}x_0-\sqrt{1-\bar\alpha_t}\epsilon",
        r"x_0 = \sqrt{\bar\alpha_t}x_t+\sqrt{1-\bar\alpha_t}v_t", r"\epsilon = \sqrt{1-\bar\alpha_t}v_t+\sqrt{\bar\alpha_t}x_t",
    ),
    SDE: (
        r"d\mathbf x = [\mathbf f(\mathbf x,t)+g(t)^2\nabla_{\mathbf x}\log p_t(\mathbf x)]dt+g(t)d\bar{\mathbf w}",
        r"d\mathbf x = [\mathbf f(\mathbf x,t)-g(t)\nabla_{\mathbf x}\log p_t(\mathbf x)]dt+g(t)d\bar{\mathbf w}",
        r"d\mathbf x = [\mathbf f(\mathbf x,t)-g(t)^2\nabla_{\mathbf x}\log p_t(\mathbf x)]dt+g(t)^2d\bar{\mathbf w}",
        r"d\mathbf x = [\mathbf f(\mathbf x,t)-g(t)^2\nabla_{\mathbf x}\log p_t(\mathbf x)]dt",
        r"\frac{d\mathbf x}{dt} = \mathbf f(\mathbf x,t)+\frac12g(t)^2\nabla_{\mathbf x}\log p_t(\mathbf x)",
        r"\frac{\partial p_t(\mathbf x)}{\partial t} = -\nabla\cdot(\mathbf f(\mathbf x,t)p_t(\mathbf x))+g(t)^2\nabla^2p_t(\mathbf x)",
        r"\frac{\partial p_t(\mathbf x)}{\partial t} = -\nabla\cdot(\mathbf f(\mathbf x,t)p_t(\mathbf x))-\frac12g(t)^2\nabla^2p_t(\mathbf x)",
        r"\frac{\partial p_t(\mathbf x)}{\partial t} = -\mathbf f(\mathbf x,t)\cdot\nabla p_t(\mathbf x)+\frac12g(t)^2\nabla^2p_t(\mathbf x)",
    ),
    VP: (
        r"\mathbb E[\mathbf x_t|\mathbf x_0] = e^{-\int_0^t\beta(s)ds}\mathbf x_0",
        r"p(\mathbf x_t|\mathbf x_0) = \mathcal N(\mathbf x_t;e^{-\frac12\int_0^t\beta(s)ds}\mathbf x_0,(1-e^{-\frac12\int_0^t\beta(s)ds})\mathbf I)",
        r"d\mathbf x = -\frac12\beta(t)[\mathbf x-2\nabla_{\mathbf x}\log p_t(\mathbf x)]dt+\sqrt{\beta(t)}d\bar{\mathbf w}",
        r"d\mathbf x = -\beta(t)[\mathbf x+\nabla_{\mathbf x}\log p_t(\mathbf x)]dt+\sqrt{\beta(t)}d\bar{\mathbf w}",
        r"\frac{d\mathbf x}{dt} = -\frac12\beta(t)\mathbf x-\beta(t)\nabla_{\mathbf x}\log p_t(\mathbf x)",
    ),
    FLOW: (
        r"\frac{dx_t}{dt} = x_0-x_1", r"x_1-x_0 = \frac{x_1-x_t}{t}", r"\mathbb E[\|x_t\|^2] = (1-t)\mathbb E[\|x_0\|^2]+t\,\mathbb E[\|x_1\|^2]", r"x_t+(1-t)(x_1-x_0) = x_0",
        r"x_t-x_s = (t+s)(x_1-x_0)", r"x_0 = \frac{x_t+tx_1}{1-t}",
    ),
    LEVELS: (
        r"x = \frac{z_t-\sigma_t\epsilon}{\alpha_t^2}", r"\epsilon = \frac{z_t-\alpha_t x}{\sigma_t^2}", r"\operatorname{SNR}(t) = \frac{\sigma_t^2}{\alpha_t^2}",
        r"q(z_t|z_s) = \mathcal N\left(z_t;\frac{\alpha_s}{\alpha_t}z_s,\left(\sigma_t^2-\frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2\right)I\right)",
        r"q(z_t|z_s) = \mathcal N\left(z_t;\frac{\alpha_t}{\alpha_s}z_s,(\sigma_t^2-\sigma_s^2)I\right)", r"\nabla_{z_t}\log q(z_t|x) = -\frac{\epsilon}{\sigma_t^2}",
        r"\frac{d}{dt}\log\frac{\alpha_t^2}{\sigma_t^2} = \frac{\dot\alpha_t}{\alpha_t}-\frac{\dot\sigma_t}{\sigma_t}",
    ),
    VECTORS: (
        r"\mathcal N(\mathbf x;0,\sigma^2\mathbf I) = \frac{1}{\sqrt{2\pi\sigma^2}}e^{-\frac{\|\mathbf x\|^2}{2\sigma^2}}",
        r"\mathcal N(\mathbf x;0,\sigma^2\mathbf I) = (2\pi\sigma)^{-d/2}e^{-\frac{\|\mathbf x\|^2}{2\sigma^2}}",
        r"-\log\mathcal N(\mathbf x;\mathbf y,\sigma^2\mathbf I) = \frac{\|\mathbf x-\mathbf y\|^2}{2\sigma^2}+d\log(2\pi\sigma^2)",
        r"\nabla_{\mathbf x}^2\log\mathcal N(\mathbf x;0,\sigma^2\mathbf I) = -\frac{1}{\sigma}\mathbf I", r"\operatorname{tr}(\mathbf A^\top) = -\operatorname{tr}(\mathbf A)",
        r"\|a\mathbf x\| = a\|\mathbf x\|", r"\nabla_{\mathbf x}\|\mathbf x\| = \mathbf x", r"\nabla_{\mathbf x}\|\mathbf x-\mathbf y\|^2 = 2(\mathbf y-\mathbf x)",
        r"\nabla_{\mathbf x}e^{-\|\mathbf x\|^2/2} = -\mathbf x", r"\nabla\cdot(\|\mathbf x\|^2\mathbf x) = d\|\mathbf x\|^2", r"\nabla^2\|\mathbf x\|^2 = 2",
        r"\mathbb E_{\boldsymbol\epsilon\sim\mathcal N(0,\mathbf I)}[\boldsymbol\epsilon\boldsymbol\epsilon^\top] = d\,\mathbf I",
        r"\mathbb E_{\boldsymbol\epsilon\sim\mathcal N(0,\mathbf I)}[\boldsymbol\epsilon^\top\mathbf A\boldsymbol\epsilon] = \det\mathbf A",
    ),
    NOTHING: (
        r"\log p(x) = \mathbb E_{q(z|x)}[\log p(x|z)]-D_{KL}(q(z|x)\|p(z))", r"\log p(x) = \mathbb E_{p(z)}[\log p(x|z)]",
        r"\log p(x) \le \mathbb E_{q(z|x)}[\log p(x|z)]-D_{KL}(q(z|x)\|p(z))", r"D_{KL}(q(z|x)\|p(z|x)) = \log p(x)+\mathbb E_{q(z|x)}[\log p(x,z)-\log q(z|x)]",
        r"D_{KL}(p\|q) = H(p)-H(p,q)", r"\mathbb E_{q(z|x)}[\log p(x,z)] = \mathbb E_{q(z|x)}[\log p(x|z)]+\log p(z)",
        r"\mathbb E_{q(x)}\left[\frac{p(x)}{q(x)}\right] = \mathbb E_{p(x)}\left[\frac{q(x)}{p(x)}\right]+1", r"p(z|x) = \frac{p(x|z)p(z)}{\int p(x|z)\,dz}",
        r"p(x,z) = p(x|z)p(z|x)", r"p(x) = \mathbb E_{p(z|x)}[p(x|z)]", r"p(x|y,z) = \frac{p(y|x,z)p(x)}{p(y|z)}", r"p(x|y)p(y) = p(y|x)",
        r"\nabla_x\log p(x|y) = \nabla_x\log p(y|x)", r"\nabla_x\log p(y|x) = \nabla_x\log p(x|y)+\nabla_x\log p(x)",
        r"\nabla_\theta\mathbb E_{p_\theta(x)}[f(x)] = \mathbb E_{p_\theta(x)}[\nabla_\theta f(x)]",
        r"\nabla_\theta\mathbb E_{p_\theta(x)}[f(x)] = \mathbb E_{p_\theta(x)}[f(x)\nabla_\theta p_\theta(x)]", r"\mathbb E[XY] = \mathbb E[X]\mathbb E[Y]",
        r"\operatorname{Var}[X+Y] = \operatorname{Var}[X]+\operatorname{Var}[Y]", r"\operatorname{Var}[X] = \mathbb E[X^2]+\mathbb E[X]^2",
        r"\operatorname{Var}[2X] = 2\operatorname{Var}[X]", r"\mathbb E[\mathbb E[X|Y]] = \mathbb E[X|Y]", r"\operatorname{Var}[X] = \mathbb E[\operatorname{Var}[X|Y]]",
        r"H(X,Y) = H(X)+H(Y)", r"\mathcal N(x;\mu,\sigma^2) = \frac{1}{\sqrt{2\pi}\sigma^2}e^{-\frac{(x-\mu)^2}{2\sigma^2}}",
        r"\mathcal N(x;\mu,\sigma^2) = \frac{1}{2\pi\sigma}e^{-\frac{(x-\mu)^2}{2\sigma^2}}", r"\mathcal N(x;0,1)\mathcal N(x;0,1) = \mathcal N(x;0,2)",
        r"\mathcal N(x;a,v)\mathcal N(x;b,v) = \mathcal N\left(x;\frac{a+b}2,\frac v2\right)", r"\int\mathcal N(x;y,v)\mathcal N(y;m,w)\,dy = \mathcal N(x;m,vw)",
        r"\int\mathcal N(x;ay,v)\mathcal N(y;m,w)\,dy = \mathcal N(x;am,v+aw)", r"D_{KL}(\mathcal N(\mu,\sigma^2)\|\mathcal N(0,1)) = \frac12(\mu^2+\sigma^2-1+\log\sigma^2)",
        r"D_{KL}(\mathcal N(\mu,\sigma^2)\|\mathcal N(0,1)) = \frac12(\mu^2+\sigma-1-\log\sigma)", r"\mathbb E_{x\sim\mathcal N(\mu,\sigma^2)}[x^2] = \sigma^2",
        r"\mathbb E_{x\sim\mathcal N(0,\sigma^2)}[x^4] = 4\sigma^4", r"\mathbb E_{x\sim\mathcal N(\mu,\sigma^2)}[e^x] = e^{\mu+\sigma^2}",
        r"\mathbb E_{x\sim\mathcal N(0,1)}[|x|] = 0", r"H(\mathcal N(\mu,\sigma^2)) = \frac12\log(2\pi\sigma^2)",
        r"\frac{\partial p_t(x)}{\partial t} = \nabla\cdot(v_t(x)p_t(x))", r"\frac{\partial p_t(x)}{\partial t} = -v_t(x)\cdot\nabla p_t(x)",
        r"\frac{d}{dt}\log p_t(x_t) = -\nabla\cdot v_t(x_t)\,p_t(x_t)", r"\nabla\cdot(p v) = p\nabla\cdot v", r"\nabla\cdot(p\nabla\log p) = \nabla^2\log p",
        r"\nabla^2\log p = \frac{\nabla^2p}{p}", r"\nabla^2\log p(x) = \frac{\nabla^2p(x)}{p(x)}+\|\nabla\log p(x)\|^2", r"d(x^2) = 2x\,dx",
        r"x_{t+\Delta t} = x_t+f(x_t,t)\Delta t+g(t)\Delta t\,z", r"x_{k+1} = x_k+\eta\nabla\log p(x_k)+\sqrt\eta\,z_k", r"x_{k+1} = x_k-\eta\nabla\log p(x_k)+\sqrt{2\eta}\,z_k",
        r"p_t(x) = \int p_t(x|x_1)\,dx_1", r"u_t(x) = \int u_t(x|x_1)p_t(x|x_1)q(x_1)\,dx_1", r"\psi_t(\psi_t^{-1}(x)) = 1",
        r"\log p_1(x_1) = \log p_0(x_0)+\int_0^1\nabla\cdot v_t(x_t)\,dt", r"\frac{d}{dx}\log\operatorname{sigmoid}(x) = \operatorname{sigmoid}(x)",
        r"\operatorname{sigmoid}(2x) = 2\operatorname{sigmoid}(x)", r"\operatorname{softplus}(x)-\operatorname{softplus}(-x) = 1", r"\tanh(x) = 2\operatorname{sigmoid}(x)-1",
        r"\log(a+b) = \log a+\log b", r"\sum_{t=1}^T(a_t-a_{t-1}) = a_T-a_1", r"\prod_{t=1}^T e^{a_t} = e^{\prod_{t=1}^Ta_t}",
        r"\sum_{i=1}^n\sum_{j=1}^n a_ib_j = \sum_{i=1}^na_ib_i", r"\int_0^1e^{ax}dx = \frac{e^a}{a}", r"\int_0^ts\,ds = t^2", r"\frac{d}{dt}\int_0^tf(s)ds = f(t)-f(0)",
        r"\frac{d}{dt}\sqrt{1-e^{-2t}} = \frac{e^{-2t}}{2\sqrt{1-e^{-2t}}}", r"\nabla_x\log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma}",
        r"\nabla_x\log p(x;\sigma) = \frac{x-D(x;\sigma)}{\sigma^2}", r"\frac{dx}{d\sigma} = \frac{D(x;\sigma)-x}{\sigma}",
        r"\tilde\epsilon_\theta(x_t,c) = w\,\epsilon_\theta(x_t,c)-(1-w)\epsilon_\theta(x_t)",
        r"\nabla_x\log p(x|y) = (1-w)\nabla_x\log p(x)+w\nabla_x\log p(x,y)+\nabla_x\log p(y)+\nabla_x\log p(y|x)",
    ),
}  # fmt: skip


def test_there_are_many_of_them():
    assert sum(map(len, FALSE.values())) >= 150


@pytest.mark.slow
@pytest.mark.parametrize(
    "before, formulas", FALSE.items(), ids=("ddpm", "sde", "vp", "flow", "levels", "vectors", "nothing")
)
def test_nothing_false_is_accepted(before, formulas):
    passed = [(tex, v) for tex in formulas if (v := verdict(tex, before)) in ("proved", "convention", "definition")]
    assert passed == []
