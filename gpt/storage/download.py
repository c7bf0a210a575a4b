"""Fetch one file from a public address, checked and whole or not at all. Nothing here runs unless someone asks."""

from __future__ import annotations

import hashlib
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

from gpt.storage.atomic import write_durable


class DownloadError(ValueError):
    """A file that could not be had; the message is one clause that says why."""


def download(url: str, sha256: str, path: Path, timeout: float, most: int) -> None:
    """Put the file behind `url` at `path`, if it has at most `most` bytes and the given sha256.

    Whoever reads `path` meanwhile sees the old file or the new one, never a part. Raises DownloadError if the address
    cannot be read in about `timeout` seconds, if it holds something else, or if the folder cannot be written.
    """
    body = _read(url, timeout, most)
    found = hashlib.sha256(body).hexdigest()
    if found != sha256:
        raise DownloadError(f"{url} holds another file (sha256 {found[:12]}..., not {sha256[:12]}...)")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durable(path, body)
    except OSError as error:
        raise DownloadError(f"the folder {path.parent} cannot be written ({error.strerror})") from error


def _read(url: str, timeout: float, most: int) -> bytes:
    if not url.startswith(("https://", "http://")):  # urllib would also open file: addresses
        raise DownloadError(f"{url} is not a web address")
    deadline = time.monotonic() + timeout  # urlopen's own timeout is for each wait, not for the whole
    body = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:  # noqa: S310 (a web address: see above)
            while chunk := response.read1(65_536):
                body += chunk
                if len(body) > most:
                    raise DownloadError(f"{url} holds over {most:,} bytes, too many for this file")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"it took over {timeout:g} s")
    except (OSError, HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # a page such as 404 comes as an open answer
        raise DownloadError(f"{url} cannot be read ({error})") from error
    return bytes(body)
