"""Projects, action items, decisions, ballots and issues."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._work import SECURITY


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0003_discussion"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ballot",
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
                ("question", models.CharField(max_length=300, verbose_name="question")),
                (
                    "details",
                    models.TextField(
                        blank=True, default="", max_length=4000, verbose_name="what it is about"
                    ),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), size=None, verbose_name="choices"
                    ),
                ),
                ("is_secret", models.BooleanField(verbose_name="secret")),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("most", "The most votes: more than every other choice"),
                            ("half", "More than half of the votes, without abstentions"),
                            ("two_thirds", "At least two thirds of the votes, without abstentions"),
                        ],
                        max_length=12,
                        verbose_name="majority",
                    ),
                ),
                (
                    "quorum_unit",
                    models.CharField(
                        choices=[("seats", "Seats"), ("percent", "Per cent of the filled seats")],
                        default="seats",
                        max_length=8,
                        verbose_name="quorum counts",
                    ),
                ),
                (
                    "quorum_of",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        default=list,
                        size=None,
                        verbose_name="quorum of",
                    ),
                ),
                (
                    "quorum_least",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="at least",
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="opens")),
                ("closes_at", models.DateTimeField(verbose_name="closes")),
                ("called_at", models.DateTimeField(verbose_name="called")),
                (
                    "state",
                    models.CharField(
                        choices=[("called", "Called"), ("closed", "Closed"), ("withdrawn", "Withdrawn")],
                        default=forum.lifecycle.BallotState["CALLED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("reason", models.TextField(blank=True, default="", max_length=1000, verbose_name="reason")),
                (
                    "reason_language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("chosen", "Decided"),
                            ("tie", "A tie: nothing is decided"),
                            ("short", "No choice has the majority it needs"),
                            ("no_votes", "Nobody voted for a choice"),
                            ("no_quorum", "Not enough seats voted: the ballot decides nothing"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                ("winner", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="chosen")),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), null=True, size=None, verbose_name="votes"
                    ),
                ),
                (
                    "turnout_of",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), null=True, size=None
                    ),
                ),
                (
                    "turnout_seats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), null=True, size=None
                    ),
                ),
                (
                    "turnout_voted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), null=True, size=None
                    ),
                ),
                (
                    "turnout_needed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), null=True, size=None
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
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
            },
        ),
        migrations.CreateModel(
            name="BallotHandover",
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
                    "by_co_lead",
                    models.BooleanField(default=False, editable=False, verbose_name="by a co-lead"),
                ),
                ("at", models.DateTimeField(verbose_name="handed over")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="forum.ballot",
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
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat"
                    ),
                ),
            ],
            options={
                "verbose_name": "vote handed over",
                "verbose_name_plural": "votes handed over",
            },
        ),
        migrations.CreateModel(
            name="BallotPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                (
                    "organisation_name",
                    models.CharField(editable=False, max_length=200, verbose_name="organisation"),
                ),
                ("by_alternate", models.BooleanField(verbose_name="by its alternate")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="forum.ballot"
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
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat"
                    ),
                ),
            ],
            options={
                "verbose_name": "ballot paper",
                "verbose_name_plural": "ballot papers",
            },
        ),
        migrations.CreateModel(
            name="BallotTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("choice", models.PositiveSmallIntegerField(verbose_name="choice")),
                ("votes", models.PositiveIntegerField(default=0, verbose_name="votes")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.ballot"
                    ),
                ),
            ],
            options={
                "verbose_name": "running count",
                "verbose_name_plural": "running counts",
            },
        ),
        migrations.CreateModel(
            name="BallotVote",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("choice", models.PositiveSmallIntegerField(verbose_name="choice")),
                ("by_alternate", models.BooleanField(verbose_name="by its alternate")),
                ("at", models.DateTimeField(verbose_name="voted")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="forum.ballot"
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
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat"
                    ),
                ),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
            },
        ),
        migrations.AddIndex(
            model_name="ballot",
            index=models.Index(fields=["group", "-closes_at", "-id"], name="ballot_of_group"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("question", ""), _negated=True), name="ballot_asks_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                name="ballot_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("choices__len__gte", 2), ("choices__len__lte", 12)),
                name="ballot_has_choices",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quorum_of__len", models.F("quorum_least__len")),
                    (
                        "quorum_of__contained_by",
                        ["buyer", "supplier", "audit_firm", "union", "ngo", "expert"],
                    ),
                ),
                name="ballot_quorum_is_in_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quorum_unit__in", ["seats", "percent"]), ("rule__in", ["most", "half", "two_thirds"])
                ),
                name="ballot_rules_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("counts__isnull", False),
                        ("state", "closed"),
                        ("withdrawn_at", None),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    models.Q(
                        ("closed_at", None),
                        ("counts", None),
                        ("outcome", ""),
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                    ),
                    models.Q(
                        ("closed_at", None),
                        ("counts", None),
                        ("outcome", ""),
                        ("state", "called"),
                        ("withdrawn_at", None),
                    ),
                    _connector="OR",
                ),
                name="ballot_result_follows_the_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "chosen"), ("winner__gte", 1)),
                    models.Q(models.Q(("outcome", "chosen"), _negated=True), ("winner", None)),
                    _connector="OR",
                ),
                name="ballot_winner_follows_the_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballothandover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)),
                fields=("ballot", "seat"),
                name="ballot_handed_over_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballotpaper",
            constraint=models.UniqueConstraint(fields=("ballot", "seat"), name="ballot_one_vote_per_seat"),
        ),
        migrations.AddConstraint(
            model_name="ballottally",
            constraint=models.UniqueConstraint(
                fields=("ballot", "choice"), name="ballot_tally_once_per_choice"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballotvote",
            constraint=models.UniqueConstraint(
                fields=("ballot", "seat", "number"), name="ballot_vote_once_per_number"
            ),
        ),
        *SECURITY,
    ]
