"""The wire: no more than the limit reaches the disk, and what else was typed survives."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadhandler import StopUpload
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from documents.formats import CHUNK_BYTES, MAX_BYTES
from documents.receiving import PATIENCE_BYTES, BoundedUploadHandler


class Body:
    """A form with one field and one file of `size` bytes, made while it is read."""

    def __init__(self, size: int) -> None:
        self._parts = self._make(size)
        self._left = b""

    def read(self, size: int | None = None, /) -> bytes:
        size = size or CHUNK_BYTES
        while len(self._left) < size and (part := next(self._parts, b"")):
            self._left += part
        given, self._left = self._left[:size], self._left[size:]
        return given

    @staticmethod
    def _make(size: int) -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\ntyped\r\n'
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        for _ in range(size // CHUNK_BYTES):
            yield bytes(CHUNK_BYTES)
        yield b"\r\n--x--\r\n"


def parse(size: int) -> tuple[MultiValueDict[str, str], MultiValueDict[str, object]]:
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(size + 1000)}
    body: Any = Body(size)
    return MultiPartParser(meta, body, [BoundedUploadHandler()]).parse()


def test_a_file_within_the_limit_arrives_whole() -> None:
    _post, files = parse(2 * 1024 * 1024)
    assert files["file"].size == 2 * 1024 * 1024  # type: ignore[attr-defined]


def test_a_file_above_the_limit_is_cut_and_the_form_survives() -> None:
    post, files = parse(40 * 1024 * 1024)
    assert post["note"] == "typed"
    assert MAX_BYTES < files["file"].size <= MAX_BYTES + CHUNK_BYTES  # type: ignore[attr-defined]


def test_a_sender_without_end_is_cut_off() -> None:
    handler = BoundedUploadHandler()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    patient = PATIENCE_BYTES // CHUNK_BYTES
    for number in range(patient):
        handler.receive_data_chunk(bytes(CHUNK_BYTES), number * CHUNK_BYTES)
    with pytest.raises(StopUpload) as stopped:
        handler.receive_data_chunk(bytes(CHUNK_BYTES), PATIENCE_BYTES)
    assert stopped.value.connection_reset
    assert handler.file.tell() <= MAX_BYTES + CHUNK_BYTES
    handler.file.close()
