"""The devices that nets can run on here: the CPU always, and a GPU where there is one."""

import torch

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
