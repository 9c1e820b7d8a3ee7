"""What each state looks like and what it is called: one table for every page.

A tone is a shape and a colour (`static/css/components.css`): bad ◆, warn ▲, good ✓, car ○, thread ▬, calm ●.
Shared work is never red: nothing about a CAR may use `bad` or `warn`.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Tone = Literal["bad", "warn", "good", "car", "thread", "calm"]


@dataclass(frozen=True, slots=True)
class Look:
    """The tone and the word of one state."""

    tone: Tone
    word: str | Promise


STATUSES: dict[str, dict[str, Look]] = {
    "event": {
        "draft": Look("calm", _("Draft")),
        "published": Look("thread", _("Takes registrations")),
        "closed": Look("calm", _("Registration closed")),
        "held": Look("calm", _("Over")),
        "cancelled": Look("bad", _("Called off")),
    },
    "registration": {
        "waiting": Look("car", _("On the waiting list")),
        "offered": Look("warn", _("A place is kept for you")),
        "placed": Look("good", _("Has a place")),
        "declined": Look("calm", _("Said no")),
        "expired": Look("calm", _("Offer ran out")),
        "cancelled": Look("calm", _("Cancelled")),
    },
    "car": {
        "open": Look("car", _("Working together · no plan yet")),
        "in_progress": Look("car", _("Working together · in progress")),
        "closed": Look("good", _("Closed by a later audit")),
    },
    "nc": {
        "open": Look("warn", _("Open")),
        "overdue": Look("bad", _("Overdue")),
        "action_submitted": Look("thread", _("Action sent, waiting for the auditor")),
        "more_needed": Look("warn", _("More needed")),
        "verified_closed": Look("good", _("Verified and closed")),
        "superseded": Look("calm", _("Superseded by a later audit")),
        "disputed": Look("calm", _("Disputed")),
        "withdrawn": Look("calm", _("Withdrawn by the auditor")),
    },
    "variance": {
        "open": Look("warn", _("Waiting for the supplier")),
        "answered": Look("thread", _("Answered")),
        "closed": Look("good", _("Closed")),
    },
    "step": {
        "no_information": Look("calm", _("No information")),
        "claimed": Look("car", _("Claimed")),
        "evidenced": Look("thread", _("Evidenced")),
        "verified": Look("good", _("Verified")),
        "reversed": Look("warn", _("Reversed")),
    },
    "rating": {
        "scoring": Look("thread", _("Two score apart")),
        "comparing": Look("thread", _("They compare and agree")),
        "with_initiative": Look("warn", _("The initiative has its say")),
        "published": Look("good", _("Published")),
        "withdrawn": Look("calm", _("Given up")),
    },
    "grade": {
        "self_claim": Look("calm", _("The initiative’s own word")),
        "document": Look("thread", _("Document")),
        "third_party": Look("good", _("Independent")),
        "rights_holder": Look("good", _("People concerned confirm it")),
    },
    "contribution": {
        "held": Look("warn", _("Waits for you")),
        "shown": Look("good", _("Shown to everybody")),
        "declined": Look("calm", _("Not shown")),
    },
    "project": {
        "planned": Look("calm", _("Planned")),
        "active": Look("thread", _("Under way")),
        "done": Look("good", _("Done")),
        "stopped": Look("calm", _("Stopped")),
    },
    "milestone": {
        "open": Look("calm", _("Ahead")),
        "late": Look("warn", _("Its day has passed")),
        "reached": Look("good", _("Reached")),
        "dropped": Look("calm", _("Given up")),
    },
    "action_item": {
        "open": Look("thread", _("Open")),
        "overdue": Look("warn", _("Past its day")),
        "done": Look("good", _("Done")),
        "cancelled": Look("calm", _("Cancelled")),
    },
    "decision": {
        "proposed": Look("thread", _("Proposed")),
        "consensus": Look("good", _("Agreed by consensus")),
        "objected": Look("warn", _("Objected to")),
        "resolved": Look("good", _("Agreed, objections answered")),
        "withdrawn": Look("calm", _("Withdrawn")),
    },
    "feedback": {
        "draft": Look("calm", _("Draft")),
        "coming": Look("calm", _("Opens later")),
        "open": Look("thread", _("Open for comments")),
        "answering": Look("car", _("Over: being answered")),
        "finished": Look("good", _("Summary published")),
        "withdrawn": Look("calm", _("Withdrawn")),
    },
    "feedback_outcome": {
        "taken": Look("good", _("The group takes it up")),
        "partly": Look("thread", _("The group takes up a part")),
        "later": Look("calm", _("Kept for later")),
        "unchanged": Look("calm", _("It stays as it is")),
    },
    "group_issue": {
        "open": Look("thread", _("Open")),
        "closed": Look("good", _("Closed")),
    },
    "ballot": {
        "coming": Look("calm", _("Opens later")),
        "open": Look("thread", _("Voting is open")),
        "counting": Look("calm", _("Being counted")),
        "closed": Look("good", _("Closed")),
        "withdrawn": Look("calm", _("Withdrawn")),
    },
    "consultation": {
        "draft": Look("calm", _("Draft, seen inside the group alone")),
        "planned": Look("calm", _("Announced")),
        "open": Look("thread", _("Open for comments")),
        "closed": Look("calm", _("Closed, being answered")),
        "answered": Look("good", _("Answered")),
    },
    "verdict": {
        "accepted": Look("good", _("Accepted")),
        "partly": Look("thread", _("Accepted in part")),
        "not_accepted": Look("calm", _("Not accepted")),
        "noted": Look("calm", _("Noted")),
    },
    "severity": {
        "business_critical": Look("bad", _("Business critical")),
        "critical": Look("bad", _("Critical")),
        "major": Look("warn", _("Major")),
        "minor": Look("calm", _("Minor")),
    },
    "finding": {
        "nc": Look("warn", _("Non-compliance")),
        "car": Look("car", _("Collaborative action required")),
        "observation": Look("calm", _("Observation")),
        "recorded": Look("calm", _("Recorded")),
        "good_example": Look("good", _("Good example")),
    },
    "audit": {
        "scheduled": Look("calm", _("Scheduled")),
        "in_progress": Look("thread", _("In progress")),
        "submitted": Look("thread", _("Sent to the site to read")),
        "published": Look("good", _("Published")),
        "superseded": Look("calm", _("Superseded")),
    },
    "reply": {
        "said": Look("calm", _("Comment")),
        "open": Look("thread", _("Disputed, waiting for an answer")),
        "accepted": Look("good", _("The auditor agrees")),
        "kept": Look("calm", _("The auditor keeps the finding")),
        "taken_back": Look("calm", _("Taken back by the site")),
    },
    "follow_up": {
        "closed": Look("good", _("Put right")),
        "more_needed": Look("warn", _("More is needed")),
    },
    "link": {
        "proposed": Look("thread", _("Waiting for an answer")),
        "accepted": Look("good", _("Accepted")),
        "declined": Look("calm", _("Declined")),
        "withdrawn": Look("calm", _("Taken back")),
        "ended": Look("calm", _("Ended")),
    },
    "incident": {
        "reported": Look("bad", _("Reported")),
        "acting": Look("thread", _("Being acted on")),
        "closed": Look("calm", _("Closed")),
    },
    "demand": {
        "asked": Look("thread", _("Waiting for an answer")),
        "answered": Look("calm", _("Answered")),
        "in_task": Look("thread", _("Part of a task")),
        "done": Look("good", _("Done")),
    },
    "share": {
        "in_force": Look("thread", _("Can be read now")),
        "revoked": Look("calm", _("Ended early")),
        "over": Look("calm", _("Over")),
    },
    "engagement": {
        "active": Look("good", _("Running")),
        "proposed": Look("thread", _("Waiting for an answer")),
        "declined": Look("calm", _("Declined")),
        "ended": Look("calm", _("Ended")),
    },
    "action": {
        "not_started": Look("calm", _("Not started")),
        "on_track": Look("good", _("On track")),
        "behind": Look("thread", _("Behind")),
        "blocked_by_others": Look("car", _("Blocked by others")),
        "outcome_evidenced": Look("good", _("Outcome evidenced")),
    },
    "call": {
        "proposed": Look("thread", _("Proposed")),
        "agreed": Look("good", _("Agreed")),
        "declined": Look("calm", _("Not possible")),
        "cancelled": Look("calm", _("Called off")),
    },
    "commitment": {
        "offered": Look("thread", _("Waits to be confirmed")),
        "confirmed": Look("good", _("Received")),
        "withdrawn": Look("calm", _("Taken back")),
    },
    "position": {
        "in_force": Look("good", _("Valid now")),
        "to_come": Look("thread", _("Valid later")),
        "over": Look("calm", _("Over")),
        "withdrawn": Look("calm", _("Withdrawn")),
    },
    "introduction": {
        "asking": Look("thread", _("Asking")),
        "made": Look("good", _("Introduced")),
        "ended": Look("calm", _("Ended without one")),
        "agreed": Look("good", _("Agreed")),
        "declined": Look("calm", _("Said no")),
        "taken_back": Look("calm", _("Took the yes back")),
        "waiting": Look("thread", _("No answer yet")),
    },
    "row": {
        "new": Look("good", _("New")),
        "match": Look("calm", _("Already here")),
        "possible": Look("warn", _("Possible match")),
        "repeat": Look("calm", _("Repeated in this file")),
        "error": Look("bad", _("Cannot be read")),
    },
    "edition": {
        "draft": Look("calm", _("Draft")),
        "published": Look("good", _("In force")),
        "retired": Look("calm", _("Followed by a later one")),
    },
    "scheme_membership": {
        "applied": Look("thread", _("Applied")),
        "improving": Look("thread", _("Time to improve")),
        "member": Look("good", _("Member")),
        "on_notice": Look("warn", _("On notice")),
        "removed": Look("calm", _("Removed")),
        "withdrawn": Look("calm", _("Left")),
    },
    "assessment": {
        "answering": Look("thread", _("With the member")),
        "submitted": Look("thread", _("Sent")),
        "in_assessment": Look("thread", _("In assessment")),
        "clarification": Look("warn", _("A question waits for the member")),
        "proposed": Look("thread", _("Waiting for a decision")),
        "decided": Look("good", _("Decided")),
        "withdrawn": Look("calm", _("Withdrawn")),
    },
    "answer": {
        "open": Look("calm", _("Not answered yet")),
        "begun": Look("thread", _("Begun")),
        "answered": Look("good", _("Answered")),
        "not_relevant": Look("calm", _("Not relevant")),
    },
    "appeal": {
        "open": Look("thread", _("Waiting for an answer")),
        "upheld": Look("good", _("Upheld")),
        "rejected": Look("calm", _("Rejected")),
        "withdrawn": Look("calm", _("Taken back")),
    },
    "certificate": {
        "valid": Look("good", _("Valid")),
        "expired": Look("warn", _("Expired")),
        "superseded": Look("calm", _("Superseded")),
        "withdrawn": Look("bad", _("Withdrawn")),
        "unknown": Look("calm", _("Unknown")),
    },
    "effect": {
        "added": Look("good", _("Added")),
        "changed": Look("thread", _("Changed")),
        "removed": Look("warn", _("Removed")),
        "kept": Look("calm", _("Stays as it is here")),
        "refused": Look("bad", _("Refused")),
    },
    "audit_row": {
        "new": Look("good", _("New")),
        "continues": Look("car", _("Continues an earlier one")),
        "changed": Look("thread", _("Changes what is there")),
        "same": Look("calm", _("Already here")),
        "kept": Look("calm", _("Stays as it is")),
        "error": Look("bad", _("Cannot be taken")),
    },
    "import": {
        "uploaded": Look("calm", _("Uploaded")),
        "previewed": Look("thread", _("Ready to check")),
        "applying": Look("thread", _("Being applied")),
        "applied": Look("good", _("Applied")),
        "refused": Look("bad", _("Could not be read")),
        "discarded": Look("calm", _("Put away")),
    },
    "rendering": {
        "queued": Look("calm", _("Waiting")),
        "working": Look("thread", _("Being made")),
        "done": Look("good", _("Ready")),
        "failed": Look("bad", _("Failed")),
    },
    "evidence": {
        "valid": Look("good", _("Counts today")),
        "expiring": Look("thread", _("Ends soon")),
        "expired": Look("calm", _("Expired")),
        "retired": Look("calm", _("Put away")),
    },
    "evidence_request": {
        "open": Look("thread", _("Waiting for an answer")),
        "answered": Look("good", _("Answered")),
        "declined": Look("calm", _("Declined")),
        "withdrawn": Look("calm", _("Taken back")),
    },
    "meeting": {
        "planned": Look("thread", _("Planned")),
        "held": Look("good", _("Held")),
        "cancelled": Look("warn", _("Called off")),
    },
    "minutes": {
        "draft": Look("calm", _("Draft")),
        "proposed": Look("thread", _("Before the group")),
        "approved": Look("good", _("Approved")),
        "published": Look("good", _("Approved and published")),
    },
    "invitation": {
        "open": Look("thread", _("Waiting")),
        "pending": Look("thread", _("Waiting")),
        "accepted": Look("good", _("Accepted")),
        "expired": Look("calm", _("Expired")),
        "withdrawn": Look("calm", _("Withdrawn")),
    },
    "member": {
        "active": Look("good", _("Active")),
        "inactive": Look("calm", _("No longer a member")),
    },
    "role": {
        "admin": Look("thread", _("Admin")),
        "editor": Look("calm", _("Editor")),
        "viewer": Look("calm", _("Viewer")),
    },
}


def look_of(kind: str, state: object) -> Look:
    """Return tone and word; a state the table does not know is calm and named by itself, never hidden."""
    name = str(state).replace("-", "_").lower()
    known = STATUSES.get(kind, {}).get(name)
    return known or Look("calm", name.replace("_", " ").capitalize())
