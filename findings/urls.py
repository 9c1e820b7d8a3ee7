"""Addresses of audits, findings and action plans."""

from django.urls import URLPattern, URLResolver, path

from findings.views import audit, entry, finding, finding_detail, plan, publication, share

app_name = "findings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("audits/", audit.audits, name="audits"),
    path("audits/new/", audit.new, name="audit_new"),
    path("audits/<slug:code>/", audit.detail, name="audit"),
    path("audits/<slug:code>/edit/", audit.edit, name="audit_edit"),
    path("audits/<slug:code>/start/", audit.start, name="audit_start"),
    path("audits/<slug:code>/submit/", audit.submit, name="audit_submit"),
    path("audits/<slug:code>/take-back/", audit.take_back, name="audit_take_back"),
    path("audits/<slug:code>/publish/", publication.publish, name="audit_publish"),
    path("audits/<slug:code>/findings/new/", entry.new, name="finding_new"),
    path("audits/<slug:code>/cars/<slug:car_code>/reassess/", entry.reassess, name="car_reassess"),
    path("audits/<slug:code>/share/", share.share_audit, name="audit_share"),
    path("findings/", finding.non_compliances_list, name="non_compliances"),
    path("working-together/", finding.working_together, name="working_together"),
    path("findings/<slug:code>/", finding_detail.detail, name="finding"),
    path("findings/<slug:code>/edit/", entry.edit, name="finding_edit"),
    path("findings/<slug:code>/delete/", entry.delete, name="finding_delete"),
    path("findings/<slug:code>/share/", share.share_car, name="car_share"),
    path("findings/<slug:code>/understand/", plan.understand_it, name="understand"),
    path("findings/<slug:code>/next/", plan.next_step, name="next_step"),
    path("findings/<slug:code>/plan/edit/", plan.edit, name="plan_edit"),
    path("findings/<slug:code>/plan/draft/", plan.keep_draft, name="plan_draft"),
    path("findings/<slug:code>/plan/upload/", plan.upload, name="plan_upload"),
    path("findings/<slug:code>/plan/update/", plan.report, name="plan_update"),
    path("findings/<slug:code>/plan/respond/", plan.answer, name="plan_respond"),
    path("findings/<slug:code>/plan/<int:number>/pdf/", finding_detail.version_pdf, name="version_pdf"),
    path(
        "findings/<slug:code>/plan/<int:number>/pdf/download/",
        finding_detail.version_pdf_file,
        name="version_pdf_file",
    ),
    path("findings/<slug:code>/plan/<int:number>/file/", plan.version_file, name="version_file"),
    path("findings/<slug:code>/updates/<int:number>/file/", plan.update_file, name="update_file"),
    path("shares/", share.given, name="shares"),
    path("shares/<slug:code>/end/", share.end, name="share_end"),
    path("shared/", share.received, name="received"),
    path("shared/<slug:code>/", share.read, name="shared"),
    path("shared/<slug:code>/findings/<slug:finding_code>/", share.read_finding, name="shared_finding"),
    path(
        "shared/<slug:code>/findings/<slug:finding_code>/plan/<int:number>/file/",
        share.version_file,
        name="shared_version_file",
    ),
    path(
        "shared/<slug:code>/findings/<slug:finding_code>/updates/<int:number>/file/",
        share.update_file,
        name="shared_update_file",
    ),
]
