"""Phones, names, masks, the machine readable zone, divisions, countries."""

from __future__ import annotations

import re
import unicodedata

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from waizhuan.shared.refdata import countries, divisions, masks, mrz, names
from waizhuan.shared.refdata.phones import read_phone, show_phone
from waizhuan.shared.refdata.tests.numbers import resident_ids, usccs

# ---------------------------------------------------------------- phones (D8)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010-58235529", "+861058235529"),
        ("(010) 5823 5529", "+861058235529"),
        ("010-5823-5529", "+861058235529"),
        ("86-10-58235529", "+861058235529"),
        ("0755-12345678", "+8675512345678"),
        ("400-820-8820", "+864008208820"),
        ("0571-88888888-801", "+8657188888888;ext=801"),
        ("0571-88888888转801", "+8657188888888;ext=801"),
        ("０５７１－８８８８８８８８－８０１", "+8657188888888;ext=801"),
        ("\u202a+86 138 1234 2047\u202c", "+8613812342047"),
        ("\u202d13812342047", "+8613812342047"),
        ("138\u200b12342047", "+8613812342047"),
        ("+86 571 8888 8888 ext. 801", "+8657188888888;ext=801"),
        ("138 1234 2047", "+8613812342047"),
        ("１３８１２３４２０４７", "+8613812342047"),
        ("008613812342047", "+8613812342047"),
        ("+1 (202) 555-0143", "+12025550143"),
        ("+7 701 123 4567", "+77011234567"),
        ("00852 2123 4567", "+85221234567"),
    ],
)
def test_phones_as_people_type_them(typed: str, stored: str) -> None:
    phone = read_phone(typed)
    assert phone.verdict.ok
    assert phone.stored == stored
    assert read_phone(phone.stored).stored == stored
    assert read_phone(phone.shown).stored == stored
    assert show_phone(stored) == phone.shown


@pytest.mark.parametrize("typed", ["", "abc", "1", "+86", "010-58235529/13812342047", "+", "1" * 50, "0571-8888转801"])
def test_impossible_numbers_are_refused_with_an_example(typed: str) -> None:
    verdict = read_phone(typed).verdict
    assert not verdict.ok
    assert verdict.code == "D8"


def test_a_number_without_its_area_code_is_asked_for_it() -> None:
    assert "区号" in str(read_phone("58235529").verdict.reason)


def test_a_short_number_where_a_mobile_is_wanted_is_not_asked_for_an_area_code() -> None:
    said = str(read_phone("58235529", mobile=True).verdict.reason)
    assert "区号" not in said
    assert "手机号码" in said


@pytest.mark.parametrize(
    ("typed", "fine"),
    [
        ("13812342047", True),
        ("19912345678", True),
        ("+1 202 555 0143", True),
        ("+44 7400 123456", True),
        ("010-58235529", False),
        ("+44 20 7946 0018", False),
        ("13812342047-801", False),
        ("12812342047", False),
    ],
)
def test_only_mobiles_receive_codes(typed: str, fine: bool) -> None:
    assert read_phone(typed, mobile=True).verdict.ok is fine


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_phone_or_refused(text: str) -> None:
    phone = read_phone(text)
    assert phone.verdict.ok == phone.e164.startswith("+")


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "陈",
        "沈知微",
        "买买提·吐尔逊",
        "𠮷野家",
        "𬎆珵",
        "Anna Lindqvist",
        "O'Brien",
        "Jean-Luc Picard",
        "Müller",
        "Нурсултан",
        "محمد",
        "King, Jr.",
        "〇一",
        "阿卜杜拉·" * 10,
    ],
)
def test_names_of_any_script(name: str) -> None:
    assert names.check_name(name).verdict.ok


@pytest.mark.parametrize("name", ["", "  ", "名" * 51, "<b>", "a\x00b", "张三1", "·", "a;DROP TABLE", "😀", "ﷺ" * 50])
def test_what_is_no_name(name: str) -> None:
    verdict = names.check_name(name).verdict
    assert not verdict.ok
    assert verdict.field == "name"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("买买提·吐尔逊", "买买提 • 吐尔逊"),
        ("买买提・吐尔逊", "买买提‧吐尔逊"),
        ("沈 知微", "沈知微"),
        ("沈　知微", "沈知微"),
        ("JOHN  Smith", "john smith"),
        ("O’Brien", "O'BRIEN"),
        ("Jean‐Luc", "JEAN-LUC"),
        ("Ｊｏｈｎ", "John"),
        ("浙江（集团） 有限公司", "浙江(集团)有限公司"),
        ("Müller", "Mu\u0308ller"),
        ("沈\u200b知微", "沈知微"),
        ("0 Ô´", "0ố"),
    ],
)
def test_one_name_written_in_two_ways(one: str, other: str) -> None:
    assert names.name_key(one) == names.name_key(other)


@pytest.mark.parametrize(("one", "other"), [("沈知微", "沈知薇"), ("Li Na", "Lina"), ("阿·卜", "阿卜")])
def test_two_names(one: str, other: str) -> None:
    assert names.name_key(one) != names.name_key(other)


@example("0\rÔ´")  # composed by the first pass
@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    key = names.name_key(text)
    assert names.name_key(key) == key
    checked = names.check_name(text)
    assert names.check_name(checked.name).name == checked.name
    if checked.verdict.ok:
        assert len(key) <= names.LONGEST_KEY
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in checked.name)


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("浙江大学", True),
        ("云桥软件（汐州）有限公司", True),
        ("3M中国", True),
        ("AT&T (China) Ltd.", True),
        ("中", False),
        ("名" * 101, False),
        ("<script>alert(1)</script>", False),
        ("12345", False),
    ],
)
def test_names_of_organisations(name: str, fine: bool) -> None:
    assert names.check_organisation_name(name).verdict.ok is fine


# ---------------------------------------------------------------- masks


def test_masks_are_those_of_the_look() -> None:
    assert masks.mask_number("330106199003074826") == "3301**********4826"
    assert masks.mask_number("E12345678") == "E1*****78"
    assert masks.mask_number("") == ""
    assert masks.mask_uscc("12101234MB0812343K") == "1210****MB08****3K"
    assert masks.mask_phone("+8613812342047") == "138****2047"
    assert masks.mask_phone("13812342047") == "138****2047"
    assert masks.mask_phone("+861058235529") == "010****5529"
    assert masks.mask_phone("+8657188888888;ext=801") == "057****8888"
    assert masks.mask_phone("+12025550143") == "+1****0143"
    assert masks.mask_phone("+85221234567") == "+852****4567"
    assert masks.mask_name("沈知微") == "沈**"
    assert masks.mask_name("Shen Zhiwei") == "Shen **"
    assert masks.mask_name("𠮷野") == "𠮷**"
    assert masks.mask_email("anna@example.org") == "a***@example.org"
    assert masks.mask_email("nonsense") == "***"


@given(resident_ids(), usccs())
def test_masks_never_show_the_middle(number: str, code: str) -> None:
    assert masks.mask_number(number)[4:14] == "*" * 10
    assert masks.mask_uscc(code)[4:8] == masks.mask_uscc(code)[12:16] == "****"


@given(st.text("0123456789", min_size=4, max_size=15))
def test_at_most_half_of_a_number_is_shown(digits: str) -> None:
    assert masks.mask_number(digits).count("*") * 2 >= min(len(digits), 14) - 6
    assert digits not in masks.mask_phone(digits)
    assert digits not in masks.mask_phone("+" + digits)
    assert digits not in masks.mask_number(digits)


# ---------------------------------------------------------------- machine readable zone

ONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
TWO = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"  # the specimen of ICAO 9303


def test_the_specimen_zone() -> None:
    zone = mrz.read_td3(f"{ONE}\n{TWO}")
    assert zone
    assert (zone.name, zone.number, zone.sex) == ("ERIKSSON ANNA MARIA", "L898902C3", "2")
    assert str(zone.birth) == "1974-08-12"
    assert str(zone.expires) == "2012-04-15"


@given(st.integers(0, 43), st.sampled_from("0123456789"))
def test_a_misread_digit_is_found(at: int, other: str) -> None:
    checked = {*range(10), *range(13, 20), *range(21, 44)}
    if at in checked and TWO[at].isdigit() and TWO[at] != other:
        assert mrz.read_td3(ONE + TWO[:at] + other + TWO[at + 1 :]) is None


@given(st.text(max_size=120))
def test_any_text_is_no_zone(text: str) -> None:
    assert mrz.read_td3(text) is None


# ---------------------------------------------------------------- divisions and countries


def test_divisions_are_six_digits_everywhere() -> None:
    assert len(divisions.provinces()) == 34
    assert all(len(code) == 6 for code, _ in divisions.provinces())
    assert ("330100", "杭州市") in [(c, n.zh) for c, n in divisions.cities("330000")]
    assert ("110101", "东城区") in [(c, n.zh) for c, n in divisions.cities("110000")]
    assert ("330106", "西湖区") in [(c, n.zh) for c, n in divisions.counties("330100")]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330106", "浙江省杭州市西湖区"),
        ("441900", "广东省东莞市"),
        ("442000", "广东省中山市"),
        ("460400", "海南省儋州市"),
        ("620200", "甘肃省嘉峪关市"),
        ("429004", "湖北省仙桃市"),
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
        ("653131", "新疆维吾尔自治区喀什地区塔什库尔干塔吉克自治县"),
        ("999999", ""),
        ("", ""),
        ("33010x", ""),
    ],
)
def test_names_of_divisions(code: str, name: str) -> None:
    assert divisions.division_name(code).zh == name


def test_every_division_has_an_english_name() -> None:
    with translation.override("en"):
        named = [str(divisions.division_name(code)) for code in divisions._all()]
    assert len(named) > 3200
    assert [name for name in named if not re.fullmatch(r"[A-ZÜa-zü', -]+", name)] == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330100", "Hangzhou, Zhejiang"),
        ("330106", "Xihu District, Hangzhou, Zhejiang"),
        ("110105", "Chaoyang District, Beijing"),
        ("310115", "Pudong New Area, Shanghai"),
        ("429004", "Xiantao, Hubei"),
        ("610100", "Xi'an, Shaanxi"),
        ("140100", "Taiyuan, Shanxi"),
        ("710000", "Taiwan, China"),
        # characters of several readings
        ("341500", "Lu'an, Anhui"),
        ("320116", "Luhe District, Nanjing, Jiangsu"),
        ("350200", "Xiamen, Fujian"),
        ("140400", "Changzhi, Shanxi"),
        ("140428", "Zhangzi County, Changzhi, Shanxi"),
        ("330382", "Yueqing, Wenzhou, Zhejiang"),
        ("130225", "Laoting County, Tangshan, Hebei"),
        ("371481", "Laoling, Dezhou, Shandong"),
        ("511100", "Leshan, Sichuan"),
        ("331000", "Taizhou, Zhejiang"),
        ("340300", "Bengbu, Anhui"),
        ("341600", "Bozhou, Anhui"),
        ("341621", "Guoyang County, Bozhou, Anhui"),
        ("141024", "Hongtong County, Linfen, Shanxi"),
        ("361124", "Yanshan County, Shangrao, Jiangxi"),
        ("440113", "Panyu District, Guangzhou, Guangdong"),
        ("441422", "Dabu County, Meizhou, Guangdong"),
        ("371524", "Dong'e County, Liaocheng, Shandong"),
        ("131025", "Daicheng County, Langfang, Hebei"),
        ("310112", "Minhang District, Shanghai"),
        ("411100", "Luohe, Henan"),
        ("510181", "Dujiangyan, Chengdu, Sichuan"),
        ("510682", "Shifang, Deyang, Sichuan"),
        ("220800", "Baicheng, Jilin"),
        ("211300", "Chaoyang, Liaoning"),
        ("321300", "Suqian, Jiangsu"),
        ("450804", "Qintang District, Guigang, Guangxi"),
        ("141100", "Lüliang, Shanxi"),
        ("440600", "Foshan, Guangdong"),
        # one syllable
        ("371722", "Shanxian County, Heze, Shandong"),
        ("410621", "Xunxian County, Hebi, Henan"),
        ("130133", "Zhaoxian County, Shijiazhuang, Hebei"),
        ("533103", "Mangshi, Dehong Dai and Jingpo Autonomous Prefecture, Yunnan"),
        ("140302", "Chengqu District, Yangquan, Shanxi"),
        # other languages, and what lies in no city
        ("150100", "Hohhot, Inner Mongolia"),
        ("150121", "Tumed Left Banner, Hohhot, Inner Mongolia"),
        ("150522", "Horqin Left Wing Rear Banner, Tongliao, Inner Mongolia"),
        ("150723", "Oroqen Autonomous Banner, Hulunbuir, Inner Mongolia"),
        ("152500", "Xilingol League, Inner Mongolia"),
        ("650100", "Urumqi, Xinjiang"),
        ("652900", "Aksu Prefecture, Xinjiang"),
        ("653131", "Taxkorgan Tajik Autonomous County, Kashgar Prefecture, Xinjiang"),
        ("653000", "Kizilsu Kirgiz Autonomous Prefecture, Xinjiang"),
        ("540100", "Lhasa, Tibet"),
        ("513200", "Aba Tibetan and Qiang Autonomous Prefecture, Sichuan"),
        ("450328", "Longsheng Multi-Ethnic Autonomous County, Guilin, Guangxi"),
        ("469028", "Lingshui Li Autonomous County, Hainan"),
        ("622926", "Dongxiang Autonomous County, Linxia Hui Autonomous Prefecture, Gansu"),
        ("230100", "Harbin, Heilongjiang"),
        ("429021", "Shennongjia Forestry District, Hubei"),
        ("130107", "Jingxing Mining District, Shijiazhuang, Hebei"),
        ("410304", "Chanhe Hui District, Luoyang, Henan"),
    ],
)
def test_english_names_of_divisions(code: str, name: str) -> None:
    assert divisions.division_name(code).en == name


def test_places_stand_in_the_order_of_the_reader_s_alphabet() -> None:
    assert divisions.provinces()[0][0] == "110000"
    with translation.override("en"):
        english = [str(name) for _, name in divisions.provinces()]
        assert english == sorted(english)
        assert english[0] == "Anhui"
        assert str(divisions.cities("330000")[0][1]) == "Hangzhou"


def test_countries_have_both_names_and_are_found() -> None:
    assert len(countries.countries()) > 240
    assert countries.search("哈萨克") == countries.search("kaz") == countries.search("KZ")
    assert str(countries.country_name("DEU")) == "德国"
    with translation.override("en"):
        assert str(countries.country_name("DEU")) == "Germany"
        assert countries.countries()[0][0] == "AFG"
    assert countries.country_name("TWN").zh == "中国台湾"
    assert str(countries.country_name("???")) == "???"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("爱尔兰", "IRL"),
        ("ireland", "IRL"),
        ("irl", "IRL"),
        ("IE", "IRL"),
        ("印度", "IND"),  # and not 印度尼西亚
        ("韩国", "KOR"),
        ("台湾", "TWN"),
        ("UK", "GBR"),
        ("哈萨克", "KAZ"),  # a part that only one name has
        ("斯坦", ""),  # several
        ("", ""),
        ("Atlantis", ""),
        ("\x00𠮷'; --", ""),
    ],
)
def test_a_country_as_people_type_it_d7(typed: str, code: str) -> None:
    assert countries.resolve(typed) == code
