"""合并本人的两个账号: the person proves the other account; the desk finds two; the case with its dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from waizhuan.identity import rate
from waizhuan.identity.account_merges import actions, executing, plan, queries
from waizhuan.identity.account_merges.forms import CodeForm, DecisionForm, DeskForm, OtherForm, PasswordForm
from waizhuan.identity.account_merges.models import AccountMerge, How, Proof
from waizhuan.identity.account_merges.process import MERGE, REVIEWER, SENIOR, UNDER_WAY, by_holder
from waizhuan.identity.models import Account, Person, RealName
from waizhuan.identity.operators.screens import one_more_look
from waizhuan.identity.realname.presenters import STATUS_LABELS
from waizhuan.identity.recovery import actions as recovery
from waizhuan.identity.second_factor import factors
from waizhuan.identity.sign_in import actions as sign_in
from waizhuan.identity.sign_in import kept, not_me
from waizhuan.identity.sign_in.captcha import add_captcha
from waizhuan.kernel import clock, roles
from waizhuan.kernel.access import any_of, natural_person, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui import dates
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import perform
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.refdata import identity_numbers, masks

desk_people = any_of(REVIEWER, SENIOR)
PENDING = "account_merge_other"  # session: [account (0: nobody, who gets no code), until when, was the code right]
MINUTES = 10
CODES = "account-merge"  # purpose of the one-time codes: one of them recovers nothing, and none of recovery merges
CODE_TEXT = say(
    "【外专】验证码 {code}，{minutes} 分钟内有效，用来把您的账号并入另一个账号。不是您本人在办，请不要告诉任何人。"
)


def anyone_concerned(actor: Actor) -> Verdict:
    """Natural persons, and the operator's desk; the case itself decides who sees it."""
    return natural_person(actor)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _second_step(request: HttpRequest, other: Account, text: str, *, after: str) -> Verdict:
    """An account with a second factor is not proved by less; tries are counted with those at the door."""
    if not factors.has_any(other):
        return YES
    if text:
        within = factors.within(other, rate.network_of(request))
        if not within:
            return no(within.reason, field="second", code="E2")
        if factors.check_authenticator(other, text).ok or factors.use_code(other, text).ok:
            return YES
        factors.failed(other, "merge", after=after)
    return no(say("那个账号开了两步验证，请填验证器上的 6 位数字或一个恢复码"), field="second", code="G6")


@screen("account_merges.ask", access=natural_person)
def ask(request: HttpRequest) -> HttpResponse:
    """Signed in to one, one proves the other by its password, or has a code sent to its phone."""
    by_code = request.GET.get("way") == "code"
    typed = request.POST.dict()
    typed["password"] = typed.get("password") or kept.unseal(typed.get("kept", ""))
    renewing = "renew" in request.POST
    form = (OtherForm if by_code else PasswordForm)(
        typed if request.method == "POST" and not renewing else None, initial=typed
    )
    name = typed.get("login_name", "")
    if by_code or sign_in.needs_captcha(request, name):  # as at the door
        add_captcha(form)
    if request.method == "POST" and not renewing and form.is_valid():
        within = rate.limit(f"account-merge:{_actor(request).account_id}", times=10, seconds=3600)
        if form.take(within):
            answer = _send_code(request, form) if by_code else _by_password(request, form)
            if answer is not None:
                return answer
        if "captcha" not in form.fields and sign_in.needs_captcha(request, name):
            add_captcha(form)
    waiting = "" if by_code or "password" in form.errors else kept.seal(typed["password"])
    if waiting:
        form["password"].help_text = _("您填的密码还在，不用再填。")
        form.password_kept = True  # type: ignore[attr-defined]
    mine = queries.cases_of(_actor(request))
    context = {
        "form": form,
        "by_code": by_code,
        "kept": waiting,
        "mine": [(m, MERGE.state(m.state), queries.may_see(_actor(request), m)) for m in mine],
    }
    return render(request, "account_merges/ask.html", context, status=422 if form.is_bound and form.errors else 200)


def _by_password(request: HttpRequest, form: Any) -> HttpResponse | None:
    given = form.cleaned_data
    meant, verdict = sign_in.authenticate(request, given["login_name"], given["password"])
    if meant.account is None:
        form.take(no(verdict.reason, field="password"))
        return None
    if not form.take(_second_step(request, meant.account, given["second"], after="password")):
        return None
    return _made(request, form, meant.account, Proof.PASSWORD)


def _send_code(request: HttpRequest, form: Any) -> HttpResponse | None:
    """Whether there is such an account, and whether it has a phone, is not told."""
    other = sign_in.named(form.cleaned_data["login_name"]).account
    recovery.send_code(request, other, "sms", purpose=CODES, text=CODE_TEXT)
    request.session[PENDING] = [other.pk if other else 0, int(clock.now().timestamp()) + MINUTES * 60, False]
    return redirect("account_merges.code")


@screen("account_merges.code", access=natural_person)
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the other account's phone, if it was. It was right once: what is asked besides does not
    ask for another. It counts no more once the account was locked or passed into other hands since it was sent."""
    pending = request.session.get(PENDING)
    if not pending or len(pending) < 3 or pending[1] < clock.now().timestamp():
        return redirect("account_merges.ask")
    form = CodeForm(request.POST or None)
    if pending[2]:
        del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"account-merge-code:{_actor(request).account_id}", times=20, seconds=3600)
        other = Account.objects.filter(pk=pending[0], closed_at=None).first()
        right = form.take(within)
        if right and not pending[2]:
            right = form.take(recovery.check_code(request, other, "sms", form.cleaned_data["code"], purpose=CODES))
        if right and other is not None:
            request.session[PENDING] = [other.pk, pending[1], True]
            sent = (pending[1] - MINUTES * 60) * 1000
            if not not_me.trusted(other, sent):
                form.take(no(say("发验证码以后，那个账号锁定过，或者换了人，请重新发验证码"), code="F11"))
            elif form.take(_second_step(request, other, form.cleaned_data["second"], after="code")):
                answer = _made(request, form, other, Proof.CODE)
                if answer is not None:
                    del request.session[PENDING]
                    return answer
            form.fields.pop("code", None)
    return render(request, "account_merges/code.html", {"form": form}, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: Any, other: Account, proof: str) -> HttpResponse | None:
    account: Account = request.user  # type: ignore[assignment]
    try:
        made = actions.ask(actor=_actor(request), survivor=account, closing=other, proof=proof)
    except Refused as refusal:
        form.take(*refusal.verdicts)
        return None
    return redirect("account_merges.case", made.pk)


@screen("account_merges.desk", access=desk_people)
def desk(request: HttpRequest) -> HttpResponse:
    """Two accounts that had one number, and a form that names two."""
    form = DeskForm(request.POST or None, initial={k: request.GET.get(k, "")[:60] for k in ("kept", "closed")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        one_more_look(_actor(request))
        found = {name: sign_in.named(given[name]).account for name in ("kept", "closed")}
        missing = [no(say("没有这个登录名的账号"), field=name) for name, account in found.items() if account is None]
        survivor, closing = found["kept"], found["closed"]
        if form.take(*missing) and survivor is not None and closing is not None:
            try:
                made = actions.begin(actor=_actor(request), survivor=survivor, closing=closing, reason=given["reason"])
            except Refused as refusal:
                form.take(*refusal.verdicts)
            else:
                return redirect("account_merges.case", made.pk)
    context = {"form": form, "pairs": queries.candidates()}
    return render(request, "account_merges/desk.html", context, status=422 if form.errors else 200)


@screen("account_merges.case", access=anyone_concerned)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Both accounts side by side, what the merge would touch, the decision."""
    actor = _actor(request)
    merge = queries.case_for(actor, pk)
    at_desk = queries.at_the_desk(actor, merge)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            done = perform(
                MERGE,
                merge,
                form.cleaned_data["transition"],
                actor,
                note=form.cleaned_data["note"],
                version=whole(version),
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        except IntegrityError:  # a post, a number or a phone was given to somebody at this very moment
            form.take(no(say("刚才有人同时改动了其中一个账号，什么都没有动，请再试一次"), code="F11"))
        else:
            again = queries.may_see(actor, done)
            return redirect("account_merges.case", merge.pk) if again else redirect("account_merges.ask")
    moved = _moved(merge) if merge.merged_at is not None else []
    drawn = case_of(MERGE, merge, actor, deciding_side=at_desk)
    explained = [choice for choice in drawn.choices if choice.needs_note]
    form.fields["note"].required = len(explained) == len(drawn.choices)  # no button here does without it
    if explained and not form.fields["note"].required:
        form["note"].help_text = str(say("选“{label}”要写。", label=explained[0].label))
    context = {
        "merge": merge,
        "form": form,
        "at_desk": at_desk,
        "may_refuse": by_holder(actor, merge).ok,
        "case": drawn,
        "facts": _facts(merge) if at_desk and merge.state in UNDER_WAY else [],
        "lines": plan.dry_run(merge.closing_id, merge.survivor_id) if at_desk and merge.merged_at is None else [],
        "done": _done(moved),
        "undone": _undone(merge, moved) if at_desk and merge.state == "merged" else [],
    }
    return render(request, "account_merges/case.html", context, status=422 if form.errors else 200)


def _facts(merge: AccountMerge) -> list[tuple[Any, str, str, bool | None]]:
    """What both accounts say of the person: label, survivor, closing, whether they agree (None: nothing to compare). Numbers are masked."""
    one, other = merge.survivor, merge.closing
    a, b = getattr(one, "person", None), getattr(other, "person", None)

    def number(p: Person | None) -> str:
        return f"{identity_numbers.label(p.doc_type)} {masks.mask_number(p.doc_number)}" if p and p.doc_number else "—"

    def phone(account: Account) -> str:
        return masks.mask_phone(account.phone) if account.phone else "—"

    def status(p: Person | None) -> str:
        return str(STATUS_LABELS[RealName(p.real_name)]) if p else "—"

    def day(account: Account) -> str:
        return dates.full_day(account.created_at)

    former = a and b and merge.had_number  # type: ignore[attr-defined]  # `queries.case_for`
    return [
        (say("登录名"), one.login_name, other.login_name, None),
        (say("姓名"), a.name if a else "—", b.name if b else "—", bool(a and b and a.name_key == b.name_key)),
        (say("证件"), number(a), number(b), bool(former)),
        (say("手机号"), phone(one), phone(other), bool(one.phone and one.phone_index == other.phone_index)),
        (say("实名认证"), status(a), status(b), None),
        (say("注册于"), day(one), day(other), None),
    ]


def _undone(merge: AccountMerge, moved: Sequence[tuple[str, str, int]]) -> list[tuple[str, Words, int, list[str]]]:
    """What an undo would give back, by table; and the posts that it would not, because they were taken away since. One
    query besides what moved."""
    ended = list(executing.ended_for_good(merge).select_related("organisation"))
    posts = [f"{m.organisation.name} · {roles.role(m.role).label}" for m in ended]
    labels = {key.name: key.label for key in plan.all_keys()}
    went: Counter[str] = Counter()
    for key, how, n in moved:
        went[key] += n if how != How.STAYS else 0
    went[executing.MANDATES] -= len(ended)  # all of them are among those that went
    found: list[tuple[str, Words, int, list[str]]] = [
        (labels.get(key, key), say("恢复成合并以前的样子"), n, []) for key, n in sorted(went.items()) if n > 0
    ]
    if posts:
        found.append((labels[executing.MANDATES], say("合并以后收回、换过或到期了，不恢复"), len(posts), posts))
    return found


def _moved(merge: AccountMerge) -> list[tuple[str, str, int]]:
    """What was touched, from the trace: key, how, how many. One query."""
    rows = merge.rows.values("key", "how").annotate(n=Count("id")).order_by("key", "how")
    return list(rows.values_list("key", "how", "n"))


def _done(moved: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """What moved, by table."""
    labels = {key.name: key.label for key in plan.all_keys()}
    return [(labels.get(key, key), str(How(how).label), n) for key, how, n in moved]
