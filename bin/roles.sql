-- The three roles of the database, and the database handed to its owner. Run by a superuser, inside the database
-- (PostgreSQL 15 or newer), as often as you like. The passwords come from settings of the session:
--
--   SELECT set_config('roles.owner', '…', false), set_config('roles.app', '…', false), set_config('roles.job', '…', false);
--   \i bin/roles.sql
--
-- or: PGOPTIONS="-c roles.owner=… -c roles.app=… -c roles.job=…" psql -f bin/roles.sql common_thread
--
-- owner  runs migrations and loads reference data; owns the database and every table
-- app    serves people and their tasks; owns nothing and is held by row-level security
-- job    relays, ticks and checks; sees every row through policies that name it, without BYPASSRLS
DO $$
DECLARE
    short text;
    role text;
    word text;
BEGIN
    FOREACH short IN ARRAY ARRAY['owner', 'app', 'job'] LOOP
        role := 'common_thread_' || short;
        word := nullif(current_setting('roles.' || short, true), '');
        IF word IS NULL THEN
            RAISE EXCEPTION 'The setting roles.% must hold the password of %', short, role;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
            role, word
        );
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
    END LOOP;
    EXECUTE format('ALTER DATABASE %I OWNER TO common_thread_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
END
$$;
