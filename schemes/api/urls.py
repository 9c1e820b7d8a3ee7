"""Addresses of schemes in the API."""

from django.urls import URLPattern, URLResolver, path

from schemes.api import assessing, definition, initiative, member, papers, public, tracker

urlpatterns: list[URLPattern | URLResolver] = [
    path("schemes/", definition.SchemeList.as_view(), name="api-schemes"),
    path("schemes/editions/", definition.EditionWrite.as_view(), name="api-edition-write"),
    path("schemes/<str:key>/", definition.SchemeDetail.as_view(), name="api-scheme"),
    path("schemes/<str:key>/editions/", definition.EditionList.as_view(), name="api-editions"),
    path(
        "schemes/<str:key>/editions/<str:version>/",
        definition.EditionDetail.as_view(),
        name="api-edition",
    ),
    path(
        "schemes/<str:key>/editions/<str:version>/criteria/",
        definition.EditionCriteria.as_view(),
        name="api-criteria",
    ),
    path(
        "schemes/<str:key>/editions/<str:version>/publish/",
        definition.EditionPublish.as_view(),
        name="api-edition-publish",
    ),
    # The member's side.
    path("schemes/<str:key>/apply/", member.Apply.as_view(), name="api-scheme-apply"),
    path("scheme-memberships/", member.MembershipList.as_view(), name="api-memberships"),
    path("scheme-memberships/<str:code>/", member.MembershipDetail.as_view(), name="api-membership"),
    path(
        "scheme-memberships/<str:code>/consent/",
        member.MembershipConsent.as_view(),
        name="api-membership-consent",
    ),
    path(
        "scheme-memberships/<str:code>/leave/", member.MembershipLeave.as_view(), name="api-membership-leave"
    ),
    path("assessments/<str:code>/", member.SelfAssessment.as_view(), name="api-assessment"),
    path("assessments/<str:code>/answers/<str:key>/", member.SelfAnswer.as_view(), name="api-answer"),
    path("assessments/<str:code>/evidence/", member.Shown.as_view(), name="api-shown"),
    path("assessments/<str:code>/evidence/<str:use>/", member.ShownPiece.as_view(), name="api-shown-piece"),
    path("assessments/<str:code>/submit/", member.Send.as_view(), name="api-assessment-submit"),
    path("assessments/<str:code>/questions/", member.Questions.as_view(), name="api-questions"),
    path(
        "assessments/<str:code>/questions/<str:question>/answer/",
        member.QuestionAnswer.as_view(),
        name="api-question-answer",
    ),
    path("assessments/<str:code>/decision/", member.DecisionRead.as_view(), name="api-decision"),
    path("assessments/<str:code>/appeal/", member.Contest.as_view(), name="api-appeal"),
    # The end of the member's side.
    path("assessments/", assessing.WorkList.as_view(), name="api-work-list"),
    path("assessments/<str:code>/scores/", assessing.Scores.as_view(), name="api-scores"),
    path("assessments/<str:code>/scores/<str:key>/", assessing.OneScore.as_view(), name="api-score"),
    path("assessments/<str:code>/declare/", assessing.Declare.as_view(), name="api-declare"),
    path("assessments/<str:code>/assign/", assessing.Assign.as_view(), name="api-assign"),
    path("assessments/<str:code>/start/", assessing.Start.as_view(), name="api-assessment-start"),
    path("assessments/<str:code>/go-on/", assessing.GoOn.as_view(), name="api-assessment-go-on"),
    path("assessments/<str:code>/ask/", assessing.Ask.as_view(), name="api-assessment-ask"),
    path("assessments/<str:code>/propose/", assessing.Propose.as_view(), name="api-propose"),
    path("assessments/<str:code>/send-back/", assessing.SendBack.as_view(), name="api-send-back"),
    path("assessments/<str:code>/decide/", assessing.Decide.as_view(), name="api-decide"),
    path("scheme-appeals/", assessing.Appeals.as_view(), name="api-scheme-appeals"),
    path("scheme-appeals/<str:code>/answer/", assessing.AppealAnswer.as_view(), name="api-appeal-answer"),
    path("schemes/<str:key>/register/", public.RegisterList.as_view(), name="api-scheme-register"),
    path("certificates/<str:code>/", public.CertificateCheck.as_view(), name="api-certificate"),
    path("assessments/<str:code>/papers/", papers.AssessmentPapers.as_view(), name="api-assessment-papers"),
    path(
        "assessments/<str:code>/papers/<str:kind>/",
        papers.AssessmentPaper.as_view(),
        name="api-assessment-paper",
    ),
    path(
        "assessments/<str:code>/papers/<str:kind>/file/",
        papers.AssessmentPaperFile.as_view(),
        name="api-assessment-paper-file",
    ),
    # Initiatives and the company tracker.
    path("initiatives/", initiative.InitiativeList.as_view(), name="api-initiatives"),
    path("initiatives/<str:code>/", initiative.InitiativeDetail.as_view(), name="api-initiative"),
    path("tracker/", tracker.IssueList.as_view(), name="api-issues"),
    path(
        "tracker/contributions/<str:code>/show/",
        tracker.ContributionShow.as_view(),
        name="api-contribution-show",
    ),
    path(
        "tracker/contributions/<str:code>/decline/",
        tracker.ContributionDecline.as_view(),
        name="api-contribution-decline",
    ),
    path("tracker/<str:code>/companies/", tracker.StandingList.as_view(), name="api-standings"),
    path(
        "tracker/<str:code>/companies/<str:company_code>/records/",
        tracker.StepRecords.as_view(),
        name="api-step-records",
    ),
    path(
        "tracker/<str:code>/companies/<str:company_code>/replies/",
        tracker.CompanyReplies.as_view(),
        name="api-company-replies",
    ),
]
