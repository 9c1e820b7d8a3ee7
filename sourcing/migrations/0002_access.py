"""Who may see which site and know of which organisation: the rules, the triggers that keep the tables, the policies.

The rules are the two views; read those first. Everything else keeps `sourcing_siteaccess` and
`organisations_organisationaccess` equal to them inside the transaction that changes a source, under one advisory
lock per supplier, so that two concurrent changes cannot leave a stale row.
"""

from django.db import migrations

from ledger.rowsecurity import Police, Sql

SITE_RULE = """
CREATE VIEW sourcing_site_access_rule WITH (security_invoker = true) AS
SELECT organisation_id, site_id, owner_id, array_agg(DISTINCT basis ORDER BY basis) AS bases
  FROM (
    -- The supplier owns its sites' data.
    SELECT s.organisation_id, s.id AS site_id, s.organisation_id AS owner_id, 'owner'::varchar AS basis
      FROM sourcing_site s
    UNION ALL
    -- A customer sees a site only through an accepted trade link that covers it.
    SELECT l.buyer_id, s.id, s.organisation_id, 'customer'
      FROM sourcing_tradelink l
      JOIN sourcing_site s ON s.organisation_id = l.supplier_id
     WHERE l.state = 'accepted'
       AND (l.covers_all_sites
            OR EXISTS (SELECT FROM sourcing_tradelinksite n WHERE n.link_id = l.id AND n.site_id = s.id))
    UNION ALL
    -- An audit firm sees the sites it is engaged for, for as long as the engagement lasts.
    SELECT e.audit_firm_id, s.id, s.organisation_id, 'audit_firm'
      FROM sourcing_engagement e
      JOIN sourcing_site s ON s.id = e.site_id AND s.organisation_id = e.supplier_id
     WHERE e.state = 'active'
  ) AS grounds
 GROUP BY organisation_id, site_id, owner_id
"""

ORGANISATION_RULE = """
CREATE VIEW sourcing_organisation_access_rule WITH (security_invoker = true) AS
    -- The two ends of a trade link know of each other from the proposal on, and remember.
    SELECT buyer_id AS organisation_id, supplier_id AS target_id FROM sourcing_tradelink
    UNION
    SELECT supplier_id, buyer_id FROM sourcing_tradelink
    UNION
    -- So do a supplier and the audit firm it asked.
    SELECT audit_firm_id, supplier_id FROM sourcing_engagement
    UNION
    SELECT supplier_id, audit_firm_id FROM sourcing_engagement
"""

REFRESH = """
CREATE FUNCTION app.lock_suppliers(suppliers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE supplier bigint;
BEGIN
  -- In one order, so that two transactions never wait for each other; 4711 is this lock's own name space.
  FOR supplier IN SELECT DISTINCT s FROM unnest(suppliers) AS s WHERE s IS NOT NULL ORDER BY s LOOP
    PERFORM pg_advisory_xact_lock(4711, (supplier % 2147483647)::int);
  END LOOP;
END $$;

CREATE FUNCTION app.refresh_site_access(sites bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM sourcing_siteaccess a
   WHERE a.site_id = ANY(sites)
     AND NOT EXISTS (SELECT FROM sourcing_site_access_rule r
                      WHERE r.site_id = a.site_id AND r.organisation_id = a.organisation_id);
  INSERT INTO sourcing_siteaccess (organisation_id, site_id, owner_id, bases)
  SELECT organisation_id, site_id, owner_id, bases FROM sourcing_site_access_rule WHERE site_id = ANY(sites)
  ON CONFLICT (organisation_id, site_id) DO UPDATE
     SET owner_id = excluded.owner_id, bases = excluded.bases
   WHERE (sourcing_siteaccess.owner_id, sourcing_siteaccess.bases) IS DISTINCT FROM (excluded.owner_id, excluded.bases);
END $$;

CREATE FUNCTION app.refresh_organisation_access(ones bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM organisations_organisationaccess a
   WHERE (a.organisation_id = ANY(ones) OR a.target_id = ANY(ones))
     AND NOT EXISTS (SELECT FROM sourcing_organisation_access_rule r
                      WHERE r.organisation_id = a.organisation_id AND r.target_id = a.target_id);
  INSERT INTO organisations_organisationaccess (organisation_id, target_id)
  SELECT organisation_id, target_id FROM sourcing_organisation_access_rule
   WHERE organisation_id = ANY(ones) OR target_id = ANY(ones)
  ON CONFLICT (organisation_id, target_id) DO NOTHING;
END $$;
"""

# Each trigger locks the suppliers it touches, then looks: a statement in a plpgsql function takes a new snapshot.
TRIGGERS = """
CREATE FUNCTION app.on_site_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM app.lock_suppliers(ARRAY(SELECT organisation_id FROM after_rows));
    ids := ARRAY(SELECT id FROM after_rows);
  ELSE
    PERFORM app.lock_suppliers(ARRAY(SELECT organisation_id FROM before_rows UNION SELECT organisation_id FROM after_rows));
    ids := ARRAY(SELECT a.id FROM after_rows a JOIN before_rows b USING (id)
                  WHERE a.organisation_id <> b.organisation_id);
  END IF;
  IF ids <> '{}' THEN PERFORM app.refresh_site_access(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_insert AFTER INSERT ON sourcing_site REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_change();
CREATE TRIGGER access_on_update AFTER UPDATE ON sourcing_site
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_change();

CREATE FUNCTION app.on_link_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE suppliers bigint[]; buyers bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    suppliers := ARRAY(SELECT supplier_id FROM after_rows);
    buyers := ARRAY(SELECT DISTINCT buyer_id FROM after_rows);
  ELSIF TG_OP = 'DELETE' THEN
    suppliers := ARRAY(SELECT supplier_id FROM before_rows);
    buyers := ARRAY(SELECT DISTINCT buyer_id FROM before_rows);
  ELSE
    suppliers := ARRAY(SELECT supplier_id FROM before_rows UNION SELECT supplier_id FROM after_rows);
    buyers := NULL;  -- who knows of whom never changes with a link's state, and its two ends are fixed
  END IF;
  PERFORM app.lock_suppliers(suppliers);
  PERFORM app.refresh_site_access(ARRAY(SELECT id FROM sourcing_site WHERE organisation_id = ANY(suppliers)));
  IF buyers IS NOT NULL THEN PERFORM app.refresh_organisation_access(suppliers); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_insert AFTER INSERT ON sourcing_tradelink REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_link_change();
CREATE TRIGGER access_on_update AFTER UPDATE ON sourcing_tradelink
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_link_change();
CREATE TRIGGER access_on_delete AFTER DELETE ON sourcing_tradelink REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_link_change();

CREATE FUNCTION app.on_link_site_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN ids := ARRAY(SELECT site_id FROM after_rows);
  ELSE ids := ARRAY(SELECT site_id FROM before_rows); END IF;
  PERFORM app.lock_suppliers(ARRAY(SELECT organisation_id FROM sourcing_site WHERE id = ANY(ids)));
  PERFORM app.refresh_site_access(ids);
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_insert AFTER INSERT ON sourcing_tradelinksite REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_link_site_change();
CREATE TRIGGER access_on_delete AFTER DELETE ON sourcing_tradelinksite REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_link_site_change();

CREATE FUNCTION app.on_engagement_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF TG_OP = 'DELETE' THEN ids := ARRAY(SELECT site_id FROM before_rows);
  ELSE ids := ARRAY(SELECT site_id FROM after_rows); END IF;
  PERFORM app.lock_suppliers(ARRAY(SELECT organisation_id FROM sourcing_site WHERE id = ANY(ids)));
  PERFORM app.refresh_site_access(ids);
  IF TG_OP = 'INSERT' THEN
    PERFORM app.refresh_organisation_access(ARRAY(SELECT supplier_id FROM after_rows));
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM app.refresh_organisation_access(ARRAY(SELECT supplier_id FROM before_rows));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_insert AFTER INSERT ON sourcing_engagement REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_engagement_change();
CREATE TRIGGER access_on_update AFTER UPDATE ON sourcing_engagement
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_engagement_change();
CREATE TRIGGER access_on_delete AFTER DELETE ON sourcing_engagement REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_engagement_change();
"""

# What one side may not decide alone, held against raw SQL as well.
GUARDS = """
CREATE FUNCTION app.guard_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' AND app.organisation() IS NOT NULL THEN
      RAISE EXCEPTION 'a trade link begins as a proposal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.buyer_id, NEW.supplier_id, NEW.proposed_by_id) IS DISTINCT FROM (OLD.buyer_id, OLD.supplier_id, OLD.proposed_by_id) THEN
    RAISE EXCEPTION 'the two ends of a trade link never change' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'proposed' AND NEW.state = 'accepted' AND app.organisation() = NEW.proposed_by_id THEN
    RAISE EXCEPTION 'a trade link is accepted by the other side' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state IN ('ended', 'declined', 'withdrawn') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'an ended trade link stays ended' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.covers_all_sites AND NOT OLD.covers_all_sites AND app.organisation() <> NEW.supplier_id THEN
    RAISE EXCEPTION 'only the supplier widens a trade link' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON sourcing_tradelink FOR EACH ROW EXECUTE FUNCTION app.guard_link();

CREATE FUNCTION app.guard_link_site() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM sourcing_tradelink l JOIN sourcing_site s ON s.organisation_id = l.supplier_id
                  WHERE l.id = NEW.link_id AND s.id = NEW.site_id) THEN
    RAISE EXCEPTION 'a trade link names sites of its supplier only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON sourcing_tradelinksite FOR EACH ROW EXECUTE FUNCTION app.guard_link_site();

CREATE FUNCTION app.guard_engagement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT organisation_id INTO NEW.supplier_id FROM sourcing_site WHERE id = NEW.site_id;
    RETURN NEW;
  END IF;
  IF (NEW.site_id, NEW.supplier_id, NEW.audit_firm_id) IS DISTINCT FROM (OLD.site_id, OLD.supplier_id, OLD.audit_firm_id) THEN
    RAISE EXCEPTION 'an engagement never changes its site or its ends' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'proposed' AND NEW.state = 'active' AND app.organisation() <> NEW.audit_firm_id THEN
    RAISE EXCEPTION 'the audit firm accepts an engagement' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON sourcing_engagement FOR EACH ROW EXECUTE FUNCTION app.guard_engagement();
"""

# A proposal names an organisation by the code its people gave away; nothing else about strangers can be asked.
FIND = """
CREATE FUNCTION app.organisation_with_code(wanted text) RETURNS TABLE (id bigint, name varchar, capabilities varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id, o.name, o.capabilities FROM organisations_organisation o
   WHERE o.code = upper(wanted) AND app.organisation() IS NOT NULL
$$;
REVOKE ALL ON FUNCTION app.organisation_with_code(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.organisation_with_code(text) TO {app}, {job};
REVOKE ALL ON FUNCTION app.refresh_site_access(bigint[]), app.refresh_organisation_access(bigint[]) FROM PUBLIC;
GRANT SELECT ON sourcing_site_access_rule, sourcing_organisation_access_rule TO {job};
ALTER TABLE sourcing_siteaccess ALTER organisation_id SET STATISTICS 1000;
"""

OWN = "organisation_id = app.organisation()"
SIDES = "(buyer_id = app.organisation() OR supplier_id = app.organisation())"
PARTIES = "(supplier_id = app.organisation() OR audit_firm_id = app.organisation())"
LINK_OF = """(SELECT true FROM sourcing_tradelink l WHERE l.id = sourcing_tradelinksite.link_id
               AND (l.buyer_id = app.organisation() OR l.supplier_id = app.organisation()))"""
LINK_AS_SUPPLIER = """(SELECT true FROM sourcing_tradelink l WHERE l.id = sourcing_tradelinksite.link_id
               AND l.supplier_id = app.organisation())"""
OWN_SITE = """(SELECT true FROM sourcing_siteaccess a WHERE a.organisation_id = app.organisation()
               AND a.site_id = sourcing_engagement.site_id AND a.owner_id = app.organisation())"""


class Migration(migrations.Migration):
    dependencies = [("sourcing", "0001_initial"), ("organisations", "0002_row_security")]

    operations = [
        Sql(SITE_RULE),
        Sql(ORGANISATION_RULE),
        Sql(REFRESH),
        Sql(TRIGGERS),
        Sql(GUARDS),
        Sql(FIND),
        Police("sourcing_siteaccess", select=f"{OWN} OR owner_id = app.organisation()"),
        Police(
            "sourcing_site",
            select=f"""{OWN} OR (SELECT true FROM sourcing_siteaccess a
                        WHERE a.organisation_id = app.organisation() AND a.site_id = sourcing_site.id)""",
            insert=OWN,
            update=OWN,
        ),
        Police(
            "sourcing_tradelink",
            select=SIDES,
            insert=f"{SIDES} AND proposed_by_id = app.organisation()",
            update=SIDES,
        ),
        Police("sourcing_tradelinksite", select=LINK_OF, insert=LINK_AS_SUPPLIER, delete=LINK_AS_SUPPLIER),
        Police("sourcing_engagement", select=PARTIES, insert=OWN_SITE, update=PARTIES),
        Police("sourcing_registerentry", select=OWN, insert=OWN, update=OWN, delete=OWN),
        Police("sourcing_externalid", select=OWN, insert=OWN, update=OWN, delete=OWN),
        Police("sourcing_siteimport", select=OWN, insert=OWN, update=OWN),
        Police("sourcing_importrow", select=OWN, insert=OWN, update=OWN, delete=OWN),
        Police("sourcing_matchdecision", select=OWN, insert=OWN, update=OWN, delete=OWN),
    ]
