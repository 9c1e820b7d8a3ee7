"""Finding audits by words of their site's name: an index over all names, asked only for what the organisation sees.

A policy of row security is no bar to an index, but a comparison that is not marked leakproof waits until the policy has
let each row pass, so a search would read everything that its reader may see. The function looks in the index first, and
gives the keys of those audits alone that the acting organisation sees.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from ledger.rowsecurity import Sql

NAMES = """
CREATE INDEX audit_by_words ON findings_audit USING gin (site_name gin_trgm_ops);

CREATE FUNCTION app.audits_named(pattern text, most int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE own CONSTANT bigint := app.organisation(); newest CONSTANT int := 200;
  seen int; fitting bigint[]; span bigint;
BEGIN
  SELECT count(*), coalesce(array_agg(n.id) FILTER (WHERE n.site_name ILIKE pattern), '{}'), max(n.id) - min(n.id) + 1
    INTO seen, fitting, span
    FROM (SELECT a.id, a.site_name FROM findings_auditaccess x JOIN findings_audit a ON a.id = x.audit_id
           WHERE x.organisation_id = own ORDER BY x.audit_id DESC LIMIT newest) AS n;
  IF seen < newest THEN
    RETURN fitting;
  END IF;
  -- One of fifty rows, or more, is seen and fits: whoever reads newest first has a page before an index has all names.
  IF cardinality(fitting) * 50 >= span THEN
    RETURN NULL;
  END IF;
  -- Planned anew each time: how many names fit depends on the pattern.
  EXECUTE
    'SELECT array_agg(id) FROM (
       SELECT a.id FROM findings_audit a JOIN findings_auditaccess x ON x.audit_id = a.id AND x.organisation_id = $1
        WHERE a.site_name ILIKE $2 LIMIT $3) AS n'
    INTO fitting USING own, pattern, most + 1;
  RETURN CASE WHEN cardinality(fitting) > most THEN NULL ELSE coalesce(fitting, '{}') END;
END $$;
REVOKE ALL ON FUNCTION app.audits_named(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.audits_named(text, int) TO {app};
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0021_languages")]

    operations = [TrigramExtension(), Sql(NAMES)]
