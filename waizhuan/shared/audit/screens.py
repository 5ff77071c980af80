"""审计日志, for auditors alone: reading it, and checking that nobody changed it."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.paging import page
from waizhuan.shared.audit import chain
from waizhuan.shared.audit.forms import FilterForm
from waizhuan.shared.audit.models import AuditEntry

auditor = any_of("operator.auditor")
LAST = 20_000  # entries that are checked while somebody waits; the command checks all


def chosen(form: FilterForm) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if form.is_valid():
        given = form.cleaned_data
        if given["account"]:
            rows = rows.filter(account_id=given["account"])
        if given["verb"]:
            rows = rows.filter(verb__startswith=given["verb"])
        if given["subject"]:
            rows = rows.filter(subject=given["subject"])
        if given["day"]:
            rows = rows.filter(at__date=given["day"])
    return rows


@screen("audit.log", access=auditor, methods=("GET",))
def log(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    found = page(chosen(form).select_related("organisation"), ("-id",), request.GET.get("page", ""), 50)
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "audit/log.html", {"form": form, "page": found, "query": query.urlencode()})


@screen("audit.verify", access=auditor, methods=("POST",))
def verify(request: HttpRequest) -> HttpResponse:
    """Check the last entries now."""
    last = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).exclude(seq=None).first() or 0
    found = chain.verify(start=max(1, last - LAST + 1))
    publish(Happened(request.actor, "audit.verify", "audit:log", {"ok": found.ok, "checked": found.checked}))  # type: ignore[attr-defined]
    return render(request, "audit/verified.html", {"found": found})


class _Echo:
    def write(self, value: str) -> str:
        return value


def _plain(value: object) -> str:
    """No spreadsheet takes it for a formula."""
    text = str(value)
    return "'" + text if text[:1] in "=+-@\t\r" else text


@screen("audit.export", access=auditor, methods=("GET",))
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the filter shows, as CSV (UTF-8 with a mark, for Chinese Excel), row by row."""
    rows = chosen(FilterForm(request.GET or None)).order_by("-id")
    publish(Happened(request.actor, "audit.export", "audit:log", {"filter": request.GET.urlencode()[:300]}))  # type: ignore[attr-defined]
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + str(
            writer.writerow(["seq", "at", "account", "name", "organisation", "verb", "subject", "detail"])
        )
        for e in rows.iterator(chunk_size=2000):
            fields = [
                e.seq,
                e.at.isoformat(),
                e.account_id,
                e.account_name,
                e.organisation_id,
                e.verb,
                e.subject,
                e.detail,
            ]
            yield str(writer.writerow([_plain(f if f is not None else "") for f in fields]))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response
