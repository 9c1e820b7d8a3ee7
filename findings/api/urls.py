"""Addresses of audits, findings and plans under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from findings.api import audit, figures, finding, methodology, photo, plan, plan_work, portfolio, review, together

urlpatterns: list[URLPattern | URLResolver] = [
    path("methodologies/", methodology.MethodologyList.as_view(), name="api-methodologies"),
    path("methodologies/<str:key>/", methodology.MethodologyDetail.as_view(), name="api-methodology"),
    path("requirements/", methodology.RequirementList.as_view(), name="api-requirements"),
    path("audits/", audit.AuditList.as_view(), name="api-audits"),
    path("audits/<slug:code>/", audit.AuditDetail.as_view(), name="api-audit"),
    path("audits/<slug:code>/start/", audit.AuditStart.as_view(), name="api-audit-start"),
    path("audits/<slug:code>/submit/", review.AuditSubmit.as_view(), name="api-audit-submit"),
    path("audits/<slug:code>/replies/", review.AuditReplies.as_view(), name="api-audit-replies"),
    path(
        "audits/<slug:code>/review/finish/",
        review.AuditReviewFinish.as_view(),
        name="api-audit-review-finish",
    ),
    path("replies/<slug:code>/answer/", review.ReplyAnswer.as_view(), name="api-reply-answer"),
    path("replies/<slug:code>/take-back/", review.ReplyTakeBack.as_view(), name="api-reply-take-back"),
    path("audits/<slug:code>/revisions/", review.AuditRevisions.as_view(), name="api-audit-revisions"),
    path("audits/<slug:code>/follow-up/", review.AuditFollowUp.as_view(), name="api-audit-follow-up"),
    path(
        "audits/<slug:code>/follow-up/<slug:finding_code>/",
        review.AuditFollowUpNote.as_view(),
        name="api-audit-follow-up-note",
    ),
    path(
        "audits/<slug:code>/again/<slug:finding_code>/",
        review.AuditRaiseAgain.as_view(),
        name="api-audit-raise-again",
    ),
    path("audits/<slug:code>/take-back/", audit.AuditTakeBack.as_view(), name="api-audit-take-back"),
    path("audits/<slug:code>/publish/", audit.AuditPublish.as_view(), name="api-audit-publish"),
    path("audits/<slug:code>/open-cars/", audit.AuditOpenCars.as_view(), name="api-audit-open-cars"),
    path(
        "audits/<slug:code>/open-cars/<slug:car_code>/reassess/",
        audit.AuditReassess.as_view(),
        name="api-audit-reassess",
    ),
    path("findings/", finding.FindingList.as_view(), name="api-findings"),
    path("findings/<slug:code>/", finding.FindingDetail.as_view(), name="api-finding"),
    path("findings/<slug:code>/duplicate/", photo.FindingDuplicate.as_view(), name="api-finding-duplicate"),
    path("findings/<slug:code>/photos/", photo.PhotoList.as_view(), name="api-photos"),
    path("findings/<slug:code>/photos/<slug:photo_code>/", photo.PhotoDetail.as_view(), name="api-photo"),
    path("portfolio/", portfolio.Portfolio.as_view(), name="api-portfolio"),
    path("portfolio/<slug:code>/", portfolio.SupplierStatus.as_view(), name="api-supplier-status"),
    path("portfolio-views/", portfolio.ViewList.as_view(), name="api-portfolio-views"),
    path("portfolio-views/<slug:code>/", portfolio.ViewDetail.as_view(), name="api-portfolio-view"),
    path("portfolio-views/<slug:code>/follow/", portfolio.ViewFollow.as_view(), name="api-portfolio-follow"),
    path("lists/", portfolio.Lists.as_view(), name="api-lists"),
    path("lists/<slug:code>/", portfolio.ListDetail.as_view(), name="api-list"),
    path("lists/<slug:code>/file/", portfolio.ListFile.as_view(), name="api-list-file"),
    path("plans/", plan.PlanList.as_view(), name="api-plans"),
    path("findings/<slug:code>/understanding/", plan.PlanUnderstanding.as_view(), name="api-understanding"),
    path("findings/<slug:code>/plan/", plan.PlanDetail.as_view(), name="api-plan"),
    path("findings/<slug:code>/plan/files/", plan.PlanFiles.as_view(), name="api-plan-files"),
    path("findings/<slug:code>/plan/versions/", plan.PlanVersions.as_view(), name="api-plan-versions"),
    path("findings/<slug:code>/plan/updates/", plan.PlanUpdates.as_view(), name="api-plan-updates"),
    path("findings/<slug:code>/plan/responses/", plan.PlanResponses.as_view(), name="api-plan-responses"),
    path("findings/<slug:code>/plan/draft/", plan_work.PlanDraftEndpoint.as_view(), name="api-plan-draft"),
    path("findings/<slug:code>/plan/carry/", plan_work.PlanCarry.as_view(), name="api-plan-carry"),
    path("findings/<slug:code>/plan/rhythm/", plan_work.RhythmRequests.as_view(), name="api-plan-rhythm"),
    path(
        "findings/<slug:code>/plan/rhythm/<slug:request_code>/answer/",
        plan_work.RhythmAnswers.as_view(),
        name="api-plan-rhythm-answer",
    ),
    path("findings/<slug:code>/refunds/", figures.RefundLedgerEndpoint.as_view(), name="api-refunds"),
    path(
        "findings/<slug:code>/refunds/<int:number>/",
        figures.RefundGroupEndpoint.as_view(),
        name="api-refund-group",
    ),
    path(
        "findings/<slug:code>/refunds/<int:number>/payments/",
        figures.RefundGroupPayments.as_view(),
        name="api-refund-pay",
    ),
    path(
        "findings/<slug:code>/refunds/payments/", figures.RefundPayments.as_view(), name="api-refund-payments"
    ),
    path(
        "findings/<slug:code>/refunds/payments/<int:number>/take-back/",
        figures.RefundTakeBack.as_view(),
        name="api-refund-take-back",
    ),
    path("findings/<slug:code>/wages/", figures.PlanWages.as_view(), name="api-wages"),
    path("findings/<slug:code>/calls/", together.CarCalls.as_view(), name="api-car-calls"),
    path("findings/<slug:code>/commitments/", together.CarCommitments.as_view(), name="api-car-commitments"),
    path(
        "findings/<slug:code>/introductions/",
        together.CarIntroductions.as_view(),
        name="api-car-introductions",
    ),
    path(
        "findings/<slug:code>/introductions/asked/",
        together.CarIntroductionAsks.as_view(),
        name="api-car-asked",
    ),
    path("calls/<slug:code>/", together.CallDetail.as_view(), name="api-call"),
    path("calls/<slug:code>/accept/", together.CallAccept.as_view(), name="api-call-accept"),
    path("calls/<slug:code>/propose/", together.CallPropose.as_view(), name="api-call-propose"),
    path("calls/<slug:code>/decline/", together.CallDecline.as_view(), name="api-call-decline"),
    path("calls/<slug:code>/cancel/", together.CallCancel.as_view(), name="api-call-cancel"),
    path("calls/<slug:code>/join/", together.CallJoining.as_view(), name="api-call-joining"),
    path("calls/<slug:code>/note/", together.CallNote.as_view(), name="api-call-note"),
    path("commitments/<slug:code>/", together.CommitmentDetail.as_view(), name="api-commitment"),
    path(
        "commitments/<slug:code>/confirm/",
        together.CommitmentConfirm.as_view(),
        name="api-commitment-confirm",
    ),
    path("commitments/<slug:code>/ask/", together.CommitmentAsk.as_view(), name="api-commitment-ask"),
    path(
        "commitments/<slug:code>/answer/", together.CommitmentAnswer.as_view(), name="api-commitment-answer"
    ),
    path(
        "commitments/<slug:code>/progress/",
        together.CommitmentProgress.as_view(),
        name="api-commitment-progress",
    ),
    path(
        "commitments/<slug:code>/withdraw/",
        together.CommitmentWithdraw.as_view(),
        name="api-commitment-withdraw",
    ),
    path("positions/", together.PositionList.as_view(), name="api-positions"),
    path("positions/<slug:code>/", together.PositionDetail.as_view(), name="api-position"),
    path(
        "positions/<slug:code>/withdraw/", together.PositionWithdraw.as_view(), name="api-position-withdraw"
    ),
    path(
        "introductions/<slug:code>/complete/",
        together.IntroductionComplete.as_view(),
        name="api-introduction-complete",
    ),
    path("introductions/<slug:code>/end/", together.IntroductionEnd.as_view(), name="api-introduction-end"),
    path(
        "introductions/asked/<slug:code>/agree/",
        together.IntroductionAgree.as_view(),
        name="api-introduction-agree",
    ),
    path(
        "introductions/asked/<slug:code>/decline/",
        together.IntroductionDecline.as_view(),
        name="api-introduction-decline",
    ),
    path(
        "introductions/asked/<slug:code>/take-back/",
        together.IntroductionTakeBack.as_view(),
        name="api-introduction-take-back",
    ),
]
