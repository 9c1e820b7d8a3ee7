"""Corrective actions, verifications, more time, and a buyer's findings against its own code.

A non-compliance moves on only together with the row that justifies it, whoever runs the SQL:

- open → action submitted: a corrective action that nobody has answered yet, by whoever takes it there;
- action submitted → verified and closed, or back to open: a verification of the newest action that says so, by the
  audit firm of record or one engaged for the site; never by the supplier, its members, or whoever wrote the action;
- `due_by`, the date that counts: the end of the latest extension granted. `due_on` stays what the audit said.

`app.guard_finding` and `app.guard_process` keep all they say, but for two words: `due_by` belongs to the process, and
a firm may take to "submitted" what it wrote down itself on a visit (`guard_action` says who).
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import findings.lifecycle
import ledger.codes
from findings.migrations._corrective_actions import (
    BACKFILL,
    DUE_BY,
    EXTENSIONS,
    FILL_ACTION,
    FILL_VERIFICATION,
    GUARD_ACTION,
    VARIANCES,
    WHO,
)
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql


def reworded(function: str, before: str, after: str) -> Sql:
    """Change one phrase of a function; whatever else earlier migrations made it say stays."""
    return Sql(f"""
    DO $reworded$
    DECLARE body text := pg_get_functiondef('{function}'::regprocedure);
    BEGIN
      IF position($before${before}$before$ IN body) = 0 THEN
        RAISE EXCEPTION '{function} does not say what is to be changed';
      END IF;
      EXECUTE replace(body, $before${before}$before$, $after${after}$after$);
    END $reworded$""")


OWN = "organisation_id = app.organisation()"
SUPPLIER = "supplier_id = app.organisation()"
EITHER = "buyer_id = app.organisation() OR supplier_id = app.organisation()"


def sees_audit(table: str, column: str = "audit_id") -> str:
    """Return the scalar subquery that asks whether the acting organisation sees the audit of a row of `table`."""
    return f"""(SELECT true FROM findings_auditaccess a
                 WHERE a.organisation_id = app.organisation() AND a.audit_id = {table}.{column})"""  # noqa: S608


class Migration(migrating.Migration):
    dependencies = [
        ("organisations", "0003_codes_and_doors"),
        ("sourcing", "0005_own_access"),
        ("findings", "0014_audit_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectiveAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrective_actions",
                        to="findings.finding",
                    ),
                ),
                (
                    "audit",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.audit",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="version")),
                (
                    "whys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=500),
                        default=list,
                        help_text="One to five answers; each says why the one before it was so.",
                        size=None,
                        verbose_name="why it happened",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("knowledge", "People did not know how"),
                            ("rules", "There was no rule, or a wrong one"),
                            ("daily_work", "The rule was not followed or not checked"),
                            ("people", "Too few people, or nobody in charge"),
                            ("equipment", "Building, machine or equipment"),
                            ("money", "Money"),
                            ("orders", "Orders, prices or delivery times"),
                            ("agents", "Agents, contractors or other companies"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                        verbose_name="kind of cause",
                    ),
                ),
                ("correction", models.TextField(max_length=4000, verbose_name="what was done")),
                (
                    "prevention",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="what keeps it from coming back"
                    ),
                ),
                (
                    "responsible",
                    models.CharField(blank=True, max_length=160, verbose_name="who is responsible"),
                ),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "recorded_by_firm",
                    models.BooleanField(default=False, verbose_name="seen by the audit firm"),
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
                ("submitted_at", models.DateTimeField(verbose_name="sent")),
            ],
            options={
                "verbose_name": "corrective action",
                "verbose_name_plural": "corrective actions",
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("finding", "number"), name="corrective_action_numbered_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recorded_by_firm", True),
                            models.Q(
                                ("done_on__isnull", False),
                                ("whys__len__gte", 1),
                                ("whys__len__lte", 5),
                                models.Q(("prevention", ""), _negated=True),
                                models.Q(("responsible", ""), _negated=True),
                                models.Q(("cause", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="corrective_action_of_a_site_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("correction", ""), _negated=True),
                        name="corrective_action_says_what_was_done",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CorrectiveActionDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "finding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrective_action_draft",
                        to="findings.finding",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="findings.finding",
                    ),
                ),
                (
                    "of_audit",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.audit",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verification",
                        to="findings.correctiveaction",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("desktop", "From documents"), ("follow_up", "On a follow-up visit")],
                        max_length=10,
                        verbose_name="how it was checked",
                    ),
                ),
                (
                    "audit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.audit",
                        verbose_name="follow-up audit",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[("closed", "It is enough: closed"), ("more_needed", "More is needed")],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=4000, verbose_name="reason")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
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
                    "organisation_name",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="audit firm"),
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
                ("verified_at", models.DateTimeField(verbose_name="checked")),
            ],
            options={
                "verbose_name": "verification",
                "verbose_name_plural": "verifications",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audit", None), ("method", "desktop")),
                            models.Q(("audit__isnull", False), ("method", "follow_up")),
                            _connector="OR",
                        ),
                        name="verification_on_a_visit_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result", "closed"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="verification_says_what_more_is_needed",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Extension",
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
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="findings.finding",
                    ),
                ),
                (
                    "audit",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.audit",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("due_by", models.DateField(editable=False, verbose_name="due when asked")),
                ("wanted_on", models.DateField(verbose_name="new date proposed")),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
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
                ("asked_at", models.DateTimeField(verbose_name="asked")),
            ],
            options={
                "verbose_name": "extension",
                "verbose_name_plural": "extensions",
                "indexes": [models.Index(fields=["asked_at", "id"], name="extension_oldest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("wanted_on__gt", models.F("due_by"))), name="extension_is_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="extension_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExtensionAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "extension",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="findings.extension",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.finding",
                    ),
                ),
                (
                    "audit",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.audit",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("is_granted", models.BooleanField(verbose_name="granted")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="new date")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
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
                    "organisation_name",
                    models.CharField(default="", editable=False, max_length=200, verbose_name="audit firm"),
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
                ("answered_at", models.DateTimeField(verbose_name="answered")),
            ],
            options={
                "verbose_name": "answer to an extension",
                "verbose_name_plural": "answers to extensions",
                "indexes": [models.Index(fields=["finding"], name="extension_answer_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_on__isnull", False), ("is_granted", True)),
                            models.Q(
                                ("ends_on", None),
                                ("is_granted", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="extension_granted_until_a_day_or_refused_with_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Variance",
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
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="customer",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sourcing.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "buyer_name",
                    models.CharField(
                        default="", editable=False, max_length=200, verbose_name="name of the customer"
                    ),
                ),
                (
                    "site_name",
                    models.CharField(
                        default="", editable=False, max_length=250, verbose_name="name of the site"
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.workplacerequirement",
                        verbose_name="clause of the customer's code",
                    ),
                ),
                ("clause", models.CharField(blank=True, max_length=250, verbose_name="clause in words")),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.finding",
                        verbose_name="audit finding",
                    ),
                ),
                ("title", models.CharField(max_length=250, verbose_name="title")),
                ("description", models.TextField(max_length=4000, verbose_name="what falls short")),
                (
                    "severity",
                    models.CharField(blank=True, max_length=60, verbose_name="how the customer rates it"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="answer by")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("answered", "answered"), ("closed", "closed")],
                        default=findings.lifecycle.VarianceState["OPEN"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
            ],
            options={
                "verbose_name": "variance",
                "verbose_name_plural": "variances",
                "indexes": [
                    models.Index(fields=["buyer", "-raised_at", "-id"], name="variance_by_buyer"),
                    models.Index(fields=["supplier", "-raised_at", "-id"], name="variance_by_supplier"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requirement__isnull", False),
                            models.Q(("clause", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="variance_names_its_clause",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VarianceReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "variance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="findings.variance",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
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
                    "kind",
                    models.CharField(
                        choices=[("answer", "Answer"), ("question", "Asks for more"), ("closing", "Closed")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("message", models.TextField(blank=True, max_length=4000, verbose_name="message")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
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
                ("said_at", models.DateTimeField(verbose_name="said")),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "closing"), models.Q(("message", ""), _negated=True), _connector="OR"
                        ),
                        name="variance_reply_says_something",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.AddField(
            "finding", "due_by", models.DateField("due by", null=True, blank=True, editable=False)
        ),
        migrations.AddConstraint(
            "finding",
            models.CheckConstraint(
                condition=~models.Q(kind="car") | models.Q(due_by=None), name="car_has_no_extended_date"
            ),
        ),
        migrations.AddIndex(
            "finding",
            models.Index(
                fields=["audit_firm", "id"],
                condition=models.Q(kind="nc", state="action_submitted"),
                name="finding_to_verify",
            ),
        ),
        Sql(BACKFILL),
        Sql(WHO),
        Sql(FILL_ACTION),
        Sql(FILL_VERIFICATION),
        Sql(DUE_BY),
        Sql(EXTENSIONS),
        Sql(VARIANCES),
        reworded("app.guard_finding()", "ARRAY['state',", "ARRAY['due_by', 'state',"),
        reworded(
            "app.guard_process()",
            "NOT (is_supplier AND (OLD.state, NEW.state) = ('open', 'action_submitted')",
            "NOT ((OLD.state, NEW.state) = ('open', 'action_submitted')",
        ),
        Sql(GUARD_ACTION),
        AppendOnly("findings_correctiveaction"),
        AppendOnly("findings_verification"),
        AppendOnly("findings_extension"),
        AppendOnly("findings_extensionanswer"),
        AppendOnly("findings_variancereply"),
        Police(
            "findings_correctiveaction",
            select=sees_audit("findings_correctiveaction"),
            insert=OWN,
        ),
        Police(
            "findings_correctiveactiondraft",
            select=SUPPLIER,
            insert=SUPPLIER,
            update=SUPPLIER,
            delete=SUPPLIER,
        ),
        Police(
            "findings_verification", select=sees_audit("findings_verification", "of_audit_id"), insert=OWN
        ),
        Police("findings_extension", select=sees_audit("findings_extension"), insert=SUPPLIER),
        Police("findings_extensionanswer", select=sees_audit("findings_extensionanswer"), insert=OWN),
        Police(
            "findings_variance",
            select=EITHER,
            insert="buyer_id = app.organisation()",
            update=EITHER,
            columns=["state"],
        ),
        Police("findings_variancereply", select=EITHER, insert=OWN),
    ]
