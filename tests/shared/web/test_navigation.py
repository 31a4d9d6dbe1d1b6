"""What an officer's menu offers: her agency's work as the published programmes say it, and no other agency's."""

import pytest

from services.grants.app import MENU as GRANTS
from services.intake.app import MENU as INTAKE
from services.monitoring.app import MENU as MONITORING
from services.training.app import MENU as TRAINING
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.rules import AGENCIES, Role
from shared.kernel.ids import new_id
from shared.programmes import library
from shared.web import navigation
from shared.web.navigation import Link

OWN_WORK = {link.label: link for link in (*INTAKE, *GRANTS, *TRAINING, *MONITORING) if link.kinds}


def of(agency: str, *areas: str, role: Role = Role.OFFICER) -> Officer:
    return Officer(
        id=new_id(), name="Petugas", office=at(agency, areas), agency=agency, roles=frozenset({role}), areas=areas
    )


def at(agency: str, areas: tuple[str, ...]) -> str:
    try:
        return offices.resolve(agency, areas[0]).id
    except offices.NoOffice:
        return f"{agency}-sana"


def offered(officer: Officer, menu: tuple[Link, ...]) -> list[str]:
    return [link.label for link in menu if link.is_for(officer)]


def test_baznas_is_offered_zakat_and_loans_and_nothing_of_the_goods() -> None:
    assert offered(of("baznas", "52.71"), GRANTS) == ["Referrals", "Zakat support", "Loans", "Funds", "Entitlements"]


def test_an_office_is_offered_what_the_programmes_of_its_own_region_ask_of_it() -> None:
    assert offered(of("dp3a", "36.74"), TRAINING) == ["Referrals", "Courses", "Products", "Fairs"]
    assert offered(of("dp3a", "64.02"), TRAINING) == ["Referrals", "Courses"]
    assert offered(of("distransnaker", "64.02"), TRAINING) == ["Referrals", "Job training", "Vacancies"]


def test_a_kecamatan_s_officer_has_the_menu_of_the_programmes_around_her() -> None:
    assert offered(of("dp3a", "64.02.05"), TRAINING) == offered(of("dp3a", "64.02"), TRAINING)


def test_whoever_evaluates_or_holds_meetings_has_a_worklist_in_monitoring() -> None:
    assert navigation.has_worklist("monitoring", of("dp3a", "64.02"))
    assert navigation.has_worklist("monitoring", of("bappeda", "64.02"))
    assert not navigation.has_worklist("monitoring", of("baznas", "52.71"))
    assert not navigation.has_worklist("monitoring", of("bappeda", "64.02", role=Role.COORDINATOR))


@pytest.mark.parametrize("label", OWN_WORK)
def test_every_page_of_a_kind_is_offered_to_some_agency_of_some_programme(label: str) -> None:
    regions = [area for programme in library.published().values() for area in programme.region]
    assert any(OWN_WORK[label].is_for(of(agency, *regions)) for agency in AGENCIES)


def test_a_counsellor_is_offered_no_worklist_that_would_refuse_her() -> None:
    assert "Referrals" in offered(of("dp3a", "64.02"), MONITORING)
    assert "Referrals" not in offered(of("dp3a", "64.02", role=Role.COUNSELLOR), MONITORING)


def test_what_is_not_daily_work_is_one_entry_of_the_menu() -> None:
    labels = offered(of("dinsos", "52.71"), INTAKE)
    assert "Data and rights" in labels
    assert len(labels) <= 8
    assert not {"Requests for own data", "Corrections", "Data breaches", "Duplicate records", "Deaths"} & set(labels)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("agency", ["dinsos", "bappeda", "baznas"])
def test_an_overview_is_for_whoever_has_several_pages_beneath_it(agency: str, role: Role) -> None:
    (entry,) = [link for link in INTAKE if link.beneath]
    officer = of(agency, "52.71", role=role)
    beneath = [each for each in entry.beneath if each.is_for(officer)]
    assert entry.is_for(officer) == bool(beneath)
    assert len(beneath) != 1, "an overview of one page is a detour"
