"""导入、导出归口单位: upload, look at what would change, load; the wrong rows and the tree as Excel files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from waizhuan.kernel.access import screen
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.paging import page
from waizhuan.projects.departments import import_rules, importing
from waizhuan.projects.departments.forms import ImportForm
from waizhuan.projects.departments.models import State, TreeImport
from waizhuan.projects.departments.presenters import TONES
from waizhuan.projects.departments.screens import ministry_head

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # wrong rows on the page; the file has all of them


@screen("departments.import", access=ministry_head)
def upload(request: HttpRequest) -> HttpResponse:
    """The form, and the files that came before."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        try:
            made = importing.upload(
                actor=request.actor,  # type: ignore[attr-defined]
                file=form.cleaned_data["file"],
                reason=form.clean_text("reason"),
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("departments.imported", made.pk)
    found = page(TreeImport.objects.select_related("made_by__person"), ("-id",), request.GET.get("page", ""))
    return render(
        request,
        "departments/import.html",
        {
            "form": form,
            "page": found,
            "rows": [(r, TONES[State(r.state)]) for r in found.rows],
            "columns": import_rules.COLUMNS,
            "kinds": [texts[0] for texts in import_rules.TIERS.values()],
        },
        status=422 if form.errors else 200,
    )


@screen("departments.imported", access=ministry_head)
def imported(request: HttpRequest, id: int) -> HttpResponse:
    """What a file would change, and every row that wants correcting; a POST loads it or leaves it."""
    batch = get_object_or_404(TreeImport, pk=id)
    verdicts = []
    if request.method == "POST":
        act = importing.drop if request.POST.get("do") == "drop" else importing.load
        try:
            act(actor=request.actor, id=batch.pk)  # type: ignore[attr-defined]
        except Refused as refusal:
            verdicts = list(refusal.verdicts)
        else:
            return redirect("departments.imported", batch.pk)
    wrong, coming = [], []
    if batch.state == State.DRAFT or batch.wrong:
        rows, there = importing.read(importing.table_of(batch))
        wrong = [(row.line, heading, reason) for row in rows for _, heading, reason in importing.complaints(row)]
        if batch.state == State.DRAFT:
            coming = [
                (row.line, row.name, importing.outcome(row, there))
                for row in rows
                if importing.outcome(row, there) in ("fresh", "changed")
            ]
    context = {
        "batch": batch,
        "tone": TONES[State(batch.state)],
        "faults": wrong[:SHOWN],
        "more": max(0, len(wrong) - SHOWN),
        "coming": coming[:SHOWN],
        "verdicts": verdicts,
    }
    return render(request, "departments/imported.html", context, status=422 if verdicts else 200)


@screen("departments.problems", access=ministry_head, methods=("GET",))
def problems(request: HttpRequest, id: int) -> HttpResponse:
    batch = get_object_or_404(TreeImport, pk=id)
    return _file(importing.problems_file(batch), f"departments-{batch.pk}-problems.xlsx")


@screen("departments.export", access=ministry_head, methods=("GET",))
def export(request: HttpRequest) -> HttpResponse:
    return _file(importing.export(), "departments.xlsx")


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
