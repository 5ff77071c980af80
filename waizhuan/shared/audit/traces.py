"""The audit log in words, for the modules of `shared`, which know nothing of each other."""

from __future__ import annotations

from waizhuan.kernel import traces
from waizhuan.kernel.words import say


def declare() -> None:
    traces.name(
        done={
            "audit.verify": say("校验了审计日志"),
            "audit.export": say("导出了审计日志"),
            "personal_data.viewed": say("查看了完整的个人信息"),
            "documents.uploaded": say("上传了材料"),
            "documents.viewed": say("查看了材料"),
            "documents.downloaded": say("下载了材料"),
            "documents.infected": say("上传的文件有病毒，没有收"),
            "flow.take": say("领了待办"),
            "flow.give_back": say("把待办放回了公共待办"),
            "flow.assign": say("把待办分给了同事"),
            "flow.remind": say("催办"),
            "flow.escalate": say("超期，转给上级督办"),
            "refdata.load_calendar": say("导入了工作日历"),
        },
        things={
            "audit": say("审计日志"),
            "documents.document": say("材料"),
            "documents.stranger": say("没有登录的人"),
            "flow.item": say("待办"),
            "refdata.calendar": say("工作日历"),
        },
    )
