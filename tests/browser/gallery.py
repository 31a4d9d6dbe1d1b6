"""Takes pictures of the pages: `make gallery` for the selection in docs/gallery.md, `make gallery ALL=1` for all.

It signs in at a Kail that runs (KAIL_HOME, KAIL_PORT) and has people in it, and takes what it finds by links: each
page in the language and at the width that the selection names; with `--all` each at two widths and in both languages.
"""

import argparse
import base64
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from services.simulate.accounts import demo_password
from shared.kernel.settings import settings
from shared.web.language import LANGUAGES
from tests.browser.walking import Pages, Referrals, Walk, chromium, walkers

ROOT = Path(__file__).parents[2]
SELECTION, INDEX, ALL = ROOT / "docs" / "screenshots", ROOT / "docs" / "gallery.md", ROOT / "build" / "gallery"
WIDTHS = {1280: 900, 390: 844}
QUALITY = 60
FETCHES = 2_500
"""Milliseconds in which a page fetches the parts that it is made of."""
LONGEST = 1_800
"""Pixels of a page's height that a picture shows at most."""
HEAD = """# What it looks like

Pictures of a demonstration; everybody in it is made up. `make gallery` takes them anew from a Kail that runs with its
simulated officers, `make gallery ALL=1` takes every page, at two widths and in both languages, into `build/gallery`.
"""


@dataclass(frozen=True)
class Picture:
    """One page of the selection: which route, whose eyes, and what is said beneath it."""

    name: str
    endpoint: str
    username: str
    caption: str
    service: str = "intake"
    language: str = "en"
    width: int = 1280


PICTURES = (
    Picture("sign-in", "signin.sign_in_form", "", "The way in.", width=390),
    Picture("home", "front.home", "petugas1", "An officer's start page: what waits for her, over all services."),
    Picture("worklist", "referrals_pages.worklist", "petugas1", "Whom an office has to see to, the latest first."),
    Picture("referral", "referrals_pages.referral", "petugas1", "One stage of one journey.", "grants"),
    Picture("journey", "flow_pages.show_journey", "koordinator", "A journey's story, across offices.", "monitoring"),
    Picture("dashboard", "oversight_pages.show_dashboard", "koordinator", "The coordinator's dashboard.", "monitoring"),
    Picture("red-list", "oversight_pages.list_open_stages", "koordinator", "What is owed, worst first.", "monitoring"),
    Picture("programme", "programmes_pages.show_programme", "petugas1", "A programme in plain words."),
    Picture("machine-room", "machine_pages.machine", "admin", "The machine room: how every service stands."),
    Picture("programmes", "flow_pages.list_programmes", "koordinator", "Programmes that run.", "monitoring"),
    Picture("process-map", "flow_pages.show_map", "koordinator", "Who is at which stage.", "monitoring"),
    Picture("fund", "funds_pages.show_fund", "kepala", "A fund and its ledger.", "grants"),
    Picture("protection", "protection_pages.due", "konselor-dp3a-kukar", "DP3A's compartment: what is owed to whom."),
    Picture("cash-book", "mentoring_pages.book", "mahasiswa-koperasi-kaltim", "A cash book.", "training", width=390),
    Picture("fair", "fairs_pages.show_fair", "petugas-disperindag-kukar", "A fair and its stands.", "training"),
    Picture("worklist-id", "referrals_pages.worklist", "petugas1", "Daftar rujukan.", language="id", width=390),
)


def take(page, path, to):
    """Write what a page shows as a small picture, as long as it is but not without end."""
    page.goto(path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(FETCHES)  # a page that watches is never idle
    high = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": high, "scale": 1}
    wanted = {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True}
    shot = page.context.new_cdp_session(page).send("Page.captureScreenshot", wanted)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(base64.b64decode(shot["data"]))


def take_as(window, path, language, width, to):
    """Show a page in a language and at a width, and take it."""
    window.page.goto(f"{window.walk.address}/")
    window.speak(language)
    window.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    take(window.page, f"{window.walk.address}{path}", to)


def find(window):
    """An address of each page that this officer's links lead to, by service and endpoint."""
    found = {}
    window.roam(lambda path, what: found.setdefault((what[0].service, what[0].endpoint), path))
    return found


def take_selection(walk, officers):
    """Take the pictures of docs/gallery.md, and write it."""
    lines = [HEAD]
    ways = {}
    for each in PICTURES:
        window = walk.sign_in(officers.get(each.username))
        if each.username not in ways:
            ways[each.username] = {("intake", "signin.sign_in_form"): "/intake/signin"} | (
                find(window) if each.username else {}
            )
        path = ways[each.username].get((each.service, each.endpoint))
        if path is None:
            print(f"left as it was: {each.name}, to which no link leads now")
        else:
            take_as(window, path, each.language, each.width, SELECTION / f"{each.name}.webp")
        window.close()
        if (SELECTION / f"{each.name}.webp").exists():
            lines.append(f"![{each.caption}](screenshots/{each.name}.webp)\n\n{each.caption}\n")
    INDEX.write_text("\n".join(lines))


def take_all(walk, officers):
    """Take every page that anybody's links lead to, once for each who may see it first."""
    taken = set()
    for officer in officers.values():
        window = walk.sign_in(officer)
        for (service, endpoint), path in find(window).items():
            if (service, endpoint) not in taken:
                taken.add((service, endpoint))
                for language in LANGUAGES:
                    for width in WIDTHS:
                        take_as(window, path, language, width, ALL / f"{service}-{endpoint}-{language}-{width}.webp")
        window.close()


def main():
    """Take the pictures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--all", action="store_true", help=f"every page, into {ALL.relative_to(ROOT)}")
    known = settings()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        walk = Walk(
            browser, f"http://127.0.0.1:{known.port}", demo_password(known.home), Pages(), Referrals(known.home)
        )
        walk.referrals.read()
        officers = {each.username: each for each in walkers()}
        (take_all if asked.parse_args().all else take_selection)(walk, officers)
        browser.close()


if __name__ == "__main__":
    main()
