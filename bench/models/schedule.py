"""One sampling step for all samplers: predict the clean latent, go to the next noise level, inject fresh noise.

A latent at step t is x_t = alpha_t x_0 + sigma_t eps. From a prediction of x_0 and eps, the step to (alpha', sigma') is

    x' = alpha' x_0 + sqrt(sigma'^2 - s^2) eps + s xi,        xi ~ N(0, I)

which leaves the marginals alone whatever s in [0, sigma'] is. DDIM (Song et al. 2021, https://arxiv.org/abs/2010.02502,
eqs. 12, 16) has alpha^2 + sigma^2 = 1 and s = eta sigma' sqrt(1 - (lambda' / lambda)^2) with lambda = sigma / alpha.
Euler is the same at eta 0 and Euler-ancestral at eta 1 (Karras et al. 2022, https://arxiv.org/abs/2206.00364;
their latent is ours over alpha); flow matching has alpha = 1 - sigma (Lipman et al. 2023,
https://arxiv.org/abs/2210.02747), where the same s makes an SDE of the ODE; a consistency model injects s = sigma'
(Luo et al. 2023, https://arxiv.org/abs/2310.04378).
"""

from dataclasses import dataclass
from typing import Literal, get_args

from torch import Tensor

from bench.errors import InputError
from bench.problem import Prediction, Transition

Output = Literal["epsilon", "v_prediction", "sample", "velocity"]
"""What a network predicts: eps, alpha eps - sigma x_0, x_0, or eps - x_0."""
_OUTPUTS = ", ".join(get_args(Output))


@dataclass(frozen=True)
class Schedule:
    """The coefficients of each sampling step, noisiest first.

    Attributes:
        timesteps: what the network is told at each step, `(steps,)`.
        alpha, sigma: scales of signal and noise before each step and after the last, `(steps + 1,)` float64.
        injected: scale s of the fresh noise, `(steps,)` float64.
        output: what the network predicts.
        first: scale of the initial latent; that of a sampler that leaves the signal out of it is sigma, else 1.

    Raises:
        InputError: no clean latent follows from what the network predicts.
    """

    timesteps: Tensor
    alpha: Tensor
    sigma: Tensor
    injected: Tensor
    output: Output
    first: float = 1.0

    def __post_init__(self) -> None:
        if self.output not in get_args(Output):
            raise InputError(f"the network predicts {self.output!r}, which no sampler here can use ({_OUTPUTS})")
        if self.output == "epsilon" and not bool(self.alpha[:-1].all()):
            raise InputError(
                "this schedule begins without any signal (zero terminal SNR), where a network that predicts epsilon "
                "says nothing; it needs one that predicts v, or a spacing of the steps that leaves the first level out"
            )

    @property
    def steps(self) -> int:
        """Number of sampling steps."""
        return len(self.timesteps)

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from standard normal noise of its shape."""
        return self.first * noise

    def predict(self, latent: Tensor, step: int, output: Tensor) -> Prediction:
        """Noise and clean latent that the network's output at `step` implies; all `(n, *latent_shape)`."""
        alpha, sigma = float(self.alpha[step]), float(self.sigma[step])
        if self.output == "epsilon":
            return Prediction(output, (latent - sigma * output) / alpha)
        if self.output == "sample":
            return Prediction((latent - alpha * output) / sigma, output)
        if self.output == "v_prediction":
            return Prediction(alpha * output + sigma * latent, alpha * latent - sigma * output)
        return Prediction(latent + alpha * output, latent - sigma * output)

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, *latent_shape)` and standard deviation of the next latent."""
        alpha, sigma, injected = float(self.alpha[step + 1]), float(self.sigma[step + 1]), float(self.injected[step])
        kept = (sigma**2 - injected**2) ** 0.5
        return Transition(alpha * prediction.x0 + kept * prediction.eps, injected)


def fresh_noise(alpha: Tensor, sigma: Tensor, eta: float) -> Tensor:
    """The scale of the noise injected at each step, `(steps,)`: 0 at eta 0, DDPM's or the ancestral one at eta 1.

    The last step injects none, as in DNO's code and unlike diffusers' DDIM, where it is small but not zero if the
    last level is not.
    """
    ratio = (sigma[1:] * alpha[:-1] / (alpha[1:] * sigma[:-1])).square()
    scale = eta * sigma[1:] * (1 - ratio).clamp_min(0).sqrt()
    scale[-1] = 0
    return scale
