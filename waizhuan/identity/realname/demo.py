"""Demonstration data: the register, and verifications in every state. Everything is fictitious."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Mandate, Person, RealName
from waizhuan.identity.realname import actions, corrections, reviews
from waizhuan.identity.realname.actions import Document
from waizhuan.identity.realname.authority import register
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.queries import operator_organisation
from waizhuan.kernel.actor import Actor

#: Resident numbers from here on are not in the register: these people have to show their documents.
UNKNOWN = 800


def load_register() -> int:
    """Load the fictitious register; how many rows."""
    with register.DEMONSTRATION.open(encoding="utf-8", newline="") as lines:
        count, _ = register.load(lines)
    return count


def build() -> dict[str, Case]:
    """One verification in each state, and some more in the operator's queue. Needs the operator with its staff."""
    load_register()
    reviewer = _holder("operator.reviewer")
    made: dict[str, Case] = {}
    for n, (state, make) in enumerate(_STATES.items()):
        account = demo.person(f"realname_{state}", demo.person_name(UNKNOWN + n), UNKNOWN + n, verified=False)
        made[state] = make(account, reviewer)
    for n in range(12):
        account = demo.person(f"realname_queue{n}", demo.person_name(820 + n), 820 + n, verified=False)
        made[f"queue{n}"] = under_review(account)
    return made


def _holder(role: str) -> Actor:
    operator = operator_organisation()
    mandate = Mandate.objects.filter(organisation=operator, role=role).select_related("account").earliest("id")
    return actor_of(mandate.account, acting_for=operator.pk, second_factor=True)


def waiting_for_documents(account: Account) -> Case:
    """The authority could not confirm; the documents are still to come."""
    return actions.start_check(actor_of(account), "person" if account.kind == "natural" else "agent")


def under_review(account: Account) -> Case:
    """With the operator."""
    return _submit(account, waiting_for_documents(account))


def _submit(account: Account, case: Case) -> Case:
    actor = actor_of(account)
    for slot in case.slots:
        if slot.required:
            actions.add_document(actor, case, slot.code, picture(str(slot.label)))
    return actions.submit(actor, Case.objects.get(pk=case.pk))


def asked(account: Account, reviewer: Actor) -> Case:
    case = under_review(account)
    return reviews.decide(reviewer, case, "ask", version=case.version, templates=["blurred", "expiry"])


def declined(account: Account, reviewer: Actor) -> Case:
    case = under_review(account)
    return reviews.decide(reviewer, case, "decline", version=case.version, templates=["name_differs"])


def passed(account: Account, reviewer: Actor) -> Case:
    case = under_review(account)
    accepted = warning_keys(case)
    return reviews.decide(reviewer, case, "approve", version=case.version, accepted=accepted)


def contested(account: Account, reviewer: Actor) -> Case:
    """Somebody else holds the number; the first operator has looked, the second has still to confirm (D3)."""
    name = account.person.name
    other = demo.person(f"{account.login_name}_other", name, 860)
    number = other.person.doc_number
    claim = corrections.correct_person(actor_of(account), Document(name, "resident_id", number), claim=True)
    assert claim is not None  # a claim is no other person's yet
    case = _submit(account, claim)
    accepted = warning_keys(case)
    return reviews.decide(reviewer, case, "recommend", version=case.version, accepted=accepted)


def renewal(account: Account) -> Case:
    """A verified person's renewed card, with the operator."""
    Person.objects.filter(account=account).update(real_name=RealName.PASSED)
    person = Person.objects.get(account=account)
    return _submit(
        account, corrections.renew(actor_of(account), Document(person.name, person.doc_type, person.doc_number))
    )


def withdrawn(account: Account) -> Case:
    return actions.withdraw(actor_of(account), under_review(account))


_STATES: dict[str, Callable[[Account, Actor], Case]] = {
    "upload": lambda account, reviewer: waiting_for_documents(account),
    "review": lambda account, reviewer: under_review(account),
    "asked": lambda account, reviewer: asked(account, reviewer),
    "second": lambda account, reviewer: contested(account, reviewer),
    "declined": lambda account, reviewer: declined(account, reviewer),
    "passed": lambda account, reviewer: passed(account, reviewer),
    "renewal": lambda account, reviewer: renewal(account),
    "withdrawn": lambda account, reviewer: withdrawn(account),
}


def picture(title: str) -> SimpleUploadedFile:
    """A drawing that stands for a photo of a document."""
    image = Image.new("RGB", (1120, 708), "#f7f9fb")
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 500), (280, 430), (640, 520), (1120, 380), (1120, 708), (0, 708)], fill="#e8eff6")
    draw.rounded_rectangle((796, 88, 1048, 416), 12, fill="#d3dde8")
    draw.ellipse((858, 148, 986, 276), fill="#a9b8c9")
    draw.pieslice((808, 296, 1036, 560), 180, 360, fill="#a9b8c9")
    for line in range(5):
        width = (260, 180, 420, 560, 380)[line]
        draw.rounded_rectangle((80, 100 + line * 76, 80 + width, 128 + line * 76), 8, fill="#455263")
    draw.rounded_rectangle((80, 590, 760, 626), 8, fill="#18222d")
    content = io.BytesIO()
    image.save(content, "PNG")
    return SimpleUploadedFile(f"{title}.png", content.getvalue(), content_type="image/png")
