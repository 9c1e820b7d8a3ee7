"""What a session says of its organisation is only a claim: it counts as long as the membership stands."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from organisations.models import Membership
from organisations.views.middleware import SESSION_KEY, ViewerMiddleware
from tests.conftest import owner_role
from tests.factories.organisations import membership, organisation, person

ClientFor = Callable[..., Client]


def _acting_organisation(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.organisation()")
        return HttpResponse(str(cursor.fetchone()[0]))


def _ask(client: Client, who: object) -> str:
    """Return which organisation the database would act for in a request of this browser."""
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = who  # type: ignore[assignment]
    return ViewerMiddleware(_acting_organisation)(request).content.decode()


def test_claim_of_a_membership_that_stands_counts(client_for: ClientFor) -> None:
    own = membership(organisation())
    client = client_for(own.person, own.organisation_id)
    assert _ask(client, own.person) == str(own.organisation_id)


@pytest.mark.parametrize("is_former", [True, False])
def test_claim_of_another_organisation_leaves_the_person_alone(
    client_for: ClientFor, is_former: bool
) -> None:
    who, foreign = person(), organisation()
    if is_former:
        ended = membership(foreign, who)
        with owner_role():
            Membership.objects.filter(pk=ended.pk).update(is_active=False)
    assert _ask(client_for(who, foreign.pk), who) == "None"


def test_claim_of_another_organisation_gives_way_to_ones_own(client_for: ClientFor) -> None:
    own, foreign = membership(organisation()), organisation()
    assert _ask(client_for(own.person, foreign.pk), own.person) == str(own.organisation_id)


def test_claim_counts_for_nothing_without_a_second_factor(client_for: ClientFor, settings: object) -> None:
    settings.REQUIRE_MFA = True  # type: ignore[attr-defined]
    from organisations.visibility import Capability

    own = membership(organisation("", Capability.BUYER))
    assert _ask(client_for(own.person, own.organisation_id), own.person) == "None"


def test_claim_of_somebody_not_signed_in_is_not_read(client_for: ClientFor) -> None:
    own = membership(organisation())
    client = client_for(own.person, own.organisation_id)
    assert SESSION_KEY in client.session
    assert _ask(client, AnonymousUser()) == "None"
