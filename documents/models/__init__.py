from documents.models.document import Document
from documents.models.rendering import Rendering

__all__ = ["Document", "Rendering"]
