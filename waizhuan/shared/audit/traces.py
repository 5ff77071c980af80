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
            "documents.document": say("上传的材料"),
            "documents.stranger": say("没有登录的人"),
            "flow.item": say("待办事项"),
            "refdata.calendar": say("工作日历"),
        },
        facts={
            "number": say("编号"),
            "from": say("原来"),
            "to": say("后来"),
            "version": say("第几版"),
            "reason": say("理由"),
            "why": say("原因"),
            "what": say("哪一项"),
            "kind": say("哪一种"),
            "purpose": say("做什么用"),
            "type": say("文件类型"),
            "size": say("字节数"),
            "digest": say("校验值"),
            "malware": say("恶意程序"),
            "rows": say("行数"),
            "ok": say("是否一致"),
            "checked": say("校验的条数"),
            "filter": say("筛选条件"),
            "days": say("天数"),
            "item": say("待办事项"),
            "items": say("哪些待办"),
        },
    )
