#!/usr/bin/python3
"""PyTorch as an opponent: the same objective and its derivative by autograd, minimised by torch.optim.LBFGS.

Cost of the sparse autoencoder (Ng, "Sparse autoencoder", CS294A lecture notes, 2011) as one would write it in
PyTorch: addmm, sigmoid and sums; the optimiser with the strong Wolfe search. On the CPU. Prints one JSON object:
cost, iterations, evaluations, seconds of the minimisation, seconds and cost of each evaluation, and which BLAS
did the products on how many threads.
"""
import json

import torch

import minimisation

TYPES = {"double": torch.float64, "single": torch.float32}


def cost_of(x, parameters, setting):
    """The cost at [W1, W2, b1, b2]; `x` is [m, v]."""
    w1, w2, b1, b2 = parameters
    a2 = torch.sigmoid(torch.addmm(b1, x, w1.t()))
    a3 = torch.sigmoid(torch.addmm(b2, a2, w2.t()))
    cost = (a3 - x).square().sum() / (2 * len(x))
    cost = cost + setting.weight_decay / 2 * (w1.square().sum() + w2.square().sum())
    if setting.beta > 0:
        rho, rho_hat = setting.rho, a2.mean(dim=0)
        divergence = rho * torch.log(rho / rho_hat) + (1 - rho) * torch.log((1 - rho) / (1 - rho_hat))
        cost = cost + setting.beta * divergence.sum()
    return cost


def parameters_of(theta, hidden, inputs):
    """theta as leaves that autograd follows."""
    w1, w2, b1, b2 = torch.split(theta, [hidden * inputs, inputs * hidden, hidden, inputs])
    parts = (w1.reshape(hidden, inputs), w2.reshape(inputs, hidden), b1, b2)
    return [part.clone().requires_grad_() for part in parts]


def minimise(x, setting, theta, arguments):
    """The record of a minimisation. The tolerances are 0, so that all iterations are done."""
    parameters, trace = parameters_of(theta, setting.hidden, x.shape[1]), minimisation.Trace()
    optimiser = torch.optim.LBFGS(parameters, max_iter=arguments.iterations, max_eval=100 * arguments.iterations,
                                  tolerance_grad=0, tolerance_change=0, history_size=arguments.history,
                                  line_search_fn="strong_wolfe")

    def evaluate():
        optimiser.zero_grad()
        cost = cost_of(x, parameters, setting)
        cost.backward()
        trace.add(cost.item())
        return cost

    optimiser.step(evaluate)
    result = trace.result(optimiser.state_dict()["state"][0]["n_iter"], 0)
    with torch.no_grad():
        result["cost"] = cost_of(x, parameters, setting).item()
    return result


def main():
    arguments = minimisation.parse(__doc__)
    torch.set_num_threads(arguments.threads)
    kind = TYPES[arguments.precision]
    images = minimisation.read_images(arguments)
    theta = torch.tensor(minimisation.starting_point(images.shape[1], arguments.hidden, arguments.seed), dtype=kind)
    setting = minimisation.read_setting(arguments, images)
    result = minimise(torch.tensor(images, dtype=kind), setting, theta, arguments)
    versions = f"PyTorch {torch.__version__} on {torch.get_num_threads()} threads"
    print(json.dumps({**result, "blas": minimisation.loaded_blas(), "versions": versions}))


if __name__ == "__main__":
    main()
