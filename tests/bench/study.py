"""The 17 settings of the study and the recipe of the UFLDL exercise, with the costs that SciPy reaches.

All settings have v = 784 inputs (MNIST, bytes / 255), m images from the beginning of the training set, and
400 iterations of L-BFGS with a history of 10. `scipy_costs` are the final costs of
scipy.optimize.minimize(method='L-BFGS-B') (SciPy 1.10) from random starts of NumPy's generator
with the seeds 0, 1, 2, ...
"""
from dataclasses import dataclass

ITERATIONS = 400
HISTORY = 10


@dataclass(frozen=True)
class Setting:
    """One training: `hidden` units, `images` columns; `beta` 0 is the plain autoencoder."""

    hidden: int
    images: int
    beta: float = 0.0
    rho: float = 0.05
    weight_decay: float = 1e-4
    scipy_costs: tuple = ()

    @property
    def name(self):
        sparsity = f"beta {self.beta:g} rho {self.rho:g}" if self.beta > 0 else "plain"
        return f"hidden {self.hidden} m {self.images} {sparsity}"


STUDY = (
    Setting(10, 100, scipy_costs=(12.956, 13.165, 15.159)),
    Setting(50, 100, scipy_costs=(1.732, 1.564, 1.685)),
    Setting(100, 100, scipy_costs=(0.606, 0.613, 0.592)),
    Setting(250, 100, scipy_costs=(0.397, 0.384, 0.365)),
    Setting(10, 1000, scipy_costs=(17.63,)),
    Setting(50, 1000, scipy_costs=(4.248,)),
    Setting(100, 1000, scipy_costs=(1.834,)),
    Setting(250, 1000, scipy_costs=(0.973,)),
    Setting(10, 100, 0.2, 0.05, scipy_costs=(11.293, 11.186, 11.669)),
    Setting(10, 100, 0.2, 0.01, scipy_costs=(11.294, 12.132, 13.658)),
    Setting(10, 100, 0.2, 0.005, scipy_costs=(11.362, 11.771, 11.992)),
    Setting(50, 100, 0.1, 0.05, scipy_costs=(2.100, 2.014, 2.031)),
    Setting(50, 100, 0.1, 0.01, scipy_costs=(2.520, 2.461, 2.465)),
    Setting(50, 100, 0.1, 0.005, scipy_costs=(2.631, 2.592, 2.587)),
    Setting(100, 100, 0.01, 0.05, scipy_costs=(0.830, 0.816, 0.818)),
    Setting(100, 100, 0.01, 0.01, scipy_costs=(0.932, 0.912, 0.921)),
    Setting(100, 100, 0.01, 0.005, scipy_costs=(0.952, 0.932, 0.943)),
)

UFLDL = Setting(196, 10000, beta=3.0, rho=0.1, weight_decay=3e-3, scipy_costs=(12.118,))
