"""The audit log in words: what was refused."""

from __future__ import annotations

from waizhuan.kernel import refusals, traces
from waizhuan.kernel.words import say

REFUSED = {
    refusals.PAGE: say("被拒：打开了无权看的页面或事项"),
    refusals.RULE: say("被拒：提交了规则不允许的操作"),
    refusals.FORM: say("被拒：提交的表单不是从我们的页面来的，或者已经过时"),
    refusals.CHOICE: say("被拒：提交了页面上没有的选项"),
    refusals.LINK: say("被拒：用了被改动过或已经失效的链接"),
    refusals.CAPTCHA: say("被拒：没有答对图形验证码"),
    refusals.THROTTLED: say("被拒：试得太频繁"),
    refusals.CLIENT: say("被拒：其他系统的凭据不对"),
    refusals.MORE: say("被拒的太多：这一小时里其余的只记在运行日志里"),
}


def declare() -> None:
    traces.name(
        done={f"refused.{what}": words for what, words in REFUSED.items()},
        things={"web.screen": say("页面")},
        facts={
            "times": say("一小时内第几次"),
            "method": say("请求方法"),
            "request": say("请求编号"),
        },
    )
