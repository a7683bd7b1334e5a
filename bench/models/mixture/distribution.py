"""A Gaussian mixture, of which everything is known: draws, density, the mean of the clean given the noisy, its tilt."""

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Generator, Tensor

from bench.scoring.quadratic import QuadraticForm


@dataclass(frozen=True)
class GaussianMixture:
    """The density sum_k w_k N(m_k, S_k) of points `(d,)`.

    Attributes:
        weights: w, `(k,)`, of sum 1.
        means: m, `(k, d)`.
        covariances: S, `(k, d, d)`, symmetric and positive definite.

    Raises:
        ValueError: these are of other shapes, or no covariances.
    """

    weights: Tensor
    means: Tensor
    covariances: Tensor

    def __post_init__(self) -> None:
        k, d = self.means.shape
        if self.weights.shape != (k,) or self.covariances.shape != (k, d, d):
            found = f"{tuple(self.weights.shape)} weights and {tuple(self.covariances.shape)} covariances"
            raise ValueError(
                f"{k} means of {d} coordinates need ({k},) weights and ({k}, {d}, {d}) covariances: {found}"
            )
        if not torch.allclose(self.covariances, self.covariances.mT, atol=1e-6 * float(self.covariances.abs().max())):
            raise ValueError("a covariance is not symmetric")
        if not bool((self._variances > 0).all()):
            raise ValueError("a covariance is not positive definite")

    @cached_property
    def _axes(self) -> tuple[Tensor, Tensor]:
        """Variances `(k, d)` along the principal axes, the columns of `(k, d, d)`."""
        variances, axes = torch.linalg.eigh(self.covariances)
        return variances, axes

    @property
    def _variances(self) -> Tensor:
        return self._axes[0]

    def to(self, like: Tensor) -> "GaussianMixture":
        """The same on the device and in the type of another tensor."""
        return GaussianMixture(*(one.to(like) for one in (self.weights, self.means, self.covariances)))

    def is_close(self, other: "GaussianMixture") -> bool:
        """Whether another has the same components in the same order, up to rounding."""
        pairs = zip(*((one.weights, one.means, one.covariances) for one in (self, other)), strict=True)
        return all(a.shape == b.shape and torch.allclose(a, b) for a, b in pairs)

    def draw(self, n: int, generator: Generator) -> Tensor:
        """Independent points `(n, d)`."""
        device, dtype = self.means.device, self.means.dtype
        which = torch.multinomial(self.weights, n, replacement=True, generator=generator)
        normal = torch.randn(n, self.means.shape[1], generator=generator, device=device, dtype=dtype)
        found = self.means[which]
        for k, spread in enumerate(self._axes[1] * self._variances.sqrt()[:, None]):
            found[which == k] += normal[which == k] @ spread.mT
        return found

    def log_density(self, points: Tensor) -> Tensor:
        """`(n,)` of points `(n, d)`."""
        return self._log_joint(points, 1.0, 0.0)[0].logsumexp(1)

    def responsibilities(self, points: Tensor) -> Tensor:
        """The probability `(n, k)` that a point `(n, d)` came from a component."""
        return self._log_joint(points, 1.0, 0.0)[0].softmax(1)

    def distance(self, points: Tensor) -> Tensor:
        """Standard deviations of `(n, d)` from the nearest component, over sqrt(d), `(n,)`: about 1 for draws."""
        variances, axes = self._axes
        along = torch.einsum("kde,nkd->nke", axes, points[:, None] - self.means)
        nearest: Tensor = (along.square() / variances).mean(-1).sqrt().amin(1)
        return nearest

    def posterior_mean(self, latent: Tensor, alpha: float, sigma: float) -> Tensor:
        """E[x_0 | alpha x_0 + sigma eps = latent] for latents `(n, d)`: what a perfect denoiser predicts."""
        log_joint, along, noisy = self._log_joint(latent, alpha, sigma)
        shares = log_joint.softmax(1)
        shifts = shares.unsqueeze(-1) * (alpha * self._variances / noisy) * along
        return shares @ self.means + torch.einsum("kde,nke->nd", self._axes[1], shifts)

    def tilted(self, reward: QuadraticForm, temperature: float) -> "GaussianMixture":
        """The density p(x) exp(r(x) / temperature), normalised: for a quadratic r a mixture again.

        Raises:
            ValueError: it has no integral, because the reward grows faster than a component falls; or the reward is
                clamped, and so not quadratic.
        """
        if reward.largest < math.inf:
            raise ValueError("the tilted density is known for a quadratic reward, not for one with clamped squares")
        gain = 1 / temperature
        inverse = torch.linalg.inv(self.covariances)
        precision = inverse + torch.diag(2 * gain * reward.curvatures)
        information = (inverse @ self.means.unsqueeze(-1)).squeeze(-1) + gain * reward.pull
        if not bool((torch.linalg.eigvalsh(precision) > 0).all()):
            raise ValueError("the tilted density has no integral: the reward grows faster than a component falls")
        covariances = torch.linalg.inv(precision)
        means = (covariances @ information.unsqueeze(-1)).squeeze(-1)
        before = torch.einsum("kd,kde,ke->k", self.means, inverse, self.means)
        log_mass = (
            torch.logdet(covariances) - torch.logdet(self.covariances) + (means * information).sum(1) - before
        ) / 2
        return GaussianMixture((self.weights.log() + log_mass).softmax(0), means, covariances)

    def _log_joint(self, latent: Tensor, alpha: float, sigma: float) -> tuple[Tensor, Tensor, Tensor]:
        """Log of component and latent `(n, k)`, the latent along the axes `(n, k, d)`, its variances there `(k, d)`."""
        variances, axes = self._axes
        noisy = alpha**2 * variances + sigma**2
        along = torch.einsum("kde,nkd->nke", axes, latent[:, None] - alpha * self.means)
        distance = (along.square() / noisy + noisy.log() + math.log(2 * math.pi)).sum(-1)
        return self.weights.log() - distance / 2, along, noisy
