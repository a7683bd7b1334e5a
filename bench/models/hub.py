"""Weights that are not in the package: a folder of the user's, or what has been downloaded from the hub."""

from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

from bench.errors import InputError


def weights_folder(weights: str) -> Path:
    """The folder of `weights`, a path or a hub id; nothing is downloaded here.

    Raises:
        InputError: it is neither a folder nor in the hub's cache; says how to get it.
    """
    try:
        folder = Path(weights) if Path(weights).is_dir() else Path(snapshot_download(weights, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise InputError(
            f"weights {weights!r} are not on this machine: `hf download {weights}` gets them where there is a network, "
            "or the option `weights` names a folder that has them"
        ) from None
    if not (folder / "model_index.json").is_file():
        raise InputError(f"weights {weights!r}: {folder} is no diffusers pipeline, it has no model_index.json")
    return folder
