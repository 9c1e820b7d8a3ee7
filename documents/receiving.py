"""Taking an upload off the wire: to disk in chunks, no further than the limit, and before a transaction begins."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from documents.formats import CHUNK_BYTES, MAX_BYTES

PATIENCE_BYTES = 4 * MAX_BYTES


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keep at most the limit and one chunk of a file; read a little on so that the form can answer.

    A file that is somewhat too large is cut there: `store_upload` sees that it is over the limit and
    refuses it with a sentence beside the field, and everything else that was typed survives. A sender that
    goes on past four times the limit, in one file or in many, is cut off.
    """

    chunk_size = CHUNK_BYTES
    received_in_all = 0  # of one request, which has a handler of its own

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count anew with every file."""
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the chunk while the file is within the limit."""
        if self.received <= MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
        self.received += len(raw_data)
        self.received_in_all += len(raw_data)
        if self.received_in_all > PATIENCE_BYTES:
            raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> Any:
        """Hand over what was kept, at most the limit and one chunk."""
        return super().file_complete(self.file.tell())


class ReceivingMiddleware:
    """Read the form of somebody signed in to its end before a transaction is opened for them.

    A factory's line may take minutes for a file. The database ends a transaction that waits that long, and the
    upload with it; one that waits also keeps others from cleaning up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.user.is_authenticated:
            try:
                request.POST  # noqa: B018 reads the body, files to disk
            except UnreadablePostError:  # the sender has hung up
                return HttpResponse(status=400)
        return self.get_response(request)
