"""What can go wrong with the Hugging Face hub, each in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from bench.errors import InputError

# The first that fits; a subclass stands before its base.
_REASONS: dict[type[Exception], str] = {
    HFValidationError: "is neither a file or folder here nor an id of the hub",
    GatedRepoError: "is gated: accept its licence at https://huggingface.co/{repo} and log in with `hf auth login`",
    RevisionNotFoundError: "has no revision {revision!r}",
    RepositoryNotFoundError: "is not on the hub, or is private (then log in with `hf auth login`)",
    LocalEntryNotFoundError: "cannot be reached: no network, no hub, or HF_HUB_OFFLINE is set",
    OfflineModeIsEnabled: "cannot be reached: HF_HUB_OFFLINE is set",
    EntryNotFoundError: "is not a file of that repository",
}
# The base error of the hub's HTTP library (httpx or httpx2, as the version of the hub's client has it).
_BROKE_OFF: type[Exception] = HfHubHTTPError.__bases__[0]


@contextmanager
def one_line_errors(name: str, repo: str, revision: str) -> Iterator[None]:
    """Turn what the hub's client raises while it downloads `name` into an `InputError`.

    Raises:
        InputError: what is the matter, and what to do.
    """
    try:
        yield
    except tuple(_REASONS) as error:
        why = next(reason for kind, reason in _REASONS.items() if isinstance(error, kind))
        raise InputError(f"{name!r} {why.format(repo=repo, revision=revision)}") from None
    except HfHubHTTPError as error:
        raise InputError(f"{name!r}: the hub answers {error.response.status_code}; try again later") from None
    except (OSError, _BROKE_OFF) as error:
        why = " ".join(str(error).split())
        raise InputError(f"{name!r}: the download broke off ({why}); the same command resumes it") from None
