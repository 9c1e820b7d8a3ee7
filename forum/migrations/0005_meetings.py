"""Meetings, minutes and calendars."""

import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._meetings import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [("documents", "0004_groups"), ("forum", "0004_work"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="length in minutes")),
                ("place", models.CharField(blank=True, default="", max_length=300, verbose_name="place")),
                ("livestream", models.CharField(blank=True, default="", max_length=500, verbose_name="link to take part")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
                        default=forum.lifecycle.MeetingState["PLANNED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", max_length=1000, verbose_name="why it is cancelled")),
                ("reason_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("sequence", models.PositiveIntegerField(default=0, editable=False, verbose_name="changes")),
                ("created_at", models.DateTimeField(verbose_name="planned")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "indexes": [models.Index(fields=["group", "-starts_at", "-id"], name="meeting_of_group")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="meeting_has_a_title"),
                    models.CheckConstraint(condition=models.Q(("minutes__gte", 5), ("minutes__lte", 1440)), name="meeting_length_is_sane"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["planned", "held", "cancelled"])), name="meeting_state_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(("livestream", ""), ("livestream__startswith", "https://"), _connector="OR"), name="meeting_link_is_a_safe_address"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "cancelled"), ("reason", ""), _connector="OR"), name="meeting_reason_is_of_a_cancelled_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("role", models.CharField(default="", editable=False, max_length=10, verbose_name="takes part as")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("coming", "Coming"), ("maybe", "Perhaps"), ("not", "Not coming")],
                        default="",
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "presence",
                    models.CharField(
                        blank=True,
                        choices=[("there", "Was there"), ("apologies", "Sent apologies"), ("absent", "Was not there")],
                        default="",
                        max_length=10,
                        verbose_name="presence",
                    ),
                ),
                ("noted_at", models.DateTimeField(blank=True, null=True, verbose_name="noted")),
                (
                    "seat_place",
                    models.CharField(
                        blank=True, choices=[("holder", "Holder"), ("alternate", "Alternate")], default="", max_length=10, verbose_name="sat there as"
                    ),
                ),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("participant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.participant")),
                ("seat", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat")),
                ("meeting", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="attendance", to="forum.meeting")),
            ],
            options={
                "verbose_name": "attendance",
                "verbose_name_plural": "attendance",
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "participant"), name="attendance_once_per_participant"),
                    models.CheckConstraint(condition=models.Q(("answer__in", ["", "coming", "maybe", "not"])), name="attendance_answer_is_known"),
                    models.CheckConstraint(condition=models.Q(("presence__in", ["", "there", "apologies", "absent"])), name="attendance_presence_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seat", None), ("seat_place", "")),
                            models.Q(("presence", "there"), ("seat__isnull", False), ("seat_place__in", ["holder", "alternate"])),
                            _connector="OR",
                        ),
                        name="attendance_on_a_seat_was_there",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("title", models.CharField(max_length=200, verbose_name="point")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                ("presenter", models.CharField(blank=True, default="", max_length=120, verbose_name="who presents it")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("meeting", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="agenda", to="forum.meeting")),
            ],
            options={
                "verbose_name": "point of the agenda",
                "verbose_name_plural": "points of the agenda",
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"], fields=("meeting", "position"), name="agenda_position_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="agenda_item_has_a_title"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="version")),
                ("why", models.TextField(blank=True, default="", max_length=1000, verbose_name="what is corrected, and why")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("proposed", "Proposed"), ("approved", "Approved"), ("published", "Published")],
                        default=forum.lifecycle.MinutesState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=0, verbose_name="round")),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="proposed")),
                ("open_until", models.DateTimeField(blank=True, null=True, verbose_name="corrections until")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved")),
                ("approved_by", models.CharField(blank=True, default="", editable=False, max_length=254, verbose_name="recorded by")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("meeting", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="forum.meeting")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "minutes",
                "verbose_name_plural": "minutes",
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "number"), name="minutes_version_once"),
                    models.UniqueConstraint(condition=models.Q(("state__in", ["draft", "proposed"])), fields=("meeting",), name="minutes_one_version_at_work"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("published_at", None), ("state", "draft")),
                            models.Q(
                                ("approved_at", None),
                                ("open_until__isnull", False),
                                ("proposed_at__isnull", False),
                                ("published_at", None),
                                ("state", "proposed"),
                            ),
                            models.Q(("approved_at__isnull", False), ("open_until__isnull", False), ("published_at", None), ("state", "approved")),
                            models.Q(("approved_at__isnull", False), ("open_until__isnull", False), ("published_at__isnull", False), ("state", "published")),
                            _connector="OR",
                        ),
                        name="minutes_times_follow_the_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("open_until", None), ("open_until__gte", models.F("proposed_at")), _connector="OR"),
                        name="minutes_window_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("round", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="round")),
                ("kind", models.CharField(choices=[("approves", "Approves"), ("correction", "Asks for a correction")], max_length=10, verbose_name="kind")),
                ("text", models.TextField(blank=True, default="", max_length=4000, verbose_name="what is to be corrected")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("answer", models.TextField(blank=True, default="", max_length=4000, verbose_name="answer")),
                ("answer_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("answered_by", models.CharField(blank=True, default="", editable=False, max_length=254, verbose_name="answered by")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("minutes", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="forum.minutes")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "reply to minutes",
                "verbose_name_plural": "replies to minutes",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "approves")), fields=("minutes", "round", "person", "organisation"), name="minutes_approved_once_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("kind", "approves"), ("text", "")),
                            models.Q(("kind", "correction"), models.Q(("text", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="minutes_correction_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="minutes_answer_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("title", models.CharField(max_length=200, verbose_name="point")),
                ("title_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("text", models.TextField(blank=True, default="", max_length=20000, verbose_name="what was said")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                ("saved_by_name", models.CharField(default="", editable=False, max_length=254, verbose_name="saved by")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("item", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.agendaitem")),
                ("minutes", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="forum.minutes")),
                (
                    "saved_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "section of minutes",
                "verbose_name_plural": "sections of minutes",
                "ordering": ("position",),
                "constraints": [models.UniqueConstraint(fields=("minutes", "position"), name="minutes_position_once")],
            },
        ),
        migrations.CreateModel(
            name="MinutesLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("kind", models.CharField(choices=[("decision", "Decision"), ("action", "Action item")], max_length=10, verbose_name="kind")),
                ("text", models.CharField(max_length=500, verbose_name="what")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("owner", models.CharField(blank=True, default="", max_length=120, verbose_name="who")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="by")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("minutes", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="forum.minutes")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("section", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="forum.minutessection")),
            ],
            options={
                "verbose_name": "line of minutes",
                "verbose_name_plural": "lines of minutes",
                "ordering": ("section", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["decision", "action"])), name="minutes_line_kind_is_known"),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="minutes_line_says_something"),
                    models.CheckConstraint(condition=models.Q(("kind", "action"), ("due_on", None), _connector="OR"), name="minutes_line_due_is_of_an_action"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("item", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="forum.agendaitem")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"verbose_name": "paper", "verbose_name_plural": "papers"},
        ),
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("secret_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "address of a calendar",
                "verbose_name_plural": "addresses of calendars",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("person",), name="calendar_one_address_per_person"),
                    models.CheckConstraint(condition=models.Q(("secret_hash__regex", "^[0-9a-f]{64}$")), name="calendar_secret_is_a_hash"),
                ],
            },
        ),
        *SECURITY,
    ]
