"""Evidence and where it is attached, made as the owner of the tables."""

import hashlib
import itertools
from typing import Any

from django.db import models
from django.utils import timezone

from documents.models import Document
from findings.models import EvidenceRequest, EvidenceUse, Finding
from findings.visibility import Audience
from organisations.models import Organisation
from sourcing.models import Evidence, EvidenceSite, Site
from tests.conftest import owner_role

_numbers = itertools.count(1)


def evidence(of: Organisation, *sites: Site, document: Document | None = None, **fields: Any) -> Evidence:
    """Make a piece of evidence: a link unless a stored `document` is given; about `sites`, or nothing special."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": "policy",
        "title": f"Evidence {number}",
        "shows_workers": False,
        "added_at": timezone.now(),
    }
    if document is None:
        defaults |= {"url": f"https://example.org/{number}"}
    else:
        defaults |= {"document": document, "sha256": hashlib.sha256(str(number).encode()).hexdigest()}
    with owner_role():
        made = Evidence.objects.create(organisation=of, **(defaults | fields))
        EvidenceSite.objects.bulk_create(
            EvidenceSite(evidence=made, site=site, organisation=of) for site in sites
        )
        return made


def attached(
    piece: Evidence,
    finding: Finding,
    subject: models.Model | None = None,
    audience: str = Audience.AUDIT,
    **fields: Any,
) -> EvidenceUse:
    """Attach a piece to a thing under a finding; to the finding itself unless another is given."""
    thing = subject or finding
    with owner_role():
        made = EvidenceUse.objects.create(
            evidence=piece,
            audit_id=finding.audit_id,
            finding=finding,
            subject_kind=thing._meta.label_lower,
            subject_id=thing.pk,
            audience=audience,
            owner_id=piece.organisation_id,
            attached_at=timezone.now(),
            **fields,
        )
        made.refresh_from_db()
        return made


def request(finding: Finding, asker: Organisation, kind: str = "policy", **fields: Any) -> EvidenceRequest:
    """Make an open request for evidence on a published finding."""
    defaults: dict[str, Any] = {"message": "Please show it.", "asked_at": timezone.now()}
    with owner_role():
        made = EvidenceRequest.objects.create(
            finding=finding, asker=asker, kind=kind, **(defaults | fields), audit_id=finding.audit_id
        )
        made.refresh_from_db()
        return made
