"""Consultations: documents, clauses, comments and responses."""

import django.db.models.deletion
import forum.lifecycle
import ledger.codes
from django.conf import settings
from django.db import migrations, models

from forum.migrations._consultations import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [
        ("forum", "0005_meetings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="name"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "organisation_name",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="organisation"),
                ),
                (
                    "code",
                    models.CharField(
                        default=ledger.codes.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "group_title",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="group"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "summary",
                    models.TextField(
                        blank=True, default="", max_length=4000, verbose_name="what it is about"
                    ),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("is_public", models.BooleanField(default=False, verbose_name="open to the public")),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="first opened"),
                ),
            ],
            options={
                "verbose_name": "consultation",
                "verbose_name_plural": "consultations",
                "indexes": [
                    models.Index(fields=["-opened_at", "-id"], name="consultation_newest"),
                    models.Index(fields=["group", "-id"], name="consultation_of_group"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="consultation_has_a_title"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsultationRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=ledger.codes.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="forum.consultation",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(default=False, editable=False, verbose_name="open to the public"),
                ),
                ("number", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="round")),
                (
                    "note",
                    models.TextField(
                        blank=True, default="", max_length=2000, verbose_name="what is new in this round"
                    ),
                ),
                (
                    "note_language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("planned", "Announced"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("answered", "Answered"),
                        ],
                        default=forum.lifecycle.RoundState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("zone", models.CharField(blank=True, default="", max_length=64, verbose_name="time zone")),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "outcome",
                    models.TextField(blank=True, default="", max_length=8000, verbose_name="what came of it"),
                ),
                (
                    "outcome_language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
            ],
            options={
                "verbose_name": "round of a consultation",
                "verbose_name_plural": "rounds of consultations",
                "ordering": ("consultation", "-number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("consultation", "number"), name="consultation_round_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                ("closes_at__isnull", False),
                                ("opens_at__isnull", False),
                                ("state__in", ["planned", "open", "closed", "answered"]),
                                models.Q(("zone", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultation_window_is_set",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                        ),
                        name="consultation_closes_after_it_opens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at", None),
                                ("closed_at", None),
                                ("state__in", ["draft", "planned", "open"]),
                            ),
                            models.Q(
                                ("answered_at", None), ("closed_at__isnull", False), ("state", "closed")
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("closed_at__isnull", False),
                                ("state", "answered"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultation_times_follow_the_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsultationClause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=ledger.codes.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clauses",
                        to="forum.consultationround",
                    ),
                ),
                (
                    "identity",
                    models.CharField(default=ledger.codes.new_code, max_length=12, verbose_name="identity"),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("label", models.CharField(blank=True, default="", max_length=20, verbose_name="number")),
                ("title", models.CharField(blank=True, default="", max_length=200, verbose_name="heading")),
                ("text", models.TextField(max_length=20000, verbose_name="text")),
            ],
            options={
                "verbose_name": "clause of a consultation",
                "verbose_name_plural": "clauses of consultations",
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "identity"), name="consultation_clause_once_per_round"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="consultation_clause_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsultationComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=ledger.codes.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="forum.consultation",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="forum.consultationround",
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="forum.consultationclause",
                    ),
                ),
                (
                    "from_public",
                    models.BooleanField(default=False, editable=False, verbose_name="from the public"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=254, verbose_name="name")),
                (
                    "organisation_name",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="organisation"),
                ),
                ("text", models.TextField(blank=True, default="", max_length=8000, verbose_name="comment")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Not confirmed"), ("shown", "Shown"), ("hidden", "Hidden")],
                        default=forum.lifecycle.CommentState["SHOWN"],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment on a consultation",
                "verbose_name_plural": "comments on consultations",
                "ordering": ("made_at", "id"),
                "indexes": [
                    models.Index(fields=["round", "clause", "id"], name="consultation_said_to_clause")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("name", ""), ("organisation_name", ""), ("state", "hidden"), ("text", "")
                            ),
                            models.Q(
                                ("state__in", ["waiting", "shown"]), models.Q(("text", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="consultation_comment_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_public", True), ("organisation", None), ("person", None)),
                            models.Q(
                                ("from_public", False), ("organisation__isnull", False), ("state", "shown")
                            ),
                            _connector="OR",
                        ),
                        name="consultation_comment_has_one_voice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsultationContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact",
                        to="forum.consultationcomment",
                    ),
                ),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail")),
                (
                    "token_hash",
                    models.CharField(
                        editable=False, max_length=64, unique=True, verbose_name="hash of the link"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
            ],
            options={
                "verbose_name": "address behind a comment",
                "verbose_name_plural": "addresses behind comments",
                "indexes": [models.Index(fields=["email", "asked_at"], name="consultation_contact_lately")],
            },
        ),
        migrations.CreateModel(
            name="ConsultationResponse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="name"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "organisation_name",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="organisation"),
                ),
                (
                    "round",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="forum.consultationround",
                    ),
                ),
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="response",
                        to="forum.consultationcomment",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("partly", "Accepted in part"),
                            ("not_accepted", "Not accepted"),
                            ("noted", "Noted"),
                        ],
                        max_length=12,
                        verbose_name="response",
                    ),
                ),
                ("reason", models.TextField(max_length=4000, verbose_name="reason")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("made_at", models.DateTimeField(verbose_name="answered")),
            ],
            options={
                "verbose_name": "response to a comment",
                "verbose_name_plural": "responses to comments",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["accepted", "partly", "not_accepted", "noted"])),
                        name="consultation_verdict_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="consultation_response_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsultationHiding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="name"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "organisation_name",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="organisation"),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hidings",
                        to="forum.consultationcomment",
                    ),
                ),
                ("is_shown_again", models.BooleanField(default=False, verbose_name="shown again")),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("text", models.TextField(blank=True, default="", editable=False, verbose_name="its words")),
                (
                    "name",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=254, verbose_name="its name"
                    ),
                ),
                (
                    "of_organisation",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=200,
                        verbose_name="its organisation",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "hiding of a comment",
                "verbose_name_plural": "hidings of comments",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="consultation_hiding_has_a_reason",
                    )
                ],
            },
        ),
        *SECURITY,
    ]
