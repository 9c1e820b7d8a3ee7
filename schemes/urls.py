"""Addresses of schemes, of the company tracker and of initiatives."""

from django.urls import URLPattern, URLResolver, path

from schemes.views import contribution, definition, tracker

app_name = "schemes"

urlpatterns: list[URLPattern | URLResolver] = [
    path("schemes/", definition.schemes, name="schemes"),
    path("schemes/load/", definition.edition_load, name="edition_load"),
    path("schemes/<str:key>/", definition.scheme, name="scheme"),
    path("schemes/<str:key>/editions/<str:version>/", definition.edition, name="edition"),
    path("schemes/<str:key>/editions/<str:version>/file/", definition.edition_file, name="edition_file"),
    path(
        "schemes/<str:key>/editions/<str:version>/publish/",
        definition.edition_publish,
        name="edition_publish",
    ),
    path(
        "schemes/<str:key>/editions/<str:version>/discard/",
        definition.edition_discard,
        name="edition_discard",
    ),
    path("tracker/", tracker.issues, name="tracker"),
    path("tracker/new/", tracker.new, name="issue_new"),
    path("tracker/companies/<str:code>/", tracker.company, name="company"),
    path("tracker/contributions/<str:code>/", contribution.contribution, name="contribution"),
    path("tracker/contributions/<str:code>/show/", contribution.show, name="contribution_show"),
    path("tracker/contributions/<str:code>/decline/", contribution.decline, name="contribution_decline"),
    path("tracker/<str:code>/", tracker.issue, name="issue"),
    path("tracker/<str:code>/companies.csv", tracker.issue_as_csv, name="issue_csv"),
    path("tracker/<str:code>/companies.json", tracker.issue_as_json, name="issue_json"),
    path("tracker/<str:code>/edit/", tracker.edit, name="issue_edit"),
    path("tracker/<str:code>/publish/", tracker.publish, name="issue_publish"),
    path("tracker/<str:code>/follow/", tracker.follow, name="issue_follow"),
    path("tracker/<str:code>/contribute/", contribution.send, name="contribute"),
    path("tracker/<str:code>/thanks/", contribution.thanks, name="contribution_thanks"),
    path("tracker/<str:code>/contributions/", contribution.contributions, name="contributions"),
    path("tracker/<str:code>/companies/<str:company_code>/edit/", tracker.rename, name="company_edit"),
    path("tracker/<str:code>/companies/<str:company_code>/record/", tracker.record, name="company_record"),
    path("tracker/<str:code>/companies/<str:company_code>/reply/", tracker.reply, name="company_reply"),
]
