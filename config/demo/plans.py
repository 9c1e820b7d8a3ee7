"""What became of the CARs: understood, drafted, planned, reported on, answered by customers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import sites, words
from config.demo.paper import paper
from config.demo.stage import Stage, chance
from config.demo.together import ask_for_call
from config.demo.trade import HEADS
from documents.models import Document, Rendering
from documents.uploads import store_bytes
from findings.actions.draft import save_draft
from findings.actions.plan import respond, share_plan, share_update
from findings.actions.understanding import understand
from findings.lifecycle import FindingState
from findings.models import Action, ActionPlan, Finding, PlanContent, PlanResponse
from findings.queries.draft import standing_of
from ledger.dates import nth_date
from ledger.reads import log_read
from organisations.visibility import Viewer

REPORTED_BEFORE = timedelta(days=2)
NEWEST_PAPERS = 3


def schedule_plans(stage: Stage) -> None:
    """Give the stage every step of every CAR after its audit."""
    suppliers = {one["key"]: one["supplier"] for one in sites()}
    for programme in words("audits"):
        for said in programme["audits"]:
            for key in [*said.get("cars", []), *said.get("looks", {}).values()]:
                if key != "met":
                    _Story(stage, key, suppliers[programme["site"]]).schedule()


class _Story:
    """One CAR's further life."""

    def __init__(self, stage: Stage, key: str, supplier: str) -> None:
        self.stage, self.key, self.supplier = stage, key, supplier
        self.said: dict[str, Any] = words("cars")[key]

    def schedule(self) -> None:
        said, on = self.said, self.stage.on
        if "understand" in said:
            on(said["understand"]["day"], self._understand, hour=7)
        if "draft" in said:
            on(said["draft"]["day"], self._draft, hour=8)
        if "plan" in said:
            self._schedule_plan(said["plan"])
        for answer in said.get("answers", []):
            on(answer["day"], partial(self._answer, answer), hour=13)

    def _schedule_plan(self, said: dict[str, Any]) -> None:
        first = self.stage.day(said["day"])
        self.stage.on(said["day"], lambda at: self._share(at, is_second=False), hour=8)
        if "second" in said:
            self.stage.on(said["second"], lambda at: self._share(at, is_second=True), hour=8)
        for number, report in enumerate(said.get("reports", []), start=1):
            day = nth_date(first, number, said["rhythm"]) - REPORTED_BEFORE
            back = (self.stage.today - day).days
            if back > 0:
                self.stage.on(back, partial(self._report, number, report), hour=9)

    @property
    def car(self) -> Finding:
        """The finding as it is now."""
        return Finding.objects.select_related("audit", "site").get(pk=self.stage.cars[self.key].pk)

    def _understand(self, at: datetime) -> None:
        said = self.said["understand"]
        with self._as_site() as viewer:
            understand(
                viewer=viewer,
                finding=self.car,
                is_urgent=said.get("urgent", False),
                is_known_issue="known" in said,
                known_initiative=said.get("known", ""),
                engagement=said["engagement"],
                at=at,
            )

    def _draft(self, at: datetime) -> None:
        topic = words("plans")[self.said["draft"]["topic"]]
        typed = _half_typed(topic, at.date())
        with self._as_site() as viewer:
            save_draft(viewer=viewer, finding=self.car, typed=typed, at=at)
        if "then" in self.said["draft"]:
            self.stage.on(self.said["draft"]["day"], lambda at: self._write_on(typed, at), hour=9, minute=20)

    def _write_on(self, typed: Mapping[str, list[str]], at: datetime) -> None:
        """Have a colleague, who had the page open as well, add to the same draft; both words are kept."""
        said = self.said["draft"]["then"]
        with self.stage.acting(self.supplier, said["who"]) as viewer:
            mine = {**typed, "initiatives": [said["initiatives"]], "actions-0-measure": [said["measure"]]}
            seen = standing_of(viewer, self.car).stamp
            save_draft(viewer=viewer, finding=self.car, typed=mine, seen=seen, at=at)

    def _share(self, at: datetime, *, is_second: bool) -> None:
        said, car = self.said["plan"], self.car
        if car.state == FindingState.CLOSED:
            return
        topic = words("plans")[said["topic"]]
        with self._as_site() as viewer:
            share_plan(
                viewer=viewer,
                finding=car,
                content=_content(topic, at.date(), is_second=is_second),
                completed_by=self._title(),
                rhythm=said["rhythm"],
                named_dates=[self.stage.day(day) for day in said.get("dates", [])],
                language="en",
                document=self._own_paper(viewer, car, topic, at) if said.get("file") else None,
                at=at,
            )
        self.stage.dates_changed()

    def _own_paper(self, viewer: Viewer, car: Finding, topic: dict[str, Any], at: datetime) -> Document:
        lines = [*topic["root_causes"], "", *(one["what"] for one in topic["actions"])]
        return store_bytes(
            by=viewer,
            name="Action plan.pdf",
            media_type="application/pdf",
            data=paper(f"Action plan: {car.title}", lines),
            kind=Document.Kind.PLAN,
            audit=car.audit,
            at=at,
        )

    def _report(self, number: int, word: str, at: datetime) -> None:
        car = self.car
        if car.state != FindingState.IN_PROGRESS:
            return
        plan = ActionPlan.objects.get(finding=car)
        wanted = len(plan.versions.latest("number").said.actions)
        report = words("plans")["reports"][word]
        progress = [*report["progress"], *["on_track"] * wanted][:wanted]
        notes = [*report["notes"], *[""] * wanted][:wanted]
        with self._as_site() as viewer:
            share_update(
                viewer=viewer,
                finding=car,
                summary=report["summary"],
                actions=[{"progress": one, "note": note} for one, note in zip(progress, notes, strict=True)],
                document=self._figures(viewer, car, at) if number == 1 else None,
                at=at,
            )
        self.stage.dates_changed()

    def _figures(self, viewer: Viewer, car: Finding, at: datetime) -> Document:
        """Return a small table as evidence; no names of workers in it."""
        dice = chance("figures", self.key)
        rows = [f"{group},{dice.randrange(20, 200)},{dice.randrange(60, 100)}" for group in ("A", "B", "C")]
        return store_bytes(
            by=viewer,
            name="Figures of the quarter.csv",
            media_type="text/csv; charset=utf-8",
            data="\n".join(["group,people,per cent", *rows, ""]).encode(),
            kind=Document.Kind.EVIDENCE,
            audit=car.audit,
            at=at,
        )

    def _answer(self, said: dict[str, Any], at: datetime) -> None:
        """Have a customer read the plan and answer it."""
        texts = words("plans")["answers"][said["kind"]]
        if said["kind"] == PlanResponse.Kind.CALL:
            text = chance("answer", self.key, said["buyer"], said["day"]).choice(texts)
            ask_for_call(self.stage, self.key, said, text, at)
            return
        with self.stage.acting(said["buyer"], said["who"]) as viewer:
            car = Finding.objects.visible_to(viewer).get(pk=self.stage.cars[self.key].pk)
            plan = ActionPlan.objects.visible_to(viewer).get(finding=car)
            for subject in (car, plan):
                log_read(by=viewer, subject=subject, owner_id=car.supplier_id, at=at - timedelta(minutes=12))
            respond(
                viewer=viewer,
                plan=plan,
                kind=said["kind"],
                message=chance("answer", self.key, said["buyer"], said["day"]).choice(texts),
                at=at,
            )

    def _as_site(self) -> Any:
        return self.stage.acting(self.supplier, HEADS[self.supplier])

    def _title(self) -> str:
        people = next(one["people"] for one in words("cast") if one["key"] == self.supplier)
        return str(next(one for one in people if one["key"] == HEADS[self.supplier])["title"])


def keep_newest_papers() -> None:
    """Leave the worker the PDFs of the newest plans only; whoever wants another asks for it on its page."""
    newest = Rendering.objects.order_by("-requested_at", "-pk").values_list("pk", flat=True)[:NEWEST_PAPERS]
    Rendering.objects.exclude(pk__in=list(newest)).delete()


def _content(topic: Mapping[str, Any], on: date, *, is_second: bool) -> PlanContent:
    actions = [*topic["actions"], *([topic["second_action"]] if is_second else [])]
    return PlanContent(
        root_causes=tuple(topic["root_causes"]),
        stakeholders=tuple(topic["stakeholders"]),
        investigation=topic["investigation"],
        initiatives=tuple(topic["initiatives"]),
        actions=tuple(_action(one, on) for one in actions),
        asks=frozenset(topic["second_asks" if is_second else "asks"]),
    )


def _action(said: Mapping[str, Any], on: date) -> Action:
    return Action(
        what=said["what"],
        who=said["who"],
        by_when=f"{nth_date(on, said['months'], 1):%Y-%m}",
        support=said["support"],
        measure=said["measure"],
    )


def _half_typed(topic: Mapping[str, Any], on: date) -> dict[str, list[str]]:
    """Return what the plan's form holds when somebody has stopped in the middle."""
    first = _action(topic["actions"][0], on)
    typed = {
        "completed_by": "Head of compliance",
        "investigation": topic["investigation"],
        "stakeholders": "\n".join(topic["stakeholders"][:2]),
        "initiatives": "",
        "rhythm": "3",
        "causes-TOTAL_FORMS": "2",
        "causes-INITIAL_FORMS": "0",
        "causes-0-why": topic["root_causes"][0],
        "causes-1-why": topic["root_causes"][1],
        "actions-TOTAL_FORMS": "2",
        "actions-INITIAL_FORMS": "0",
        "actions-0-what": first.what,
        "actions-0-who": first.who,
        "actions-0-by_when": first.by_when,
        "actions-0-support": "",
        "actions-0-measure": "",
        "actions-1-what": "",
    }
    return {name: [value] for name, value in typed.items()}
