"""Documents and renderings, each shown to its own organisation only until an upper app says who else sees them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police

OWN = "organisation_id = app.organisation()"


class Migration(migrating.Migration):
    initial = True

    dependencies = [("organisations", "0002_row_security"), ("ledger", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("evidence", "evidence"),
                            ("photo", "photo"),
                            ("plan", "action plan"),
                            ("plan_pdf", "action plan (PDF)"),
                            ("report", "report"),
                            ("import", "import"),
                            ("error_list", "list of errors"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("media_type", models.CharField(max_length=100, verbose_name="media type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("storage_key", models.CharField(editable=False, max_length=120, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="stored at")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="organisations.organisation", verbose_name="owner"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to=settings.AUTH_USER_MODEL, verbose_name="stored by"
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "indexes": [models.Index(fields=["organisation", "-created_at", "-id"], name="documents_document_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="documents_document_sha256_is_hex"),
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="documents_document_is_not_empty"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rendering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.PositiveBigIntegerField()),
                ("subject_code", models.CharField(blank=True, max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "waiting"), ("working", "being made"), ("done", "ready"), ("failed", "failed")],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(default=0, verbose_name="per cent done")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.UUIDField(editable=False, null=True)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="what went wrong")),
                ("requested_at", models.DateTimeField(verbose_name="asked for at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                (
                    "document",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rendering", to="documents.document", verbose_name="document"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="renderings", to="organisations.organisation", verbose_name="for organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="renderings", to=settings.AUTH_USER_MODEL, verbose_name="asked for by"
                    ),
                ),
            ],
            options={
                "verbose_name": "rendering",
                "verbose_name_plural": "renderings",
                "indexes": [
                    models.Index(condition=models.Q(("state__in", ["queued", "working"])), fields=["requested_at"], name="documents_rendering_pending")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "kind", "subject_kind", "subject_id"), name="documents_rendering_once_per_organisation"),
                    models.CheckConstraint(condition=models.Q(("percent__lte", 100)), name="documents_rendering_percent_to_100"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("document__isnull", True)),
                            _connector="OR",
                        ),
                        name="documents_rendering_done_means_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claim__isnull", False), ("leased_until__isnull", False), ("state", "working")),
                            models.Q(models.Q(("state", "working"), _negated=True), ("claim__isnull", True), ("leased_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="documents_rendering_working_means_claimed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "failed"), ("error", ""), _connector="XOR"), name="documents_rendering_failed_means_error"
                    ),
                ],
            },
        ),
        # A stored file is never changed or taken away by those who use the platform.
        Police("documents_document", select=OWN, insert=OWN),
        Police("documents_rendering", select=OWN, insert=OWN, update=OWN),
    ]
