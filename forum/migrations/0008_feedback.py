"""Feedback rounds."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._feedback import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [
        ("forum", "0007_updates"),
        ("organisations", "0004_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="name"),
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("purpose", models.TextField(max_length=4000, verbose_name="what the group asks for")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("for_all", models.BooleanField(default=False, verbose_name="every group is invited")),
                (
                    "invited_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="invited groups",
                    ),
                ),
                ("zone", models.CharField(default="UTC", max_length=64, verbose_name="time zone")),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens")),
                ("closes_at", models.DateTimeField(verbose_name="closes")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("finished", "Summary published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default=forum.lifecycle.FeedbackState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="begun")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="released")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("reason", models.TextField(blank=True, default="", max_length=1000, verbose_name="reason")),
                (
                    "reason_language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "summary",
                    models.TextField(blank=True, default="", max_length=6000, verbose_name="summary"),
                ),
                (
                    "summary_language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "finished_by_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="summary by"),
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
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
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
            ],
            options={
                "verbose_name": "feedback round",
                "verbose_name_plural": "feedback rounds",
                "indexes": [models.Index(fields=["group", "-created_at", "-id"], name="feedback_of_group")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), models.Q(("purpose", ""), _negated=True)
                        ),
                        name="feedback_says_what_it_asks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                        ),
                        name="feedback_closes_after_it_opens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("for_all", True), ("invited_ids__len", 0)),
                            models.Q(("for_all", False), ("invited_ids__len__gte", 1)),
                            _connector="OR",
                        ),
                        name="feedback_invites_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("released_at", None), ("state", "draft")),
                            ("state", "withdrawn"),
                            models.Q(
                                ("opens_at__isnull", False),
                                ("released_at__isnull", False),
                                ("state__in", ["open", "finished"]),
                            ),
                            _connector="OR",
                        ),
                        name="feedback_open_has_its_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True),
                                ("reason", ""),
                                ("withdrawn_at", None),
                            ),
                            models.Q(
                                ("state", "withdrawn"),
                                ("withdrawn_at__isnull", False),
                                models.Q(
                                    ("released_at", None),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="feedback_withdrawn_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "finished"), _negated=True),
                                ("finished_at", None),
                                ("summary", ""),
                            ),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("state", "finished"),
                                models.Q(("summary", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="feedback_finished_has_a_summary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackProject",
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
                ("title", models.CharField(default="", editable=False, max_length=200, verbose_name="title")),
                (
                    "title_language",
                    models.CharField(default="", editable=False, max_length=12, verbose_name="language"),
                ),
                ("description", models.TextField(max_length=4000, verbose_name="for people of other groups")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="questions",
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.project"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="forum.feedbackround",
                    ),
                ),
            ],
            options={
                "verbose_name": "project in a feedback round",
                "verbose_name_plural": "projects in feedback rounds",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("round", "project"), name="feedback_project_once"),
                    models.CheckConstraint(
                        condition=models.Q(("description", ""), _negated=True),
                        name="feedback_project_is_described",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("questions__len__lte", 8)), name="feedback_project_asks_little"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackExcerpt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.TextField(default="", editable=False, max_length=4000, verbose_name="words"),
                ),
                (
                    "language",
                    models.CharField(default="", editable=False, max_length=12, verbose_name="language"),
                ),
                ("day", models.DateField(editable=False, null=True, verbose_name="date")),
                (
                    "state",
                    models.CharField(
                        choices=[("", ""), ("open", "open"), ("reached", "reached"), ("dropped", "dropped")],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        editable=False, null=True, verbose_name="done, in per cent"
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
                    "milestone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.milestone",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.projectupdate",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="excerpts",
                        to="forum.feedbackproject",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.feedbackround",
                    ),
                ),
            ],
            options={
                "verbose_name": "excerpt in a feedback round",
                "verbose_name_plural": "excerpts in feedback rounds",
                "ordering": ("day", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("milestone__isnull", False), ("update", None)),
                            models.Q(("milestone", None), ("update__isnull", False)),
                            _connector="OR",
                        ),
                        name="feedback_excerpt_of_one_thing",
                    ),
                    models.UniqueConstraint(
                        fields=("part", "milestone"), name="feedback_excerpt_milestone_once"
                    ),
                    models.UniqueConstraint(fields=("part", "update"), name="feedback_excerpt_update_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="name"),
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
                ("question", models.PositiveSmallIntegerField(default=0, verbose_name="question")),
                (
                    "from_group_name",
                    models.CharField(default="", editable=False, max_length=120, verbose_name="group"),
                ),
                ("body", models.TextField(max_length=4000, verbose_name="comment")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("at", models.DateTimeField(verbose_name="written")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken", "We take it up"),
                            ("partly", "We take up a part of it"),
                            ("later", "We keep it for later"),
                            ("unchanged", "It stays as it is"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="what the group does about it",
                    ),
                ),
                ("answer", models.TextField(blank=True, default="", max_length=4000, verbose_name="answer")),
                (
                    "answer_language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "answered_by_name",
                    models.CharField(default="", editable=False, max_length=254, verbose_name="answered by"),
                ),
                (
                    "answered_for_name",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="answered for"),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "from_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.group",
                        verbose_name="group",
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
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
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
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="forum.feedbackproject",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="forum.feedbackround",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment in a feedback round",
                "verbose_name_plural": "comments in feedback rounds",
                "ordering": ("at", "id"),
                "indexes": [
                    models.Index(fields=["round", "at", "id"], name="feedback_comments_of_round"),
                    models.Index(
                        condition=models.Q(("answered_at", None)),
                        fields=["round"],
                        name="feedback_comments_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True),
                        name="feedback_comment_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("outcome", "")),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("outcome__in", ["taken", "partly", "later", "unchanged"]),
                            ),
                            _connector="OR",
                        ),
                        name="feedback_answer_says_what_is_done",
                    ),
                    models.UniqueConstraint(
                        models.F("part"),
                        models.F("question"),
                        models.F("person"),
                        django.db.models.functions.text.MD5("body"),
                        name="feedback_comment_said_once",
                    ),
                ],
            },
        ),
        *SECURITY,
    ]
