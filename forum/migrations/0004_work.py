"""Projects, action items, decisions, ballots and issues."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._work import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [("forum", "0003_discussion")]

    operations = [
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("question", models.CharField(max_length=300, verbose_name="question")),
                ("details", models.TextField(blank=True, default="", max_length=4000, verbose_name="what it is about")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("choices", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None, verbose_name="choices")),
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
                        choices=[("seats", "Seats"), ("percent", "Per cent of the filled seats")], default="seats", max_length=8, verbose_name="quorum counts"
                    ),
                ),
                (
                    "quorum_of",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name="quorum of"),
                ),
                (
                    "quorum_least",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name="at least"),
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
                ("reason_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
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
                ("counts", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), null=True, size=None, verbose_name="votes")),
                ("turnout_of", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), null=True, size=None)),
                ("turnout_seats", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), null=True, size=None)),
                ("turnout_voted", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), null=True, size=None)),
                ("turnout_needed", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), null=True, size=None)),
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
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "indexes": [models.Index(fields=["group", "-closes_at", "-id"], name="ballot_of_group")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("question", ""), _negated=True), name="ballot_asks_something"),
                    models.CheckConstraint(condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="ballot_closes_after_it_opens"),
                    models.CheckConstraint(condition=models.Q(("choices__len__gte", 2), ("choices__len__lte", 12)), name="ballot_has_choices"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quorum_of__len", models.F("quorum_least__len")),
                            ("quorum_of__contained_by", ["buyer", "supplier", "audit_firm", "union", "ngo", "expert"]),
                        ),
                        name="ballot_quorum_is_in_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quorum_unit__in", ["seats", "percent"]), ("rule__in", ["most", "half", "two_thirds"])),
                        name="ballot_rules_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("counts__isnull", False),
                                ("state", "closed"),
                                ("withdrawn_at", None),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(("closed_at", None), ("counts", None), ("outcome", ""), ("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(("closed_at", None), ("counts", None), ("outcome", ""), ("state", "called"), ("withdrawn_at", None)),
                            _connector="OR",
                        ),
                        name="ballot_result_follows_the_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "chosen"), ("winner__gte", 1)),
                            models.Q(models.Q(("outcome", "chosen"), _negated=True), ("winner", None)),
                            _connector="OR",
                        ),
                        name="ballot_winner_follows_the_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BallotHandover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("by_co_lead", models.BooleanField(default=False, editable=False, verbose_name="by a co-lead")),
                ("at", models.DateTimeField(verbose_name="handed over")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                ("ballot", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="forum.ballot")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("seat", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat")),
            ],
            options={
                "verbose_name": "vote handed over",
                "verbose_name_plural": "votes handed over",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("taken_back_at", None)), fields=("ballot", "seat"), name="ballot_handed_over_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BallotPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("organisation_name", models.CharField(editable=False, max_length=200, verbose_name="organisation")),
                ("by_alternate", models.BooleanField(verbose_name="by its alternate")),
                ("ballot", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="forum.ballot")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("seat", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat")),
            ],
            options={
                "verbose_name": "ballot paper",
                "verbose_name_plural": "ballot papers",
                "constraints": [models.UniqueConstraint(fields=("ballot", "seat"), name="ballot_one_vote_per_seat")],
            },
        ),
        migrations.CreateModel(
            name="BallotTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("choice", models.PositiveSmallIntegerField(verbose_name="choice")),
                ("votes", models.PositiveIntegerField(default=0, verbose_name="votes")),
                ("ballot", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.ballot")),
            ],
            options={
                "verbose_name": "running count",
                "verbose_name_plural": "running counts",
                "constraints": [models.UniqueConstraint(fields=("ballot", "choice"), name="ballot_tally_once_per_choice")],
            },
        ),
        migrations.CreateModel(
            name="BallotVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("choice", models.PositiveSmallIntegerField(verbose_name="choice")),
                ("by_alternate", models.BooleanField(verbose_name="by its alternate")),
                ("at", models.DateTimeField(verbose_name="voted")),
                ("ballot", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="forum.ballot")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("seat", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat")),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "constraints": [models.UniqueConstraint(fields=("ballot", "seat", "number"), name="ballot_vote_once_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("proposal", models.TextField(max_length=6000, verbose_name="proposal")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("consensus", "Agreed by consensus"),
                            ("objected", "Objected to"),
                            ("resolved", "Agreed, objections answered"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default=forum.lifecycle.DecisionState["PROPOSED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "ballot",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="forum.ballot", verbose_name="ballot"
                    ),
                ),
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
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "indexes": [models.Index(fields=["group", "-proposed_at", "-id"], name="decision_of_group")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("proposal", ""), _negated=True)),
                        name="decision_proposes_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("state__in", ["proposed", "objected"])),
                            models.Q(models.Q(("state__in", ["proposed", "objected"]), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_settled_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="issue")),
                ("body", models.TextField(blank=True, default="", max_length=4000, verbose_name="what it is about")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")], default=forum.lifecycle.IssueState["OPEN"], max_length=10, verbose_name="state"
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
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
                "verbose_name": "issue",
                "verbose_name_plural": "issues",
                "indexes": [models.Index(fields=["group", "-opened_at", "-id"], name="issue_of_group")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="group_issue_has_a_title"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "open")), models.Q(("closed_at__isnull", False), ("state", "closed")), _connector="OR"
                        ),
                        name="group_issue_closed_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("body", models.TextField(max_length=4000, verbose_name="note")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="written")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("issue", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="forum.issue")),
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
                "verbose_name": "note on an issue",
                "verbose_name_plural": "notes on issues",
                "constraints": [models.CheckConstraint(condition=models.Q(("body", ""), _negated=True), name="issue_note_says_something")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("reason", models.TextField(max_length=4000, verbose_name="reason")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                ("answer", models.TextField(blank=True, default="", max_length=4000, verbose_name="answer")),
                ("answer_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answered_by_name", models.CharField(default="", editable=False, max_length=254, verbose_name="answered by")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("decision", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="forum.decision")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("seat", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.seat")),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "ordering": ("raised_at", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("decision", "seat"), name="objection_once_per_seat"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="objection_has_a_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="objection_answered_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("purpose", models.TextField(max_length=4000, verbose_name="purpose")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "sdg_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5), blank=True, default=list, size=None, verbose_name="Sustainable Development Goals"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("active", "Under way"), ("done", "Done"), ("stopped", "Stopped")],
                        default=forum.lifecycle.ProjectState["PLANNED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
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
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "indexes": [models.Index(fields=["group", "-created_at", "-id"], name="project_of_group")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("purpose", ""), _negated=True)), name="project_says_what_it_is_for"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sdg_tags__contained_by",
                                [
                                    "1",
                                    "1.2",
                                    "2",
                                    "3",
                                    "3.9",
                                    "4",
                                    "5",
                                    "5.1",
                                    "6",
                                    "7",
                                    "8",
                                    "8.5",
                                    "8.7",
                                    "8.8",
                                    "9",
                                    "10",
                                    "10.3",
                                    "10.7",
                                    "11",
                                    "12",
                                    "13",
                                    "14",
                                    "15",
                                    "16",
                                    "16.5",
                                    "16.10",
                                    "17",
                                ],
                            )
                        ),
                        name="project_tags_are_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="what stands then")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("due_on", models.DateField(verbose_name="by")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Ahead"), ("reached", "Reached"), ("dropped", "Given up")],
                        default=forum.lifecycle.MilestoneState["OPEN"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reached_on", models.DateField(blank=True, null=True, verbose_name="reached")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="forum.project")),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ("due_on", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="milestone_has_a_title"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reached_on__isnull", False), ("state", "reached")),
                            models.Q(models.Q(("state", "reached"), _negated=True), ("reached_on", None)),
                            _connector="OR",
                        ),
                        name="milestone_reached_has_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("body", models.TextField(max_length=4000, verbose_name="what is new")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("percent", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="done, in per cent")),
                ("at", models.DateTimeField(verbose_name="written")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="forum.project")),
            ],
            options={
                "verbose_name": "project update",
                "verbose_name_plural": "project updates",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("body", ""), _negated=True), name="project_update_says_something"),
                    models.CheckConstraint(condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"), name="project_update_is_100_at_most"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("owner_name", models.CharField(default="", editable=False, max_length=254, verbose_name="owner")),
                ("due_on", models.DateField(verbose_name="by")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default=forum.lifecycle.ActionItemState["OPEN"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="owner")),
                ("owner_organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "action item",
                "verbose_name_plural": "action items",
                "indexes": [
                    models.Index(fields=["group", "due_on", "id"], name="action_item_of_group"),
                    models.Index(condition=models.Q(("state", "open")), fields=["owner", "owner_organisation", "due_on"], name="action_item_of_owner"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="action_item_says_what"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="action_item_ended_has_a_time",
                    ),
                ],
            },
        ),
        *SECURITY,
    ]
