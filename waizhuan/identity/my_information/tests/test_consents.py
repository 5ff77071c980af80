"""Consent is asked for again when its words change, separately for documents, and can be withdrawn (PIPL, Art. 14–16, 29)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import consents, demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.my_information.models import DataRequest
from waizhuan.identity.my_information.tests.conftest import asks, granted
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.registration.models import Consent
from waizhuan.kernel import clock
from waizhuan.kernel.access import routes, screen_of
from waizhuan.kernel.actor import the_system
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import WorkItem, perform, start

pytestmark = pytest.mark.django_db
ASKED = "/me/consent/"
CLOSE = "/me/close/"
LEFT = {"/me/", "/me/consents/", "/me/requests/", "/me/kept/", "/me/close/", "/help/privacy/"}


@pytest.fixture(autouse=True)
def quiet(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


def signed_in(login_name: str = "hanxu", following: str = "") -> tuple[Client, str]:
    client = Client()
    given = {"login_name": login_name, "password": demo.PASSWORD, "next": following}
    return client, client.post("/sign-in/", given)["Location"]


def test_whoever_agreed_to_the_words_of_now_is_not_asked(hanxu: Account) -> None:
    client, to = signed_in(following="/me/")
    assert to == "/me/"
    assert client.get("/").status_code == 200


def test_newer_words_are_asked_for_at_the_next_sign_in_and_lead_on(
    hanxu: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(consents.VERSIONS, consents.PRIVACY, "2027-01")
    client, _ = signed_in()
    answer = client.get("/real-name/?from=here")
    assert answer["Location"] == "/me/consent/?next=%2Freal-name%2F%3Ffrom%3Dhere"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="privacy"' in page
    assert 'name="identity"' not in page, "agreed to, and its words are the same"
    assert client.post(answer["Location"]).status_code == 422, "without the tick"
    on = client.post(answer["Location"], {"privacy": "on", "next": "/real-name/?from=here"})
    assert on["Location"] == "/real-name/?from=here"
    assert client.get(on["Location"]).status_code == 200
    assert Consent.objects.get(account=hanxu, version="2027-01").text == "privacy"
    assert AuditEntry.objects.filter(verb="consents.given", account=hanxu).exists()


def test_refusing_leaves_ones_data_closing_and_leaving(hanxu: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(consents.VERSIONS, consents.PRIVACY, "2027-01")
    client, _ = signed_in()
    for path in sorted(LEFT):
        assert client.get(path).status_code == 200, path
    assert client.post("/me/download/").status_code == 200
    declared = {path: screen_of(pattern) for path, pattern in routes() if "<" not in path}
    for path, screen in declared.items():
        if "GET" in screen.methods and not screen.unagreed:
            assert client.get("/" + path)["Location"].startswith(ASKED), screen.id
    assert client.post("/sign-in/out/").status_code == 302
    _, _ = signed_in()
    assert client.post("/me/close/", {"password": demo.PASSWORD}).status_code == 302


def test_an_account_that_came_over_has_agreed_to_nothing(db: None) -> None:
    demo.old_account("WGZJXM_qianwl", "钱文澜", demo.mobile(95))
    client, _ = signed_in("WGZJXM_qianwl")
    assert client.get("/")["Location"].startswith(ASKED)


def test_documents_have_a_tick_of_their_own_before_real_name_verification(hanxu: Account) -> None:
    Consent.objects.filter(account=hanxu, text="identity").delete()
    type(hanxu.person).objects.update(real_name="not_started")
    client, _ = signed_in()
    assert client.get("/").status_code == 200, "not at the door: nobody has begun to verify anything"
    for path in ("/real-name/", "/real-name/correct/"):
        answer = client.get(path)
        assert answer["Location"].startswith(ASKED)
    asked = client.get(answer["Location"]).content.decode()
    assert 'name="identity"' in asked
    assert 'name="privacy"' not in asked
    assert client.post("/real-name/start/")["Location"].startswith(ASKED)
    on = client.post(answer["Location"], {"identity": "on", "next": "/real-name/correct/"})
    assert client.get(on["Location"]).status_code == 200


def test_withdrawing_ends_everything_but_what_the_law_gives(hanxu: Account) -> None:
    client, _ = signed_in()
    other, _ = signed_in()
    page = client.get("/me/consents/").content.decode()
    assert "/me/consents/privacy/" in page
    assert "不能再办事" in client.get("/me/consents/privacy/").content.decode()
    assert Consent.objects.get(account=hanxu, text="privacy").withdrawn_at is None, "looking is not withdrawing"
    assert client.post("/me/consents/privacy/")["Location"] == ASKED
    assert Consent.objects.get(account=hanxu, text="privacy").withdrawn_at
    assert client.get("/")["Location"].startswith(ASKED)
    assert other.get("/me/")["Location"].startswith("/sign-in/"), "elsewhere it is signed out"
    assert client.get("/me/close/").status_code == 200
    assert client.get("/me/consents/other/")["Location"] == "/me/consents/"
    client.post(ASKED, {"privacy": "on"})
    assert client.get("/").status_code == 200, "agreed again"
    assert Consent.objects.get(account=hanxu, text="privacy").withdrawn_at is None
    verbs = AuditEntry.objects.filter(account=hanxu, verb__startswith="consents.").values_list("verb", flat=True)
    assert sorted(verbs) == ["consents.given", "consents.withdrawn"]


def test_documents_alone_that_are_due_stand_in_the_way_of_everything_and_say_so(hanxu: Account) -> None:
    Consent.objects.filter(account=hanxu, text="identity").delete()  # verified before there was a tick for it
    client, _ = signed_in()
    asked = client.get("/")["Location"]
    assert asked.startswith(ASKED)
    page = client.get(asked).content.decode()
    assert 'name="privacy"' not in page
    assert "其他不受影响" not in page
    assert "不能办事，只能退出" in page
    type(hanxu.person).objects.update(real_name="not_started")
    client, _ = signed_in()
    assert "其他不受影响" in client.get(client.get("/real-name/")["Location"]).content.decode()


def test_who_waits_for_papers_has_begun(hanxu: Account) -> None:
    operator = demo.organisation("operator", "平台运营中心")
    type(hanxu.person).objects.update(real_name="not_started")
    client, _ = signed_in()
    case = start(CASE, Case(kind="person", purpose="first", asker_account=hanxu, operator=operator), actor_of(hanxu))
    data = {"result": "unavailable", "code": "timeout"}
    case = perform(CASE, case, "auto_fail", the_system(""), data=data)
    assert (case.state, Person.objects.get(account=hanxu).real_name) == ("upload", "not_started")
    client.post("/me/consents/identity/")
    for path in (f"/real-name/{case.pk}/documents/front/", f"/real-name/{case.pk}/submit/"):
        assert client.post(path)["Location"].startswith(ASKED), "no document is taken without consent"


def test_the_desk_answers_nobody_before_it_has_agreed(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="explain")
    Consent.objects.filter(account__login_name="operator1", text="privacy").delete()
    client, _ = signed_in("operator1")
    for answer in (client.get(where), client.post(where, {"transition": "answer", "note": "已办"})):
        assert answer["Location"].startswith(ASKED)
    assert DataRequest.objects.get().state != "answered"
    Consent.objects.filter(account=hanxu).delete()
    client, _ = signed_in()
    assert client.get(where).status_code == 200, "the asker's own, whatever they agree to"


def test_a_correction_asks_no_authority_without_consent(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="correct", field="name", value="韩旭")
    Consent.objects.filter(account=hanxu, text="identity").update(withdrawn_at=clock.now())
    assert granted(where)[0] == 302
    assert Person.objects.get(account=hanxu).name == "韩旭"
    assert not Case.objects.filter(asker_account=hanxu).exists()


def test_a_new_main_agent_agrees_for_themselves(db: None) -> None:
    from waizhuan.identity import other_hands

    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert unit.account is not None
    other_hands.pass_on(unit.account, phone="+8613900001111", why="agent")
    assert consents.due(unit.account) == ["privacy", "identity"]


def test_whoever_gets_an_account_by_an_appeal_agrees_for_themselves(hanxu: Account) -> None:
    """What was agreed to before may have been somebody else; the record of it stays."""
    from waizhuan.identity import other_hands

    other_hands.pass_on(hanxu, phone="+8613900001112", why="appeal")
    assert consents.due(hanxu) == ["privacy", "identity"]
    assert Consent.objects.filter(account=hanxu, withdrawn_at__isnull=False).count() == 2
    assert AuditEntry.objects.filter(verb="consents.ended", subject=f"identity.account:{hanxu.pk}").exists()


# ---------------------------------------------------------------- closing without agreeing


def test_whoever_refuses_withdraws_their_cases_on_the_closing_page(
    hanxu: Account, operator: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    type(hanxu.person).objects.filter(account=hanxu).update(real_name="not_started")
    case = start(CASE, Case(kind="person", purpose="first", asker_account=hanxu, operator=operator), actor_of(hanxu))
    perform(CASE, case, "auto_fail", the_system(""), data={"result": "unavailable", "code": "timeout"})
    asks("hanxu", kind="explain")
    items = list(WorkItem.objects.filter(asker_account=hanxu, closed_at=None).values_list("pk", flat=True))
    assert items
    agreed, _ = signed_in()
    page = agreed.get(CLOSE).content.decode()
    assert f'name="withdraw" value="{items[0]}"' in page
    assert reverse("flow.open", args=[items[0]]) in page, "with consent the case's own page is open, too"
    monkeypatch.setitem(consents.VERSIONS, consents.PRIVACY, "2027-01")
    client, _ = signed_in()
    stranger = demo.person("stranger", "何青", 6)
    Consent.objects.filter(account=stranger, text="privacy").delete()
    other, _ = signed_in("stranger")
    assert other.post(CLOSE, {"withdraw": items[0]}).status_code == 404, "another person's case"
    for item in items:
        page = client.get(CLOSE).content.decode()
        assert f'name="withdraw" value="{item}"' in page
        assert reverse("flow.open", args=[item]) not in page, "it would lead to the terms"
        assert client.post(CLOSE, {"withdraw": item})["Location"] == CLOSE
        assert client.post(CLOSE, {"withdraw": item})["Location"] == CLOSE, "twice is once"
    assert client.post(CLOSE, {"withdraw": 10**9}).status_code == 404
    assert client.post(CLOSE, {"password": demo.PASSWORD})["Location"] == "/me/closed/"


def test_the_last_administrator_authorises_another_without_agreeing(
    hanxu: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(hanxu, unit, "unit.admin")
    heir = demo.person("heir", "何青", 6)
    monkeypatch.setitem(consents.VERSIONS, consents.PRIVACY, "2027-01")
    client, _ = signed_in()
    assert 'href="/authorisation/"' in client.get(CLOSE).content.decode()
    assert client.get("/authorisation/").status_code == 200
    given = {"name": heir.person.name, "sought": heir.person.doc_number, "roles": ["unit.admin"]}
    assert client.post("/authorisation/new/", given)["Location"] == "/authorisation/"
    assert client.get("/")["Location"].startswith(ASKED), "nothing else opens"
    assert client.post(CLOSE, {"password": demo.PASSWORD})["Location"] == "/me/closed/"
