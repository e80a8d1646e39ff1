"""The ways in which people, spreadsheets and programs write times are read back as they were meant."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.ingest.times import best_rule, parse_times

#: January to December, as a date is written with them.
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de short": "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
}


def read(*cells: str) -> list[str]:
    return [str(time) for time in parse_times(cells).times]


@pytest.mark.parametrize("language", MONTHS)
def test_months_are_known_by_name(language):
    names = MONTHS[language].split()
    expected = [f"2024-{month:02}-15T00:00:00.000" for month in range(1, 13)]
    assert read(*(f"15 {name} 2024" for name in names)) == expected
    assert read(*(f"15 {name.upper()} 2024" for name in names)) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "1er mars 2024 à 09h05",
        "vendredi 1 mars 2024 à 9 h 05",
        "1 mars 2024 09:05",
        "1 de marzo de 2024 09:05",
        "viernes, 1 de marzo de 2024, 9:05:00 a. m.",
        "1 de março de 2024 às 09:05",
        "1º de março de 2024 09:05",
        "1 marzo 2024 alle ore 09:05",
        "1. März 2024 um 09:05 Uhr",
        "Freitag, 1. März 2024, 09:05",
        "Fr 01.03.2024 09:05",
        "01.03.2024 um 9.05 Uhr",
        "1 maart 2024 om 9:05 uur",
        "1 mars 2024 kl. 09:05",
        "1 марта 2024 г. в 09:05",
        "1 марта 2024 г., 9:05",
        "2024. március 1. 9:05",
        "March 1, 2024 at 9:05 AM",
        "March 1st, 2024 - 9:05 am",
        "Friday, March 1, 2024 9:05 a.m.",
        "1st of March 2024, 9:05",
        "Mar 1, 2024 @ 09:05:00.000",
        "Mar-01-2024 09:05",
        "2024-Mar-01 09:05:00",
        "01MAR2024:09:05:00",
        "Fri Mar 01 2024 09:05:00 GMT+0000 (Coordinated Universal Time)",
        "Fri Mar  1 09:05:00 AM UTC 2024",
        "09:05, 1 March 2024",
        "09:05 01.03.2024",
        "01.03.2024T09:05",
        "2024-03-01 at 9:05",
        "2024/03/01 9:05:00 AM",
        "2024年3月1日 09時05分",
        "2024年3月1日(金) 9:05",
        "2024年3月1日 星期五 上午 9:05:00",
        "2024年3月1日 午前9時5分",
        "2024/3/1 上午 9:05:00",
        "2024년 3월 1일 오전 9:05",
        "2024년 3월 1일 9시 5분",
        "2024. 3. 1. 오전 9:05:00",
        "2024-03-01T09:05:00Z[UTC]",
    ],
)
def test_what_people_and_programs_write_is_read(cell):
    assert read(cell) == ["2024-03-01T09:05:00.000"]


@pytest.mark.parametrize(
    "cell",
    [
        "2024/3/1 下午 9:05",
        "2024년 3월 1일 오후 9:05",
        "2024年3月1日 午後9時05分",
        "1/3/2024 9:05 μ.μ.",
        "1-Mar-2024 9:05\u202fp. m.",
    ],
)
def test_the_half_of_the_day_counts(cell):
    assert str(parse_times([cell], day_first=True).times[0]) == "2024-03-01T21:05:00.000"


@pytest.mark.parametrize("cell", ["01 Mar 09:05:00", "Mar 1 09:05:00", "1-Mar 9:05"])
def test_an_hour_is_not_taken_for_a_year(cell):
    assert read(cell) == ["2000-03-01T09:05:00.000"]


@pytest.mark.parametrize("cell", ["12:30 AM", "12:30 PM"])
def test_noon_and_midnight(cell):
    assert read(f"2024-03-01 {cell}") == [f"2024-03-01T{'00' if 'AM' in cell else '12'}:30:00.000"]


@pytest.mark.parametrize(
    "cell",
    [
        "Release 1.2.24",
        "Version 10.11.12",
        "12 printers broken",
        "3rd quarter 2024",
        "2 of 3",
        "2024年",
        "15 foo 2024",
        "1 de 2 de 2024",
        "45350.375",
        "10:00",
        "2024-03-01 and more",
    ],
)
def test_what_is_no_time_is_not_read(cell):
    assert read(cell) == ["NaT"]
    assert best_rule([cell]) == (None, 0.0)


def test_the_share_of_times_counts_all_ways_of_writing():
    rule, share = best_rule(["2024-01-02", "2024-01-03", "03.01.2024", "4 Jan 2024", "soon"])
    assert rule is not None
    assert rule.name == "ISO 8601"
    assert share == pytest.approx(0.8)


def twelve_hours(time: dt.datetime, before: str, after: str) -> str:
    return f"{before if time.hour < 12 else after} {time.hour % 12 or 12}:{time:%M:%S}"


STYLES = {
    "python": lambda time: str(time),
    "spain": lambda time: f"{time.day} de {MONTHS['es'].split()[time.month - 1]} de {time.year}, {time:%H:%M:%S}",
    "france": lambda time: f"{time.day} {MONTHS['fr'].split()[time.month - 1]} {time.year} à {time:%H:%M:%S}",
    "germany": lambda time: f"{time.day}. {MONTHS['de'].split()[time.month - 1]} {time.year} um {time:%H:%M:%S} Uhr",
    "america": lambda time: f"{time:%B} {time.day}, {time.year} at {time:%I:%M:%S %p}",
    "kibana": lambda time: f"{time:%b} {time.day}, {time.year} @ {time:%H:%M:%S}",
    "browser": lambda time: f"{time:%a %b %d %Y %H:%M:%S} GMT+0000 (Coordinated Universal Time)",
    "japan": lambda time: f"{time.year}年{time.month}月{time.day}日 {time:%H時%M分%S秒}",
    "china": lambda time: f"{time.year}/{time.month}/{time.day} {twelve_hours(time, '上午', '下午')}",
    "korea": lambda time: f"{time.year}년 {time.month}월 {time.day}일 {twelve_hours(time, '오전', '오후')}",
    "boost": lambda time: f"{time:%Y-%b-%d %H:%M:%S}",
}
MOMENTS = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2099, 12, 31)).map(lambda time: time.replace(microsecond=0))


@settings(max_examples=60, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=8), st.sampled_from(sorted(STYLES)))
def test_what_is_written_in_one_way_comes_back(moments, style):
    cells = [STYLES[style](moment) for moment in moments]
    assert list(parse_times(cells).times) == [np.datetime64(moment, "ms") for moment in moments]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.sampled_from(["python", "america", "japan"])), min_size=1, max_size=20))
def test_what_is_written_in_several_ways_comes_back_in_any_order_of_the_rows(rows):
    cells = [STYLES[style](moment) for moment, style in rows]
    forwards, backwards = parse_times(cells), parse_times(cells[::-1])
    assert list(forwards.times) == [np.datetime64(moment, "ms") for moment, _ in rows]
    assert list(forwards.times) == list(backwards.times)[::-1]
    assert forwards.notes == backwards.notes


@settings(max_examples=60, deadline=None)
@example(["1-1-1 1:1", "99/99/99 99:99:99", "9999-12-31 23:59:59 +9999", "0001-01-01T00:00Z"], False)
@example(["9" * 19, "9" * 13, "2024-03-01 09:00 America/../etc", "2024-03-01 09:00 Etc/x"], True)
@given(st.lists(st.text(max_size=40) | st.none(), max_size=20), st.booleans())
def test_any_text_is_read_without_a_fault(cells, in_lines):
    result = parse_times(cells, in_lines=in_lines)
    assert len(result.times) == len(cells)
    n_filled = sum(bool(cell and cell.strip()) for cell in cells)
    assert result.n_unread <= n_filled
