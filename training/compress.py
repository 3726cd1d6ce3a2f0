"""What training changed, small enough to ship: each matrix's difference cut to a low rank."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

_OVERSAMPLED = 16  # ranks beyond those kept, for the randomised SVD to be as good as the full one


@torch.no_grad()
def difference(
    after: Mapping[str, torch.Tensor], before: Mapping[str, torch.Tensor], rank: int
) -> dict[str, torch.Tensor]:
    """The tensors of `index.learned`, for all parameters that are not the same before and after."""
    torch.manual_seed(0)  # the randomised SVD gives the same file each time
    found: dict[str, torch.Tensor] = {}
    for name, value in after.items():
        if not name.startswith("encoder."):
            found[name] = value.half()
            continue
        added = value - before[name]
        if not bool(added.any()):
            continue
        if added.ndim == 1:
            found[f"{name}.added"] = added.half()
            continue
        left, scale, right = torch.svd_lowrank(added, rank + _OVERSAMPLED, niter=4)
        widest = left[:, :rank].abs().amax(dim=0), right[:, :rank].abs().amax(dim=0)
        found[f"{name}.left"] = (left[:, :rank] / widest[0] * 127).round().to(torch.int8).contiguous()
        found[f"{name}.right"] = (right[:, :rank] / widest[1] * 127).round().to(torch.int8).T.contiguous()
        found[f"{name}.scale"] = (scale[:rank] * widest[0] * widest[1] / 127**2).float()
    return found


def write(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """One safetensors file, whole or not at all."""
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.replace(path)
