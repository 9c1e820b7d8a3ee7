"""What a group has agreed on: its charter, in versions."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import CharterState
from forum.models.group import Group, GroupAccess
from ledger.codes import new_code
from organisations.models import Person
from organisations.visibility import Viewer


class CharterQuerySet(models.QuerySet["Charter"]):
    """Charters."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Every member reads what was adopted; a draft is for the people inside."""
        if viewer is None:
            return self.none()
        entered = GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))
        return self.filter(models.Q(state=CharterState.ADOPTED) | models.Exists(entered))

    def adopted(self) -> Self:
        """Those adopted, the one in force first."""
        return self.filter(state=CharterState.ADOPTED).order_by("-number")


class Charter(models.Model):
    """One version of a group's charter; adopted ones never change, the newest is in force."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="charters")
    number = models.PositiveSmallIntegerField(_("version"))
    purpose = models.TextField(_("purpose"), max_length=4000)
    deliverables = models.TextField(
        _("deliverables"), max_length=4000, blank=True, default="", help_text=_("One on each line.")
    )
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        default=CharterState.DRAFT,
        choices=[(CharterState.DRAFT.value, _("Draft")), (CharterState.ADOPTED.value, _("Adopted"))],
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    person_name = models.CharField(_("written by"), max_length=254, default="", editable=False)
    written_at = models.DateTimeField(_("written"))
    adopted_at = models.DateTimeField(_("adopted"), null=True, blank=True)

    objects = CharterQuerySet.as_manager()

    class Meta:
        verbose_name = _("charter")
        verbose_name_plural = _("charters")
        ordering = ("group", "-number")
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="charter_version_once"),
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(state="draft"), name="charter_has_one_draft"
            ),
            models.CheckConstraint(condition=~models.Q(purpose=""), name="charter_has_a_purpose"),
            models.CheckConstraint(
                condition=models.Q(state="draft", adopted_at=None)
                | models.Q(state="adopted", adopted_at__isnull=False),
                name="charter_adopted_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return _("Charter, version %(number)s") % {"number": self.number}

    @property
    def lines(self) -> list[str]:
        """The deliverables, one by one."""
        return [line.strip() for line in self.deliverables.splitlines() if line.strip()]
