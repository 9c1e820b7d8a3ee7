"""A file that an organisation owns, and where its bytes lie."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code


class Document(models.Model):
    """One stored file: never changed after it is written, so its sha-256 stays true.

    Bytes are written first and the row second: a row never points at nothing. Bytes without a row are
    swept by `documents.storage.sweep_orphans`.
    """

    class Kind(models.TextChoices):
        """What the file is for; it decides nothing about who sees it."""

        EVIDENCE = "evidence", _("evidence")
        PHOTO = "photo", _("photo")
        PLAN = "plan", _("action plan")
        PLAN_PDF = "plan_pdf", _("action plan (PDF)")
        REPORT = "report", _("report")
        IMPORT = "import", _("import")
        ERROR_LIST = "error_list", _("list of errors")

    reads_are_logged: ClassVar[bool] = True

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name=_("owner"),
    )
    uploaded_by = models.ForeignKey(
        "organisations.Person",
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name=_("stored by"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=150)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    storage_key = models.CharField(max_length=120, unique=True, editable=False)
    created_at = models.DateTimeField(_("stored at"))
    # Empty: only the owner sees it. Set: everyone who sees that audit does (findings/0004_documents).
    audit = models.ForeignKey(
        "findings.Audit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("shared with those who see the audit"),
    )
    # Set: neither the owner nor an audit shows it, only being named in that case does (documents/0003_incidents).
    incident = models.ForeignKey(
        "findings.Incident",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kept in the case"),
    )
    # Set: read by the people inside that group, and by none of the owner's colleagues (documents/0004_groups).
    group = models.ForeignKey(
        "forum.Group",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kept in the group"),
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="documents_document_sha256_is_hex"
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="documents_document_is_not_empty"),
            models.CheckConstraint(
                condition=models.Q(group=None) | models.Q(audit=None, incident=None),
                name="documents_document_in_a_group_alone",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="documents_document_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The organisation whose file this is."""
        return self.organisation_id
