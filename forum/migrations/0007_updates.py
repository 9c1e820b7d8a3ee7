"""Outside bodies, their updates, and lists of auditors that they load."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._updates import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [("forum", "0006_consultations"), ("organisations", "0004_columns"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(default="", editable=False, max_length=200, verbose_name="name")),
                ("summary", models.CharField(max_length=500, verbose_name="what it is")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answers_for_audits", models.BooleanField(default=False, editable=False, verbose_name="its list is asked for the auditors of audits")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "outside body",
                "verbose_name_plural": "outside bodies",
                "indexes": [models.Index(fields=["name", "id"], name="body_by_name")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answers_for_audits", True)), fields=("answers_for_audits",), name="body_one_answers_for_audits"
                    ),
                    models.CheckConstraint(condition=models.Q(("summary", ""), _negated=True), name="body_says_what_it_is"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditorList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("dated_on", models.DateField(verbose_name="date of the list")),
                ("loaded_at", models.DateTimeField(verbose_name="loaded")),
                ("total", models.PositiveIntegerField(verbose_name="auditors")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="new")),
                ("removed", models.PositiveIntegerField(default=0, verbose_name="gone")),
                ("key_mark", models.CharField(editable=False, max_length=64)),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="loaded by",
                    ),
                ),
                ("body", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lists", to="forum.body")),
            ],
            options={
                "verbose_name": "list of auditors",
                "verbose_name_plural": "lists of auditors",
                "constraints": [
                    models.UniqueConstraint(fields=("body", "number"), name="auditorlist_once_per_number"),
                    models.CheckConstraint(condition=models.Q(("total__gte", 1)), name="auditorlist_is_not_empty"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BodyFollower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("followed_at", models.DateTimeField(verbose_name="since")),
                ("body", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="followers", to="forum.body")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "follower of a body",
                "verbose_name_plural": "followers of bodies",
                "constraints": [models.UniqueConstraint(fields=("body", "person", "organisation"), name="bodyfollower_once_per_member")],
            },
        ),
        migrations.CreateModel(
            name="BodyUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("body_name", models.CharField(default="", editable=False, max_length=200, verbose_name="name of the body")),
                ("title", models.CharField(default="", editable=False, max_length=200, verbose_name="title")),
                ("language", models.CharField(default="", editable=False, max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        default=forum.lifecycle.UpdateState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="version that counts")),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("reason", models.CharField(blank=True, default="", max_length=1000, verbose_name="why it is withdrawn")),
                ("reason_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("body", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="forum.body", verbose_name="body")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={
                "verbose_name": "update of a body",
                "verbose_name_plural": "updates of bodies",
                "indexes": [
                    models.Index(fields=["-published_at", "-id"], name="bodyupdate_newest"),
                    models.Index(fields=["body", "-published_at", "-id"], name="bodyupdate_of_body"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__gte", 1), ("published_at__isnull", False), ("state", "published")),
                            models.Q(("published_at", None), ("state", "draft")),
                            ("state", "withdrawn"),
                            _connector="OR",
                        ),
                        name="bodyupdate_published_has_a_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "withdrawn"), _negated=True), ("reason", ""), ("withdrawn_at", None)),
                            _connector="OR",
                        ),
                        name="bodyupdate_withdrawn_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BodyUpdateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.TextField(max_length=8000, verbose_name="text")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("dated_on", models.DateField(verbose_name="date")),
                ("correction", models.CharField(blank=True, default="", max_length=1000, verbose_name="what was put right")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("update", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="forum.bodyupdate")),
            ],
            options={
                "verbose_name": "version of an update",
                "verbose_name_plural": "versions of updates",
                "ordering": ("update", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("update", "number"), name="bodyupdateversion_once_per_number"),
                    models.UniqueConstraint(condition=models.Q(("published_at", None)), fields=("update",), name="bodyupdateversion_one_draft"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                        name="bodyupdateversion_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("published_at", None), ("number", 1), models.Q(("correction", ""), _negated=True), _connector="OR"),
                        name="bodyupdateversion_correction_says_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BodyFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=80, verbose_name="what is counted")),
                ("value", models.DecimalField(decimal_places=3, max_digits=15, verbose_name="value")),
                ("unit", models.CharField(blank=True, default="", max_length=30, verbose_name="unit")),
                ("period", models.CharField(max_length=30, verbose_name="period")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("version", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="forum.bodyupdateversion")),
            ],
            options={
                "verbose_name": "figure of an update",
                "verbose_name_plural": "figures of updates",
                "ordering": ("version", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "position"), name="bodyfigure_once_per_place"),
                    models.UniqueConstraint(fields=("version", "name", "unit", "period"), name="bodyfigure_one_value_each"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("period", ""), _negated=True)), name="bodyfigure_says_what_and_when"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditorEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number_mark", models.CharField(max_length=64)),
                ("name_mark", models.CharField(max_length=64)),
                ("grade", models.CharField(max_length=20, verbose_name="grade")),
                (
                    "status",
                    models.CharField(choices=[("active", "Active"), ("suspended", "Suspended"), ("ended", "Ended")], max_length=10, verbose_name="status"),
                ),
                ("valid_until", models.DateField(verbose_name="valid until")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("list", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="forum.auditorlist")),
            ],
            options={
                "verbose_name": "auditor on a list",
                "verbose_name_plural": "auditors on lists",
                "constraints": [
                    models.UniqueConstraint(fields=("list", "number_mark"), name="auditorentry_once_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(("name_mark__regex", "^[0-9a-f]{64}$"), ("number_mark__regex", "^[0-9a-f]{64}$")),
                        name="auditorentry_keeps_fingerprints_alone",
                    ),
                ],
            },
        ),
        *SECURITY,
    ]
