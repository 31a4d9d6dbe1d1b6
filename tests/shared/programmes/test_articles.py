"""What each article says stands in its programme as it says it, and nothing that it does not say stands there as if.

A test is named after its article's file; it reads the definition that is published.
"""

from collections.abc import Iterator

import pytest

from shared import places
from shared.programmes import library
from shared.programmes.definition import Figure, Policy, Programme, SourceKind, SubjectKind

ARTICLE, DERIVED = SourceKind.ARTICLE, SourceKind.DERIVED

KUSIAPP = "kusiapp-mataram"
USAHA_MIKRO = "usaha-mikro-kaltim-2023"
KUKAR = "pemberdayaan-kukar"
P2WKSS = "p2wkss-tangsel"
KUBE = "kube-kaltim-2023"
WRSE = "wrse-kaltim-2023"
ALL = (KUSIAPP, USAHA_MIKRO, KUKAR, P2WKSS, KUBE, WRSE)


def figure(programme: str, name: str) -> tuple[int | None, str, SourceKind]:
    """A figure as value, unit and source."""
    found: Figure = library.programme(programme).figures[name]
    return found.value, found.unit, found.source


def files(programme: str) -> set[str]:
    """The articles that a programme names."""
    return {source.file for source in library.programme(programme).sources if source.file}


def agencies(programme: str) -> dict[str, str]:
    """Which agency does each stage."""
    return {name: stage.agency for name, stage in library.programme(programme).stages.items()}


def side_by_side(programme: str, *stages: str) -> bool:
    """Whether none of these stages waits for another of them."""
    definition = library.programme(programme)
    return all(one not in definition.upstream(other) for one in stages for other in stages)


# kube-wrse-kaltim.txt


def test_kube_wrse_kaltim_txt_gives_40_groups_and_15_000_000_rupiah_a_group_in_goods() -> None:
    assert files(KUBE) == {"kube-wrse-kaltim.txt"}
    assert figure(KUBE, "target") == (40, "group", ARTICLE)
    assert figure(KUBE, "ceiling") == (15_000_000, "rupiah per group", ARTICLE)
    proposal = library.programme(KUBE).stages["proposal"].settings
    assert (proposal["ceiling"], proposal["in_kind"]) == (15_000_000, True)


def test_kube_wrse_kaltim_txt_gives_groups_of_5_in_kutai_kartanegara_and_kutai_barat() -> None:
    programme = library.programme(KUBE)
    assert figure(KUBE, "members") == (5, "person per group", ARTICLE)
    assert (programme.subject.kind, programme.subject.least, programme.subject.most) == (SubjectKind.GROUP, 5, 5)
    assert regions(programme) == ["Kabupaten Kutai Kartanegara", "Kabupaten Kutai Barat"]


def test_kube_wrse_kaltim_txt_gives_50_persons_3_000_000_rupiah_each_in_goods() -> None:
    assert files(WRSE) == {"kube-wrse-kaltim.txt"}
    assert figure(WRSE, "target") == (50, "person", ARTICLE)
    assert figure(WRSE, "ceiling") == (3_000_000, "rupiah per person", ARTICLE)
    assert library.programme(WRSE).subject.kind is SubjectKind.PERSON
    assert regions(library.programme(WRSE)) == ["Kabupaten Kutai Kartanegara", "Kota Samarinda"]


def test_kube_wrse_kaltim_txt_needs_600_000_000_and_150_000_000_rupiah_which_is_derived_and_not_said() -> None:
    assert figure(KUBE, "budget") == (40 * 15_000_000, "rupiah", DERIVED)
    assert figure(WRSE, "budget") == (50 * 3_000_000, "rupiah", DERIVED)


def test_kube_wrse_kaltim_txt_does_not_split_the_quota_between_the_two_regions() -> None:
    for programme in (KUBE, WRSE):
        assert not any("64." in name or "quota" in name for name in library.programme(programme).figures)


def test_kube_wrse_kaltim_txt_gives_no_months_of_monitoring_so_3_6_and_12_are_the_programmes_own() -> None:
    for programme in (KUBE, WRSE):
        assert library.programme(programme).stages["monitoring"].settings["months"] == [3, 6, 12]
        assert not any("month" in each.unit for each in library.programme(programme).figures.values())


def test_kube_wrse_kaltim_txt_does_not_speak_of_pkh_and_bpnt_so_they_only_warn() -> None:
    for programme in (KUBE, WRSE):
        beside = {each.other: each.policy for each in library.programme(programme).compatibility}
        assert {beside["PKH"], beside["BPNT"]} == {Policy.WARN}


# usaha-mikro-kaltim.txt


def test_usaha_mikro_kaltim_txt_gives_groups_of_10_and_500_micro_businesses() -> None:
    programme = library.programme(USAHA_MIKRO)
    assert files(USAHA_MIKRO) == {"usaha-mikro-kaltim.txt"}
    assert figure(USAHA_MIKRO, "members") == (10, "person per group", ARTICLE)
    assert (programme.subject.least, programme.subject.most) == (10, 10)
    assert figure(USAHA_MIKRO, "supported") == (500, "micro-business", ARTICLE)


def test_usaha_mikro_kaltim_txt_names_no_amount_and_so_none_stands_here() -> None:
    assert figure(USAHA_MIKRO, "ceiling") == (None, "rupiah per group", ARTICLE)
    stages = library.programme(USAHA_MIKRO).stages
    assert [stages[name].settings["ceiling"] for name in ("proposal", "decision")] == [None, None]
    assert "budget" not in library.programme(USAHA_MIKRO).figures


def test_usaha_mikro_kaltim_txt_admits_that_survival_is_the_problem_so_it_is_seen_after_3_6_and_12_months() -> None:
    assert library.programme(USAHA_MIKRO).stages["survival"].settings["months"] == [3, 6, 12]
    assert side_by_side(USAHA_MIKRO, "follow_up", "mentoring", "survival")


def test_the_two_articles_on_kaltim_are_kept_apart_and_never_averaged() -> None:
    assert not files(USAHA_MIKRO) & (files(KUBE) | files(WRSE))
    told = {figure(each, name) for each in (KUBE, USAHA_MIKRO) for name in ("members",)}
    assert told == {(5, "person per group", ARTICLE), (10, "person per group", ARTICLE)}
    assert not {(250, "group"), (270, "group")} & {figure(each, name)[:2] for each, name in numbers()}


# kusiapp-mataram.txt


def test_kusiapp_mataram_txt_gives_5_women_of_each_of_6_kecamatan_in_the_pilot() -> None:
    programme = library.programme(KUSIAPP)
    assert files(KUSIAPP) == {"kusiapp-mataram.txt"}
    assert figure(KUSIAPP, "members") == (5, "woman per group", ARTICLE)
    assert (programme.subject.least, programme.subject.most) == (5, 5)
    assert figure(KUSIAPP, "kecamatan") == (6, "kecamatan", ARTICLE)
    assert figure(KUSIAPP, "pilot_women") == (30, "woman (PRSE)", DERIVED)
    assert len(places.children("52.71")) == 6


def test_kusiapp_mataram_txt_starts_with_one_group_of_ampenan() -> None:
    assert figure(KUSIAPP, "pilot_groups") == (6, "group", DERIVED)
    assert places.name_of("52.71.01") == "Ampenan"
    first = library.programme(KUSIAPP).examples[0]
    assert "Ampenan" in first.title.id


def test_kusiapp_mataram_txt_gives_more_than_6_500_women_and_wants_a_group_in_every_kelurahan() -> None:
    assert figure(KUSIAPP, "vulnerable_women") == (6_500, "woman (PRSE)", ARTICLE)
    kelurahan = [below for each in places.children("52.71") for below in places.children(each.code)]
    assert figure(KUSIAPP, "target_groups") == (len(kelurahan), "group", DERIVED)


def test_kusiapp_mataram_txt_names_no_amount_and_so_none_stands_here() -> None:
    assert figure(KUSIAPP, "aid") == (None, "rupiah per group", ARTICLE)
    assert library.programme(KUSIAPP).stages["baznas"].settings["ceiling"] is None


def test_kusiapp_mataram_txt_names_no_age_which_is_the_regulations() -> None:
    clauses = {clause.id: clause.source for clause in library.programme(KUSIAPP).eligibility}
    assert clauses == {"woman": ARTICLE, "of-age": SourceKind.REGULATION, "vulnerable": ARTICLE}
    assert "Permensos 8/2012" in " ".join(source.title for source in library.programme(KUSIAPP).sources)


def test_kusiapp_mataram_txt_lets_dinsos_universities_baznas_and_entrepreneurs_work_side_by_side() -> None:
    does = agencies(KUSIAPP)
    assert (does["coaching"], does["financial_coaching"], does["baznas"]) == ("dinsos", "perguruan-tinggi", "baznas")
    assert side_by_side(KUSIAPP, "coaching", "financial_coaching", "baznas")
    assert {does["offtake"], does["promotion"]} == {"pengusaha", "disperindag"}


def test_kusiapp_mataram_txt_lets_the_members_recruit_others_when_the_pilot_succeeds() -> None:
    recruitment = library.programme(KUSIAPP).stages["recruitment"]
    assert recruitment.when == "assessment.outcome == 'graduated'"
    assert recruitment.spawns is not None
    assert recruitment.spawns.programme == KUSIAPP
    assert recruitment.settings["group_size"] == 5


# dp3a-kukar.txt


def test_dp3a_kukar_txt_names_three_partners_and_dp3a_leads() -> None:
    assert files(KUKAR) == {"dp3a-kukar.txt"}
    assert figure(KUKAR, "partners") == (3, "agency", ARTICLE)
    assert library.programme(KUKAR).lead == "dp3a"
    assert {"disperindag", "koperasi", "distransnaker"} <= set(agencies(KUKAR).values())


def test_dp3a_kukar_txt_names_no_poverty_test_no_amount_and_no_number_of_women() -> None:
    programme = library.programme(KUKAR)
    assert [clause.id for clause in programme.eligibility] == ["woman"]
    assert figure(KUKAR, "target")[0] is None
    assert not any("rupiah" in each.unit for each in programme.figures.values())


def test_dp3a_kukar_txt_opens_side_by_side_what_the_assessment_found() -> None:
    stages = library.programme(KUKAR).stages
    branches = ("skills", "market", "cooperative", "work", "business")
    assert side_by_side(KUKAR, *branches)
    assert set(stages["assessment"].settings["needs"]) == set(branches)
    for branch in branches:
        assert stages[branch].when == f"has(assessment.needs) && '{branch}' in assessment.needs"
    assert set(stages["work"].settings["sectors"]) == {"manufacturing", "services", "formal"}
    assert set(stages["market"].settings["channels"]) == {"fair", "modern", "digital"}


def test_dp3a_kukar_txt_lets_the_agencies_meet_regularly_before_dp3a_evaluates() -> None:
    programme = library.programme(KUKAR)
    assert programme.stages["meeting"].does == "monitoring.meeting"
    assert programme.stages["evaluation"].needs == ("meeting",)
    assert (agencies(KUKAR)["meeting"], agencies(KUKAR)["evaluation"]) == ("bappeda", "dp3a")


def test_dp3a_kukar_txt_helps_against_violence_and_no_branch_tells_whom() -> None:
    protection = library.programme(KUKAR).stages["protection"]
    assert protection.when is None
    assert protection.needs == ()
    assert not any("protection" in stage.needs for stage in library.programme(KUKAR).stages.values())
    assert not any("protection" in (stage.when or "") for stage in library.programme(KUKAR).stages.values())


# p2wkss-tangsel.txt


def test_p2wkss_tangsel_txt_gives_150_home_businesses_in_5_kecamatan_and_about_80_persons_on_one_day() -> None:
    assert files(P2WKSS) == {"p2wkss-tangsel.txt"}
    assert figure(P2WKSS, "trained") == (150, "home business", ARTICLE)
    assert figure(P2WKSS, "kecamatan") == (5, "kecamatan", ARTICLE)
    assert figure(P2WKSS, "attended") == (80, "person", ARTICLE)


def test_p2wkss_tangsel_txt_names_four_kelurahan_of_pamulang_and_rempoa_of_ciputat_timur() -> None:
    decree = next(each for each in library.programme(P2WKSS).eligibility if each.id == "fostered-kelurahan")
    named = sorted(
        (places.name_of(each.code), kecamatan.name)
        for kecamatan in places.children("36.74")
        for each in places.children(kecamatan.code)
        if each.code in decree.when
    )
    assert named == [
        ("Kedaung", "Pamulang"),
        ("Pamulang Barat", "Pamulang"),
        ("Pamulang Timur", "Pamulang"),
        ("Pondok Cabe Ilir", "Pamulang"),
        ("Rempoa", "Ciputat Timur"),
    ]


def test_p2wkss_tangsel_txt_pays_stand_ticket_and_lodging_outside_the_city_and_names_no_amount() -> None:
    assert figure(P2WKSS, "travel")[0] is None
    fair = library.programme(P2WKSS).stages["fair"].settings
    assert (fair["channels"], fair["travel"]) == (["fair"], True)


def test_p2wkss_tangsel_txt_climbs_from_made_to_order_to_the_fair() -> None:
    programme = library.programme(P2WKSS)
    assert programme.order == (
        "listing", "skills", "quality", "brand", "packaging", "licence", "availability", "fair", "evaluation",
    )  # fmt: skip
    assert agencies(P2WKSS)["quality"] == "dp3a"


# all of them


@pytest.mark.parametrize("programme", ALL)
def test_every_figure_has_a_unit_and_a_source_and_time_limits_are_called_assumptions(programme: str) -> None:
    definition = library.programme(programme)
    for each in definition.figures.values():
        assert each.unit
        assert each.value is not None or each.note
    assert "service_levels: {source: assumption" in definition.text


@pytest.mark.parametrize("programme", ALL)
def test_every_clause_of_eligibility_refuses_somebody_in_a_worked_example(programme: str) -> None:
    definition = library.programme(programme)
    refusing = {example.expect.get("because") for example in definition.examples if "eligible" in example.expect}
    own = {"region", "group-size"} if definition.subject.kind is SubjectKind.GROUP else {"region"}
    assert {clause.id for clause in definition.eligibility} | own <= refusing


def test_units_that_differ_are_never_added_up() -> None:
    units = {name: figure(each, name)[1] for each, name in numbers() if name in ("target", "supported", "trained")}
    assert len({figure(KUBE, "target")[1], figure(WRSE, "target")[1], units["supported"], units["trained"]}) == 4


def regions(programme: Programme) -> list[str]:
    """The names of a programme's areas."""
    return [places.name_of(each) for each in programme.region]


def numbers() -> Iterator[tuple[str, str]]:
    """Every figure of every programme."""
    for programme in ALL:
        for name in library.programme(programme).figures:
            yield programme, name
