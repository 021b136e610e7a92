"""Where a URL points, and where its local copy lies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchbuilder.errors import BenchBuilderError, InputError

#: The folder of local copies; the default is below the user's cache.
COPIES_VARIABLE = "BENCHBUILDER_COPIES"
_SIGN_IN = {
    "s3": "export AWS_PROFILE=NAME, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "export GOOGLE_APPLICATION_CREDENTIALS=FILE",
}


def is_url(text: str) -> bool:
    """Whether a path is a URL.

    >>> is_url("s3://logs/2026/"), is_url("logs/2026"), is_url("C:/logs")
    (True, False, False)
    """
    return "://" in text


def copies_of(url: str, use: str) -> Path:
    """The local folder for what lies at a URL, apart for each use: inputs are cleared out, run
    folders are not."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    copies = Path(os.environ.get(COPIES_VARIABLE) or Path(cache) / "benchbuilder" / "copies")
    digest = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return copies / use / digest


def open_place(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path in it.

    Raises:
        InputError: no file system is installed for such URLs, or it does not open.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise _not_installed(url) from error
    with reaching(url):
        filesystem, path = url_to_fs(url)
        # What another machine wrote since must be seen.
        filesystem.use_listings_cache = False
        filesystem.invalidate_cache()
        return filesystem, str(path).rstrip("/")


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn what file systems raise into one message.

    Raises:
        InputError: the place is not there, not to be reached or not ours to use.
    """
    try:
        yield
    except ImportError as error:
        raise _not_installed(url) from error
    except FileNotFoundError as error:
        raise InputError(f"{url}: not there", hint="check the URL's bucket and path") from error
    except PermissionError as error:
        raise InputError(
            f"{url}: permission denied",
            hint=f"sign in as who may read and write there: {_sign_in(url)}",
        ) from error
    except BenchBuilderError:
        raise
    # Each file system raises kinds of its own for a lost network, a wrong name, no credentials.
    except Exception as error:
        raise InputError(
            f"{url}: {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}",
            hint=f"check the URL and the network, and sign in: {_sign_in(url)}",
        ) from error


def _sign_in(url: str) -> str:
    return _SIGN_IN.get(url.partition("://")[0], "set the credentials that its file system reads")


def _not_installed(url: str) -> InputError:
    return InputError(
        f"{url}: nothing is installed that reads such URLs",
        hint="pip install 'benchbuilder[distributed]' for s3://, gcsfs for gs://",
    )
