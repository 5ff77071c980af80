"""The letters of approval, as they were written."""

from __future__ import annotations

from django.db import models

from waizhuan.kernel import clock, crypto

BELONGS_TO = "review.letter.content"


class Letter(models.Model):
    """The letter of approval of one project, sealed. Written once: what was downloaded stays what was approved."""

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="letter")
    key_id = models.CharField(max_length=20)
    content = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)

    @classmethod
    def seal(cls, application_id: int, pdf: bytes) -> Letter:
        """An unsaved letter that holds this PDF, encrypted."""
        key_id, sealed = crypto.seal_bytes(pdf, BELONGS_TO)
        return cls(application_id=application_id, key_id=key_id, content=sealed)

    def pdf(self) -> bytes:
        return crypto.open_bytes(self.key_id, bytes(self.content), BELONGS_TO)

    @classmethod
    def reseal(cls) -> int:
        """Seal every letter again under the current key; how many. The letters themselves stay as they are."""
        current = crypto.current_key_id()
        count = 0
        for pk in list(cls.objects.exclude(key_id=current).order_by("pk").values_list("pk", flat=True)):
            letter = cls.objects.get(pk=pk)
            key_id, sealed = crypto.seal_bytes(letter.pdf(), BELONGS_TO)
            count += cls.objects.filter(pk=pk, key_id=letter.key_id).update(key_id=key_id, content=sealed)
        return count
