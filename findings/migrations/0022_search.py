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

CREATE FUNCTION app.audits_named(pattern text, most int) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- Planned anew each time: how many names fit depends on the pattern.
  RETURN QUERY EXECUTE
    'SELECT a.id FROM findings_audit a JOIN findings_auditaccess x ON x.audit_id = a.id AND x.organisation_id = $1
      WHERE a.site_name ILIKE $2 LIMIT $3'
    USING app.organisation(), pattern, most;
END $$;
REVOKE ALL ON FUNCTION app.audits_named(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.audits_named(text, int) TO {app};
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0021_languages")]

    operations = [TrigramExtension(), Sql(NAMES)]
