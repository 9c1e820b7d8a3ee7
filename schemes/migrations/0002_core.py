"""Memberships, assessments and everything around them: whose rows are whose, and who reads which of them when.

Every row carries the member (`member_id`, none where an initiative or a contract is assessed) and the scheme body
(`body_id`), filled by triggers; policies ask for one of the two. What one side reads only later asks the assessment for
the time of that (`submitted_at`, `decided_at`). Who moves what, and what never changes, is said by `0003_guards`.

The file of a piece of evidence is open to the scheme body while it sees a use that names it. The policy on
`documents_document` is widened as it stands: never police that table anew.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
import schemes.lifecycle
import schemes.models.certificate
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql
from schemes.migrations._core import (
    DECISIONS,
    EVIDENCE,
    FILES,
    FILL,
    PUBLIC,
    VERSIONS,
    WHO,
)

MEMBER, BODY = "member_id = app.organisation()", "body_id = app.organisation()"
EITHER = f"{MEMBER} OR {BODY}"


def once(table: str, time: str) -> str:
    """Return the scalar subquery that asks whether the assessment of a row of `table` has come so far."""
    return (
        f"(SELECT true FROM schemes_assessment a WHERE a.id = {table}.assessment_id AND a.{time} IS NOT NULL)"
    )


def sent(table: str) -> str:
    """Return the condition for what the member writes: the scheme body reads it once submitted."""
    return f"{MEMBER} OR ({BODY} AND {once(table, 'submitted_at')})"


def given(table: str) -> str:
    """Return the condition for what the scheme body writes: the member reads it once decided."""
    return f"{BODY} OR ({MEMBER} AND {once(table, 'decided_at')})"


SCORE = [
    "value",
    "is_relevant",
    "reason",
    "rationale",
    "language",
    "relied_on",
    "is_working_towards",
    "towards_plan",
    "likely_on",
    "version",
    "person_id",
    "saved_at",
]


class Migration(migrating.Migration):
    dependencies = [
        ("documents", "0003_incidents"),
        ("organisations", "0004_columns"),
        ("schemes", "0001_definitions"),
        ("sourcing", "0006_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SchemeMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("member_name", models.CharField(editable=False, max_length=200, verbose_name="member")),
                ("member_country", models.CharField(blank=True, editable=False, max_length=2, verbose_name="country")),
                ("body_name", models.CharField(editable=False, max_length=200, verbose_name="scheme body")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("improving", "Improving"),
                            ("member", "Member"),
                            ("on_notice", "On notice"),
                            ("removed", "Removed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default=schemes.lifecycle.MembershipState["APPLIED"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("level", models.CharField(blank=True, default="", editable=False, max_length=40, verbose_name="level")),
                ("level_rank", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("level_title", models.CharField(blank=True, default="", editable=False, max_length=80, verbose_name="level")),
                ("message", models.TextField(blank=True, max_length=2000, verbose_name="message")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "consents_to_register",
                    models.BooleanField(
                        default=False,
                        help_text="Everyone may read there that you are a member, your level, and since when.",
                        verbose_name="stands in the public register",
                    ),
                ),
                ("anchor_on", models.DateField(blank=True, null=True, verbose_name="counted from")),
                ("next_due_on", models.DateField(blank=True, null=True, verbose_name="next assessment due")),
                ("improve_by", models.DateField(blank=True, null=True, verbose_name="to improve by")),
                ("applied_at", models.DateTimeField(verbose_name="applied")),
                ("joined_on", models.DateField(blank=True, null=True, verbose_name="member since")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.edition"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="member"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "scheme",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="schemes.scheme", verbose_name="scheme"),
                ),
            ],
            options={
                "verbose_name": "scheme membership",
                "verbose_name_plural": "scheme memberships",
                "indexes": [
                    models.Index(fields=["body", "state", "next_due_on", "id"], name="scheme_membership_due"),
                    models.Index(fields=["member", "-applied_at", "-id"], name="scheme_membership_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["applied", "improving", "member", "on_notice"])),
                        fields=("scheme", "member"),
                        name="scheme_membership_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["applied", "improving", "member", "on_notice", "removed", "withdrawn"])),
                        name="scheme_membership_state_is_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("member", models.F("body")), _negated=True), name="scheme_membership_is_of_another"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("edition", None), ("level", ""), ("level_rank", None), ("level_title", "")),
                            models.Q(
                                models.Q(("level", ""), _negated=True),
                                models.Q(("level_title", ""), _negated=True),
                                ("edition__isnull", False),
                                ("level_rank__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="scheme_membership_level_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["member", "on_notice"]), _negated=True),
                            models.Q(
                                models.Q(("level", ""), _negated=True),
                                ("anchor_on__isnull", False),
                                ("joined_on__isnull", False),
                                ("next_due_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="scheme_member_has_a_level_and_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state__in", ["applied", "improving"]), _negated=True), ("level", ""), _connector="OR"),
                        name="scheme_applicant_has_no_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("improve_by__isnull", False), ("state", "improving")),
                            models.Q(models.Q(("state", "improving"), _negated=True), ("improve_by", None)),
                            _connector="OR",
                        ),
                        name="scheme_membership_improves_by_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", False), ("state__in", ["removed", "withdrawn"])),
                            models.Q(models.Q(("state__in", ["removed", "withdrawn"]), _negated=True), ("ended_on", None)),
                            _connector="OR",
                        ),
                        name="scheme_membership_ends_on_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("subject_label", models.CharField(blank=True, max_length=200, verbose_name="about")),
                (
                    "kind",
                    models.CharField(
                        choices=[("initial", "Initial assessment"), ("interim", "Interim assessment"), ("rating", "Rating"), ("check", "Check")],
                        default="initial",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("answering", "With the member"),
                            ("submitted", "Submitted"),
                            ("in_assessment", "In assessment"),
                            ("clarification", "Waiting for clarification"),
                            ("proposed", "Waiting for a decision"),
                            ("decided", "Decided"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default=schemes.lifecycle.AssessmentState["ANSWERING"],
                        max_length=14,
                        verbose_name="state",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted")),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="proposed")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("is_improvement_shown", models.BooleanField(blank=True, editable=False, null=True, verbose_name="improvement shown")),
                ("improvement_words", models.TextField(blank=True, editable=False, verbose_name="about improvement")),
                ("improvement_language", models.CharField(blank=True, default="", editable=False, max_length=12)),
                ("result", models.JSONField(blank=True, editable=False, null=True, verbose_name="result of the rule")),
                ("level", models.CharField(blank=True, default="", editable=False, max_length=40, verbose_name="level by the rule")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "edition",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="schemes.edition", verbose_name="edition"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schemes.assessment",
                        verbose_name="previous assessment",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="schemes.schememembership",
                        verbose_name="membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "assessment",
                "verbose_name_plural": "assessments",
                "indexes": [
                    models.Index(fields=["body", "state", "due_on", "id"], name="assessment_work_list"),
                    models.Index(fields=["member", "-opened_at", "-id"], name="assessment_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["answering", "submitted", "in_assessment", "clarification", "proposed", "decided", "withdrawn"])),
                        name="assessment_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["initial", "interim"]), ("membership__isnull", False)),
                            models.Q(("kind__in", ["rating", "check"]), ("membership", None), models.Q(("subject_label", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="assessment_has_its_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answering"), ("submitted_at", None)),
                            ("state", "withdrawn"),
                            models.Q(models.Q(("state__in", ["answering", "withdrawn"]), _negated=True), ("submitted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_submitted_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_at__isnull", False), ("state__in", ["proposed", "decided"])),
                            ("state", "withdrawn"),
                            models.Q(models.Q(("state__in", ["proposed", "decided", "withdrawn"]), _negated=True), ("proposed_at", None)),
                            _connector="OR",
                        ),
                        name="assessment_proposed_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", False), ("state", "decided")),
                            models.Q(models.Q(("state", "decided"), _negated=True), ("decided_at", None), ("is_improvement_shown", None), ("result", None)),
                            _connector="OR",
                        ),
                        name="assessment_decided_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(models.Q(("state", "withdrawn"), _negated=True), ("withdrawn_at", None)),
                            _connector="OR",
                        ),
                        name="assessment_withdrawn_has_its_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["decided", "withdrawn"]), _negated=True), fields=("membership",), name="assessment_one_at_a_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("award", "Level awarded"),
                            ("improve", "Not yet: time to improve"),
                            ("continue", "Continues"),
                            ("move_up", "Moves up"),
                            ("notice", "Improvement notice"),
                            ("down", "Moved one level down"),
                            ("remove", "Removed"),
                            ("uphold_appeal", "Appeal upheld"),
                        ],
                        max_length=14,
                        verbose_name="decision",
                    ),
                ),
                ("level_before", models.CharField(blank=True, default="", editable=False, max_length=40, verbose_name="level before")),
                ("title_before", models.CharField(blank=True, default="", editable=False, max_length=80, verbose_name="level before")),
                ("rank_before", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("level_after", models.CharField(blank=True, default="", max_length=40, verbose_name="level after")),
                ("title_after", models.CharField(blank=True, default="", editable=False, max_length=80, verbose_name="level after")),
                ("rank_after", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("state_before", models.CharField(editable=False, max_length=10, verbose_name="state before")),
                ("state_after", models.CharField(editable=False, max_length=10, verbose_name="state after")),
                ("reasons", models.TextField(max_length=10000, verbose_name="reasons")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                ("effective_on", models.DateField(editable=False, verbose_name="effective on")),
                ("recorded_at", models.DateTimeField(editable=False, verbose_name="recorded")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "decided_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "edition_after",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.edition"),
                ),
                (
                    "edition_before",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.edition"),
                ),
                ("member", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "takes_back",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back_by",
                        to="schemes.decision",
                        verbose_name="takes back",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="schemes.schememembership"),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["membership", "-id"], name="decision_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["award", "improve", "continue", "move_up", "notice", "down", "remove", "uphold_appeal"])),
                        name="decision_outcome_is_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("reasons", ""), _negated=True), name="decision_has_reasons"),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "uphold_appeal"), _negated=True), fields=("assessment",), name="decision_once_per_assessment"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "uphold_appeal"), ("takes_back__isnull", False)),
                            models.Q(models.Q(("outcome", "uphold_appeal"), _negated=True), ("takes_back", None)),
                            _connector="OR",
                        ),
                        name="decision_takes_back_by_an_appeal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.CharField(blank=True, default="", max_length=40, verbose_name="level by the rule")),
                ("result", models.JSONField(verbose_name="result of the rule")),
                ("is_improvement_shown", models.BooleanField(blank=True, null=True, verbose_name="improvement shown")),
                ("words", models.TextField(blank=True, max_length=4000, verbose_name="about improvement")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"verbose_name": "proposal", "verbose_name_plural": "proposals", "ordering": ("pk",)},
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(editable=False, max_length=200, verbose_name="member")),
                ("country", models.CharField(blank=True, editable=False, max_length=2, verbose_name="country")),
                ("level", models.CharField(editable=False, max_length=40, verbose_name="level")),
                ("level_title", models.CharField(editable=False, max_length=80, verbose_name="level")),
                ("level_rank", models.PositiveSmallIntegerField(editable=False)),
                ("since_on", models.DateField(editable=False, verbose_name="at this level since")),
                ("joined_on", models.DateField(editable=False, verbose_name="member since")),
                ("history", models.JSONField(default=list, editable=False, verbose_name="history")),
                ("scheme", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="register", to="schemes.scheme")),
                (
                    "membership",
                    models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schemes.schememembership"),
                ),
            ],
            options={
                "verbose_name": "entry in the register",
                "verbose_name_plural": "register",
                "indexes": [models.Index(fields=["scheme", "name", "id"], name="scheme_register_by_name")],
            },
        ),
        migrations.CreateModel(
            name="ImprovementNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("words", models.TextField(max_length=10000, verbose_name="what must be done")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answer_by", models.DateField(verbose_name="by")),
                ("opened_at", models.DateTimeField(verbose_name="given")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("decision", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="notice", to="schemes.decision")),
                ("member", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "membership",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="schemes.schememembership"),
                ),
            ],
            options={
                "verbose_name": "improvement notice",
                "verbose_name_plural": "improvement notices",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="improvement_notice_says_what_must_be_done"),
                    models.UniqueConstraint(condition=models.Q(("closed_at", None)), fields=("membership",), name="improvement_notice_one_at_a_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(default=schemes.models.certificate.new_certificate_code, editable=False, max_length=24, unique=True, verbose_name="code"),
                ),
                ("member_name", models.CharField(editable=False, max_length=200, verbose_name="member")),
                ("body_name", models.CharField(editable=False, max_length=200, verbose_name="scheme body")),
                ("scheme_title", models.CharField(editable=False, max_length=120, verbose_name="scheme")),
                ("level", models.CharField(editable=False, max_length=40, verbose_name="level")),
                ("level_title", models.CharField(editable=False, max_length=80, verbose_name="level")),
                ("issued_on", models.DateField(editable=False, verbose_name="issued on")),
                ("expires_on", models.DateField(verbose_name="valid until")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("member", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("scheme", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.scheme")),
                (
                    "superseded_by",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="supersedes", to="schemes.certificate"
                    ),
                ),
                ("decision", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="certificate", to="schemes.decision")),
                ("membership", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="schemes.schememembership")),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("expires_on__gt", models.F("issued_on"))), name="certificate_ends_after_it_begins"),
                    models.CheckConstraint(condition=models.Q(("code__regex", "^[0-9A-Z]{16,}$")), name="certificate_code_is_long"),
                    models.CheckConstraint(
                        condition=models.Q(("superseded_by", None), models.Q(("superseded_by", models.F("pk")), _negated=True), _connector="OR"),
                        name="certificate_follows_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_by", None), ("withdrawn_at", None)), fields=("membership",), name="certificate_one_in_force"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("upheld", "Upheld"), ("rejected", "Rejected"), ("withdrawn", "Taken back")],
                        default=schemes.lifecycle.AppealState["OPEN"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reasons", models.TextField(max_length=10000, verbose_name="why you appeal")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("appealed_at", models.DateTimeField(verbose_name="appealed")),
                ("words", models.TextField(blank=True, max_length=10000, verbose_name="answer")),
                ("words_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language of the answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "decided_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("member", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("assessment", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="schemes.assessment")),
                ("decision", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="schemes.decision")),
                (
                    "membership",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="schemes.schememembership"),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "indexes": [models.Index(fields=["body", "state", "appealed_at", "id"], name="appeal_oldest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["open", "upheld", "rejected", "withdrawn"])), name="appeal_state_is_known"),
                    models.CheckConstraint(condition=models.Q(("reasons", ""), _negated=True), name="appeal_has_reasons"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", False), ("state__in", ["upheld", "rejected"]), models.Q(("words", ""), _negated=True)),
                            models.Q(("decided_at__isnull", False), ("state", "withdrawn"), ("words", "")),
                            models.Q(("decided_at", None), ("state", "open"), ("words", "")),
                            _connector="OR",
                        ),
                        name="appeal_answered_has_its_time_and_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(blank=True, default="", max_length=40, verbose_name="level reached")),
                ("is_relevant", models.BooleanField(default=True, verbose_name="relevant")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="why it is not relevant")),
                ("rationale", models.TextField(blank=True, max_length=10000, verbose_name="rationale")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "relied_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None, verbose_name="evidence relied on"
                    ),
                ),
                ("is_working_towards", models.BooleanField(default=False, verbose_name="works towards the next level")),
                ("towards_plan", models.TextField(blank=True, max_length=4000, verbose_name="how")),
                ("likely_on", models.DateField(blank=True, null=True, verbose_name="likely reached in")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "criterion",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.criterion", verbose_name="criterion"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "criterion"), name="score_once_per_criterion"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="score_version_begins_at_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_relevant", True), ("reason", "")),
                            models.Q(("is_relevant", False), ("is_working_towards", False), ("value", "")),
                            _connector="OR",
                        ),
                        name="score_is_relevant_or_says_why_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_working_towards", True), models.Q(("likely_on", None), ("towards_plan", "")), _connector="OR"),
                        name="score_works_towards_by_a_month",
                    ),
                    models.CheckConstraint(condition=models.Q(("likely_on", None), ("likely_on__day", 1), _connector="OR"), name="score_likely_in_a_month"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(blank=True, default="", max_length=40, verbose_name="level reached")),
                ("is_relevant", models.BooleanField(default=True, verbose_name="relevant")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="why it is not relevant")),
                ("rationale", models.TextField(blank=True, max_length=10000, verbose_name="rationale")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "relied_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None, verbose_name="evidence relied on"
                    ),
                ),
                ("is_working_towards", models.BooleanField(default=False, verbose_name="works towards the next level")),
                ("towards_plan", models.TextField(blank=True, max_length=4000, verbose_name="how")),
                ("likely_on", models.DateField(blank=True, null=True, verbose_name="likely reached in")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "criterion",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.criterion", verbose_name="criterion"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("score", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="schemes.score")),
            ],
            options={
                "verbose_name": "version of a score",
                "verbose_name_plural": "versions of scores",
                "ordering": ("version",),
                "constraints": [models.UniqueConstraint(fields=("score", "version"), name="score_version_numbered_once")],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, max_length=10000, verbose_name="what you do")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("claimed", models.CharField(blank=True, default="", max_length=40, verbose_name="level you see yourselves at")),
                ("is_relevant", models.BooleanField(default=True, verbose_name="relevant to us")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="why it is not relevant")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "criterion",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.criterion", verbose_name="criterion"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="schemes.assessment")),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "criterion"), name="answer_once_per_criterion"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="answer_version_begins_at_one"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("is_relevant", True), ("reason", "")), models.Q(("claimed", ""), ("is_relevant", False)), _connector="OR"),
                        name="answer_is_relevant_or_says_why_not",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("assessor", "Assessor"), ("second_rater", "Second rater"), ("decider", "Decides")], max_length=12, verbose_name="role"
                    ),
                ),
                ("assigned_at", models.DateTimeField(verbose_name="assigned")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="schemes.assessment")),
                (
                    "assigned_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="person"),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["person", "assessment"], name="assignment_of_person")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("role__in", ["assessor", "second_rater", "decider"])), name="assignment_role_is_known"),
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("assessment", "person"), name="assignment_one_role_for_each"),
                    models.UniqueConstraint(condition=models.Q(("ended_at", None), ("role", "decider")), fields=("assessment",), name="assignment_one_decides"),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("assigned_at")), _connector="OR"),
                        name="assignment_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clarification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("question", models.TextField(max_length=4000, verbose_name="question")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("answer", models.TextField(blank=True, max_length=10000, verbose_name="answer")),
                ("answer_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language of the answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "answered_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "asked_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="clarifications", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.criterion", verbose_name="criterion"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "clarification",
                "verbose_name_plural": "clarifications",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("question", ""), _negated=True), name="clarification_asks_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(("answered_at__isnull", False), models.Q(("answer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="clarification_answered_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("has_conflict", models.BooleanField(verbose_name="has a conflict of interest")),
                ("is_supporter", models.BooleanField(verbose_name="supports the organisation")),
                ("words", models.TextField(blank=True, max_length=2000, verbose_name="what it is")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("declared_at", models.DateTimeField(verbose_name="declared")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="person"),
                ),
            ],
            options={
                "verbose_name": "declaration of interests",
                "verbose_name_plural": "declarations of interests",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["person", "member", "-id"], name="declaration_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("has_conflict", False), ("is_supporter", False)), models.Q(("words", ""), _negated=True), _connector="OR"),
                        name="declaration_says_which_interest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("criteria", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name="criteria")),
                ("kind", models.CharField(editable=False, max_length=40, verbose_name="kind")),
                ("title", models.CharField(editable=False, max_length=200, verbose_name="title")),
                ("url", models.CharField(blank=True, editable=False, max_length=2000, verbose_name="link")),
                ("pages", models.PositiveIntegerField(default=0, editable=False, verbose_name="pages")),
                ("issued_on", models.DateField(editable=False, null=True, verbose_name="issued on")),
                ("expires_on", models.DateField(editable=False, null=True, verbose_name="valid until")),
                ("supplied_by", models.CharField(blank=True, editable=False, max_length=200, verbose_name="who made it")),
                ("language", models.CharField(blank=True, default="", editable=False, max_length=12, verbose_name="language")),
                ("retired_at", models.DateTimeField(editable=False, null=True, verbose_name="put away")),
                ("attached_at", models.DateTimeField(verbose_name="attached")),
                ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence_uses", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "document",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"),
                ),
                (
                    "evidence",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="scheme_uses", to="sourcing.evidence", verbose_name="evidence"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "evidence in an assessment",
                "verbose_name_plural": "evidence in assessments",
                "indexes": [
                    models.Index(fields=["document"], name="scheme_evidence_by_document"),
                    models.Index(fields=["assessment", "-attached_at"], name="scheme_evidence_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("evidence", "assessment"), name="scheme_evidence_attached_once"),
                    models.CheckConstraint(condition=models.Q(("criteria__len__gte", 1)), name="scheme_evidence_points_at_a_criterion"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImprovementItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("what", models.TextField(max_length=2000, verbose_name="what to do")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("by_on", models.DateField(verbose_name="by")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                ("assessment", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.assessment")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.criterion", verbose_name="criterion"
                    ),
                ),
                ("decision", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="schemes.decision")),
                (
                    "done_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("member", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "line of an improvement schedule",
                "verbose_name_plural": "improvement schedule",
                "ordering": ("by_on", "pk"),
                "constraints": [models.CheckConstraint(condition=models.Q(("what", ""), _negated=True), name="improvement_says_what_to_do")],
            },
        ),
        Sql(WHO),
        Sql(FILL),
        Sql(EVIDENCE),
        Sql(VERSIONS),
        Sql(DECISIONS),
        Sql(PUBLIC),
        Police(
            "schemes_schememembership",
            select=EITHER,
            insert=MEMBER,
            update=EITHER,
            columns=[
                "state",
                "edition_id",
                "level",
                "level_rank",
                "level_title",
                "consents_to_register",
                "anchor_on",
                "next_due_on",
                "improve_by",
                "joined_on",
                "ended_on",
            ],
        ),
        Police(
            "schemes_assessment",
            select=EITHER,
            insert=EITHER,
            update=EITHER,
            columns=["state", "due_on", "submitted_at", "proposed_at", "decided_at", "withdrawn_at"],
        ),
        Police("schemes_proposal", select=given("schemes_proposal"), insert=BODY),
        AppendOnly("schemes_proposal"),
        Police("schemes_assignment", select=BODY, insert=BODY, update=BODY, columns=["ended_at"]),
        Police("schemes_declaration", select=BODY, insert=f"{BODY} AND person_id = app.person()"),
        AppendOnly("schemes_declaration"),
        Police(
            "schemes_answer",
            select=sent("schemes_answer"),
            insert=MEMBER,
            update=MEMBER,
            columns=["text", "language", "claimed", "is_relevant", "reason", "version", "person_id", "saved_at"],
        ),
        Police("schemes_score", select=given("schemes_score"), insert=BODY, update=BODY, columns=SCORE),
        Police("schemes_scoreversion", select=given("schemes_scoreversion")),
        AppendOnly("schemes_scoreversion"),
        Police("schemes_evidenceuse", select=sent("schemes_evidenceuse"), insert=MEMBER, update=MEMBER, delete=MEMBER, columns=["criteria"]),
        Sql(FILES),
        Police("schemes_clarification", select=EITHER, insert=BODY, update=MEMBER, columns=["answer", "answer_language", "answered_by_id", "answered_at"]),
        Police("schemes_decision", select=EITHER, insert=BODY),
        AppendOnly("schemes_decision"),
        Police("schemes_improvementitem", select=EITHER, insert=BODY, update=MEMBER, columns=["done_at", "done_by_id"]),
        Police("schemes_improvementnotice", select=EITHER, insert=BODY),
        Police("schemes_appeal", select=EITHER, insert=MEMBER, update=EITHER, columns=["state", "words", "words_language", "decided_by_id", "decided_at"]),
        Police("schemes_certificate", select=EITHER, insert=BODY),
        # Everybody reads the register, also without an account; triggers alone write it.
        Police("schemes_registerentry", select="true"),
    ]
