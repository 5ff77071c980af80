"""Ready sentences for asking for more and for declining, so that the same thing is always said the same way. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import Words, say


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    text: Words


ASK = (
    Template("blurred", say("照片看不清，请在光线好的地方重拍，四角完整")),
    Template("other_side", say("请补上证件的另一面")),
    Template("expiry", say("有效期看不清或没有拍到，请重拍那一面")),
    Template("seal", say("单位公章看不清，请重新扫描盖章的原件")),
    Template("certificate", say("请上传现行有效的单位登记证书")),
    Template("notice", say("请上传登记机关的变更通知书或主管部门的批复")),
    Template("translation", say("请附上中文或英文译文")),
)
DECLINE = (
    Template("name_differs", say("证件上的姓名和填写的不一致，请更正后再办")),
    Template("number_differs", say("证件上的号码和填写的不一致，请更正后再办")),
    Template("expired", say("证件已经过期，请用有效的证件再办")),
    Template("not_theirs", say("上传的不是本人的证件")),
    Template("unit_differs", say("登记证书上的单位名称或登记号码和填写的不一致，请更正后再办")),
    Template("altered", say("证件有涂改或遮挡，不能采用")),
)
ALL = {t.code: t for t in (*ASK, *DECLINE)}

#: Why somebody may look at a full number (goes into the audit log).
PURPOSES = (
    ("compare", say("和证件照片逐位核对")),
    ("conflict", say("处理号码冲突")),
    ("support", say("本人来电，核对身份")),
    ("complaint", say("处理投诉或异议")),
)


def sentence(codes: Iterable[str], own: str) -> str:
    """The chosen sentences and the operator's own words as one note, in the language that is active."""
    parts = [ALL[code].text for code in codes if code in ALL]
    return str(marks.listed([*parts, *([own.strip()] if own.strip() else [])], marks.SEMICOLON))
