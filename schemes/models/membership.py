"""An organisation's standing with a scheme, from its application on."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.lifecycle import MEMBERS, OPEN_MEMBERSHIPS, MembershipState
from schemes.models.definition import Edition, Scheme
from schemes.visibility import of_either


class SchemeMembershipQuerySet(models.QuerySet["SchemeMembership"]):
    """Memberships, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's own organisation, and those of the schemes that it runs."""
        return of_either(self, viewer)

    def still_open(self) -> Self:
        """Those that neither side has ended."""
        return self.filter(state__in=OPEN_MEMBERSHIPS)

    def members(self) -> Self:
        """Those that hold a level, on notice or not."""
        return self.filter(state__in=MEMBERS)


class SchemeMembership(models.Model):
    """One organisation in one scheme; after its end a new one may begin.

    State and level follow from decisions alone, and only `schemes.Decision` says why; triggers hold this. `member_name`
    and `body_name` are what the two were called when it began, since neither may read the other's record.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="memberships", verbose_name=_("scheme"))
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("member"))
    member_name = models.CharField(_("member"), max_length=200, editable=False)
    member_country = models.CharField(_("country"), max_length=2, blank=True, editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body_name = models.CharField(_("scheme body"), max_length=200, editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=MembershipState.APPLIED,
        choices=[
            (MembershipState.APPLIED.value, _("Applied")),
            (MembershipState.IMPROVING.value, _("Improving")),
            (MembershipState.MEMBER.value, _("Member")),
            (MembershipState.ON_NOTICE.value, _("On notice")),
            (MembershipState.REMOVED.value, _("Removed")),
            (MembershipState.WITHDRAWN.value, _("Withdrawn")),
        ],
    )
    # The level as the edition that gave it calls it; all of it empty while there is none.
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    level = models.CharField(_("level"), max_length=40, blank=True, default="", editable=False)
    level_rank = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    level_title = models.CharField(_("level"), max_length=80, blank=True, default="", editable=False)
    message = models.TextField(_("message"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    consents_to_register = models.BooleanField(
        _("stands in the public register"),
        default=False,
        help_text=_("Everyone may read there that you are a member, your level, and since when."),
    )
    # Six-monthly assessments count from the anchor, `nth_date(anchor, n, months)`, never from each other.
    anchor_on = models.DateField(_("counted from"), null=True, blank=True)
    next_due_on = models.DateField(_("next assessment due"), null=True, blank=True)
    improve_by = models.DateField(_("to improve by"), null=True, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    applied_at = models.DateTimeField(_("applied"))
    joined_on = models.DateField(_("member since"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)

    objects = SchemeMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheme membership")
        verbose_name_plural = _("scheme memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "member"],
                condition=models.Q(state__in=[one.value for one in OPEN_MEMBERSHIPS]),
                name="scheme_membership_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in MembershipState]),
                name="scheme_membership_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(member=models.F("body")), name="scheme_membership_is_of_another"
            ),
            models.CheckConstraint(
                condition=models.Q(level="", level_rank=None, level_title="", edition=None)
                | ~models.Q(level="")
                & ~models.Q(level_title="")
                & models.Q(level_rank__isnull=False, edition__isnull=False),
                name="scheme_membership_level_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["member", "on_notice"])
                | ~models.Q(level="")
                & models.Q(anchor_on__isnull=False, joined_on__isnull=False, next_due_on__isnull=False),
                name="scheme_member_has_a_level_and_dates",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["applied", "improving"]) | models.Q(level=""),
                name="scheme_applicant_has_no_level",
            ),
            models.CheckConstraint(
                condition=models.Q(state="improving", improve_by__isnull=False)
                | ~models.Q(state="improving") & models.Q(improve_by=None),
                name="scheme_membership_improves_by_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["removed", "withdrawn"], ended_on__isnull=False)
                | ~models.Q(state__in=["removed", "withdrawn"]) & models.Q(ended_on=None),
                name="scheme_membership_ends_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "state", "next_due_on", "id"], name="scheme_membership_due"),
            models.Index(fields=["member", "-applied_at", "-id"], name="scheme_membership_newest"),
        ]

    def __str__(self) -> str:
        return self.member_name

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member."""
        return self.member_id

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it."""
        return self.state in OPEN_MEMBERSHIPS
