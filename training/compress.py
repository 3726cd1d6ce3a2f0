"""What training changed, small enough to ship: each matrix's difference cut to a low rank, or in 4 bits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from index.learned import LEVELS

_LEVELS = 16
_LEAST = 1e-4  # of what is usual: a row of zeros is divided by it
_SAMPLED = 7  # every seventh number is enough to place the levels by
_OVERSAMPLED = 16  # ranks beyond those kept, for the randomised SVD to be as good as the full one


@torch.no_grad()
def difference(
    after: Mapping[str, torch.Tensor], before: Mapping[str, torch.Tensor], rank: int
) -> dict[str, torch.Tensor]:
    """The tensors of `index.learned`, for all parameters that are not the same before and after."""
    torch.manual_seed(0)  # the randomised SVD gives the same file each time
    found, matrices = _without_matrices(after, before)
    for name, added in matrices.items():
        left, scale, right = torch.svd_lowrank(added, rank + _OVERSAMPLED, niter=4)
        widest = left[:, :rank].abs().amax(dim=0), right[:, :rank].abs().amax(dim=0)
        found[f"{name}.left"] = (left[:, :rank] / widest[0] * 127).round().to(torch.int8).contiguous()
        found[f"{name}.right"] = (right[:, :rank] / widest[1] * 127).round().to(torch.int8).T.contiguous()
        found[f"{name}.scale"] = (scale[:rank] * widest[0] * widest[1] / 127**2).float()
    return found


@torch.no_grad()
def difference_in_fours(
    after: Mapping[str, torch.Tensor], before: Mapping[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """The same, no rank cut: each number one of sixteen levels, times what is usual in its row and column.

    The levels are those of least squares for all matrices together: Lloyd 1982, "Least squares quantization in PCM".
    """
    found, matrices = _without_matrices(after, before)
    usual = {name: _usual(added) for name, added in matrices.items()}
    even = {
        name: added / torch.outer(*(one.float() for one in usual[name].values())) for name, added in matrices.items()
    }
    found[LEVELS] = _levels(torch.cat([one.flatten()[::_SAMPLED] for one in even.values()]))
    for name, one in even.items():
        places = torch.bucketize(one, (found[LEVELS][1:] + found[LEVELS][:-1]) / 2).to(torch.uint8)
        found[f"{name}.fours"] = places[:, ::2] | places[:, 1::2] << 4
        found |= {f"{name}.{part}": values for part, values in usual[name].items()}
    return found


def _without_matrices(
    after: Mapping[str, torch.Tensor], before: Mapping[str, torch.Tensor]
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """What is stored as it is, and the differences of the matrices that changed."""
    found: dict[str, torch.Tensor] = {}
    matrices: dict[str, torch.Tensor] = {}
    for name, value in after.items():
        if not name.startswith("encoder."):
            found[name] = value.half()
            continue
        added = value - before[name]
        if bool(added.any()):
            if added.ndim == 1:
                found[f"{name}.added"] = added.half()
            else:
                matrices[name] = added
    return found, matrices


def _usual(added: torch.Tensor) -> dict[str, torch.Tensor]:
    """The root mean square of the rows, and of the columns with it taken out; fp16, as they are stored."""
    columns = torch.ones(added.shape[1])
    for _ in range(5):  # it has settled by then
        rows = (added / columns).pow(2).mean(dim=1).sqrt().clamp_min(_LEAST)
        columns = (added / rows[:, None]).pow(2).mean(dim=0).sqrt().clamp_min(_LEAST)
    return {"rows": rows.half(), "columns": columns.half()}


def _levels(values: torch.Tensor) -> torch.Tensor:
    """Sixteen, rising, each the mean of the values that are nearest to it."""
    levels = values.sort().values[(torch.arange(_LEVELS) * 2 + 1) * len(values) // (2 * _LEVELS)]
    for _ in range(100):
        places = torch.bucketize(values, (levels[1:] + levels[:-1]) / 2)
        levels = torch.zeros(_LEVELS).index_add(0, places, values) / torch.bincount(places, minlength=_LEVELS)
    return levels


def write(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """One safetensors file, whole or not at all."""
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.replace(path)
