"""The supplier's own work on a plan: rhythm, refunds, wages, and what is carried on from an earlier plan.

Every table follows its plan: who sees the audit sees it, except for two things that stay between the supplier and
one customer, a wish for another rhythm and a payment (why: `findings/models/refunds.py`).
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql

TABLES = (
    "findings_refundgroup",
    "findings_refundpayment",
    "findings_wagereview",
    "findings_wagegroup",
    "findings_rhythmrequest",
    "findings_rhythmanswer",
)
OWN = "organisation_id = app.organisation()"
SUPPLIER = "supplier_id = app.organisation()"
READS_PLAN = "(SELECT app.reads_plan(plan_id))"


def is_owner(table: str) -> str:
    """Return the condition that the acting organisation owns the audit of a row of `table` now."""
    return f"""(SELECT true FROM findings_auditaccess a WHERE a.organisation_id = app.organisation()
                 AND a.audit_id = {table}.audit_id AND a.owner_id = app.organisation())"""


def is_customer(table: str) -> str:
    """Return the condition that the acting organisation sees the audit of a row of `table` as a customer."""
    return f"""(SELECT true FROM findings_auditaccess a WHERE a.organisation_id = app.organisation()
                 AND a.audit_id = {table}.audit_id AND 'customer' = ANY(a.bases))"""


def names_reader(table: str) -> str:
    """Return the condition that a row of `table` names the acting organisation as the customer that paid."""
    return f"{table}.customer_id = app.organisation()"


READS = """
-- Whether the acting organisation or person reads a plan now: through its audit, or through a share in force.
CREATE FUNCTION app.reads_plan(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM findings_actionplan p JOIN findings_auditaccess a ON a.audit_id = p.audit_id
                  WHERE p.id = wanted AND a.organisation_id = app.organisation())
      OR EXISTS (SELECT FROM findings_actionplan p JOIN findings_auditgrant g ON g.content_object_id = p.audit_id
                  WHERE p.id = wanted AND (g.finding_id IS NULL OR g.finding_id = p.finding_id)
                    AND g.user_id = app.person()
                    AND (g.organisation_id IS NULL OR g.organisation_id = app.organisation())
                    AND g.ends_at > now())
$$;
REVOKE ALL ON FUNCTION app.reads_plan(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.reads_plan(bigint) TO {app}, {job};
"""

FILL = """
-- Owners follow the plan; only a CAR in progress keeps figures; a plan on fees keeps refunds, one on wages the gap.
CREATE FUNCTION app.fill_figures(wanted bigint, ledger text) RETURNS findings_actionplan
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE plan findings_actionplan; car findings_finding;
BEGIN
  -- One after the other: numbers and sums are judged against what is there.
  SELECT * INTO plan FROM findings_actionplan WHERE id = wanted FOR UPDATE;
  SELECT * INTO car FROM findings_finding WHERE id = plan.finding_id;
  IF car.state = 'closed' THEN
    RAISE EXCEPTION 'a closed CAR takes no more figures' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM findings_workplacerequirement r
                  WHERE r.id = car.requirement_id AND r.ledger = fill_figures.ledger) THEN
    RAISE EXCEPTION 'this requirement keeps no such figures' USING ERRCODE = 'check_violation';
  END IF;
  RETURN plan;
END $$;

CREATE FUNCTION app.settled_in_group(wanted bigint, wanted_number integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(max(g.carried_settled) FILTER (WHERE g.revision = 1), 0) + coalesce(
           (SELECT sum(p.workers_settled)
              FROM findings_refundpayment p JOIN findings_refundgroup own ON own.id = p.group_id
             WHERE own.plan_id = wanted AND own.number = wanted_number), 0)
    FROM findings_refundgroup g WHERE g.plan_id = wanted AND g.number = wanted_number
$$;
REVOKE ALL ON FUNCTION app.fill_figures(bigint, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION app.settled_in_group(bigint, integer) FROM PUBLIC;

CREATE FUNCTION app.fill_refund_group() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE plan findings_actionplan; before findings_refundgroup; prior findings_refundgroup; paid numeric;
BEGIN
  plan := app.fill_figures(NEW.plan_id, 'refunds');
  NEW.supplier_id := plan.supplier_id;
  NEW.audit_id := plan.audit_id;
  NEW.carried_amount := 0;
  NEW.carried_settled := 0;
  SELECT * INTO before FROM findings_refundgroup
   WHERE plan_id = NEW.plan_id AND number = NEW.number ORDER BY revision DESC LIMIT 1;
  IF NEW.revision <> coalesce(before.revision, 0) + 1 THEN
    RAISE EXCEPTION 'a group is corrected by its next revision' USING ERRCODE = 'check_violation';
  END IF;
  IF before.id IS NOT NULL THEN
    IF NEW.currency <> before.currency THEN
      RAISE EXCEPTION 'a group keeps its currency' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.workers < app.settled_in_group(NEW.plan_id, NEW.number) THEN
      RAISE EXCEPTION 'more workers are repaid in full than the group has' USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(p.amount), 0) INTO paid
      FROM findings_refundpayment p JOIN findings_refundgroup g ON g.id = p.group_id
     WHERE g.plan_id = NEW.plan_id AND g.number = NEW.number;
    IF NEW.is_withdrawn AND (paid <> 0 OR before.carried_amount <> 0) THEN
      RAISE EXCEPTION 'a group that got money back stays' USING ERRCODE = 'check_violation';
    END IF;
    NEW.carried_from_id := before.carried_from_id;
    NEW.carried_amount := before.carried_amount;
    NEW.carried_settled := before.carried_settled;
  ELSIF NEW.carried_from_id IS NOT NULL THEN
    SELECT * INTO prior FROM findings_refundgroup WHERE id = NEW.carried_from_id;
    IF NOT app.continues(NEW.plan_id, prior.plan_id) OR prior.currency <> NEW.currency THEN
      RAISE EXCEPTION 'a group is carried from the plan of an earlier CAR, in its currency'
        USING ERRCODE = 'check_violation';
    END IF;
    -- What was paid back before is counted here, so that nobody chooses it.
    SELECT prior.carried_amount + coalesce(sum(p.amount), 0) INTO NEW.carried_amount
      FROM findings_refundpayment p JOIN findings_refundgroup g ON g.id = p.group_id
     WHERE g.plan_id = prior.plan_id AND g.number = prior.number;
    NEW.carried_settled := app.settled_in_group(prior.plan_id, prior.number);
    IF NEW.workers < NEW.carried_settled THEN
      RAISE EXCEPTION 'more workers are repaid in full than the group has' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_refundgroup FOR EACH ROW EXECUTE FUNCTION app.fill_refund_group();

CREATE FUNCTION app.fill_refund_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE plan findings_actionplan; grp findings_refundgroup; now_in_force findings_refundgroup;
  prior findings_refundpayment; settled bigint;
BEGIN
  plan := app.fill_figures(NEW.plan_id, 'refunds');
  NEW.supplier_id := plan.supplier_id;
  NEW.audit_id := plan.audit_id;
  IF NEW.takes_back_id IS NOT NULL THEN
    SELECT * INTO prior FROM findings_refundpayment WHERE id = NEW.takes_back_id;
    IF prior.plan_id IS DISTINCT FROM NEW.plan_id OR prior.takes_back_id IS NOT NULL THEN
      RAISE EXCEPTION 'only a payment of the same plan is taken back' USING ERRCODE = 'check_violation';
    END IF;
    NEW.group_id := prior.group_id;
    NEW.paid_on := prior.paid_on;
    NEW.amount := -prior.amount;
    NEW.workers := -prior.workers;
    NEW.workers_settled := -prior.workers_settled;
    NEW.payer := prior.payer;
    NEW.customer_id := prior.customer_id;
    NEW.currency := prior.currency;
    RETURN NEW;
  END IF;
  SELECT * INTO grp FROM findings_refundgroup WHERE id = NEW.group_id;
  IF grp.plan_id IS DISTINCT FROM NEW.plan_id THEN
    RAISE EXCEPTION 'a payment goes to a group of the same plan' USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO now_in_force FROM findings_refundgroup
   WHERE plan_id = grp.plan_id AND number = grp.number ORDER BY revision DESC LIMIT 1;
  settled := app.settled_in_group(grp.plan_id, grp.number);
  IF now_in_force.is_withdrawn OR NEW.workers > now_in_force.workers OR NEW.workers_settled > NEW.workers
     OR settled + NEW.workers_settled > now_in_force.workers THEN
    RAISE EXCEPTION 'more workers than the group has' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.customer_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_auditaccess a WHERE a.audit_id = NEW.audit_id AND a.organisation_id = NEW.customer_id
          AND 'customer' = ANY(a.bases)) THEN
    RAISE EXCEPTION 'a payment names a customer that sees the plan' USING ERRCODE = 'check_violation';
  END IF;
  NEW.currency := grp.currency;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_refundpayment FOR EACH ROW EXECUTE FUNCTION app.fill_refund_payment();

-- The program does not know this column; it tells a group whether its review is being recorded right now.
ALTER TABLE findings_wagereview ADD COLUMN stamped_at timestamptz NOT NULL DEFAULT transaction_timestamp();

CREATE FUNCTION app.fill_wages() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE plan findings_actionplan; review findings_wagereview;
BEGIN
  IF TG_TABLE_NAME = 'findings_wagegroup' THEN
    SELECT * INTO review FROM findings_wagereview WHERE id = NEW.review_id;
    -- What was recorded stays as it was: groups come with their review, in the same transaction.
    IF (SELECT stamped_at FROM findings_wagereview WHERE id = NEW.review_id) <> transaction_timestamp()
       AND app.organisation() IS NOT NULL THEN
      RAISE EXCEPTION 'groups are recorded together with their review' USING ERRCODE = 'check_violation';
    END IF;
    NEW.plan_id := review.plan_id;
  END IF;
  plan := app.fill_figures(NEW.plan_id, 'wage_gap');
  NEW.supplier_id := plan.supplier_id;
  NEW.audit_id := plan.audit_id;
  IF TG_TABLE_NAME = 'findings_wagereview' THEN
    NEW.stamped_at := transaction_timestamp();
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM findings_wagereview prior WHERE prior.id = NEW.corrects_id AND prior.plan_id = NEW.plan_id) THEN
      RAISE EXCEPTION 'only figures of the same plan are corrected' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_wagereview FOR EACH ROW EXECUTE FUNCTION app.fill_wages();
CREATE TRIGGER fill BEFORE INSERT ON findings_wagegroup FOR EACH ROW EXECUTE FUNCTION app.fill_wages();

CREATE FUNCTION app.fill_rhythm_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT plan_id, audit_id, supplier_id, organisation_id
    INTO NEW.plan_id, NEW.audit_id, NEW.supplier_id, NEW.organisation_id
    FROM findings_rhythmrequest WHERE id = NEW.request_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_rhythmrequest FOR EACH ROW EXECUTE FUNCTION app.fill_from_plan();
CREATE TRIGGER fill BEFORE INSERT ON findings_rhythmanswer FOR EACH ROW EXECUTE FUNCTION app.fill_rhythm_answer();
"""

TOTALS = """
-- What workers got back, for every reader of the plan: per group and month, and never by whom it was paid.
CREATE FUNCTION app.refund_totals(wanted bigint)
RETURNS TABLE (number integer, month date, amount numeric, settled bigint, last_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT g.number, date_trunc('month', p.paid_on)::date, sum(p.amount), sum(p.workers_settled),
         max(p.paid_on) FILTER (WHERE p.takes_back_id IS NULL AND NOT EXISTS (
           SELECT FROM findings_refundpayment t WHERE t.takes_back_id = p.id))
    FROM findings_refundpayment p JOIN findings_refundgroup g ON g.id = p.group_id
   WHERE p.plan_id = wanted AND app.reads_plan(wanted)
   GROUP BY 1, 2 ORDER BY 1, 2
$$;
REVOKE ALL ON FUNCTION app.refund_totals(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.refund_totals(bigint) TO {app}, {job};
"""

CARRIED = """
-- Whether `later` is the plan of a CAR that continues, however far back, the CAR of the plan `earlier`.
CREATE FUNCTION app.continues(later bigint, earlier bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE chain AS (
    SELECT f.predecessor_id AS id
      FROM findings_finding f JOIN findings_actionplan p ON p.finding_id = f.id WHERE p.id = later
    UNION ALL
    SELECT f.predecessor_id FROM chain JOIN findings_finding f ON f.id = chain.id
  )
  SELECT EXISTS (SELECT FROM chain JOIN findings_actionplan p ON p.finding_id = chain.id WHERE p.id = earlier)
$$;
REVOKE ALL ON FUNCTION app.continues(bigint, bigint) FROM PUBLIC;

CREATE FUNCTION app.fill_carried() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE prior findings_planversion;
BEGIN
  NEW.carried_plan := '';
  NEW.carried_version := NULL;
  IF NEW.carried_from_id IS NOT NULL THEN
    SELECT * INTO prior FROM findings_planversion WHERE id = NEW.carried_from_id;
    IF NOT app.continues(NEW.plan_id, prior.plan_id) THEN
      RAISE EXCEPTION 'a plan is carried on from that of an earlier CAR' USING ERRCODE = 'check_violation';
    END IF;
    SELECT code INTO NEW.carried_plan FROM findings_actionplan WHERE id = prior.plan_id;
    NEW.carried_version := prior.number;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill_carried BEFORE INSERT ON findings_planversion FOR EACH ROW EXECUTE FUNCTION app.fill_carried();
"""


class Migration(migrating.Migration):
    dependencies = [("findings", "0016_responses"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="RefundGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="group")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                ("label", models.CharField(max_length=120, verbose_name="name of the group")),
                ("from_country", models.CharField(max_length=2, verbose_name="came from")),
                ("to_country", models.CharField(max_length=2, verbose_name="works in")),
                ("workers", models.PositiveIntegerField(verbose_name="workers")),
                ("fee", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="paid by each worker")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("agency", "Fee of an agency or agent"),
                                ("travel", "Travel"),
                                ("visa", "Passport, visa or permit"),
                                ("medical", "Medical check or insurance"),
                                ("training", "Training or test"),
                                ("deposit", "Deposit or guarantee"),
                                ("deduction", "Taken from wages"),
                                ("other", "Something else"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                        verbose_name="what it was for",
                    ),
                ),
                (
                    "refunder",
                    models.CharField(
                        choices=[
                            ("employer", "The employer"),
                            ("agency", "The agency that took it"),
                            ("together", "The employer and customers together"),
                            ("open", "Not agreed yet"),
                        ],
                        max_length=10,
                        verbose_name="who pays it back",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("is_withdrawn", models.BooleanField(default=False, verbose_name="entered by mistake")),
                ("carried_amount", models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="refunded before")),
                ("carried_settled", models.PositiveIntegerField(default=0, editable=False, verbose_name="repaid in full before")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.refundgroup",
                        verbose_name="carried from",
                    ),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("plan", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="refund_groups", to="findings.actionplan")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "ordering": ("number", "revision"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number", "revision"), name="refund_group_revised_once"),
                    models.CheckConstraint(condition=models.Q(("workers__gte", 1)), name="refund_group_has_workers"),
                    models.CheckConstraint(condition=models.Q(("fee__gt", 0)), name="refund_group_paid_something"),
                    models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="refund_group_has_currency"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="payment")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
                ("currency", models.CharField(editable=False, max_length=3, verbose_name="currency")),
                ("workers", models.IntegerField(verbose_name="workers who got money")),
                ("workers_settled", models.IntegerField(default=0, verbose_name="of these, now repaid in full")),
                (
                    "payer",
                    models.CharField(
                        choices=[("employer", "The employer"), ("agency", "An agency"), ("customer", "A customer"), ("other", "Somebody else")],
                        max_length=10,
                        verbose_name="who paid",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="which customer",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="findings.refundgroup", verbose_name="group"),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("plan", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="refund_payments", to="findings.actionplan")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "takes_back",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back_by",
                        to="findings.refundpayment",
                        verbose_name="takes back",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ("number",),
                "indexes": [models.Index(fields=["plan", "-paid_on", "-id"], name="refund_payment_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="refund_payment_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", False), ("payer", "customer")),
                            models.Q(models.Q(("payer", "customer"), _negated=True), ("customer", None)),
                            _connector="OR",
                        ),
                        name="refund_payment_names_a_customer_that_pays",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("takes_back", None), ("workers__gte", 1), ("workers_settled__gte", 0)),
                            models.Q(("amount__lt", 0), ("takes_back__isnull", False)),
                            _connector="OR",
                        ),
                        name="refund_payment_is_more_than_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RhythmRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "rhythm",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Every month"), (3, "Every three months"), (6, "Every six months"), (0, "On dates that we name")], verbose_name="how often"
                    ),
                ),
                (
                    "named_dates",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, size=None, verbose_name="dates"),
                ),
                ("reason", models.TextField(max_length=1000, verbose_name="why")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="customer"),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("plan", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rhythm_requests", to="findings.actionplan")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "wish for another rhythm",
                "verbose_name_plural": "wishes for another rhythm",
                "ordering": ("asked_at", "pk"),
                "indexes": [models.Index(fields=["plan", "organisation"], name="rhythm_request_by_plan")],
            },
        ),
        migrations.CreateModel(
            name="RhythmAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_accepted", models.BooleanField(verbose_name="accepted")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answered_at", models.DateTimeField(verbose_name="answered")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("plan", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.actionplan")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("request", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="findings.rhythmrequest")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_accepted", True), models.Q(("reason", ""), _negated=True), _connector="OR"), name="a_no_to_a_rhythm_says_why"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="WageReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("measured_on", models.DateField(verbose_name="wages of")),
                ("benchmark", models.CharField(max_length=160, verbose_name="benchmark")),
                ("source", models.CharField(max_length=250, verbose_name="where it comes from")),
                ("benchmark_on", models.DateField(verbose_name="date of the benchmark")),
                ("region", models.CharField(max_length=160, verbose_name="for which region")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="living wage in a month")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="findings.wagereview",
                        verbose_name="corrects",
                    ),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("plan", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="wage_reviews", to="findings.actionplan")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "ordering": ("measured_on", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="wage_review_numbered_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="wage_review_has_benchmark"),
                    models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="wage_review_has_currency"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WageGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=120, verbose_name="group")),
                ("workers", models.PositiveIntegerField(verbose_name="workers")),
                ("lowest", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="lowest wage in a month")),
                ("median", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="wage in the middle")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("plan", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.actionplan")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("review", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="groups", to="findings.wagereview")),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("review", "name"), name="wage_group_once"),
                    models.CheckConstraint(condition=models.Q(("workers__gte", 5)), name="wage_group_of_at_least_five"),
                    models.CheckConstraint(condition=models.Q(("lowest__gt", 0), ("median__gte", models.F("lowest"))), name="wage_group_in_order"),
                ],
            },
        ),
        migrations.AddField(
            model_name="actionplan",
            name="named_dates",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateField(), blank=True, default=list, size=None, verbose_name="dates of updates"
            ),
        ),
        migrations.AddField(
            model_name="plandraft",
            name="carried_from",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="findings.planversion", verbose_name="carried from"
            ),
        ),
        migrations.AddField(model_name="planupdate", name="language", field=models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
        migrations.AddField(
            model_name="planversion",
            name="carried_from",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.planversion", verbose_name="carried from"
            ),
        ),
        migrations.AddField(
            model_name="planversion", name="carried_plan", field=models.CharField(default="", editable=False, max_length=12, verbose_name="carried from plan")
        ),
        migrations.AddField(
            model_name="planversion",
            name="carried_progress",
            field=models.JSONField(default=list, help_text="One word per action, empty where it is new.", verbose_name="progress so far"),
        ),
        migrations.AddField(
            model_name="planversion", name="carried_version", field=models.PositiveIntegerField(editable=False, null=True, verbose_name="its version")
        ),
        migrations.AddField(model_name="planversion", name="language", field=models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
        migrations.AddField(
            model_name="workplacerequirement",
            name="ledger",
            field=models.CharField(
                blank=True,
                choices=[("refunds", "Refunds of recruitment fees"), ("wage_gap", "The gap to a living wage")],
                default="",
                max_length=10,
                verbose_name="figures that its plan keeps",
            ),
        ),
        migrations.AlterField(
            model_name="actionplan",
            name="rhythm",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "Every month"), (3, "Every three months"), (6, "Every six months"), (0, "On dates that we name")],
                default=3,
                verbose_name="how often it is updated",
            ),
        ),
        migrations.AddConstraint(
            model_name="actionplan",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("rhythm", 0), _negated=True), models.Q(("named_dates", []), _negated=True), _connector="OR"),
                name="named_dates_are_named",
            ),
        ),
        Sql(READS),
        Sql(FILL),
        Sql(TOTALS),
        Sql(CARRIED),
        Police("findings_refundgroup", select=READS_PLAN, insert=SUPPLIER),
        Police("findings_refundpayment", select=f"{is_owner('findings_refundpayment')} OR {names_reader('findings_refundpayment')}", insert=SUPPLIER),
        Police("findings_wagereview", select=READS_PLAN, insert=SUPPLIER),
        Police("findings_wagegroup", select=READS_PLAN, insert=SUPPLIER),
        Police("findings_rhythmrequest", select=f"{OWN} OR {is_owner('findings_rhythmrequest')}", insert=f"{OWN} AND {is_customer('findings_rhythmrequest')}"),
        Police("findings_rhythmanswer", select=f"{OWN} OR {is_owner('findings_rhythmanswer')}", insert=SUPPLIER),
        # Rows that know nothing of these columns, as a plain statement makes them, have none of it.
        Sql(
            """ALTER TABLE findings_actionplan ALTER named_dates SET DEFAULT '{}';
            ALTER TABLE findings_planversion ALTER carried_progress SET DEFAULT '[]', ALTER language SET DEFAULT '';
            ALTER TABLE findings_planupdate ALTER language SET DEFAULT ''"""
        ),
        # The site agrees on named dates as it does on the rhythm.
        Sql("GRANT UPDATE (named_dates) ON findings_actionplan TO {app}"),
        *(AppendOnly(table) for table in TABLES),
    ]
