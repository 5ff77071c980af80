"""The floor: a bare Django view that fetches 20 indexed rows and renders them, with nothing of the product around it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from waizhuan.shared.flow.models import WorkItem

PAGE = engines["django"].from_string(
    "<!doctype html><title>floor</title><table>{% for r in rows %}<tr><td>{{ r.number }}</td><td>{{ r.title }}</td>"
    "<td>{{ r.line }}</td><td>{{ r.state }}</td><td>{{ r.due_at }}</td></tr>{% endfor %}</table>"
)


def twenty_rows(request: HttpRequest) -> HttpResponse:
    # the index `work_of_subject` gives them in order, however many there are
    rows = WorkItem.objects.filter(process="applications.application").order_by("subject_id")[:20]
    return HttpResponse(PAGE.render({"rows": rows}, request))


def alone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The only middleware of the floor: it looks for its view in this module. (Changing ROOT_URLCONF for each request would
    empty the resolver's cache, and the page measured next would pay for filling it.)"""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return middleware


urlpatterns = [path("floor/", twenty_rows, name="floor")]
