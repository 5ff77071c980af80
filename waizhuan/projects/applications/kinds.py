"""The fixed lists of an application: areas, kinds of cost, kinds of attachment. Codes are stored, words are shown."""

from __future__ import annotations

from waizhuan.kernel.words import Words, say

#: Areas of the high-end foreign experts programme (domain facts §3).
AREAS: dict[str, Words] = {
    "strategy": say("战略科技发展"),
    "industry": say("产业技术创新"),
    "society": say("社会与生态建设"),
    "rural": say("农业与乡村振兴"),
}

#: Kinds of cost per person-visit (外专发〔2010〕87号).
COSTS: dict[str, Words] = {
    "travel": say("国际旅费"),
    "pocket": say("零用费"),
    "living": say("生活费"),
    "intercity": say("城市间旅费"),
    "other": say("其他"),
}

ATTACHMENTS: dict[str, Words] = {
    "agreement": say("合作协议或邀请函"),
    "cv": say("专家简历"),
    "passport": say("专家护照资料页"),
    "commitment": say("单位承诺书"),
    "other": say("其他材料"),
}

#: The order of the form.
SECTIONS: dict[str, Words] = {
    "basic": say("基本信息"),
    "experts": say("拟聘专家"),
    "funding": say("经费"),
    "performance": say("预期绩效"),
    "attachments": say("附件"),
}

EXPERTS_AT_MOST = 50
VISITS_AT_MOST = 100  # of all experts together: keeps a page, and a posted form, of a bearable size
FILES_AT_MOST = 40
