"""The functions, triggers and policies of `0003_discussion`.

The words of a post that is hidden or deleted leave it for `forum_postversion`, so that no page, search or later API can
show them by oversight. Numbers of posts and the count of a thread are kept here, under the lock of the thread.
"""

from forum.migrations._groups import inside, police_inside
from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

# Languages that PostgreSQL knows the stems of; all others are found by whole words.
CONFIGS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_CASES = "\n".join(f"    WHEN '{code}' THEN 'pg_catalog.{name}'::regconfig" for code, name in CONFIGS.items())
_ASKED = " || ".join(
    f"websearch_to_tsquery('pg_catalog.{name}', asked)" for name in ("simple", *CONFIGS.values())
)

WORDS = f"""
CREATE FUNCTION app.text_config(code text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE split_part(code, '-', 1)
{_CASES}
    ELSE 'pg_catalog.simple'::regconfig END
$$;

-- Each word as it stands and by its stem, so that it is found by whoever types it in whatever language.
ALTER TABLE forum_post ADD COLUMN words tsvector GENERATED ALWAYS AS (
  to_tsvector(app.text_config(language), body) || to_tsvector('pg_catalog.simple', body)) STORED;
CREATE INDEX post_by_words ON forum_post USING gin (words);

CREATE FUNCTION app.words_asked(asked text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT {_ASKED}
$$;

-- Under row security a comparison of words waits until the policy has let each row pass; so the index is asked here,
-- for the groups that the person may enter alone.
CREATE FUNCTION app.posts_found(asked text, of_group bigint, most int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN coalesce(ARRAY(
    SELECT p.id FROM forum_post p
      JOIN forum_groupaccess a ON a.group_id = p.group_id
     WHERE a.person_id = app.person() AND a.organisation_id = app.organisation()
       AND (of_group IS NULL OR p.group_id = of_group) AND p.words @@ app.words_asked(asked)
       -- What the index found in any language counts in the post's own: there a word that is not wanted is known, too.
       AND p.words @@ (websearch_to_tsquery('pg_catalog.simple', asked)
                       || websearch_to_tsquery(app.text_config(p.language), asked))
     ORDER BY p.id DESC LIMIT most), '{{}}');
END $$;
REVOKE ALL ON FUNCTION app.posts_found(text, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.posts_found(text, bigint, int) TO {{app}};
"""

THREAD = """
CREATE FUNCTION app.guard_thread() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a thread is locked, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.posts_count := 0;
    IF app.person() IS NOT NULL THEN
      NEW.is_pinned := false; NEW.is_locked := false;
    END IF;
    RETURN NEW;
  END IF;
  IF app.person() IS NOT NULL AND (NEW.is_pinned, NEW.is_locked) IS DISTINCT FROM (OLD.is_pinned, OLD.is_locked)
     AND NOT app.leads_group(OLD.group_id) THEN
    RAISE EXCEPTION 'a co-lead locks and pins' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER thread_guard BEFORE INSERT OR UPDATE OR DELETE ON forum_thread
  FOR EACH ROW EXECUTE FUNCTION app.guard_thread();
"""

POST = """
CREATE FUNCTION app.fill_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t forum_thread;
BEGIN
  SELECT * INTO t FROM forum_thread WHERE id = NEW.thread_id FOR UPDATE;
  IF t.is_locked AND app.person() IS NOT NULL AND NOT app.leads_group(t.group_id) THEN
    RAISE EXCEPTION 'a locked thread takes no posts' USING ERRCODE = 'check_violation';
  END IF;
  IF length(NEW.body) > 20000 THEN
    RAISE EXCEPTION 'a post has twenty thousand characters at most' USING ERRCODE = 'check_violation';
  END IF;
  NEW.number := t.posts_count + 1;
  NEW.state := 'shown'; NEW.edited_at := NULL; NEW.changed_at := NULL;
  UPDATE forum_thread SET posts_count = NEW.number, last_at = NEW.posted_at WHERE id = t.id;
  RETURN NEW;
END $$;
CREATE TRIGGER post_fill BEFORE INSERT ON forum_post FOR EACH ROW EXECUTE FUNCTION app.fill_post();

CREATE FUNCTION app.guard_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  leads boolean; is_own boolean; is_person boolean := app.person() IS NOT NULL;
  free text[] := ARRAY['body', 'language', 'edited_at', 'state', 'changed_at', 'words', 'person_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a post is hidden, never removed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) OR NEW.person_id IS DISTINCT FROM OLD.person_id AND is_person THEN
    RAISE EXCEPTION 'a post stays where it is, by whom it is' USING ERRCODE = 'restrict_violation';
  END IF;
  leads := app.leads_group(OLD.group_id);
  is_own := coalesce(OLD.person_id = app.person(), false) AND OLD.organisation_id = app.organisation();
  IF NEW.state <> OLD.state THEN
    IF (OLD.state, NEW.state) NOT IN (('shown', 'hidden'), ('hidden', 'shown'), ('shown', 'deleted'), ('hidden', 'deleted')) THEN
      RAISE EXCEPTION 'a post does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF is_person AND NOT (CASE WHEN NEW.state = 'deleted' THEN is_own ELSE leads END) THEN
      RAISE EXCEPTION 'somebody else does that to a post' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'shown' THEN
      INSERT INTO forum_postversion (group_id, post_id, person_id, person_name, organisation_id, organisation_name,
                                     body, language, until_at)
      VALUES (OLD.group_id, OLD.id, OLD.person_id, OLD.person_name, OLD.organisation_id, OLD.organisation_name,
              OLD.body, OLD.language, coalesce(NEW.changed_at, now()));
      NEW.body := '';
    ELSIF NEW.state = 'shown' THEN
      SELECT body INTO NEW.body FROM forum_postversion WHERE post_id = OLD.id ORDER BY id DESC LIMIT 1;
    ELSE
      NEW.body := '';
    END IF;
    NEW.language := OLD.language; NEW.edited_at := OLD.edited_at;
    NEW.changed_at := coalesce(NEW.changed_at, now());
  ELSIF (NEW.body, NEW.language) IS DISTINCT FROM (OLD.body, OLD.language) THEN
    IF OLD.state <> 'shown' OR is_person AND NOT is_own THEN
      RAISE EXCEPTION 'its author changes the words of a post that is shown' USING ERRCODE = 'check_violation';
    END IF;
    IF is_person AND NOT leads AND (SELECT is_locked FROM forum_thread WHERE id = OLD.thread_id) THEN
      RAISE EXCEPTION 'in a locked thread words stay as they are' USING ERRCODE = 'check_violation';
    END IF;
    IF length(NEW.body) > 20000 THEN
      RAISE EXCEPTION 'a post has twenty thousand characters at most' USING ERRCODE = 'check_violation';
    END IF;
    NEW.edited_at := coalesce(NEW.edited_at, now());
    INSERT INTO forum_postversion (group_id, post_id, person_id, person_name, organisation_id, organisation_name,
                                   body, language, until_at)
    VALUES (OLD.group_id, OLD.id, OLD.person_id, OLD.person_name, OLD.organisation_id, OLD.organisation_name,
            OLD.body, OLD.language, NEW.edited_at);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER post_guard BEFORE UPDATE OR DELETE ON forum_post FOR EACH ROW EXECUTE FUNCTION app.guard_post();

-- What hangs on a post is hung there by its author: mentions of people inside, files that are kept in the group.
CREATE FUNCTION app.guard_part_of_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p forum_post;
BEGIN
  SELECT * INTO p FROM forum_post WHERE id = NEW.post_id;
  IF app.person() IS NOT NULL AND (p.person_id, p.organisation_id) IS DISTINCT FROM (app.person(), app.organisation()) THEN
    RAISE EXCEPTION 'the author of a post mentions and attaches' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_TABLE_NAME = 'forum_mention' THEN
    IF NOT EXISTS (SELECT FROM forum_participant w WHERE w.group_id = p.group_id AND w.person_id = NEW.person_id
                      AND w.state = 'active') THEN
      RAISE EXCEPTION 'people inside the group are mentioned' USING ERRCODE = 'check_violation';
    END IF;
    NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
  ELSIF NOT EXISTS (SELECT FROM documents_document d WHERE d.id = NEW.document_id AND d.group_id = p.group_id
                       AND (app.person() IS NULL OR d.uploaded_by_id = app.person())) THEN
    RAISE EXCEPTION 'a file of a post is kept in its group' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER part_guard BEFORE INSERT ON forum_mention FOR EACH ROW EXECUTE FUNCTION app.guard_part_of_post();
CREATE TRIGGER part_guard BEFORE INSERT ON forum_postfile FOR EACH ROW EXECUTE FUNCTION app.guard_part_of_post();

-- A post without words takes no reactions and is not reported.
CREATE FUNCTION app.require_shown_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.person() IS NOT NULL AND NOT EXISTS (SELECT FROM forum_post WHERE id = NEW.post_id AND state = 'shown') THEN
    RAISE EXCEPTION 'one answers to a post that is shown' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER shown BEFORE INSERT ON forum_reaction FOR EACH ROW EXECUTE FUNCTION app.require_shown_post();
CREATE TRIGGER shown BEFORE INSERT ON forum_postreport FOR EACH ROW EXECUTE FUNCTION app.require_shown_post();

CREATE FUNCTION app.guard_post_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['state', 'closed_at', 'person_id'];
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) OR OLD.state <> 'open' AND NEW.state <> OLD.state
     OR app.person() IS NOT NULL AND NEW.person_id IS DISTINCT FROM OLD.person_id THEN
    RAISE EXCEPTION 'a report is closed, once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_guard BEFORE UPDATE OR DELETE ON forum_postreport
  FOR EACH ROW EXECUTE FUNCTION app.guard_post_report();
"""

READINGS = """
CREATE TRIGGER inside_fill BEFORE INSERT ON forum_threadreading
  FOR EACH ROW EXECUTE FUNCTION app.fill_group('forum_thread', 'thread_id');
"""


def _own(table: str) -> str:
    return f"{table}.person_id = app.person() AND {table}.organisation_id = app.organisation()"


_MINE = "(person_id = app.person() AND organisation_id = app.organisation())"
_LEADS_OR_OWN = {
    table: inside(table, f"a.is_co_lead OR {_own(table)}") for table in ("forum_postversion", "forum_postreport")
}

SECURITY: list[_Statement] = [
    Sql(WORDS),
    Sql(THREAD),
    Sql(POST),
    Sql(READINGS),
    *police_inside(
        "forum_thread",
        update=f"a.is_co_lead OR {_own('forum_thread')}",
        columns=["title", "language", "is_pinned", "is_locked"],
    ),
    *police_inside(
        "forum_post",
        update=f"a.is_co_lead OR {_own('forum_post')}",
        columns=["body", "language", "edited_at", "state", "changed_at"],
        parent=("forum_thread", "thread_id"),
    ),
    AppendOnly("forum_postversion"),
    Police("forum_postversion", select=_LEADS_OR_OWN["forum_postversion"]),
    *police_inside("forum_mention", parent=("forum_post", "post_id"), is_signed=False),
    AppendOnly("forum_mention"),
    *police_inside("forum_postfile", parent=("forum_post", "post_id"), is_signed=False),
    AppendOnly("forum_postfile"),
    *police_inside("forum_reaction", delete=_own("forum_reaction"), parent=("forum_post", "post_id")),
    *police_inside("forum_postreport", parent=("forum_post", "post_id"))[:-1],
    Police(
        "forum_postreport",
        select=_LEADS_OR_OWN["forum_postreport"],
        insert=inside("forum_postreport"),
        update=inside("forum_postreport", "a.is_co_lead"),
        columns=["state", "closed_at"],
    ),
    *police_inside("forum_moderationstep", parent=("forum_thread", "thread_id"))[:-1],
    AppendOnly("forum_moderationstep"),
    Police(
        "forum_moderationstep",
        select=inside("forum_moderationstep", "a.is_co_lead"),
        insert=inside("forum_moderationstep", "a.is_co_lead"),
    ),
    Police(
        "forum_threadreading",
        select=_MINE,
        insert=f"{_MINE} AND {inside('forum_threadreading')}",
        update=_MINE,
        columns=["read_to", "attention", "has_written"],
    ),
    Police(
        "forum_grouplistening",
        select=_MINE,
        insert=f"{_MINE} AND {inside('forum_grouplistening')}",
        update=_MINE,
        columns=["attention"],
    ),
    Police(
        "forum_newschoice",
        select=f"{_MINE} OR stop_hash = app.secret()",
        insert=_MINE,
        update=f"{_MINE} OR stop_hash = app.secret()",
        columns=["rhythm", "mails_mentions", "told_until", "stop_seed", "stop_hash"],
    ),
]
