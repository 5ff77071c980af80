"""What a unit fills in before it hands it in: no administrator overwrites what another has saved, and papers come and go one
by one, until whoever decides has had them before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import Process, Subject

SAVED_SINCE = say(
    "您打开这一页以后，另一位管理员（或您的另一个窗口）保存过。您填的都在下面，还没有保存；核对以后再按一次，就以您填的为准"
)


def stamp(draft: Subject) -> str:
    """What a form carries along, so that it is known whether somebody has saved since."""
    return draft.updated_at.isoformat()


def not_saved_since(draft: Subject, seen: str | None, *, code: str) -> None:
    """`seen`: the stamp of what the writer saw; None: there was nothing yet. Raises Refused where somebody has saved since."""
    if seen is not None and seen != stamp(draft):
        raise Refused(no(SAVED_SINCE, code=code))


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of one kind of draft: the rows of its `documents`, each with a document of `purpose`. `draft` locks the row, and
    raises (Hidden, Conflict) where this actor may not change it now. `loose`: what sets apart the papers that may still come
    off."""

    process: Process
    purpose: str
    at_most: int
    draft: Callable[[Actor, Any], Any]
    loose: Mapping[str, bool] = field(default_factory=dict)

    def add(self, actor: Actor, row: Subject, upload: UploadedFile[Any] | None) -> None:
        """One file, at once. Raises Refused, Hidden, Conflict."""
        if upload is None:
            raise Refused(no(say("请选择要上传的文件"), field="file", code="E12"))
        with transaction.atomic():
            self._with_room(actor, row)
        # taking a file apart needs its time: outside the transaction; an orphan is thrown away in a week
        document = documents.store(upload, actor=actor, purpose=self.purpose)
        with transaction.atomic():
            locked = self._with_room(actor, row)  # handed in meanwhile: what is decided is what was handed in
            locked.documents.create(document=document)
            documents.attach(document, subject=self._name(row))

    def _with_room(self, actor: Actor, row: Subject) -> Any:
        locked = self.draft(actor, row)
        if locked.documents.filter(**self.loose).count() >= self.at_most:
            raise Refused(no(say("最多 {n} 份，请先去掉一份", n=self.at_most), field="file", code="E12"))
        return locked

    def remove(self, actor: Actor, row: Subject, id: int) -> None:
        """Take off a file that may still come off; the file itself stays in the store. Raises Hidden, Conflict."""
        with transaction.atomic():
            gone, _ = self.draft(actor, row).documents.filter(**self.loose, pk=id).delete()
            if gone:
                errand = self.process.name.partition(".")[0]
                publish(Happened(actor, f"{errand}.document_removed", self._name(row), {"document": id}))

    def _name(self, row: Subject) -> str:
        return f"{self.process.name}:{row.pk}"
