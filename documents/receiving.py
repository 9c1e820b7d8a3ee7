"""Taking an upload off the wire: to disk in chunks, and no further than the limit."""

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from documents.formats import CHUNK_BYTES, MAX_BYTES

PATIENCE_BYTES = 4 * MAX_BYTES


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keep at most the limit and one chunk of a file; read a little on so that the form can answer.

    A file that is somewhat too large is cut there: `store_upload` sees that it is over the limit and
    refuses it with a sentence beside the field, and everything else that was typed survives. A sender that
    goes on past four times the limit is cut off.
    """

    chunk_size = CHUNK_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count anew with every file."""
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the chunk while the file is within the limit."""
        if self.received <= MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
        self.received += len(raw_data)
        if self.received > PATIENCE_BYTES:
            raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> Any:  # noqa: ARG002 the interface
        """Hand over what was kept, at most the limit and one chunk."""
        return super().file_complete(self.file.tell())
