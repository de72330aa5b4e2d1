"""The gradients of examples/layer.yaml by PyTorch, written into a file: dump_gradients.py FILE.npz"""
import sys

import numpy as np
import torch

data = {name: torch.from_numpy(x) for name, x in np.load("examples/layer.npz").items()}
layer = torch.nn.Linear(3, 2, dtype=torch.float64)
layer.load_state_dict({"weight": data["W"].T, "bias": data["b"]})
loss = torch.nn.functional.mse_loss(torch.tanh(layer(data["x"])), data["t"])
loss.backward()
np.savez(sys.argv[1], loss=loss.item(), **{name: p.grad.numpy() for name, p in layer.named_parameters()})
