# ruff: noqa: S608 (names of this file only)
"""Raw SQL by the role app, as whoever would like it to work: what tests of the guards share."""

from typing import Any

from django.db import DatabaseError, connection, transaction

from organisations.visibility import Viewer
from tests.factories.assessments import Play, as_viewer, play

INSERTS: dict[str, dict[str, Any]] = {
    "schemes_score": {
        "value": "bronze",
        "is_relevant": True,
        "reason": "",
        "rationale": "x",
        "language": "",
        "relied_on": [],
        "is_working_towards": False,
        "towards_plan": "",
        "version": 1,
    },
    "schemes_answer": {
        "text": "x",
        "language": "",
        "claimed": "",
        "is_relevant": True,
        "reason": "",
        "version": 1,
    },
    "schemes_decision": {
        "code": "RAW0000001",
        "level_before": "",
        "title_before": "",
        "level_after": "",
        "title_after": "",
        "reasons": "x",
        "language": "",
    },
    "schemes_proposal": {"level": "", "result": "{}", "words": "", "language": ""},
    "schemes_assignment": {},
    "schemes_declaration": {"words": "", "language": ""},
    "schemes_clarification": {
        "code": "RAW0000001",
        "question": "x",
        "language": "",
        "answer": "",
        "answer_language": "",
    },
    "schemes_evidenceuse": {
        "code": "RAW0000001",
        "kind": "",
        "title": "",
        "url": "",
        "pages": 0,
        "supplied_by": "",
        "language": "",
    },
    "schemes_improvementitem": {"code": "RAW0000001", "what": "x", "language": ""},
    "schemes_improvementnotice": {"code": "RAW0000001", "words": "x", "language": ""},
    "schemes_appeal": {
        "code": "RAW0000001",
        "state": "open",
        "reasons": "x",
        "language": "",
        "words": "",
        "words_language": "",
    },
    "schemes_certificate": {"code": "RAW00000010000000000"},
    "schemes_assessment": {
        "code": "RAW0000001",
        "subject_label": "",
        "kind": "initial",
        "state": "answering",
        "improvement_words": "",
        "improvement_language": "",
        "level": "",
    },
    "schemes_schememembership": {
        "code": "RAW0000001",
        "member_country": "",
        "state": "applied",
        "level": "",
        "level_title": "",
        "message": "",
        "language": "",
        "consents_to_register": False,
    },
}
DENIED = "row-level security"


def applied() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply()
    return found


def refusal(who: Viewer, sql: str, *params: Any) -> str:
    """Run one statement as somebody and take it back; return what the database said, or nothing when it did it."""
    with as_viewer(who):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, params)
                touched = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                transaction.set_rollback(True)
        except DatabaseError as fault:
            return str(fault).splitlines()[0]
    return "" if touched else "no such row"


def added(who: Viewer, table: str, **values: Any) -> str:
    """Try to add a row; return what the database said."""
    row = INSERTS[table] | values
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    return refusal(who, f"INSERT INTO {table} ({names}) VALUES ({marks})", *row.values())


def changed(who: Viewer, table: str, where: Any, **values: Any) -> str:
    """Try to change a row; return what the database said."""
    sets = ", ".join(f"{name} = %s" for name in values)
    return refusal(who, f"UPDATE {table} SET {sets} WHERE id = %s", *values.values(), where.pk)


def fill_in(who: Viewer, story: Play, **values: Any) -> str:
    """Try to add a score of the first criterion."""
    about = {"assessment_id": story.assessment().pk, "criterion_id": story.criteria()[0].pk}
    return added(who, "schemes_score", saved_at=story.now(), **(about | values))
