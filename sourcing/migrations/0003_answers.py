"""Answers to proposals, the place an audit firm is asked about, and guards that hold under a third transaction."""

from django.db import migrations, models

from ledger import migrating
from ledger.rowsecurity import Sql

# Whoever waits for a lock finds the sites' owners as they are afterwards, and locks those as well.
LOCK = """
CREATE FUNCTION app.lock_suppliers_of_sites(sites bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE held bigint[] := '{}'; owners bigint[];
BEGIN
  LOOP
    owners := ARRAY(SELECT DISTINCT organisation_id FROM sourcing_site WHERE id = ANY(sites));
    EXIT WHEN owners <@ held;
    PERFORM app.lock_suppliers(owners);
    held := held || owners;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION app.on_link_site_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN ids := ARRAY(SELECT site_id FROM after_rows);
  ELSIF TG_OP = 'DELETE' THEN ids := ARRAY(SELECT site_id FROM before_rows);
  ELSE ids := ARRAY(SELECT site_id FROM before_rows UNION SELECT site_id FROM after_rows); END IF;
  PERFORM app.lock_suppliers_of_sites(ids);
  PERFORM app.refresh_site_access(ids);
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_update AFTER UPDATE ON sourcing_tradelinksite
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_link_site_change();

CREATE OR REPLACE FUNCTION app.on_engagement_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF TG_OP = 'DELETE' THEN ids := ARRAY(SELECT site_id FROM before_rows);
  ELSE ids := ARRAY(SELECT site_id FROM after_rows); END IF;
  PERFORM app.lock_suppliers_of_sites(ids);
  PERFORM app.refresh_site_access(ids);
  IF TG_OP = 'INSERT' THEN
    PERFORM app.refresh_organisation_access(ARRAY(SELECT supplier_id FROM after_rows));
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM app.refresh_organisation_access(ARRAY(SELECT supplier_id FROM before_rows));
  END IF;
  RETURN NULL;
END $$;
"""

# The firm says yes, nobody else, and what ended stays ended; also against raw SQL.
GUARD = """
CREATE OR REPLACE FUNCTION app.guard_engagement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' AND app.organisation() IS NOT NULL THEN
      RAISE EXCEPTION 'an engagement begins as a proposal' USING ERRCODE = 'check_violation';
    END IF;
    SELECT organisation_id, jsonb_build_object('name', name, 'address', address, 'country', country, 'code', code)
      INTO NEW.supplier_id, NEW.place FROM sourcing_site WHERE id = NEW.site_id;
    RETURN NEW;
  END IF;
  IF (NEW.site_id, NEW.supplier_id, NEW.audit_firm_id, NEW.place)
     IS DISTINCT FROM (OLD.site_id, OLD.supplier_id, OLD.audit_firm_id, OLD.place) THEN
    RAISE EXCEPTION 'an engagement never changes its site or its ends' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF OLD.state IN ('ended', 'declined') OR NEW.state = 'proposed' THEN
    RAISE EXCEPTION 'an answered engagement stays answered, an ended one ended' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state IN ('active', 'declined') AND (OLD.state <> 'proposed' OR app.organisation() <> NEW.audit_firm_id) THEN
    RAISE EXCEPTION 'the audit firm answers an engagement' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

FILL = """
ALTER TABLE sourcing_engagement DISABLE TRIGGER guard;
UPDATE sourcing_engagement e
   SET place = jsonb_build_object('name', s.name, 'address', s.address, 'country', s.country, 'code', s.code)
  FROM sourcing_site s WHERE s.id = e.site_id;
ALTER TABLE sourcing_engagement ENABLE TRIGGER guard;
"""


class Migration(migrating.Migration):
    dependencies = [("sourcing", "0002_access")]

    operations = [
        migrations.AddField(
            "tradelink",
            "answer",
            models.TextField(blank=True, default="", max_length=2000, verbose_name="reason for saying no"),
            preserve_default=False,
        ),
        migrations.AddField(
            "engagement",
            "answer",
            models.TextField(blank=True, default="", max_length=2000, verbose_name="reason for saying no"),
            preserve_default=False,
        ),
        migrations.AddField(
            "engagement",
            "place",
            models.JSONField(default=dict, editable=False, verbose_name="site as named in the request"),
        ),
        Sql(LOCK),
        Sql(GUARD),
        Sql(FILL),
    ]
