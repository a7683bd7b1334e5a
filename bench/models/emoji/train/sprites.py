"""The drawings: Noto Emoji (Apache-2.0) from the npm package `emoji-datasource-google`, as one small atlas."""

import json
import subprocess
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

from bench.models.emoji.scenes import SIZE, SIZES
from bench.models.emoji.vocabulary import EMOJI

PACKAGE = "emoji-datasource-google@16.0.0"


def make_atlas(work: Path, target: Path) -> None:
    """Write the atlas: a row a noun, a column a size, cells of 32x32 RGBA with the drawing in the upper left corner.

    Raises:
        subprocess.CalledProcessError: npm could not fetch the package.
    """
    folder = _fetch(work)
    names = {entry["short_name"]: entry["image"] for entry in json.loads((folder / "emoji.json").read_text())}
    rows = []
    for short_name in EMOJI.values():
        with Image.open(folder / "img" / "google" / "64" / names[short_name]) as drawing:
            rgba = np.asarray(drawing.convert("RGBA"), np.float32) / 255
        rows.append(np.concatenate([_cell(rgba, size) for size in SIZES], axis=1))
    pixels = (np.concatenate(rows) * 255).round().astype(np.uint8)
    Image.fromarray(pixels).save(target, optimize=True)


def _fetch(work: Path) -> Path:
    folder = work / "package"
    if not (folder / "emoji.json").exists():
        work.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(work)]
        name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(work / name) as archive:
            archive.extractall(work, filter="data")
    return folder


def _cell(rgba: np.ndarray, size: int) -> np.ndarray:
    """The drawing at `size` pixels in a 32x32 cell, resized with premultiplied colours so that edges stay clean."""
    flat = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], axis=-1)
    method = Image.Resampling.BOX if size * 2 == rgba.shape[0] else Image.Resampling.BILINEAR
    channels = [np.asarray(Image.fromarray(flat[..., i]).resize((size, size), method)) for i in range(4)]
    small = np.stack(channels, axis=-1)
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    cell = np.zeros((SIZE, SIZE, 4), np.float32)
    cell[:size, :size] = small.clip(0, 1)
    return cell
