"""Series, events, places and waiting lists.

Everyone signed in reads what is published, unless it is for organisations that are named. Who registered is read by the
organiser, by the person, and by the admins of their organisation; how to join by those with a place alone. The file of
a material is open to whoever sees the material: the policy on `documents_document` is widened as it stands.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._events import EVENTS, FILES, FILL, REGISTRATIONS
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql

ORGANISER = "organiser_id = app.organisation()"
OWN = "organisation_id = app.organisation()"
ME = f"{OWN} AND person_id = app.person()"
ADMIN = """(SELECT true FROM organisations_membership m WHERE m.organisation_id = app.organisation()
             AND m.person_id = app.person() AND m.is_active AND m.role = 'admin')"""


def registered(table: str, how: str = "", event: str = "event_id") -> str:
    """Return the scalar subquery: the reader registered for the event of a row of `table`."""
    return f"""(SELECT true FROM forum_registration r WHERE r.event_id = {table}.{event}
                 AND r.organisation_id = app.organisation() AND r.person_id = app.person() {how} LIMIT 1)"""


def seated(table: str, how: str = "", event: str = "event_id") -> str:
    """Return the scalar subquery: a place at the event of a row of `table` is in the reader's own name."""
    return f"""(SELECT true FROM forum_eventplace p WHERE p.event_id = {table}.{event}
                 AND p.organisation_id = app.organisation() AND p.person_id = app.person() {how} LIMIT 1)"""


def with_a_place(table: str) -> str:
    """Return the condition: the reader has a place, or registered those who have one."""
    return f"""{registered(table, "AND r.state = 'placed'")} OR {seated(table, "AND p.is_held")}"""


INVITED = """(SELECT true FROM forum_eventguest g WHERE g.event_id = forum_event.id
               AND g.organisation_id = app.organisation() LIMIT 1)"""
INSIDE = """(SELECT true FROM forum_groupaccess a WHERE a.group_id = forum_event.group_id
              AND a.person_id = app.person() AND a.organisation_id = app.organisation() LIMIT 1)"""
TOLD = f"""state <> 'draft' AND (opens_to IN ('everyone', 'capabilities')
           OR opens_to = 'organisations' AND {INVITED}
           OR opens_to = 'group' AND {INSIDE}
           OR {registered("forum_event", event="id")} OR {seated("forum_event", event="id")})"""


class Migration(migrating.Migration):
    dependencies = [
        ("documents", "0003_incidents"),
        ("forum", "0001_groups"),
        ("schemes", "0006_verify"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("organiser_name", models.CharField(editable=False, max_length=200, verbose_name="organiser")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("summary", models.TextField(blank=True, max_length=4000, verbose_name="what it is about")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("construction", "Construction"),
                                ("logistics", "Logistics"),
                                ("food", "Food and seafood"),
                                ("textiles", "Textiles"),
                                ("furniture", "Furniture"),
                                ("electronics", "Electronics"),
                                ("evidence", "Judging evidence"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="purchasing categories",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default=forum.lifecycle.SeriesState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["draft", "published"])), name="forum_series_state_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(("tags__contained_by", ["construction", "logistics", "food", "textiles", "furniture", "electronics", "evidence"])),
                        name="forum_series_tags_are_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("organiser_name", models.CharField(editable=False, max_length=200, verbose_name="organiser")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("webinar", "Webinar"),
                            ("workshop", "Workshop"),
                            ("meeting", "Meeting"),
                            ("forum_meeting", "Forum meeting"),
                            ("side_event", "Side event"),
                        ],
                        default="webinar",
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("summary", models.TextField(blank=True, max_length=4000, verbose_name="what it is about")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("construction", "Construction"),
                                ("logistics", "Logistics"),
                                ("food", "Food and seafood"),
                                ("textiles", "Textiles"),
                                ("furniture", "Furniture"),
                                ("electronics", "Electronics"),
                                ("evidence", "Judging evidence"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="purchasing categories",
                    ),
                ),
                ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("register_by", models.DateTimeField(blank=True, null=True, verbose_name="register until")),
                ("place", models.CharField(blank=True, max_length=300, verbose_name="place")),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="places")),
                ("per_organisation", models.PositiveIntegerField(blank=True, null=True, verbose_name="places for each organisation")),
                (
                    "opens_to",
                    models.CharField(
                        choices=[
                            ("everyone", "Everyone who is signed in"),
                            ("capabilities", "Organisations of some kinds"),
                            ("organisations", "Organisations that you name"),
                            ("group", "The people of one group"),
                        ],
                        default="everyone",
                        max_length=14,
                        verbose_name="who can register",
                    ),
                ),
                (
                    "capabilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("buyer", "Buyer"),
                                ("supplier", "Supplier"),
                                ("audit_firm", "Audit firm"),
                                ("scheme_body", "Scheme body"),
                                ("stakeholder", "Stakeholder"),
                                ("operator", "Operator"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="kinds of organisations",
                    ),
                ),
                ("offer_hours", models.PositiveSmallIntegerField(default=48, verbose_name="hours that an offer lasts")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("closed", "Registration closed"),
                            ("held", "Held"),
                            ("cancelled", "Cancelled"),
                        ],
                        default=forum.lifecycle.EventState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                ("places_held", models.PositiveIntegerField(default=0, editable=False)),
                ("waiting", models.PositiveIntegerField(default=0, editable=False)),
                ("arrivals", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("certificates_at", models.DateTimeField(blank=True, null=True, verbose_name="certificates given")),
                (
                    "group",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group", verbose_name="group"
                    ),
                ),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("series", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="forum.series")),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "indexes": [
                    models.Index(fields=["starts_at", "id"], name="event_by_start"),
                    models.Index(fields=["organiser", "starts_at"], name="event_by_organiser"),
                    models.Index(fields=["series", "starts_at"], name="event_by_series"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published", "closed", "held", "cancelled"])), name="event_state_is_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="event_ends_after_its_start"),
                    models.CheckConstraint(
                        condition=models.Q(("register_by", None), ("register_by__lte", models.F("starts_at")), _connector="OR"),
                        name="event_registration_ends_by_its_start",
                    ),
                    models.CheckConstraint(condition=models.Q(("capacity", None), ("capacity__gte", 1), _connector="OR"), name="event_has_places"),
                    models.CheckConstraint(
                        condition=models.Q(("per_organisation", None), ("per_organisation__gte", 1), _connector="OR"), name="event_lets_each_organisation_in"
                    ),
                    models.CheckConstraint(condition=models.Q(("offer_hours__gte", 1), ("offer_hours__lte", 336)), name="event_offers_last_a_while"),
                    models.CheckConstraint(
                        condition=models.Q(("capacity", None), ("places_held__lte", models.F("capacity")), _connector="OR"), name="event_places_within_capacity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opens_to", "capabilities"), models.Q(("capabilities", []), _negated=True)),
                            models.Q(models.Q(("opens_to", "capabilities"), _negated=True), ("capabilities", [])),
                            _connector="OR",
                        ),
                        name="event_names_kinds_where_it_asks_for_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", False), ("opens_to", "group")),
                            models.Q(models.Q(("opens_to", "group"), _negated=True), ("group", None)),
                            _connector="OR",
                        ),
                        name="event_names_a_group_where_it_is_for_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tags__contained_by", ["construction", "logistics", "food", "textiles", "furniture", "electronics", "evidence"])),
                        name="event_tags_are_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reaches",
                    models.CharField(
                        choices=[("placed", "Those with a place"), ("waiting", "Those who wait"), ("all", "Both")],
                        default="placed",
                        max_length=8,
                        verbose_name="for",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="message")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("event", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="forum.event")),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={"verbose_name": "message about an event", "verbose_name_plural": "messages about events", "ordering": ("-pk",)},
        ),
        migrations.CreateModel(
            name="Joining",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="joining link")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="how to get in")),
                ("event", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="joining", to="forum.event")),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={"verbose_name": "way to join", "verbose_name_plural": "ways to join"},
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="released")),
                ("document", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="event_material", to="documents.document")),
                ("event", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="materials", to="forum.event")),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={"verbose_name": "material", "verbose_name_plural": "materials", "ordering": ("pk",)},
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("organisation_name", models.CharField(editable=False, max_length=200, verbose_name="organisation")),
                ("person_name", models.CharField(editable=False, max_length=120, verbose_name="registered by")),
                (
                    "kind",
                    models.CharField(
                        choices=[("self", "For myself"), ("group", "For several people of my organisation")],
                        default="self",
                        max_length=5,
                        verbose_name="for whom",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="how many places")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Offered a place"),
                            ("placed", "Has a place"),
                            ("declined", "Said no to the place"),
                            ("expired", "Offer ran out"),
                            ("cancelled", "Cancelled"),
                        ],
                        default=forum.lifecycle.RegistrationState["WAITING"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("arrival", models.PositiveIntegerField(default=0, editable=False)),
                ("registered_at", models.DateTimeField(verbose_name="registered")),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="offered")),
                ("offer_ends_at", models.DateTimeField(blank=True, null=True, verbose_name="offer ends")),
                ("placed_at", models.DateTimeField(blank=True, null=True, verbose_name="placed")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("event", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="registrations", to="forum.event")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "indexes": [
                    models.Index(fields=["event", "state", "arrival"], name="event_registration_line"),
                    models.Index(fields=["organisation", "-registered_at"], name="event_registration_own"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "offered", "placed", "declined", "expired", "cancelled"])),
                        name="event_registration_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "self"), ("quantity", 1)), models.Q(("kind", "group"), ("quantity__gte", 1)), _connector="OR"),
                        name="event_registration_is_for_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("offer_ends_at__isnull", False), ("offered_at__isnull", False), ("state", "offered")),
                            models.Q(("state", "offered"), _negated=True),
                            _connector="OR",
                        ),
                        name="event_offer_ends_some_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("placed_at__isnull", False), ("state", "placed")), models.Q(("state", "placed"), _negated=True), _connector="OR"
                        ),
                        name="event_place_is_had_since_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["offered", "placed", "waiting"])),
                            models.Q(models.Q(("state__in", ["offered", "placed", "waiting"]), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="event_registration_ends_at_a_time",
                    ),
                    models.UniqueConstraint(fields=("event", "arrival"), name="event_arrivals_are_one_by_one"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "self"), ("state__in", ["offered", "placed", "waiting"])),
                        fields=("event", "person"),
                        name="event_registers_a_person_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "group"), ("state__in", ["offered", "placed", "waiting"])),
                        fields=("event", "organisation"),
                        name="event_registers_a_group_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("organisation_name", models.CharField(editable=False, max_length=200, verbose_name="organisation")),
                ("number", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("is_held", models.BooleanField(default=False, editable=False)),
                ("is_open", models.BooleanField(default=True, editable=False)),
                (
                    "attendance",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not said"), ("attended", "Was there"), ("absent", "Was not there")],
                        default="",
                        max_length=8,
                        verbose_name="attendance",
                    ),
                ),
                ("marked_at", models.DateTimeField(blank=True, null=True, verbose_name="marked")),
                ("event", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="held_places", to="forum.event")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "registrant",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("registration", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="places", to="forum.registration")),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "indexes": [models.Index(fields=["event", "person"], name="event_place_of_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("registration", "number"), name="event_place_has_its_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True), ("person__isnull", False)), fields=("event", "person"), name="event_has_one_place_for_a_person"
                    ),
                    models.CheckConstraint(condition=models.Q(("attendance__in", ["", "attended", "absent"])), name="event_attendance_is_known"),
                    models.CheckConstraint(condition=models.Q(("attendance", ""), ("is_held", True), _connector="OR"), name="event_attendance_is_of_a_place"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventGuest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_name", models.CharField(editable=False, max_length=200, verbose_name="organisation")),
                ("event", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="guests", to="forum.event")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "organiser",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={
                "verbose_name": "organisation invited by name",
                "verbose_name_plural": "organisations invited by name",
                "constraints": [models.UniqueConstraint(fields=("event", "organisation"), name="event_names_an_organisation_once")],
            },
        ),
        Police("forum_series", select=f"state = 'published' AND app.organisation() IS NOT NULL OR {ORGANISER}", insert=ORGANISER, update=ORGANISER),
        Police("forum_event", select=f"{ORGANISER} OR app.organisation() IS NOT NULL AND ({TOLD})", insert=ORGANISER, update=ORGANISER),
        Police("forum_eventguest", select=f"{ORGANISER} OR {OWN}", insert=ORGANISER, delete=ORGANISER),
        Police(
            "forum_registration",
            select=f"{ORGANISER} OR ({ME}) OR ({OWN} AND {ADMIN})",
            insert=ME,
            update=f"{ORGANISER} OR ({ME}) OR ({OWN} AND {ADMIN})",
            columns=["state", "placed_at", "ended_at"],
        ),
        Police(
            "forum_eventplace",
            select=f"{ORGANISER} OR ({ME}) OR ({OWN} AND registrant_id = app.person()) OR ({OWN} AND {ADMIN})",
            insert=f"{OWN} AND registrant_id = app.person()",
            update=ORGANISER,
            columns=["attendance", "marked_at"],
        ),
        Police("forum_joining", select=f"{ORGANISER} OR {with_a_place('forum_joining')}", insert=ORGANISER, update=ORGANISER),
        Police(
            "forum_material",
            select=f"""{ORGANISER} OR released_at IS NOT NULL AND (
              {seated("forum_material", "AND p.is_held AND p.attendance <> 'absent'")}
              OR {registered("forum_material", "AND r.state = 'placed' AND r.kind = 'group'")})""",
            insert=ORGANISER,
            update=ORGANISER,
            delete=ORGANISER,
            columns=["title", "language", "released_at"],
        ),
        Police(
            "forum_eventmessage",
            select=f"""{ORGANISER} OR reaches IN ('placed', 'all') AND ({with_a_place("forum_eventmessage")})
              OR reaches IN ('waiting', 'all')
                AND {registered("forum_eventmessage", "AND r.state IN ('waiting', 'offered')")}""",
            insert=ORGANISER,
        ),
        AppendOnly("forum_eventmessage"),
        Sql(FILL),
        Sql(EVENTS),
        Sql(REGISTRATIONS),
        Sql(FILES),
    ]
