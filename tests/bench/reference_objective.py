#!/usr/bin/python3
"""SciPy as an opponent: the same objective in NumPy, minimised by SciPy's L-BFGS-B.

Cost and gradient of the sparse autoencoder (Ng, "Sparse autoencoder", CS294A lecture notes, 2011) as one would
write them in NumPy for speed: five matrix products by the BLAS, everything else in place in buffers that are
allocated once. Prints one JSON object: cost, iterations, evaluations, seconds of the minimisation, seconds and
cost of each evaluation, and which BLAS did the products on how many threads.
"""
import json

import numpy as np
import scipy
from scipy.optimize import minimize

import minimisation


class Objective:
    """theta -> (cost, gradient); `images` is [m, v], theta is [W1 (h x v), W2 (v x h), b1, b2]."""

    def __init__(self, images, setting):
        self.x, self.setting = images, setting
        m, v = images.shape
        h = setting.hidden
        self.a2, self.slope2, self.delta2 = np.empty((m, h)), np.empty((m, h)), np.empty((m, h))
        self.a3, self.delta3 = np.empty((m, v)), np.empty((m, v))
        self.gradient = np.empty(2 * h * v + h + v)

    def parts(self, vector):
        """W1, W2, b1 and b2 in a vector like theta."""
        v, h = self.x.shape[1], self.setting.hidden
        w1, w2, b1, b2 = np.split(vector, np.cumsum([h * v, v * h, h]))
        return w1.reshape(h, v), w2.reshape(v, h), b1, b2

    def __call__(self, theta):
        w1, w2, b1, b2 = self.parts(theta)
        activate(self.x, w1, b1, self.a2)
        activate(self.a2, w2, b2, self.a3)
        sparsity, sparsity_slope = self.sparsity()
        m = len(self.x)
        decay = self.setting.weight_decay
        reconstruction = self.backward(w2, sparsity_slope) / (2 * m)
        d1, d2, db1, db2 = self.parts(self.gradient)
        gradient_of(self.delta2, self.x, d1, db1)
        gradient_of(self.delta3, self.a2, d2, db2)
        self.gradient /= m
        weights = theta[:2 * w1.size]
        self.gradient[:weights.size] += decay * weights
        return reconstruction + decay / 2 * weights.dot(weights) + sparsity, self.gradient.copy()

    def sparsity(self):
        """beta sum KL(rho || rho_hat) and what it adds to the deltas of the hidden units."""
        beta, rho = self.setting.beta, self.setting.rho
        if beta == 0:
            return 0.0, None
        rho_hat = self.a2.mean(axis=0)
        cost = beta * np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
        return cost, beta * ((1 - rho) / (1 - rho_hat) - rho / rho_hat)

    def backward(self, w2, sparsity_slope):
        """Fills delta2 and delta3; returns the sum of ||a3 - x||^2."""
        np.subtract(self.a3, self.x, out=self.delta3)
        squares = np.vdot(self.delta3, self.delta3)
        self.delta3 *= self.a3
        np.subtract(1, self.a3, out=self.a3)
        self.delta3 *= self.a3
        np.matmul(self.delta3, w2, out=self.delta2)
        if sparsity_slope is not None:
            self.delta2 += sparsity_slope
        np.subtract(1, self.a2, out=self.slope2)
        self.slope2 *= self.a2
        self.delta2 *= self.slope2
        return squares


def activate(inputs, weights, bias, out):
    """out = f(inputs weights^T + bias), f the logistic function."""
    np.matmul(inputs, weights.T, out=out)
    out += bias
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += 1
    np.reciprocal(out, out=out)


def gradient_of(delta, inputs, weights, bias):
    np.matmul(delta.T, inputs, out=weights)
    np.sum(delta, axis=0, out=bias)


def minimise(images, setting, start, arguments):
    """The record of a minimisation. The tolerances are 0, so that all iterations are done."""
    objective, trace = Objective(images, setting), minimisation.Trace()

    def evaluate(theta):
        cost, gradient = objective(theta)
        return trace.add(cost), gradient

    options = {"maxiter": arguments.iterations, "maxcor": arguments.history, "maxfun": 100 * arguments.iterations,
               "ftol": 0, "gtol": 0}
    with np.errstate(over="ignore"):
        result = minimize(evaluate, start, jac=True, method="L-BFGS-B", options=options)
    return trace.result(result.nit, result.fun)


def main():
    arguments = minimisation.parse(__doc__)
    if arguments.precision != "double":
        raise SystemExit("SciPy's L-BFGS-B computes in double precision only")
    images = minimisation.read_images(arguments)
    start = minimisation.starting_point(images.shape[1], arguments.hidden, arguments.seed)
    result = minimise(images, minimisation.read_setting(arguments, images), start, arguments)
    print(json.dumps({**result, "blas": minimisation.loaded_blas(),
                      "versions": f"SciPy {scipy.__version__}, NumPy {np.__version__}"}))


if __name__ == "__main__":
    main()
