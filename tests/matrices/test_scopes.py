"""Every model × everyone: the scope of the query set alone, and row security alone, against the oracle.

Each of the two nets is asked without the other, so that neither hides a hole in the other: the query sets as the
owner of the tables, who sees every row; row security through plain query sets that ask for everything.
"""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from ledger.acting import acting
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Role, Viewer
from tests.conftest import owner_role
from tests.matrices.canaries import Canaries, tenant_models
from tests.matrices.crawl import undone
from tests.matrices.oracle import Facts, Reader, sees
from tests.matrices.principals import MEMBERS
from tests.matrices.world import World

# What was shown to these from outside of trade reaches them through grants, which the queries ask beside the scope.
GUESTS = frozenset({"asking", "operator", "stakeholder"})
# The tables that carry access itself show each organisation its own lines, though no page shows their words.
OWN_LINES = {
    "findings.AuditAccess": "organisation_id",
    "sourcing.SiteAccess": "organisation_id",
    "organisations.OrganisationAccess": "organisation_id",
    "findings.IncidentAccess": "organisation_id",
    "findings.AuditGrant": "user_id",
}
# Accounts have no row security; the sites of a link or of evidence show with it.
OTHERWISE = frozenset({*OWN_LINES, "organisations.Person", "sourcing.TradeLinkSite", "sourcing.EvidenceSite"})
# What is published there is for everybody, also without an account; drafts and what is held back are not.
PUBLIC = frozenset(
    {
        "forum.Consultation",
        "forum.ConsultationClause",
        "forum.ConsultationComment",
        "forum.ConsultationResponse",
        "forum.ConsultationRound",
        "schemes.Citation",
        "schemes.CompanyReply",
        "schemes.Contribution",
        "schemes.Edition",
        "schemes.IndicatorScore",
        "schemes.Initiative",
        "schemes.Issue",
        "schemes.Rating",
        "schemes.RatingReply",
        "schemes.RegisterEntry",
        "schemes.Scheme",
        "schemes.StepRecord",
        "schemes.TrackedCompany",
        "schemes.Tracking",
    }
)
SCOPED = [model for model in tenant_models() if hasattr(model._default_manager, "visible_to")]
WHO = sorted(MEMBERS)


def _looking(world: World, who: str) -> tuple[Viewer, Reader]:
    with owner_role():
        mine = Membership.objects.select_related("organisation").get(person=world.people[who], is_active=True)
    viewer = viewer_from(mine)
    is_admin = mine.role == Role.ADMIN
    return viewer, Reader(viewer.person_id, viewer.organisation_id, viewer.site_ids, is_admin)


def _allowed(known: Facts, reader: Reader, model: type[models.Model]) -> set[int]:
    label = model._meta.label
    return {key for key in known[label] if sees(known, reader, label, key)}


def _names(model: type[models.Model]) -> str:
    return str(model._meta.label)


@pytest.mark.parametrize("model", SCOPED, ids=_names)
def test_scopes_give_nobody_nothing(planted: tuple[World, Canaries], known: Facts, model: Any) -> None:
    """Nothing but what is public on purpose, and of that exactly what the oracle gives an anonymous visitor."""
    is_public = model._meta.label in PUBLIC
    with owner_role():
        shown = set(model._default_manager.visible_to(None).values_list("pk", flat=True))
    assert shown == (_allowed(known, Reader(), model) if is_public else set())
    assert bool(shown) == is_public


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("model", SCOPED, ids=_names)
def test_scope_alone_shows_what_is_theirs(
    planted: tuple[World, Canaries], known: Facts, model: Any, who: str
) -> None:
    viewer, reader = _looking(planted[0], who)
    with owner_role():
        shown = set(model._default_manager.visible_to(viewer).values_list("pk", flat=True))
    allowed = _allowed(known, reader, model)
    # Whoever looks after some sites only is told nothing of the supplier as a whole.
    is_less = who in GUESTS or (model._meta.label, who) == ("findings.Standing", "limited")
    assert shown <= allowed if is_less else shown == allowed


@pytest.mark.parametrize("who", ["supplier", "customer", "firm"])
@pytest.mark.parametrize("model", SCOPED, ids=_names)
def test_scope_alone_follows_the_sites_of_a_member(
    planted: tuple[World, Canaries], known: Facts, model: Any, who: str
) -> None:
    """Limited to none, or to each site in turn: of their own organisation only that, of others all the same."""
    if model._meta.label == "findings.Standing":
        pytest.skip("whoever looks after some sites only is told nothing of the supplier as a whole")
    viewer, reader = _looking(planted[0], who)
    for sites in (frozenset[int](), *(frozenset({site}) for site in known["sourcing.Site"])):
        with owner_role():
            scope = model._default_manager.visible_to(replace(viewer, site_ids=sites))
            shown = set(scope.values_list("pk", flat=True))
        assert shown == _allowed(known, replace(reader, sites=sites), model), sites


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    "model", [one for one in tenant_models() if one._meta.label not in OTHERWISE], ids=_names
)
def test_row_security_alone_shows_what_is_theirs(
    planted: tuple[World, Canaries], known: Facts, model: Any, who: str
) -> None:
    viewer, reader = _looking(planted[0], who)
    with undone(), acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        shown = set(model._base_manager.values_list("pk", flat=True))
    allowed = _allowed(known, replace(reader, sites=None), model)
    assert shown <= allowed if who in GUESTS else shown == allowed


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("label", sorted(OWN_LINES))
def test_row_security_shows_ones_own_lines_of_access(
    planted: tuple[World, Canaries], known: Facts, label: str, who: str
) -> None:
    viewer, _reader = _looking(planted[0], who)
    model: Any = apps.get_model(label)
    own = {"organisation_id": viewer.organisation_id, "user_id": viewer.person_id}[OWN_LINES[label]]
    with undone(), acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        shown = set(model._base_manager.values_list(OWN_LINES[label], flat=True))
    assert shown <= {own}
