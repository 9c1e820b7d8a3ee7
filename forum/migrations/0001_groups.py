"""Groups, who is in them, and who may enter."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._groups import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    initial = True

    dependencies = [
        ("organisations", "0004_columns"),
        ("documents", "0003_incidents"),
        ("ledger", "0006_own_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                ("title", models.CharField(max_length=60, verbose_name="title")),
                ("summary", models.CharField(blank=True, default="", max_length=300, verbose_name="summary")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("position", models.PositiveSmallIntegerField(unique=True, verbose_name="position")),
            ],
            options={"verbose_name": "stage of the cycle", "verbose_name_plural": "stages of the cycle", "ordering": ("position",)},
        ),
        migrations.CreateModel(
            name="CompetitionNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("body", models.TextField(max_length=8000, verbose_name="words of the notice")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "operator",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="operator"),
                ),
            ],
            options={
                "verbose_name": "competition-law notice",
                "verbose_name_plural": "competition-law notices",
                "constraints": [
                    models.UniqueConstraint(fields=("operator", "number"), name="competition_notice_once_per_version"),
                    models.CheckConstraint(condition=models.Q(("body", ""), _negated=True), name="competition_notice_says_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="address")),
                ("title", models.CharField(max_length=120, verbose_name="name")),
                ("summary", models.CharField(max_length=500, verbose_name="what it is for")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "kind",
                    models.CharField(
                        choices=[("topic", "A topic"), ("national", "A country"), ("network", "A profession")],
                        max_length=10,
                        verbose_name="brought together by",
                    ),
                ),
                ("country", models.CharField(blank=True, default="", max_length=2, verbose_name="country")),
                (
                    "entry",
                    models.CharField(
                        choices=[("open", "Open: everybody may join"), ("request", "By request: a co-lead decides"), ("invitation", "By invitation only")],
                        max_length=10,
                        verbose_name="how one comes in",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("closed", "Closed")], default=forum.lifecycle.GroupState["ACTIVE"], max_length=10, verbose_name="state"
                    ),
                ),
                (
                    "sdg_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), blank=True, default=list, size=None, verbose_name="Sustainable Development Goals"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "operator",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="operator"),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="forum.stage",
                        verbose_name="stage of the cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "group",
                "verbose_name_plural": "groups",
                "ordering": ("title", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("key__regex", "^[a-z][a-z0-9-]*$")), name="group_key_is_a_slug"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("summary", ""), _negated=True)), name="group_says_what_it_is_for"
                    ),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["topic", "national", "network"])), name="group_kind_is_known"),
                    models.CheckConstraint(condition=models.Q(("entry__in", ["open", "request", "invitation"])), name="group_entry_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "topic"), ("stage__isnull", False)),
                            models.Q(models.Q(("kind", "topic"), _negated=True), ("stage", None)),
                            _connector="OR",
                        ),
                        name="group_on_a_topic_has_a_stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "national"), models.Q(("country", ""), _negated=True)),
                            models.Q(models.Q(("kind", "national"), _negated=True), ("country", "")),
                            _connector="OR",
                        ),
                        name="group_of_a_country_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "active")), models.Q(("closed_at__isnull", False), ("state", "closed")), _connector="OR"
                        ),
                        name="group_closed_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("purpose", models.TextField(max_length=4000, verbose_name="purpose")),
                ("deliverables", models.TextField(blank=True, default="", help_text="One on each line.", max_length=4000, verbose_name="deliverables")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends on")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("adopted", "Adopted")], default=forum.lifecycle.CharterState["DRAFT"], max_length=10, verbose_name="state"
                    ),
                ),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="written by")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("adopted_at", models.DateTimeField(blank=True, null=True, verbose_name="adopted")),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="charters", to="forum.group")),
            ],
            options={
                "verbose_name": "charter",
                "verbose_name_plural": "charters",
                "ordering": ("group", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "number"), name="charter_version_once"),
                    models.UniqueConstraint(condition=models.Q(("state", "draft")), fields=("group",), name="charter_has_one_draft"),
                    models.CheckConstraint(condition=models.Q(("purpose", ""), _negated=True), name="charter_has_a_purpose"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adopted_at", None), ("state", "draft")), models.Q(("adopted_at__isnull", False), ("state", "adopted")), _connector="OR"
                        ),
                        name="charter_adopted_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_co_lead", models.BooleanField()),
                ("is_guest", models.BooleanField()),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.group")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["person", "organisation"], name="group_access_of_person")],
                "constraints": [models.UniqueConstraint(fields=("group", "person", "organisation"), name="group_access_once_per_person")],
            },
        ),
        migrations.CreateModel(
            name="NoticeAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted_at", models.DateTimeField(verbose_name="accepted")),
                ("notice", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="forum.competitionnotice")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "acceptance of a notice",
                "verbose_name_plural": "acceptances of notices",
                "constraints": [models.UniqueConstraint(fields=("notice", "person"), name="notice_accepted_once_per_person")],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail address")),
                (
                    "role",
                    models.CharField(
                        choices=[("member", "Participant"), ("co_lead", "Co-lead"), ("guest", "Guest")], max_length=10, verbose_name="takes part as"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[("operator", "From the operator"), ("member", "From a member organisation")],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="side",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asks to join"), ("invited", "Invited"), ("active", "Takes part"), ("declined", "Declined"), ("ended", "Ended")],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("words", models.TextField(blank=True, default="", max_length=1000, verbose_name="why you would like to join")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("reason", models.TextField(blank=True, default="", max_length=1000, verbose_name="reason")),
                ("reason_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("named_by_name", models.CharField(default="", editable=False, max_length=254, verbose_name="invited by")),
                ("since_at", models.DateTimeField(verbose_name="asked or invited")),
                ("joined_at", models.DateTimeField(blank=True, null=True, verbose_name="joined")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="participants", to="forum.group")),
                (
                    "named_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="person"
                    ),
                ),
            ],
            options={
                "verbose_name": "participant",
                "verbose_name_plural": "participants",
                "indexes": [
                    models.Index(fields=["person", "organisation", "state"], name="participant_of_person"),
                    models.Index(fields=["group", "state", "person_name", "id"], name="participant_of_group"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "active"])), fields=("group", "organisation", "person"), name="participant_once_per_group"
                    ),
                    models.UniqueConstraint(
                        models.F("group"),
                        models.F("organisation"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("state", "invited")),
                        name="participant_invited_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "co_lead"), ("state", "active")), fields=("group", "side"), name="group_has_one_co_lead_of_each_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "co_lead"), models.Q(("side", ""), _negated=True)),
                            models.Q(models.Q(("role", "co_lead"), _negated=True), ("side", "")),
                            _connector="OR",
                        ),
                        name="participant_who_leads_has_a_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person", None), ("state", "invited"), models.Q(("email", ""), _negated=True)),
                            models.Q(models.Q(("state", "invited"), _negated=True), ("email", "")),
                            _connector="OR",
                        ),
                        name="participant_is_invited_by_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person__isnull", False), models.Q(("state__in", ["asked", "active"]), _negated=True), _connector="OR"),
                        name="participant_is_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("joined_at", None), ("state__in", ["asked", "invited"])),
                            models.Q(("ended_at", None), ("joined_at__isnull", False), ("state", "active")),
                            models.Q(("ended_at__isnull", False), ("state__in", ["declined", "ended"])),
                            _connector="OR",
                        ),
                        name="participant_times_follow_the_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "constituency",
                    models.CharField(
                        choices=[
                            ("buyer", "Buyers"),
                            ("supplier", "Suppliers"),
                            ("audit_firm", "Audit firms"),
                            ("union", "Trade unions"),
                            ("ngo", "Non-governmental organisations"),
                            ("expert", "Experts"),
                        ],
                        max_length=12,
                        verbose_name="constituency",
                    ),
                ),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("given_at", models.DateTimeField(verbose_name="given")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("group", "organisation"), name="seat_once_per_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("constituency__in", ["buyer", "supplier", "audit_firm", "union", "ngo", "expert"])),
                        name="seat_constituency_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatHolding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(choices=[("holder", "Holder"), ("alternate", "Alternate")], max_length=10, verbose_name="sits there as")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("since_at", models.DateTimeField(verbose_name="since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="person"),
                ),
                ("seat", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holdings", to="forum.seat")),
            ],
            options={
                "verbose_name": "person on a seat",
                "verbose_name_plural": "people on seats",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("seat", "place"), name="seat_place_is_taken_once"),
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("seat", "person"), name="seat_person_sits_once"),
                    models.CheckConstraint(condition=models.Q(("place__in", ["holder", "alternate"])), name="seat_place_is_known"),
                ],
            },
        ),
        *SECURITY,
    ]
