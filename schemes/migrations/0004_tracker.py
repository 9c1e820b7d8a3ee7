"""The company tracker: tables, what the database holds about them, and who reads which rows."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ledger.codes
import schemes.lifecycle
from ledger import migrating
from schemes.migrations._tracker import SECURITY


class Migration(migrating.Migration):
    dependencies = [("organisations", "0004_columns"), ("schemes", "0003_guards")]

    operations = [
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("keeper_name", models.CharField(default="", editable=False, max_length=200, verbose_name="name of the keeper")),
                ("title", models.CharField(max_length=200, verbose_name="name of the issue")),
                ("summary", models.TextField(max_length=4000, verbose_name="what it is about")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("is_state_imposed", models.BooleanField(default=False, verbose_name="a state imposes it")),
                ("steps", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name="steps")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "keeper",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="kept by"),
                ),
            ],
            options={
                "verbose_name": "issue",
                "verbose_name_plural": "issues",
                "indexes": [models.Index(fields=["-opened_at", "-id"], name="issue_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_state_imposed", False),
                            models.Q(("steps__contains", ["exit"]), models.Q(("steps__contains", ["remediate"]), _negated=True)),
                            _connector="OR",
                        ),
                        name="state_imposed_offers_exit_never_site_remediation",
                    ),
                    models.CheckConstraint(condition=models.Q(("steps__len__gte", 1)), name="an_issue_has_steps"),
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="an_issue_has_a_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackedCompany",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("country", models.CharField(blank=True, default="", max_length=2, verbose_name="country")),
                ("outside_ids", models.JSONField(blank=True, default=list, verbose_name="outside ids")),
                ("is_public", models.BooleanField(default=False, editable=False, verbose_name="public")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                (
                    "keeper",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="kept by"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="its organisation here",
                    ),
                ),
            ],
            options={
                "verbose_name": "tracked company",
                "verbose_name_plural": "tracked companies",
                "constraints": [
                    models.UniqueConstraint(fields=("keeper", "name"), name="a_keeper_has_a_company_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="a_company_has_a_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=20, verbose_name="step")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("no_information", "No information"),
                            ("claimed", "Claimed"),
                            ("evidenced", "Evidenced"),
                            ("verified", "Verified"),
                            ("reversed", "Reversed"),
                        ],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("none", "Looked for and not found"),
                            ("company", "The company's own statement"),
                            ("document", "A document that shows it"),
                            ("third_party", "Somebody independent of the company"),
                            ("rights_holder", "The people concerned confirm it"),
                            ("membership", "Membership in an initiative"),
                        ],
                        max_length=20,
                        verbose_name="what the source is",
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=250, verbose_name="source")),
                ("source_url", models.URLField(blank=True, default="", max_length=500, verbose_name="address of the source")),
                ("source_on", models.DateField(blank=True, null=True, verbose_name="date of the source")),
                ("next_check_on", models.DateField(blank=True, null=True, verbose_name="next check")),
                ("words", models.TextField(blank=True, default="", max_length=2000, verbose_name="what it shows")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="recorded")),
                ("issue", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="records", to="schemes.issue")),
                ("keeper", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="records", to="schemes.trackedcompany")),
            ],
            options={
                "verbose_name": "record of a step",
                "verbose_name_plural": "records of steps",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["issue", "company", "step", "-id"], name="steprecord_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "no_information"), models.Q(models.Q(("source", ""), _negated=True), ("source_on__isnull", False)), _connector="OR"
                        ),
                        name="a_step_names_its_dated_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "evidenced"), _negated=True), models.Q(("basis__in", ["none", "company"]), _negated=True), _connector="OR"
                        ),
                        name="ones_own_word_is_a_claim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "verified"), _negated=True), ("basis__in", ["third_party", "rights_holder", "membership"]), _connector="OR"
                        ),
                        name="others_verify",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "reversed"), _negated=True), models.Q(("words", ""), _negated=True), _connector="OR"),
                        name="a_reversal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("company_name", models.CharField(max_length=200, verbose_name="company")),
                ("step", models.CharField(blank=True, default="", max_length=20, verbose_name="step")),
                ("words", models.TextField(max_length=2000, verbose_name="what you know")),
                ("source_url", models.URLField(blank=True, default="", max_length=500, verbose_name="address of a source")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "held"), ("shown", "shown"), ("declined", "declined")],
                        default=schemes.lifecycle.ContributionState["HELD"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="sent")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("keeper", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("issue", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="contributions", to="schemes.issue")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contributions", to="schemes.trackedcompany"
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution",
                "verbose_name_plural": "contributions",
                "indexes": [models.Index(fields=["keeper", "state", "-sent_at", "-id"], name="contribution_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "held")),
                            models.Q(models.Q(("state", "held"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_contribution_is_held_until_decided",
                    ),
                    models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="a_contribution_says_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="who replies")),
                ("words", models.TextField(max_length=4000, verbose_name="reply")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("keeper", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("issue", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="schemes.issue")),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="schemes.trackedcompany")),
            ],
            options={
                "verbose_name": "reply of a company",
                "verbose_name_plural": "replies of companies",
                "ordering": ("pk",),
                "constraints": [models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="a_company_reply_says_something")],
            },
        ),
        migrations.CreateModel(
            name="Tracking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(default="", editable=False, max_length=200, verbose_name="name of the company")),
                ("states", models.JSONField(default=dict, editable=False, verbose_name="states")),
                ("verified", models.PositiveSmallIntegerField(default=0, verbose_name="verified")),
                ("evidenced", models.PositiveSmallIntegerField(default=0, verbose_name="evidenced")),
                ("claimed", models.PositiveSmallIntegerField(default=0, verbose_name="claimed")),
                ("reversed", models.PositiveSmallIntegerField(default=0, verbose_name="reversed")),
                ("has_reply", models.BooleanField(default=False, verbose_name="has a reply")),
                ("recorded_at", models.DateTimeField(verbose_name="last recorded")),
                ("next_check_on", models.DateField(blank=True, null=True, verbose_name="next check")),
                ("is_public", models.BooleanField(default=False, editable=False, verbose_name="public")),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="trackings", to="schemes.trackedcompany")),
                ("issue", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="trackings", to="schemes.issue")),
                ("keeper", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "standing of a company",
                "verbose_name_plural": "standings of companies",
                "indexes": [
                    models.Index(fields=["issue", "-verified", "-evidenced", "reversed", "-claimed", "name", "id"], name="tracking_leaders"),
                    models.Index(fields=["issue", "name", "id"], name="tracking_by_name"),
                ],
                "constraints": [models.UniqueConstraint(fields=("issue", "company"), name="a_company_stands_once_on_an_issue")],
            },
        ),
        migrations.CreateModel(
            name="ContributionSender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact", models.CharField(blank=True, default="", max_length=200, verbose_name="how to reach you")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint of the address")),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="sent")),
                ("contribution", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="sender", to="schemes.contribution")),
                ("keeper", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "sender",
                "verbose_name_plural": "senders",
                "indexes": [models.Index(fields=["fingerprint", "-sent_at"], name="sender_rate")],
            },
        ),
        *SECURITY,
    ]
