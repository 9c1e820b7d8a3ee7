"""The life of an audit between the site and the firm: replies, revisions, what a follow-up looks at, found again.

A revision is the only way in which a published audit's words change. Its trigger keeps the audit as it was, then
applies the changes; while it does, `app.is_revising` lets the guards of `0003_invariants` and `0010_guard_process`
step aside for one narrower guard. They are asked through the triggers' WHEN, so their functions stay as they are:
raw SQL is never inside a trigger, and so never revises.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from findings.migrations import _audit_life as sql
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql

PERSON = settings.AUTH_USER_MODEL
ORGANISATION, AUDIT, FINDING = "organisations.organisation", "findings.audit", "findings.finding"
STATES = ["open", "action_submitted", "verified_closed", "superseded"]


def key() -> tuple[str, models.Field]:
    """Return a primary key."""
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def points(
    to: str, on_delete: object = django.db.models.deletion.PROTECT, related: str = "+", **more: object
) -> models.Field:
    """Return a foreign key."""
    return models.ForeignKey(on_delete=on_delete, related_name=related, to=to, **more)


def fits_its_kind(states: list[str]) -> models.CheckConstraint:
    """Return the constraint that says which kind may be in which state."""
    return models.CheckConstraint(
        condition=models.Q(kind="nc", state__in=states)
        | models.Q(kind="car", state__in=["open", "in_progress", "closed"])
        | models.Q(kind__in=["observation", "good_example"], state="recorded"),
        name="finding_state_fits_its_kind",
    )


class Migration(migrating.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("organisations", "0003_codes_and_doors"),
        ("findings", "0013_audit_import"),
    ]

    operations = [
        migrations.AddField(
            "audit",
            "review_ends_at",
            models.DateTimeField(blank=True, null=True, verbose_name="the site can comment until"),
        ),
        migrations.AddField(
            "finding",
            "repeats",
            points(FINDING, related="found_again", null=True, blank=True, verbose_name="found again"),
        ),
        migrations.AlterField(
            "finding",
            "state",
            models.CharField(
                choices=[(one, one) for one in (*STATES, "in_progress", "closed", "withdrawn", "recorded")],
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.RemoveConstraint("finding", "finding_state_fits_its_kind"),
        migrations.AddConstraint("finding", fits_its_kind([*STATES, "withdrawn"])),
        migrations.CreateModel(
            name="ReviewPolicy",
            fields=[
                key(),
                ("days", models.PositiveSmallIntegerField(default=7, verbose_name="days to comment")),
                (
                    "least",
                    models.PositiveSmallIntegerField(default=3, verbose_name="fewest days a firm may give"),
                ),
                (
                    "most",
                    models.PositiveSmallIntegerField(default=30, verbose_name="most days a firm may give"),
                ),
                (
                    "remind_before",
                    models.PositiveSmallIntegerField(default=2, verbose_name="days before the end to remind"),
                ),
                ("is_placeholder", models.BooleanField(default=True, verbose_name="placeholder")),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_policy",
                        to="findings.methodologyversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "time to comment",
                "verbose_name_plural": "times to comment",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            least__gte=1, days__gte=models.F("least"), most__gte=models.F("days")
                        ),
                        name="review_days_within_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteReply",
            fields=[
                key(),
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
                    "finding_title",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=250, verbose_name="finding"
                    ),
                ),
                (
                    "is_retired",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="about a finding that was taken out"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fine", "Nothing to say"),
                            ("comment", "Comment"),
                            ("dispute", "Dispute"),
                            ("finished", "No more comments"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="what the site says")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[(one, one) for one in ("said", "open", "accepted", "kept", "taken_back")],
                        default="said",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("said_at", models.DateTimeField(verbose_name="said")),
                (
                    "answer",
                    models.TextField(
                        blank=True, default="", max_length=4000, verbose_name="the audit firm's reason"
                    ),
                ),
                (
                    "answer_language",
                    models.CharField(
                        blank=True, default="", max_length=12, verbose_name="language of the answer"
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("answered_by", points(PERSON, django.db.models.deletion.SET_NULL, null=True)),
                ("audit", points(AUDIT, related="replies", verbose_name="audit")),
                ("audit_firm", points(ORGANISATION, editable=False)),
                (
                    "finding",
                    points(
                        FINDING,
                        django.db.models.deletion.SET_NULL,
                        "replies",
                        blank=True,
                        null=True,
                        verbose_name="finding",
                    ),
                ),
                ("said_by", points(PERSON, django.db.models.deletion.SET_NULL, null=True)),
                ("supplier", points(ORGANISATION, editable=False)),
            ],
            options={
                "verbose_name": "reply of a site",
                "verbose_name_plural": "replies of sites",
                "indexes": [
                    models.Index(fields=["audit", "said_at", "id"], name="reply_by_audit"),
                    models.Index(fields=["finding", "state"], name="reply_by_finding"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["fine", "finished"]) | ~models.Q(text=""),
                        name="reply_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(kind="dispute") & ~models.Q(state="said")
                        | ~models.Q(kind="dispute") & models.Q(state="said"),
                        name="only_a_dispute_has_a_life",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["accepted", "kept"], answered_at__isnull=False)
                        & ~models.Q(answer="")
                        | ~models.Q(state__in=["accepted", "kept"]) & models.Q(answered_at=None, answer=""),
                        name="answer_has_a_reason",
                    ),
                    models.UniqueConstraint(
                        fields=["audit", "finding"],
                        condition=models.Q(state="open"),
                        nulls_distinct=False,
                        name="one_open_dispute_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditRevision",
            fields=[
                key(),
                (
                    "number",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="number"),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="why it is corrected")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("changes", models.JSONField(verbose_name="changes")),
                ("snapshot", models.JSONField(default=dict, editable=False, verbose_name="as it was before")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("audit", points(AUDIT, related="revisions", verbose_name="audit")),
                ("audit_firm", points(ORGANISATION, editable=False)),
                ("made_by", points(PERSON, django.db.models.deletion.SET_NULL, null=True)),
                (
                    "settles",
                    points(
                        "findings.sitereply",
                        related="revisions",
                        blank=True,
                        null=True,
                        verbose_name="dispute",
                    ),
                ),
            ],
            options={
                "verbose_name": "revision of an audit",
                "verbose_name_plural": "revisions of audits",
                "ordering": ("audit", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=["audit", "number"], name="revision_numbered_once"),
                    models.CheckConstraint(condition=~models.Q(reason=""), name="revision_has_a_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpItem",
            fields=[
                key(),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("closed", "Put right: it can be closed"),
                            ("more_needed", "More is needed"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, default="", max_length=4000, verbose_name="what was seen"),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("audit", points(AUDIT, django.db.models.deletion.CASCADE, "follow_up_items")),
                ("audit_firm", points(ORGANISATION, editable=False)),
                ("finding", points(FINDING, related="follow_up_items")),
            ],
            options={
                "verbose_name": "followed up",
                "verbose_name_plural": "followed up",
                "constraints": [
                    models.UniqueConstraint(fields=["audit", "finding"], name="followed_up_once_per_audit"),
                    models.CheckConstraint(
                        condition=~models.Q(result="more_needed") | ~models.Q(note=""),
                        name="more_needed_says_what",
                    ),
                ],
            },
        ),
        Police("findings_reviewpolicy", select="true"),
        Sql(sql.REPLIES),
        Sql(sql.REVIEW),
        Sql(sql.REVISING),
        Sql(sql.REVISE),
        Sql(sql.FOLLOW_UP),
        Sql(sql.FOUND_AGAIN),
        AppendOnly("findings_auditrevision"),
        Police(
            "findings_sitereply",
            select=sql.READS_REPLY,
            insert=f"{sql.SUPPLIER} AND said_by_id = app.person() AND {sql.sees('findings_sitereply')}",
            update=f"{sql.FIRM} OR {sql.SUPPLIER}",
            columns=["state", "answer", "answer_language", "answered_by_id", "answered_at"],
        ),
        Police(
            "findings_auditrevision",
            select=f"{sql.sees('findings_auditrevision')} OR {sql.whole_audit('findings_auditrevision')}",
            insert=f"{sql.FIRM} AND made_by_id = app.person()",
        ),
        Police(
            "findings_followupitem",
            select=f"{sql.FIRM} OR {sql.sees('findings_followupitem')} OR {sql.whole_audit('findings_followupitem')}",
            insert=sql.FIRM,
            update=sql.FIRM,
            delete=sql.FIRM,
            columns=["result", "note", "language"],
        ),
    ]
