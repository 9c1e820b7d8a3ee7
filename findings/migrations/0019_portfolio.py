"""How sites and suppliers stand: counts that follow their rule inside the transaction that changes a source.

Read the two views first; they are the rule. Triggers take the supplier's lock, as those of the access tables do, then
write the rows of one site, and of one supplier for everyone who sees it. Nobody else writes here.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police, Sql

COUNTS = [
    "nc_business_critical", "nc_critical", "nc_major", "nc_minor", "nc_waiting", "due_dates",
    "car_open", "car_in_progress", "oldest_car_on", "last_audit_on", "last_full_on",
    "nc_answered", "nc_answer_days", "car_planned", "car_plan_days",
]  # fmt: skip
SITE = ["site_id", *COUNTS]
PAIR = ["organisation_id", "supplier_id", "supplier_code", "supplier_name", "supplier_country", "sites", *COUNTS, "next_due_on"]

SITE_RULE = """
CREATE VIEW findings_site_standing_rule WITH (security_invoker = true) AS
SELECT a.site_id,
       coalesce(f.nc_business_critical, 0) AS nc_business_critical, coalesce(f.nc_critical, 0) AS nc_critical,
       coalesce(f.nc_major, 0) AS nc_major, coalesce(f.nc_minor, 0) AS nc_minor, coalesce(f.nc_waiting, 0) AS nc_waiting,
       coalesce(f.due_dates, '{}') AS due_dates,
       coalesce(f.car_open, 0) AS car_open, coalesce(f.car_in_progress, 0) AS car_in_progress, f.oldest_car_on,
       a.last_audit_on, a.last_full_on,
       coalesce(f.nc_answered, 0) AS nc_answered, coalesce(f.nc_answer_days, 0) AS nc_answer_days,
       coalesce(f.car_planned, 0) AS car_planned, coalesce(f.car_plan_days, 0) AS car_plan_days
  FROM (SELECT site_id, max(ends_on) AS last_audit_on,
               max(ends_on) FILTER (WHERE kind IN ('initial', 'periodic')) AS last_full_on
          FROM findings_audit WHERE published_at IS NOT NULL GROUP BY site_id) AS a
  LEFT JOIN (
    SELECT f.site_id,
           count(*) FILTER (WHERE is_open AND severity = 'business_critical') AS nc_business_critical,
           count(*) FILTER (WHERE is_open AND severity = 'critical') AS nc_critical,
           count(*) FILTER (WHERE is_open AND severity = 'major') AS nc_major,
           count(*) FILTER (WHERE is_open AND severity = 'minor') AS nc_minor,
           count(*) FILTER (WHERE f.kind = 'nc' AND f.state = 'action_submitted') AS nc_waiting,
           array_agg(o.due ORDER BY o.due) FILTER (WHERE f.kind = 'nc' AND f.state = 'open') AS due_dates,
           count(*) FILTER (WHERE f.kind = 'car' AND f.state = 'open') AS car_open,
           count(*) FILTER (WHERE f.kind = 'car' AND f.state = 'in_progress') AS car_in_progress,
           min(f.first_raised_on) FILTER (WHERE f.kind = 'car' AND f.state <> 'closed') AS oldest_car_on,
           count(c.finding_id) AS nc_answered,
           sum(greatest(c.sent_at::date - a.published_at::date, 0)) FILTER (WHERE c.finding_id IS NOT NULL) AS nc_answer_days,
           count(p.id) AS car_planned,
           sum(greatest(p.first_shared_at::date - a.published_at::date, 0)) FILTER (WHERE p.id IS NOT NULL) AS car_plan_days
      FROM findings_finding f
      JOIN findings_audit a ON a.id = f.audit_id AND a.published_at IS NOT NULL
     CROSS JOIN LATERAL (SELECT f.kind = 'nc' AND f.state IN ('open', 'action_submitted') AS is_open,
                                 coalesce(f.due_by, f.due_on) AS due) AS o
      LEFT JOIN (SELECT finding_id, min(submitted_at) AS sent_at FROM findings_correctiveaction
                  WHERE NOT recorded_by_firm GROUP BY finding_id) AS c ON c.finding_id = f.id
      LEFT JOIN findings_actionplan p ON p.finding_id = f.id
     GROUP BY f.site_id) AS f USING (site_id)
"""

PAIR_RULE = """
CREATE VIEW findings_standing_rule WITH (security_invoker = true) AS
SELECT p.organisation_id, p.supplier_id, o.code AS supplier_code, o.name AS supplier_name, o.country AS supplier_country,
       coalesce(t.sites, 0) AS sites,
       coalesce(t.nc_business_critical, 0) AS nc_business_critical, coalesce(t.nc_critical, 0) AS nc_critical,
       coalesce(t.nc_major, 0) AS nc_major, coalesce(t.nc_minor, 0) AS nc_minor, coalesce(t.nc_waiting, 0) AS nc_waiting,
       coalesce(d.due_dates, '{}') AS due_dates,
       coalesce(t.car_open, 0) AS car_open, coalesce(t.car_in_progress, 0) AS car_in_progress, t.oldest_car_on,
       t.last_audit_on, t.last_full_on,
       coalesce(t.nc_answered, 0) AS nc_answered, coalesce(t.nc_answer_days, 0) AS nc_answer_days,
       coalesce(t.car_planned, 0) AS car_planned, coalesce(t.car_plan_days, 0) AS car_plan_days,
       d.due_dates[1] AS next_due_on
  FROM (-- A customer follows those it buys from, and every supplier itself.
        SELECT buyer_id AS organisation_id, supplier_id FROM sourcing_tradelink WHERE state = 'accepted'
        UNION
        SELECT organisation_id, organisation_id FROM sourcing_site) AS p
  JOIN organisations_organisation o ON o.id = p.supplier_id
  LEFT JOIN (
    SELECT a.organisation_id, a.owner_id AS supplier_id, count(*) AS sites,
           sum(nc_business_critical) AS nc_business_critical, sum(nc_critical) AS nc_critical,
           sum(nc_major) AS nc_major, sum(nc_minor) AS nc_minor, sum(nc_waiting) AS nc_waiting,
           sum(car_open) AS car_open, sum(car_in_progress) AS car_in_progress, min(oldest_car_on) AS oldest_car_on,
           max(last_audit_on) AS last_audit_on, max(last_full_on) AS last_full_on,
           sum(nc_answered) AS nc_answered, sum(nc_answer_days) AS nc_answer_days,
           sum(car_planned) AS car_planned, sum(car_plan_days) AS car_plan_days
      FROM sourcing_siteaccess a LEFT JOIN findings_sitestanding s USING (site_id)
     WHERE a.bases && ARRAY['owner', 'customer']::varchar[]
     GROUP BY a.organisation_id, a.owner_id) AS t USING (organisation_id, supplier_id)
  LEFT JOIN (
    SELECT a.organisation_id, a.owner_id AS supplier_id, array_agg(due ORDER BY due) AS due_dates
      FROM sourcing_siteaccess a JOIN findings_sitestanding s USING (site_id) CROSS JOIN unnest(s.due_dates) AS due
     WHERE a.bases && ARRAY['owner', 'customer']::varchar[]
     GROUP BY a.organisation_id, a.owner_id) AS d USING (organisation_id, supplier_id)
"""


def upsert(table: str, rule: str, columns: list[str], key: list[str], where: str) -> str:
    """Return the statement that makes the rows of `table` those of `rule`, writing only what differs."""
    rest = [one for one in columns if one not in key]
    listed, mine, theirs = (", ".join(f"{prefix}{one}" for one in rest) for prefix in ("", f"{table}.", "excluded."))
    return f"""
  INSERT INTO {table} ({", ".join(columns)}) SELECT {", ".join(columns)} FROM {rule} WHERE {where}
  ON CONFLICT ({", ".join(key)}) DO UPDATE SET ({listed}) = ROW({theirs}) WHERE ({mine}) IS DISTINCT FROM ({theirs});"""


REFRESH = f"""
CREATE FUNCTION app.refresh_site_standing(sites bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one bigint;
BEGIN
  FOREACH one IN ARRAY sites LOOP  -- one at a time: the planner carries a single value into both halves of the rule
    {upsert("findings_sitestanding", "findings_site_standing_rule", SITE, ["site_id"], "site_id = one")}
  END LOOP;
END $$;

CREATE FUNCTION app.refresh_standing(suppliers bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one bigint;
BEGIN
  FOREACH one IN ARRAY suppliers LOOP
    DELETE FROM findings_standing s
     WHERE s.supplier_id = one
       AND NOT EXISTS (SELECT FROM sourcing_tradelink l
                        WHERE l.buyer_id = s.organisation_id AND l.supplier_id = one AND l.state = 'accepted')
       AND NOT (s.organisation_id = one AND EXISTS (SELECT FROM sourcing_site WHERE organisation_id = one));
    {upsert("findings_standing", "findings_standing_rule", PAIR, ["organisation_id", "supplier_id"], "supplier_id = one")}
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION app.refresh_site_standing(bigint[]), app.refresh_standing(bigint[]) FROM PUBLIC;
GRANT SELECT ON findings_site_standing_rule, findings_standing_rule TO {{job}};
ALTER TABLE findings_standing ALTER organisation_id SET STATISTICS 1000;
"""

TRIGGERS = """
CREATE FUNCTION app.stand_sites(sites bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF sites = '{}' THEN RETURN; END IF;
  PERFORM app.lock_suppliers_of_sites(sites);
  PERFORM app.refresh_site_standing(sites);
  PERFORM app.refresh_standing(ARRAY(SELECT DISTINCT organisation_id FROM sourcing_site WHERE id = ANY(sites)));
END $$;
REVOKE ALL ON FUNCTION app.stand_sites(bigint[]) FROM PUBLIC;

CREATE FUNCTION app.stand_findings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.stand_sites(ARRAY(
    SELECT DISTINCT n.site_id FROM after_rows n JOIN before_rows o USING (id)
      JOIN findings_audit a ON a.id = n.audit_id AND a.published_at IS NOT NULL
     WHERE (n.state, n.severity, n.due_on, n.due_by, n.has_plan)
           IS DISTINCT FROM (o.state, o.severity, o.due_on, o.due_by, o.has_plan)));
  RETURN NULL;
END $$;
CREATE TRIGGER standing_on_update AFTER UPDATE ON findings_finding
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_findings();

CREATE FUNCTION app.stand_audits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.stand_sites(ARRAY(
    SELECT DISTINCT n.site_id FROM after_rows n JOIN before_rows o USING (id)
     WHERE n.published_at IS DISTINCT FROM o.published_at));
  RETURN NULL;
END $$;
CREATE TRIGGER standing_on_update AFTER UPDATE ON findings_audit
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_audits();

-- Runs inside the triggers of `sourcing`, which hold the supplier's lock already.
CREATE FUNCTION app.stand_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN PERFORM app.refresh_standing(ARRAY(SELECT DISTINCT owner_id FROM before_rows));
  ELSIF TG_OP = 'INSERT' THEN PERFORM app.refresh_standing(ARRAY(SELECT DISTINCT owner_id FROM after_rows));
  ELSE PERFORM app.refresh_standing(ARRAY(SELECT owner_id FROM before_rows UNION SELECT owner_id FROM after_rows));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER standing_on_insert AFTER INSERT ON sourcing_siteaccess REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_access();
CREATE TRIGGER standing_on_update AFTER UPDATE ON sourcing_siteaccess
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_access();
CREATE TRIGGER standing_on_delete AFTER DELETE ON sourcing_siteaccess REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_access();

-- After `access_on_update`, by the order of names; a supplier without a site has a row as well.
CREATE FUNCTION app.stand_links() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN PERFORM app.refresh_standing(ARRAY(SELECT DISTINCT supplier_id FROM before_rows));
  ELSE PERFORM app.refresh_standing(ARRAY(SELECT DISTINCT supplier_id FROM after_rows)); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER standing_on_delete AFTER DELETE ON sourcing_tradelink REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_links();
CREATE TRIGGER standing_on_insert AFTER INSERT ON sourcing_tradelink REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_links();
CREATE TRIGGER standing_on_update AFTER UPDATE ON sourcing_tradelink REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.stand_links();

-- A row carries the supplier's name and country, so that a long list is sorted and searched without a join.
CREATE FUNCTION app.stand_named() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_suppliers(ARRAY[NEW.id]);  -- or rows that are being written elsewhere keep the name from before
  UPDATE findings_standing SET supplier_name = NEW.name, supplier_country = NEW.country
   WHERE supplier_id = NEW.id AND (supplier_name, supplier_country) IS DISTINCT FROM (NEW.name, NEW.country);
  RETURN NULL;
END $$;
CREATE TRIGGER standing_on_update AFTER UPDATE OF name, country ON organisations_organisation
  FOR EACH ROW EXECUTE FUNCTION app.stand_named();
"""

FILL = """
SELECT app.refresh_site_standing(ARRAY(SELECT DISTINCT site_id FROM findings_audit WHERE published_at IS NOT NULL));
SELECT app.refresh_standing(ARRAY(SELECT DISTINCT supplier_id FROM findings_standing_rule));
"""

# A subscription is to a view of the same organisation.
SUBSCRIBE = """
CREATE FUNCTION app.fill_subscription() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT organisation_id INTO NEW.organisation_id FROM findings_savedview WHERE id = NEW.saved_view_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON findings_subscription FOR EACH ROW EXECUTE FUNCTION app.fill_subscription();
"""

EVENTS = [
    ("business_critical", "gets a business-critical non-compliance"),
    ("critical", "gets a critical non-compliance"),
    ("overdue", "has a non-compliance that went past its date"),
    ("car", "gets something to work on together"),
    ("plan", "shares an action plan"),
    ("audit", "has a new audit"),
]
OWN = "organisation_id = app.organisation()"
MINE = f"{OWN} AND person_id = app.person()"
SEES_SITE = """(SELECT true FROM sourcing_siteaccess a WHERE a.organisation_id = app.organisation()
                 AND a.site_id = findings_sitestanding.site_id)"""


class Migration(migrating.Migration):
    dependencies = [("findings", "0018_incidents"), ("organisations", "0004_columns"), ("sourcing", "0005_own_access")]

    operations = [
        migrations.CreateModel(
            name="SiteStanding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nc_business_critical", models.PositiveIntegerField(default=0, verbose_name="business critical")),
                ("nc_critical", models.PositiveIntegerField(default=0, verbose_name="critical")),
                ("nc_major", models.PositiveIntegerField(default=0, verbose_name="major")),
                ("nc_minor", models.PositiveIntegerField(default=0, verbose_name="minor")),
                ("nc_waiting", models.PositiveIntegerField(default=0, verbose_name="waiting for the auditor")),
                ("due_dates", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ("car_open", models.PositiveIntegerField(default=0, verbose_name="CARs without a plan")),
                ("car_in_progress", models.PositiveIntegerField(default=0, verbose_name="CARs in progress")),
                ("oldest_car_on", models.DateField(null=True, verbose_name="oldest issue worked on together")),
                ("last_audit_on", models.DateField(null=True, verbose_name="last audit")),
                ("last_full_on", models.DateField(null=True, verbose_name="last full audit")),
                ("nc_answered", models.PositiveIntegerField(default=0, verbose_name="non-compliances answered")),
                ("nc_answer_days", models.PositiveIntegerField(default=0, verbose_name="days until then, in all")),
                ("car_planned", models.PositiveIntegerField(default=0, verbose_name="CARs with a plan")),
                ("car_plan_days", models.PositiveIntegerField(default=0, verbose_name="days until then, in all")),
                ("site", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="standing", to="sourcing.site", verbose_name="site")),
            ],
            options={"verbose_name": "standing of a site", "verbose_name_plural": "standings of sites"},
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nc_business_critical", models.PositiveIntegerField(default=0, verbose_name="business critical")),
                ("nc_critical", models.PositiveIntegerField(default=0, verbose_name="critical")),
                ("nc_major", models.PositiveIntegerField(default=0, verbose_name="major")),
                ("nc_minor", models.PositiveIntegerField(default=0, verbose_name="minor")),
                ("nc_waiting", models.PositiveIntegerField(default=0, verbose_name="waiting for the auditor")),
                ("due_dates", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ("car_open", models.PositiveIntegerField(default=0, verbose_name="CARs without a plan")),
                ("car_in_progress", models.PositiveIntegerField(default=0, verbose_name="CARs in progress")),
                ("oldest_car_on", models.DateField(null=True, verbose_name="oldest issue worked on together")),
                ("last_audit_on", models.DateField(null=True, verbose_name="last audit")),
                ("last_full_on", models.DateField(null=True, verbose_name="last full audit")),
                ("nc_answered", models.PositiveIntegerField(default=0, verbose_name="non-compliances answered")),
                ("nc_answer_days", models.PositiveIntegerField(default=0, verbose_name="days until then, in all")),
                ("car_planned", models.PositiveIntegerField(default=0, verbose_name="CARs with a plan")),
                ("car_plan_days", models.PositiveIntegerField(default=0, verbose_name="days until then, in all")),
                ("supplier_code", models.CharField(max_length=12, verbose_name="code")),
                ("supplier_name", models.CharField(max_length=200, verbose_name="supplier")),
                ("supplier_country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("sites", models.PositiveIntegerField(default=0, verbose_name="sites")),
                ("next_due_on", models.DateField(null=True, verbose_name="next date")),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation", verbose_name="seen by"),
                ),
                (
                    "supplier",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation", verbose_name="supplier"),
                ),
            ],
            options={
                "verbose_name": "standing of a supplier",
                "verbose_name_plural": "standings of suppliers",
                "indexes": [
                    models.Index(fields=["organisation", "supplier_name", "id"], name="standing_by_name"),
                    models.Index(fields=["organisation", "next_due_on", "id"], name="standing_by_due"),
                ],
                "constraints": [models.UniqueConstraint(fields=("organisation", "supplier"), name="standing_once_per_pair")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("asked", models.JSONField(default=dict, verbose_name="filters and order")),
                ("saved_at", models.DateTimeField(verbose_name="kept")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="kept by"
                    ),
                ),
            ],
            options={
                "verbose_name": "view",
                "verbose_name_plural": "views",
                "ordering": ("name", "id"),
                "constraints": [models.UniqueConstraint(fields=("organisation", "name"), name="saved_view_named_once")],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=EVENTS, max_length=20), size=None, verbose_name="events"),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("daily", "Every day, if there is something"), ("weekly", "Every Monday, if there is something")],
                        default="daily",
                        max_length=8,
                        verbose_name="how often",
                    ),
                ),
                ("told_until", models.DateTimeField(verbose_name="told of everything until")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("saved_view", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="subscriptions", to="findings.savedview")),
            ],
            options={
                "verbose_name": "subscription",
                "verbose_name_plural": "subscriptions",
                "constraints": [models.UniqueConstraint(fields=("saved_view", "person"), name="subscribed_once_per_view")],
            },
        ),
        migrations.CreateModel(
            name="TableExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[("portfolio", "Suppliers"), ("non_compliances", "Non-compliances"), ("cars", "Working together")],
                        max_length=20,
                        verbose_name="list",
                    ),
                ),
                ("format", models.CharField(choices=[("xlsx", "Excel (XLSX)"), ("csv", "Text (CSV)")], max_length=5, verbose_name="format")),
                ("asked", models.JSONField(default=dict, verbose_name="filters and order")),
                ("asked_at", models.DateTimeField(verbose_name="asked for")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"verbose_name": "file of a list", "verbose_name_plural": "files of lists"},
        ),
        Police("findings_savedview", select=OWN, insert=OWN, update=OWN, delete=OWN),
        Police("findings_subscription", select=MINE, insert=MINE, update=MINE, delete=MINE),
        Police("findings_tableexport", select=MINE, insert=MINE),
        Sql(SUBSCRIBE),
        Police("findings_sitestanding", select=SEES_SITE),
        Police("findings_standing", select="organisation_id = app.organisation()"),
        Sql(SITE_RULE),
        Sql(PAIR_RULE),
        Sql(REFRESH),
        Sql(TRIGGERS),
        Sql(FILL),
    ]
