"""Sites and customers at work on CARs: calls, commitments, standing positions, introductions, wishes for a rhythm."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.finders import as_supplier, car, plan, site_of_car
from config.demo.stage import Stage
from findings.actions.call import agree_call, propose_call, proposed_times, write_note
from findings.actions.commitment import (
    answer_about_commitment,
    ask_about_commitment,
    commit_support,
    confirm_commitment,
    say_progress,
)
from findings.actions.introduction import agree_to_introduction, propose_introduction
from findings.actions.position import change_position, state_position
from findings.actions.rhythm import answer_rhythm, ask_for_rhythm
from findings.models import Call, Commitment, IntroductionAsk, WorkplaceRequirement
from findings.models.said import Stance, Support


def schedule_together(stage: Stage) -> None:
    """Give the stage what both sides arranged."""
    said = words("together")
    for kind, begin in (
        ("calls", _propose),
        ("commitments", _commit),
        ("positions", _state),
        ("introductions", _introduce),
        ("wishes", _wish),
    ):
        for one in said[kind]:
            stage.on(one["day"], partial(begin, stage, one), hour=14)


def ask_for_call(stage: Stage, key: str, said: dict[str, Any], text: str, at: datetime) -> None:
    """Have a customer propose a call about a CAR; the site agrees to the first time, if the words say so."""
    first = at.replace(hour=9, minute=0) + timedelta(days=said.get("in", 5))
    with stage.acting(said["buyer"], said["who"]) as viewer:
        calls = propose_call(
            viewer=viewer,
            finding=car(stage, key),
            times=[first, first + timedelta(days=1, hours=4)],
            text=text,
            language="en",
            at=at,
        )
    if "agreed" in said:
        stage.on(said["agreed"], lambda at: _agree_as_site(stage, key, calls[0], at), hour=8)


def _agree_as_site(stage: Stage, key: str, call: Call, at: datetime) -> None:
    with as_supplier(stage, site_of_car(stage, key)) as viewer:
        call = Call.objects.select_related("finding__audit").get(pk=call.pk)
        agree_call(viewer=viewer, call=call, starts_at=proposed_times(call)[0], at=at)
    stage.dates_changed()


def _propose(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    first = at.replace(hour=10, minute=0) + timedelta(days=said["in"])
    with as_supplier(stage, site_of_car(stage, said["car"])) as viewer:
        calls = propose_call(
            viewer=viewer,
            finding=car(stage, said["car"]),
            times=[first, first + timedelta(days=2)],
            text=said["text"],
            language="en",
            joining="https://meet.example/" + said["car"],
            customers=[stage.organisations[key] for key in said["who"]],
            at=at,
        )
    if "agree" in said:
        customer = stage.organisations[said["agree"]["customer"]]
        call = next(one for one in calls if one.customer_id == customer.pk)
        stage.on(said["agree"]["day"], lambda at: _agree(stage, said, call, at), hour=9)
        stage.on(said["note"]["day"], lambda at: _note(stage, said, call, at), hour=17)


def _agree(stage: Stage, said: dict[str, Any], call: Call, at: datetime) -> None:
    with stage.acting(said["agree"]["customer"], said["agree"]["who"]) as viewer:
        call = Call.objects.select_related("finding__audit").get(pk=call.pk)
        agree_call(viewer=viewer, call=call, starts_at=proposed_times(call)[0], at=at)
    stage.dates_changed()


def _note(stage: Stage, said: dict[str, Any], call: Call, at: datetime) -> None:
    with stage.acting(said["agree"]["customer"], said["agree"]["who"]) as viewer:
        call = Call.objects.select_related("finding__audit").get(pk=call.pk)
        write_note(viewer=viewer, call=call, text=said["note"]["text"], language="en", at=at)


def _commit(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    support = Support(
        kind=said["kind"],
        text=said["text"],
        amount=Decimal(said["amount"]) if "amount" in said else None,
        currency=said.get("currency", ""),
        condition=said.get("condition", ""),
        language="en",
    )
    with stage.acting(said["customer"], said["who"]) as viewer:
        made = commit_support(viewer=viewer, finding=car(stage, said["car"]), support=support, at=at)
    site = site_of_car(stage, said["car"])
    if "confirmed" in said:
        stage.on(said["confirmed"], lambda at: _confirm(stage, site, made, at))
    if "progress" in said:
        stage.on(said["progress"]["day"], lambda at: _progress(stage, said, made, at))
    if "asked" in said:
        stage.on(said["asked"]["day"], lambda at: _ask(stage, site, said, made, at))
        stage.on(said["answered"]["day"], lambda at: _answer(stage, said, made, at))


def _now(made: Commitment) -> Commitment:
    return Commitment.objects.select_related("finding__audit").get(pk=made.pk)


def _confirm(stage: Stage, site: str, made: Commitment, at: datetime) -> None:
    with as_supplier(stage, site) as viewer:
        confirm_commitment(viewer=viewer, commitment=_now(made), at=at)


def _progress(stage: Stage, said: dict[str, Any], made: Commitment, at: datetime) -> None:
    how = said["progress"]
    with stage.acting(said["customer"], said["who"]) as viewer:
        say_progress(
            viewer=viewer,
            commitment=_now(made),
            progress=how["value"],
            text=how["text"],
            language="en",
            at=at,
        )


def _ask(stage: Stage, site: str, said: dict[str, Any], made: Commitment, at: datetime) -> None:
    with as_supplier(stage, site) as viewer:
        text = said["asked"]["text"]
        ask_about_commitment(viewer=viewer, commitment=_now(made), text=text, language="en", at=at)


def _answer(stage: Stage, said: dict[str, Any], made: Commitment, at: datetime) -> None:
    with stage.acting(said["customer"], said["who"]) as viewer:
        text = said["answered"]["text"]
        answer_about_commitment(viewer=viewer, commitment=_now(made), text=text, language="en", at=at)


def _state(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    requirement = WorkplaceRequirement.objects.get(version__key="smeta-7.0", printed_code=said["code"])
    stance = Stance(
        text=said["text"],
        contact=said["contact"],
        valid_from=at.date(),
        support=said.get("support", ""),
        valid_until=stage.day(said["until"]) if "until" in said else None,
        language="en",
        answers_plans=said.get("answers_plans", False),
    )
    with stage.acting(said["buyer"], said["who"]) as viewer:
        position = state_position(
            viewer=viewer, requirement=requirement, in_all_versions=True, stance=stance, at=at
        )
    if "changed" not in said:
        return

    def change(at: datetime) -> None:
        anew = Stance(said["changed"]["text"], said["contact"], at.date(), said["support"], None, "en")
        with stage.acting(said["buyer"], said["who"]) as viewer:
            change_position(viewer=viewer, position=position, stance=anew, at=at)

    stage.on(said["changed"]["day"], change)


def _introduce(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    customers = [stage.organisations[key] for key in said["customers"]]
    with as_supplier(stage, site_of_car(stage, said["car"])) as viewer:
        asked = propose_introduction(
            viewer=viewer, finding=car(stage, said["car"]), customers=customers, at=at
        )
    for customer, who, day, contact in said["agreed"]:

        def agree(at: datetime, customer: str = customer, who: str = who, contact: str = contact) -> None:
            ask = IntroductionAsk.objects.get(introduction=asked, customer=stage.organisations[customer])
            with stage.acting(customer, who) as viewer:
                agree_to_introduction(
                    viewer=viewer, ask=ask, contact_name=contact, has_read_notice=True, at=at
                )

        stage.on(day, agree)


def _wish(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    with stage.acting(said["customer"], said["who"]) as viewer:
        request = ask_for_rhythm(
            viewer=viewer,
            plan=plan(stage, said["car"]),
            rhythm=said["rhythm"],
            reason=said["reason"],
            language="en",
            at=at,
        )
    if "answer" not in said:
        return
    answer = said["answer"]

    def say_so(at: datetime) -> None:
        with as_supplier(stage, site_of_car(stage, said["car"])) as viewer:
            answer_rhythm(
                viewer=viewer,
                request=request,
                is_accepted=answer["accepted"],
                reason=answer["reason"],
                language="en",
                at=at,
            )
        stage.dates_changed()

    stage.on(answer["day"], say_so)
