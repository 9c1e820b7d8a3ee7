"""Who is told of memberships; the words are in `templates/schemes/mail/`."""

from django.utils.translation import gettext_lazy as _

from ledger.phrases import phrase
from ledger.registry import notice_of_many
from schemes.actions.interim import IMPROVE_OVER, NOTICE_OVER
from schemes.actions.membership import APPLIED, WITHDRAWN
from schemes.models import SchemeMembership
from schemes.notices.people import body, member, sides_of

MEMBERSHIP = "schemes:membership"

notice_of_many(APPLIED, route=MEMBERSHIP)(sides_of(SchemeMembership, body))
notice_of_many(WITHDRAWN, route=MEMBERSHIP)(sides_of(SchemeMembership, body))
notice_of_many(IMPROVE_OVER, route=MEMBERSHIP)(sides_of(SchemeMembership, member))
notice_of_many(NOTICE_OVER, route=MEMBERSHIP)(sides_of(SchemeMembership, member))

phrase(IMPROVE_OVER, _("The time of %(what)s to improve for %(scheme)s was over."), route=MEMBERSHIP)
phrase(
    NOTICE_OVER, _("The day of the improvement notice of %(what)s from %(scheme)s came."), route=MEMBERSHIP
)
