"""Calls, commitments, standing positions and introductions: how customers and supplier work together."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import findings.lifecycle
import ledger.codes
from findings.migrations._responses import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("findings", "0015_corrective_actions")]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("agreed", "agreed"), ("declined", "declined"), ("cancelled", "cancelled")],
                        default=findings.lifecycle.CallState["PROPOSED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("minutes", models.PositiveSmallIntegerField(default=45, verbose_name="minutes")),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("supplier_zone", models.CharField(blank=True, default="", max_length=64, verbose_name="time zone of the site")),
                ("customer_zone", models.CharField(blank=True, default="", max_length=64, verbose_name="time zone of the customer")),
                ("opened_at", models.DateTimeField(verbose_name="proposed")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="customer"),
                ),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="findings.finding")),
                ("opened_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("waits_for", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "calls",
                "indexes": [models.Index(fields=["finding", "customer"], name="call_by_finding")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("starts_at__isnull", False), ("state", "agreed")),
                            models.Q(models.Q(("state", "agreed"), _negated=True), ("starts_at", None)),
                            _connector="OR",
                        ),
                        name="an_agreed_call_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "proposed"), ("waits_for__isnull", False)),
                            models.Q(models.Q(("state", "proposed"), _negated=True), ("waits_for", None)),
                            _connector="OR",
                        ),
                        name="a_proposed_call_waits_for_one_side",
                    ),
                    models.CheckConstraint(condition=models.Q(("minutes__gte", 10), ("minutes__lte", 480)), name="a_call_lasts_minutes"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed times"),
                            ("agreed", "Agreed a time"),
                            ("declined", "Said no"),
                            ("cancelled", "Called it off"),
                            ("joining", "Said how to join"),
                            ("note", "Wrote down what was agreed"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("times", models.JSONField(blank=True, default=list, verbose_name="times")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="text")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("call", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="findings.call")),
                ("customer", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "ordering": ("at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["proposed", "agreed"]), _negated=True), models.Q(("times", []), _negated=True), _connector="OR"
                        ),
                        name="a_call_step_names_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["declined", "cancelled", "joining", "note"]), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_call_step_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "state",
                    models.CharField(
                        choices=[("offered", "offered"), ("confirmed", "confirmed"), ("withdrawn", "withdrawn")],
                        default=findings.lifecycle.CommitmentState["OFFERED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "progress",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("on_track", "On track"),
                            ("behind", "Behind"),
                            ("blocked_by_others", "Blocked by others"),
                            ("outcome_evidenced", "Outcome evidenced"),
                        ],
                        default="not_started",
                        max_length=20,
                        verbose_name="progress",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="customer"),
                ),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="commitments", to="findings.finding")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "commitment",
                "verbose_name_plural": "commitments",
                "indexes": [models.Index(fields=["finding", "customer"], name="commitment_by_finding")],
            },
        ),
        migrations.CreateModel(
            name="CommitmentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed receipt"),
                            ("asked", "Asked"),
                            ("answered", "Answered"),
                            ("progress", "Said how it goes"),
                            ("withdrawn", "Took it back"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("version_number", models.PositiveIntegerField(verbose_name="about version")),
                (
                    "progress",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "Not started"),
                            ("on_track", "On track"),
                            ("behind", "Behind"),
                            ("blocked_by_others", "Blocked by others"),
                            ("outcome_evidenced", "Outcome evidenced"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="progress",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="text")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("commitment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="findings.commitment")),
                ("customer", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "ordering": ("at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["asked", "answered", "withdrawn"]), _negated=True), models.Q(("text", ""), _negated=True), _connector="OR"
                        ),
                        name="a_commitment_step_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "progress"), models.Q(("progress", ""), _negated=True)),
                            models.Q(models.Q(("kind", "progress"), _negated=True), ("progress", "")),
                            _connector="OR",
                        ),
                        name="a_commitment_step_names_progress",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommitmentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "Money"),
                            ("price", "A better price"),
                            ("volume", "Orders we keep or add"),
                            ("time", "More time"),
                            ("people", "People and knowledge"),
                            ("other", "Something else"),
                        ],
                        max_length=8,
                        verbose_name="kind of support",
                    ),
                ),
                ("amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="amount")),
                ("currency", models.CharField(blank=True, default="", max_length=3, verbose_name="currency")),
                ("text", models.TextField(max_length=2000, verbose_name="what we will do")),
                ("condition", models.TextField(blank=True, max_length=1000, verbose_name="on what condition")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("commitment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="findings.commitment")),
                ("customer", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("commitment", "number"), name="commitment_version_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("currency", "")),
                            models.Q(("amount__gt", 0), ("amount__isnull", False), ("currency__regex", "^[A-Z]{3}$")),
                            _connector="OR",
                        ),
                        name="a_committed_amount_has_a_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_on", None), ("to_on", None), ("to_on__gte", models.F("from_on")), _connector="OR"),
                        name="a_commitment_ends_after_it_begins",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="a_commitment_says_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Introduction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "state",
                    models.CharField(
                        choices=[("asking", "asking"), ("made", "made"), ("ended", "ended")],
                        default=findings.lifecycle.IntroductionState["ASKING"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="proposed")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="introductions", to="findings.finding")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "introduction",
                "verbose_name_plural": "introductions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "asking")),
                            models.Q(models.Q(("state", "asking"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_closed_introduction_says_when",
                    ),
                    models.UniqueConstraint(fields=["finding"], condition=models.Q(state="asking"), name="one_open_introduction"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Introduced",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("other_name", models.CharField(max_length=200, verbose_name="organisation")),
                ("contact_name", models.CharField(max_length=160, verbose_name="contact person")),
                ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail of the contact person")),
                ("at", models.DateTimeField(verbose_name="introduced")),
                ("audit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.finding")),
                ("supplier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("introduction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.introduction")),
            ],
            options={"ordering": ("pk",)},
        ),
        migrations.CreateModel(
            name="IntroductionAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="customer"),
                ),
                ("finding", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.finding")),
                ("introduction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="asks", to="findings.introduction")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "question about an introduction",
                "verbose_name_plural": "questions about introductions",
                "constraints": [models.UniqueConstraint(fields=("introduction", "customer"), name="asked_once_per_introduction")],
            },
        ),
        migrations.CreateModel(
            name="IntroductionAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("agreed", "Agreed"), ("declined", "Said no"), ("taken_back", "Took the yes back")], max_length=10, verbose_name="answer"
                    ),
                ),
                ("contact_name", models.CharField(blank=True, max_length=160, verbose_name="contact person")),
                ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail of the contact person")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("has_read_notice", models.BooleanField(default=False, verbose_name="has read the notice on competition law")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("customer", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("ask", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="findings.introductionask")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "agreed"), _negated=True),
                            models.Q(models.Q(("contact_name", ""), _negated=True), ("has_read_notice", True)),
                            _connector="OR",
                        ),
                        name="a_yes_names_a_contact_and_read_the_notice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("in_all_versions", models.BooleanField(default=True, verbose_name="in all versions of this methodology")),
                (
                    "state",
                    models.CharField(
                        choices=[("stated", "stated"), ("withdrawn", "withdrawn")],
                        default=findings.lifecycle.PositionState["STATED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("stated_at", models.DateTimeField(verbose_name="stated")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="customer"),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.workplacerequirement", verbose_name="workplace requirement"
                    ),
                ),
            ],
            options={
                "verbose_name": "standing position",
                "verbose_name_plural": "standing positions",
                "indexes": [models.Index(fields=["organisation", "-stated_at", "-id"], name="position_by_owner")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "stated")), fields=("organisation", "requirement"), name="one_position_per_requirement"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(("state", "stated"), ("withdrawn_at", None)),
                            _connector="OR",
                        ),
                        name="a_withdrawn_position_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PositionVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("text", models.TextField(max_length=4000, verbose_name="what we think and ask")),
                ("support", models.TextField(blank=True, max_length=2000, verbose_name="what we offer")),
                ("contact", models.CharField(max_length=250, verbose_name="whom to write to")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answers_plans", models.BooleanField(default=False, verbose_name="also answers plans")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("position", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="findings.position")),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("position", "number"), name="position_version_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"),
                        name="a_position_ends_after_it_begins",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="a_position_says_something"),
                ],
            },
        ),
        *SECURITY,
    ]
