"""附件2: the letter with the list, made by the system, and its scan, matched by the code on it (G5)."""

from __future__ import annotations

from django.db.models import Q
from django.utils import translation

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import say
from waizhuan.projects.merges import presenters
from waizhuan.projects.merges.models import Merge
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.api import Document, preview
from waizhuan.shared.letters import api as letters
from waizhuan.shared.letters import codes
from waizhuan.shared.refdata.unit_numbers import bare, called

PURPOSE = "merge"
CODE = "WZ-MERGE:"
PAGES = 5  # of a scan that are looked at for the code
#: Lines that the letter prints; a longer list is confirmed by its count and stays in the system.
PRINTED = 500


def declare() -> None:
    documents.purpose(PURPOSE, label=say("账号合并申请"), may_view=_may_view)


def _may_view(actor: Actor, document: Document) -> bool:
    from waizhuan.projects.merges.queries import visible_to

    return visible_to(actor).filter(Q(letter=document) | Q(former_lists__letter=document)).exists()


def code_of(merge: Merge, listing: int) -> str:
    """What the code on the letter says: the request, and which of its lists was sealed."""
    return (merge.number or "") + (f"/{listing}" if listing > 1 else "")


def read_code(document: Document, merge: Merge) -> str:
    """match: the letter of the list as it is · old: of an earlier one · other: of another request · "": none was read."""
    earlier = [code_of(merge, n) for n in range(1, merge.listing)]
    for page in range(1, min(document.pages, PAGES) + 1):
        texts = codes.read(preview(document, page))
        found = codes.match(texts, CODE, code_of(merge, merge.listing))
        if found == "other" and any(codes.match(texts, CODE, code) == "match" for code in earlier):
            return "old"
        if found:
            return found
    return ""


def pdf_of(merge: Merge) -> bytes:
    """The letter in Chinese, which is what the department files. Two queries."""
    count = merge.lines.count()
    with translation.override("zh-hans"):
        source, target = str(presenters.source_name(merge)), str(presenters.target_name(merge))
    data = {
        "number": f"{merge.number}（第 {merge.listing} 版）" if merge.listing > 1 else merge.number or "",
        "unit": merge.unit.name,
        "number_called": str(called(merge.unit.uscc or "")),
        "uscc": bare(merge.unit.uscc or ""),
        "to": merge.department.name,
        "reason": merge.reason,
        "source": source,
        "target": target,
        "count": count,
        "rows": [
            [str(n), number, title, source, target]
            for n, (number, title) in enumerate(merge.lines.order_by("id").values_list("number", "title")[:PRINTED], 1)
        ],
        "rest": max(0, count - PRINTED),
        "code": codes.svg(CODE + code_of(merge, merge.listing)),
    }
    return letters.render("merges/merge", data)
