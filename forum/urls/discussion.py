"""Addresses of threads and posts."""

from django.urls import URLPattern, URLResolver, path

from forum.views import discussion, moderation, news, post, thread

INSIDE = "forum/groups/<str:key>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("forum/discussion/", discussion.own, name="discussion"),
    path("forum/news/", news.choose, name="news"),
    path("forum/news/stop/<str:token>/", news.stop, name="news_stop"),
    path(f"{INSIDE}discussion/", discussion.threads, name="group_discussion"),
    path(f"{INSIDE}discussion/search/", discussion.search, name="discussion_search"),
    path(f"{INSIDE}discussion/seen/", discussion.seen, name="discussion_seen"),
    path(f"{INSIDE}discussion/listen/", discussion.listen, name="discussion_listen"),
    path(f"{INSIDE}discussion/new/", thread.new, name="thread_new"),
    path(f"{INSIDE}moderation/", moderation.log, name="moderation"),
    path(f"{INSIDE}moderation/<str:code>/dismiss/", moderation.dismiss, name="report_dismiss"),
    path(f"{INSIDE}threads/<str:code>/", thread.detail, name="thread"),
    path(f"{INSIDE}threads/<str:code>/reply/", thread.reply, name="thread_reply"),
    path(f"{INSIDE}threads/<str:code>/edit/", thread.edit, name="thread_edit"),
    path(f"{INSIDE}threads/<str:code>/listen/", thread.listen, name="thread_listen"),
    path(f"{INSIDE}threads/<str:code>/lock/", moderation.lock, name="thread_lock"),
    path(f"{INSIDE}threads/<str:code>/pin/", moderation.pin, name="thread_pin"),
    path(f"{INSIDE}posts/<str:code>/", post.detail, name="post"),
    path(f"{INSIDE}posts/<str:code>/edit/", post.edit, name="post_edit"),
    path(f"{INSIDE}posts/<str:code>/history/", post.history, name="post_history"),
    path(f"{INSIDE}posts/<str:code>/delete/", post.delete, name="post_delete"),
    path(f"{INSIDE}posts/<str:code>/react/", post.react, name="post_react"),
    path(f"{INSIDE}posts/<str:code>/report/", moderation.report, name="post_report"),
    path(f"{INSIDE}posts/<str:code>/hide/", moderation.hide, name="post_hide"),
    path(f"{INSIDE}posts/<str:code>/show/", moderation.show, name="post_show"),
    path(f"{INSIDE}files/<str:code>/", post.file, name="post_file"),
]
