"""Pipelines from one file of weights in the layout of the original code, as the community passes them on."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import torch
from torch import nn

from bench.errors import InputError
from bench.models.pipeline_folder import not_loaded


def open_single_file(
    pipeline: Any,  # noqa: ANN401 - diffusers has no types
    path: Path,
    config: Path,
    dtype: torch.dtype,
    left_out: Collection[str],
) -> Any:  # noqa: ANN401
    """The pipeline that a file holds the weights of, its autoencoder in float32.

    Args:
        pipeline: a class of diffusers.
        path: the file, of safetensors.
        config: a folder in the hub's layout with the configurations and tokenizers of such a pipeline.
        dtype: of the other networks.
        left_out: parts that are not loaded.

    Raises:
        InputError: weights are missing from the file, or are of other shapes than the configurations say.
    """
    from diffusers import AutoencoderKL
    from diffusers.loaders.single_file_utils import SingleFileComponentError

    told, absent = {"config": str(config), "local_files_only": True}, not_loaded(config, left_out)
    try:
        vae = AutoencoderKL.from_single_file(str(path), subfolder="vae", dtype=torch.float32, **told)
        found = pipeline.from_single_file(str(path), vae=vae, dtype=dtype, **told, **absent)
    except (SingleFileComponentError, ValueError) as error:
        why = str(error).strip().partition("\n")[0]
        raise InputError(f"{str(path)!r} does not hold a {pipeline.__name__}: {why}") from error
    except NotImplementedError as error:  # torch moves no weights that were never read
        raise InputError(f"{str(path)!r} lacks some weights of a {pipeline.__name__}") from error
    _require_weights(found, path)
    return found


def _require_weights(pipeline: Any, path: Path) -> None:  # noqa: ANN401
    """Refuse a pipeline some of whose weights were not in the file: diffusers leaves those without values."""
    for part, network in pipeline.components.items():
        if isinstance(network, nn.Module):
            empty = [name for name, one in network.named_parameters() if one.is_meta]
            if empty:
                raise InputError(f"{str(path)!r} lacks some weights of the {part}, such as {empty[0]}")
