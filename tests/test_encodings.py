"""Which encoding a text is in, on prose in each, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encodings import decode
from index.errors import UnreadableFile

SIMPLIFIED = (
    "江河市中小企业服务工作站共有312个，覆盖全部乡镇和街道。工作站的人员平均每天接待四十家企业，解答融资与法律的问题。"
)
TRADITIONAL = "江河市的服務站共有三百一十二個，遍及所有鄉鎮。服務站的人員每天平均接待四十家企業，回答問題。"
JAPANESE = "この町の図書館は1897年に建てられました。毎週水曜日には、古い航海日誌を読むことができます。"
KOREAN = "이 도서관은 1897년에 세워졌습니다. 매주 수요일에는 오래된 항해 일지를 읽을 수 있습니다."
RUSSIAN = "Архив был основан в 1897 году лоцманами Нордхольма. По средам старые судовые журналы можно читать в зале."
GERMAN = "Das Archiv wurde 1897 von den Lotsen gegründet. Die ältesten Bücher dürfen mittwochs eingesehen werden."
ENGLISH = "The café’s opening hours are “nine to five”, and its résumé of the year fills a page – no more."
PROSE = [
    *((SIMPLIFIED, codec) for codec in ("gb18030", "gbk", "utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "utf-8")),
    *((TRADITIONAL, codec) for codec in ("cp950", "big5", "gb18030", "utf-16-le", "utf-16-be")),
    *((JAPANESE, codec) for codec in ("shift_jis", "cp932", "euc_jp", "utf-16-le", "utf-16-be")),
    *((KOREAN, codec) for codec in ("euc_kr", "cp949", "utf-16-le", "utf-16-be")),
    *((RUSSIAN, codec) for codec in ("cp1251", "koi8-r", "utf-16-le", "utf-16-be")),
    *((GERMAN, codec) for codec in ("cp1252", "utf-16-le", "utf-16-be", "utf-32")),
    *((ENGLISH, codec) for codec in ("cp1252", "utf-16-le", "utf-16-be")),
]


@pytest.mark.parametrize(("text", "codec"), PROSE)
def test_prose_is_decoded_as_it_was_written(text: str, codec: str) -> None:
    found = decode(text.encode(codec), "a.txt")
    assert found.text == text
    assert text.encode(codec).decode(found.encoding) == text
    assert "\ufeff" not in found.text


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "utf-8"])
def test_an_encoding_is_found_behind_a_megabyte_of_english(codec: str) -> None:
    text = "GET /index.html 200\n" * 50_000 + SIMPLIFIED
    assert decode(text.encode(codec), "a.log").text == text


def test_a_short_table_in_gbk() -> None:
    text = "姓名,城市,家数\n张三,武汉,12\n李四,宜昌,7\n"
    assert decode(text.encode("gbk"), "a.csv").text == text


def test_mostly_english_with_some_words_in_another_set() -> None:
    text = "The programme is called 专精特新 in the notice, and the office is the 经济和信息化局 of the city."
    assert decode(text.encode("gb18030"), "a.txt").text == text


def test_the_choice_by_hand_is_not_questioned() -> None:
    data = RUSSIAN.encode("cp1251")
    assert decode(data, "a.txt", "cp1252").text == data.decode("cp1252")
    assert decode(SIMPLIFIED.encode("utf-8-sig"), "a.txt", "UTF-8").text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["no-such", "base64", "rot13", "zlib", "utf-8\0", "", "é"])
def test_what_is_no_text_encoding_is_said(encoding: str) -> None:
    with pytest.raises(UnreadableFile, match="there is no text encoding called"):
        decode(b"abc", "a.txt", encoding)


def test_the_choice_by_hand_is_strict() -> None:
    with pytest.raises(UnreadableFile, match=r"a\.txt: byte 3 is not ascii"):
        decode("abcé".encode(), "a.txt", "ascii")


def test_what_a_file_says_of_itself_is_believed_unless_it_is_utf_8() -> None:
    data = "naïve".encode("cp1250", "ignore") + "š".encode("cp1250")
    assert decode(data, "a.html", declared="windows-1250").text == data.decode("cp1250")
    assert decode(SIMPLIFIED.encode(), "a.html", declared="gb2312").text == SIMPLIFIED
    assert (
        decode("镕".encode("gbk") + "，一个名字。".encode("gbk"), "a.html", declared="gb2312").text == "镕，一个名字。"
    )
    assert decode(SIMPLIFIED.encode("gb18030"), "a.html", declared="no-such-thing").text == SIMPLIFIED


@pytest.mark.parametrize(
    "data",
    [
        SIMPLIFIED.encode()[:-1] + SIMPLIFIED.encode(),
        SIMPLIFIED.encode()[:-1],
        "lone \ud800 half".encode("utf-8", "surrogatepass"),
        b"\xef\xbb\xbf" + SIMPLIFIED.encode("gb18030"),
        b"\xff\xfe" + SIMPLIFIED.encode("utf-16-le")[:-1],
        bytes(range(256)) * 4,
        b"\x00\x01\x02\x03" * 50,
        b"\x7fELF\x02\x01\x01" + bytes(64),
    ],
)
def test_damage_and_rubbish_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.txt: [^\n]+$"):
        decode(data, "a.txt")


def test_a_replacement_character_that_is_in_the_file_stays() -> None:
    assert decode("already \ufffd lost".encode(), "a.txt").text == "already \ufffd lost"


@given(data=st.binary(max_size=400))
def test_what_is_decoded_is_decoded_without_loss(data: bytes) -> None:
    try:
        found = decode(data, "a.txt")
    except UnreadableFile:
        return
    assert found.text == data.decode(found.encoding, "strict")


@given(text=st.text(max_size=200))
def test_any_text_in_utf_8_is_that_text(text: str) -> None:
    try:
        found = decode(text.encode("utf-8-sig"), "a.txt")
    except UnreadableFile:
        return
    assert found.text == text
