"""What is wrong in a form, as plain data: the sentence, where it stands, what helps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.forms import BaseForm, BoundField
from django.urls import NoReverseMatch, reverse

from waizhuan.kernel.access import current_screen
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words

_ARTICLE = re.compile(r"[A-GS][0-9]{1,3}")


def _nothing(screen: str) -> str:
    return ""


#: The code of the article that explains a screen. The help centre puts its own function here (`shared.help.apps`).
_explain: Callable[[str], str] = _nothing


def explain_with(function: Callable[[str], str]) -> None:
    """Use `function(screen id)` for refusals that carry no code of their own."""
    global _explain
    _explain = function


def code_of(verdict: Verdict) -> str:
    """The verdict's own code, else that of the article about the screen on which it is said."""
    return verdict.code or code_here()


def code_here() -> str:
    """The code of the article about the screen that is open."""
    return _explain(current_screen.get())


def article_of(code: str) -> str:
    """The address of the article that this code opens; "" for the codes of Django's own checks."""
    if not _ARTICLE.fullmatch(code):
        return ""
    try:
        return reverse("help.article", args=[code])
    except NoReverseMatch:
        return f"/help/{code}/"


class Objection(ValidationError):
    """A rule's verdict as an error of a form. Keeps its remedy."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict.reason), code=code_of(verdict))
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `target`: the id of its control ("" where it belongs to no field). `general`: what any field may say
    (left empty, not in the list, too long), so that its code is that of the screen's article; or its article is spelled out
    beside a later one of the field. Either way the code is shown without a word."""

    text: str
    code: str = ""
    target: str = ""
    remedy_url: str = ""
    remedy_label: str | Words = ""
    general: bool = False

    @property
    def help(self) -> str:
        """The address of the help article that the code opens."""
        return article_of(self.code)


def _problem(error: ValidationError, target: str) -> Problem:
    text = " ".join(error.messages)
    if not article_of(error.code or ""):
        return Problem(text, code_here(), target, general=True)
    code = error.code or ""
    remedy = error.verdict.remedy if isinstance(error, Objection) else None
    if remedy is None:
        return Problem(text, code, target)
    try:
        url = reverse(remedy.screen, args=[str(a) for a in remedy.args])
    except NoReverseMatch:
        return Problem(text, code, target)
    return Problem(text, code, target, url, remedy.label)


def problems_beside(field: BoundField) -> list[Problem]:
    """The problems of one field; an article that several of them share is spelled out once, beside the last."""
    found = [_problem(e, target_of(field)) for e in field.errors.as_data()]
    later = [{q.code for q in found[i + 1 :]} for i in range(len(found))]
    return [replace(p, general=True) if p.code in codes else p for p, codes in zip(found, later, strict=True)]


def target_of(field: BoundField) -> str:
    """The id that a link to this field leads to: of a group, its first choice."""
    base = field.id_for_label or field.auto_id
    return f"{field.auto_id}_0" if field.use_fieldset else base


def _place(error: ValidationError) -> str:
    return (error.verdict.field or "") if isinstance(error, Objection) else ""


def problems_of(form: BaseForm) -> list[Problem]:
    """Every problem of a form: those of the whole first, then field by field in the order of the form. `form.places`: the ids
    of what the template itself writes for a name that is no field of the form, or a hidden one."""
    places: Mapping[str, str] = getattr(form, "places", {})
    found = [_problem(e, places.get(_place(e), "")) for e in form.non_field_errors().as_data()]
    for field in form:
        if field.is_hidden:
            found += [_problem(e, places.get(field.name, "")) for e in field.errors.as_data()]
        else:
            found += problems_beside(field)
    return found
