"""Small tables in the encodings of office programs everywhere: each is read as it was written, and said."""

from __future__ import annotations

import pytest

from regviz.tables import read_table

WORDS = {
    "cp1251": ("город", "Москва", "Казань"),
    "koi8_r": ("город", "Москва", "Казань"),
    "cp866": ("цена", "стол", "стул"),
    "cp1253": ("πόλη", "Αθήνα", "Πάτρα"),
    "cp1254": ("şehir", "İstanbul", "Muğla"),
    "cp1250": ("płeć", "kobieta", "mężczyzna"),
    "cp1255": ("עיר", "חיפה", "ירושלים"),
    "cp1256": ("مدينة", "القاهرة", "دبي"),
    "cp874": ("เมือง", "กรุงเทพ", "เชียงใหม่"),
    "euc_kr": ("가격", "서울", "부산"),
    "euc_jp": ("都市", "東京", "大阪"),
    "shift_jis": ("都市", "東京", "大阪"),
    "gb18030": ("体重", "北京", "上海"),
    "big5": ("城市", "臺北", "高雄"),
    "cp1252": ("Größe", "groß", "klein"),
    "mac_roman": ("Größe", "groß", "größer"),
    "cp850": ("Größe", "groß", "größer"),
    "cp932": ("都市", "髙橋①", "東京"),
    "cp949": ("도시", "서울똠", "부산"),
    "cp1257": ("rūšis", "Šiauliai", "Kėdainiai"),
    "iso8859_2": ("płeć", "źle", "mężczyzna"),
    "iso8859_5": ("город", "Москва", "Казань"),
    "iso8859_6": ("مدينة", "القاهرة", "بغداد"),
    "iso8859_7": ("πόλη", "Αθήνα", "Άργος"),
    "iso8859_15": ("prix€", "Œuf", "mûr"),
    "cp852": ("płeć", "Łódź", "mężczyzna"),
    "mac_cyrillic": ("город", "Москва", "Казань"),
    "koi8_u": ("місто", "Київ", "Львів"),
    "cp737": ("πόλη", "Αθήνα", "Πάτρα"),
    "iso2022_jp": ("都市", "東京", "大阪"),
    "hz": ("城市", "北京", "上海"),
}


@pytest.mark.parametrize("encoding", WORDS)
def test_a_small_table_is_read_in_its_encoding(encoding: str) -> None:
    name, one, other = WORDS[encoding]
    lines = [f"x,{name}", *(f"{k * 7 % 11}.5,{other if k % 3 else one}" for k in range(24)), ""]
    table = read_table("\n".join(lines).encode(encoding))
    assert [column.name for column in table.columns] == ["x", name]
    assert set(table.columns[1].levels) == {one, other}
    assert any(f"which gives '{name}'" in note for note in table.notes)


@pytest.mark.parametrize("unit", ["원", "kg"])
def test_a_single_foreign_word_in_the_names_is_enough(unit: str) -> None:
    rows = [f"{k % 5}{unit},{'ab'[k % 2]}" for k in range(24)]
    assert read_table("\n".join(["몸무게,k", *rows, ""]).encode("euc_kr")).columns[0].name == "몸무게"


def test_words_that_every_row_repeats_say_it_once() -> None:
    rows = [f"{'аб'[k % 2]};{k * 7 % 11},50 руб.;{'да' if k % 3 else 'нет'}" for k in range(24)]
    table = read_table("\n".join(["товар;цена;наличие", *rows, ""]).encode("cp1251"))
    assert [column.name for column in table.columns] == ["товар", "цена", "наличие"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("words", [("Größe", "süß", "groß"), ("город", "Москва", "Казань"), ("城市", "北京一", "上海")])
def test_wide_encodings_are_told_without_a_mark(encoding: str, words: tuple[str, str, str]) -> None:
    name, *towns = words
    text = "\n".join([f"x,{name}", *(f"{k * 7 % 11}.5,{towns[k % 2]}" for k in range(24)), ""])
    table = read_table(text.encode(encoding))
    assert [column.name for column in table.columns] == ["x", name]
    assert set(table.columns[1].levels) == set(towns)
    assert any(f"That is encoding={encoding!r}; another" in note for note in table.notes)


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_utf_8_that_was_encoded_twice_is_read_as_it_was_before(wrong: str) -> None:
    text = "\n".join(["x,größe", *(f"{k * 7 % 11}.5,{('süß', 'grün')[k % 2]}" for k in range(24)), ""])
    twice = text.encode().decode(wrong).encode()
    table = read_table(twice)
    assert (table.columns[1].name, set(table.columns[1].levels)) == ("größe", {"süß", "grün"})
    assert any("was read as 'größe'. encoding='utf-8' keeps what is written." in note for note in table.notes)
    assert read_table(twice, encoding="utf-8").columns[1].name != "größe"
