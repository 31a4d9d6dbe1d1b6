"""What is held to be true of every page, whoever looks at it and whatever it shows."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from shared.web.language import TRANSLATIONS

AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*.min.js")).read_text()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
NARROW = ["target-size", "scrollable-region-focusable", "color-contrast"]
"""Rules whose answer changes where a page is narrow: what is folded away, wrapped or scrolled there."""
DESK = {"width": 1280, "height": 900}
NARROWEST = {"width": 320, "height": 640}
"""WCAG 1.4.10: as wide as a window of 1280 pixels enlarged four times."""

RUN_AXE = """async ([tags, rules]) => {
    const only = rules ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
    const found = await axe.run(document, {
        runOnly: only, rules: {'target-size': {enabled: true}}, resultTypes: ['violations'],
    });
    const shown = each => each.nodes.slice(0, 3).map(node => node.html.slice(0, 160));
    return found.violations.map(each => [each.id, each.help, shown(each)]);
}"""
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const inside = each => {
        for (let up = each.parentElement; up && up !== document.body; up = up.parentElement)
            if (getComputedStyle(up).overflowX !== 'visible') return true;
        return false;
    };
    return [...document.body.querySelectorAll('*')]
        .filter(each => each.getBoundingClientRect().right > room + 1 && !inside(each))
        .slice(0, 4).map(each => each.outerHTML.slice(0, 100));
}"""
SAID = """() => {
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        if (!walker.currentNode.parentElement.closest('script, style, [translate=no]'))
            texts.push(walker.currentNode.data);
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        for (const each of document.querySelectorAll(`[${name}]`)) texts.push(each.getAttribute(name));
    return [...new Set([document.title.split(' · ')[0], ...texts].map(each => each.replace(/\\s+/g, ' ').trim()))];
}"""
SAME_IDS = """() => {
    const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
    return ids.filter((each, place) => ids.indexOf(each) !== place);
}"""


@cache
def interface_words():
    """Our sentences in both languages, by the language in which each must not stand on a page."""
    with (TRANSLATIONS / "id" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = [each for each in read_po(file) if each.id and isinstance(each.id, str) and each.string]
    english, indonesian = {each.id for each in catalogue}, {each.string for each in catalogue}
    return {"id": english - indonesian, "en": indonesian - english}


def axe(page, rules=None):
    """What axe-core finds on the page as it stands, by the rules of WCAG A and AA and best practice, or by these."""
    page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, [STANDARDS, rules])
    return [f"{rule} ({what}): {' | '.join(' '.join(each.split()) for each in where)}" for rule, what, where in found]


def too_wide(page):
    """Why the document would have to be scrolled sideways."""
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        return page.evaluate(TOO_WIDE) or ["nothing that can be told"]
    return []


def look(page):
    """All that is wrong with the page as it stands, in Indonesian; leaves it at the desk's width."""
    faults = [*frame_faults(page), *language_faults(page), *axe(page)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    faults += [f"too wide with letters of double size: {each}" for each in too_wide(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(NARROWEST)
    faults += [f"too wide at {NARROWEST['width']} pixels: {each}" for each in too_wide(page)]
    faults += [f"at {NARROWEST['width']} pixels: {each}" for each in axe(page, NARROW)]
    page.set_viewport_size(DESK)
    return faults


def frame_faults(page, language="id"):
    """What every page has once: its language, a title, one heading of the first rank, and no identifier twice."""
    faults = []
    if page.locator("html").get_attribute("lang") != language:
        faults.append(f"the page does not say that it speaks “{language}”")
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} headings of the first rank")
    if not page.title().removesuffix("· Kail").strip():
        faults.append("no title")
    faults += [f"the identifier {each} stands twice" for each in page.evaluate(SAME_IDS)]
    return faults


def language_faults(page, language="id"):
    """What the page says in the language that its reader has not chosen."""
    foreign = interface_words()[language].intersection(page.evaluate(SAID))
    return [f"not in the language “{language}”: {each}" for each in sorted(foreign)]
