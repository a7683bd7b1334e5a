"""One file over HTTP: with progress, resumed where it broke off."""

from pathlib import Path

import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from bench.errors import InputError

_CHUNK = 1 << 16
# Seconds without an answer or a byte.
_TIMEOUT = 30


def append_rest(url: str, part: Path, size: int) -> None:
    """Download what `part` lacks of the file at `url`; it may not exist yet, or hold a beginning of the file.

    Nothing is asked for once `part` has `size` bytes, and no more than about `size` are taken. Whether they are the
    right ones is for the caller to check.

    Raises:
        InputError: the server cannot be reached, refuses, or the connection broke off (then `part` keeps what came).
        OSError: `part` cannot be written.
    """
    done = part.stat().st_size if part.exists() else 0
    if done == size:
        return
    with _open(url, done) as response:
        if response.status_code == requests.codes.range_not_satisfiable:
            part.unlink()
        _refuse(response)
        # 206 answers the wish for the rest; 200 sends everything.
        mode = "ab" if response.status_code == requests.codes.partial_content else "wb"
        _write(response, part, mode, size)


def _open(url: str, done: int) -> requests.Response:
    # Not compressed: a Range counts bytes of what is sent.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        return requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT)
    except requests.RequestException as error:
        raise InputError(f"cannot reach {url} ({type(error).__name__}): is there a network?") from None


def _refuse(response: requests.Response) -> None:
    if not response.ok:
        raise InputError(
            f"{response.url} is not to be had: the server answers {response.status_code} {response.reason}"
        )


def _write(response: requests.Response, part: Path, mode: str, size: int) -> None:
    name = response.url.rpartition("/")[2]
    with part.open(mode) as file, _progress() as progress:
        bar = progress.add_task(name, total=size, completed=file.tell())
        try:
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                progress.update(bar, completed=file.tell())
                if file.tell() > size:
                    return
        except requests.RequestException:
            came = f"{file.tell()} of {size} bytes"
            raise InputError(
                f"the download of {response.url} broke off after {came}; the same command resumes it"
            ) from None


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
