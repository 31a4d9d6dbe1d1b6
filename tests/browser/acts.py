"""What an officer does by page for each kind of stage: what she would fill in, and what she presses.

An act does the next piece of a stage's work and says whether the stage is done; what takes days lets days pass.
"""

from datetime import date, timedelta

BUDGET = (("Mesin jahit", 1, "unit", 2_000_000), ("Kain", 30, "meter", 30_000))
LADDER = ("made-to-order", "steady-production", "brand", "packaging-and-standard", "licence")
ROLES = ("chair", "secretary", "treasurer")


def verify(way, step):
    if way.has("file.identity_cards"):
        way.answer(*(f"file.{each}" for each in ("identity_cards", "family_cards", "proposal_signed")))
        way.answer("file.budget_complete")
    elif way.has("field.berita_acara"):
        way.desk.fill({"field.berita_acara": "BA-7/LAP", "field.visited_on": way.days.today})
        way.answer("field.lives_there", "field.has_place")
        way.desk.fill({"field.remarks": "Teras rumah cukup luas."})
    way.report()


def form_group(way, step):
    there = way.choices("members.0.person_id")[::-1]  # those at the top set out by themselves
    people = sorted(there, key=lambda each: each not in way.fit)
    size = len(way.desk.page.locator('main select[name$=".person_id"]').all())
    for place in range(size):
        way.desk.fill({f"members.{place}.person_id": people[place]})
        way.desk.fill({f"members.{place}.role": ROLES[place] if place < len(ROLES) else "member"})
    way.desk.fill({"berita_acara": "BA-3/KUBE", "deliberated_on": way.days.today})
    way.report()


def recruit(way, step):
    way.report()


def offer_talk(way, step):
    way.answer("asks", no=True)
    way.report()


def assess(way, step):
    way.desk.fill({"interviewed_on": way.days.today})
    for place in range(way.desk.page.locator('main input[name$=".need"]').count()):
        way.desk.fill({f"answers.{place}.found": "true"})
    way.answer("talk", no=True)
    way.report()


def propose(way, step):
    for row, (item, quantity, unit, price) in enumerate(BUDGET):
        line = {"item": item, "quantity": quantity, "unit": unit, "unit_price": price}
        way.desk.fill({f"lines.{row}.{name}": value for name, value in line.items()})
    way.desk.fill({"outcome": "submitted"})
    way.report()


def decide(way, step):
    sk = {"sk_number": f"460/{way.number}/SK", "sk_date": way.days.today}
    way.desk.fill({"verdict": "accepted", **sk})
    way.acknowledge()
    way.save()
    way.sit(step, "approver")
    way.desk.find_work(*step.place)
    way.report()


def hand_over(way, step):
    way.desk.fill({"order.number": "SP-7", "order.vendor": "CV Mahakam Jaya", "order.ordered_on": way.days.today})
    way.save()
    way.desk.fill({"deed.number": "BAST-7", "deed.handed_over_on": way.days.today})
    way.desk.fill({"deed.witnesses[]": ["Lurah Contoh", "Ketua RT Contoh"]})
    for row, (_, quantity, _, price) in enumerate(BUDGET):
        line = {"condition": "as-agreed", "quantity": quantity, "unit_price": price}
        way.desk.fill({f"lines.{row}.{name}": value for name, value in line.items()})
    way.report()


def account(way, step):
    for row, (_, quantity, _, price) in enumerate(BUDGET):
        way.desk.fill({f"lines.{row}.spent": quantity * price, f"lines.{row}.receipt": f"KW-{row + 1}"})
    way.desk.fill({"outcome": "accepted"})
    way.report()


def support(way, step):
    way.desk.fill({"income": 4_000_000, "households": 5, "members": 18, "asnaf": "miskin"})
    if way.has("line"):
        way.desk.fill({"line": 15_000_000, "line_source": "Contoh untuk peragaan"})
    way.desk.fill({"form": "grant", "amount": 2_500_000})
    way.acknowledge()
    way.save()
    way.sit(step, "approver")
    way.desk.find_work(*step.place)
    way.desk.fill({"verdict": "approved", "document": "TT-7", "handed_over_on": way.days.today})
    way.report()


def join(way, step):
    if len(way.choices("cooperative_id")) < 2:
        root = f"/grants/{step.agency}/cooperatives"
        way.desk.click_to(root, f"{root}/new")
        formed = date.fromisoformat(way.days.today) - timedelta(days=900)
        way.desk.fill({"name": "Koperasi Wanita Sejahtera", "area": step.area[:5], "formed_on": formed.isoformat()})
        way.send("formed_on")
        way.desk.find_work(*step.place)
    way.desk.fill({"cooperative_id": way.choices("cooperative_id")[-1]})
    way.desk.fill({"savings.pokok": 100_000, "savings.wajib": 20_000, "savings.receipt": "KS-7"})
    way.save()
    way.desk.fill({"outcome": "member"})
    way.report()


def teach(way, step):
    if not way.has("attendance.0.number"):
        if not way.has("course_id"):
            plan_course(way, step)
            way.desk.find_work(*step.place)
        way.desk.fill({"course_id": way.choices("course_id")[-1]})
        way.save()
    number = way.desk.page.locator('main input[name^="attendance."][name$=".number"]').count()
    way.let_pass(number)
    way.desk.find_work(*step.place)
    for place in range(number):
        if way.has(f"attendance.{place}.members"):
            way.desk.fill({f"attendance.{place}.members": step.people})
        else:
            way.desk.fill({f"attendance.{place}.present": "true"})
    way.report()


def plan_course(way, step):
    way.desk.click_to(f"/training/{step.agency}/courses/new")
    way.desk.fill({"title": "Kursus contoh", "type": step.settings["course"], "area": way.area_of(step), "places": 30})
    for row in range(step.settings["sessions"]):
        way.desk.fill({f"sessions.{row}.held_on": way.day(row), f"sessions.{row}.place": "Aula contoh"})
    way.send("places")


def mentor(way, step):
    if not way.choices("mentor_id"):
        way.desk.click_to(f"/training/{step.agency}/cohorts/new")
        way.desk.fill({"title": "Angkatan contoh", "begins_on": way.days.today, "ends_on": way.day(330)})
        way.desk.fill({"mentors.0.name": "Pendamping Contoh", "mentors.0.student_number": "S-7"})
        way.send("ends_on")
        way.desk.find_work(*step.place)
    way.desk.fill({"mentor_id": way.choices("mentor_id")[-1]})
    way.save()
    book = f"/training/{step.agency}/cash-books/{step.id}"
    for _ in range(step.settings["months"]):
        days = [way.day(each) for each in range(step.settings["entries"])]
        way.let_pass(31)
        way.desk.find_work(*step.place)
        way.desk.click_to(book)
        for row, day in enumerate(days):
            sold = {"happened_on": day, "direction": "in", "amount": 90_000, "what": "Penjualan kerupuk"}
            way.desk.fill({f"entries.{row}.{name}": value for name, value in sold.items()})
        way.send("entries.0.what")
    way.desk.find_work(*step.place)
    way.report()


def market(way, step):
    channels = step.settings["channels"]
    if "off-taker" in channels:
        sell_to_an_off_taker(way, step)
    elif "digital" in channels:
        sell_online(way, step)
    else:
        sell_at_a_fair(way, step)
    way.desk.fill({"outcome": "marketed"})
    way.report()


def sell_to_an_off_taker(way, step):
    way.unfold("agreement.buyer")
    goods = {"buyer": "UD Rasa Contoh", "goods": "Kerupuk ikan", "quantity": 200, "unit": "bungkus"}
    days = {"from_day": way.days.today, "until_day": way.day(300), "signed_on": way.days.today}
    told = {**goods, "unit_price": 12_000, **days}
    way.desk.fill({f"agreement.{name}": value for name, value in told.items()})
    way.save()
    brought = {"number": "SJ-1", "delivered_on": way.days.today, "delivered": 200, "accepted": 200, "paid": 2_400_000}
    way.desk.fill({f"deliveries.0.{name}": value for name, value in brought.items()})


def sell_online(way, step):
    way.unfold("listing.place")
    told = {"channel": "digital", "place": "Pasar daring", "listed_from": way.days.today}
    told["address"] = "https://toko.example.id/7"
    way.desk.fill({f"listing.{name}": value for name, value in told.items()})
    way.save()
    way.desk.fill({"sales.0.sold_on": way.days.today, "sales.0.amount": 150_000})


def sell_at_a_fair(way, step):
    if not way.has("fair_id"):
        way.desk.click_to(f"/training/{step.agency}/fairs/new")
        away = "31.71" if step.settings["travel"] else step.area[:5]
        told = {"title": "Pameran contoh", "venue": "Balai Sidang", "area": away, "stands": 20}
        way.desk.fill({**told, "opens_on": way.day(7), "closes_on": way.day(9)})
        way.send("stands")
        way.desk.find_work(*step.place)
    way.desk.fill({"fair_id": way.choices("fair_id")[-1]})
    way.save()
    if way.has("arrangements.0.ticket"):
        way.desk.fill({"arrangements.0.ticket": "Tiket 7", "arrangements.0.lodging": "Wisma Contoh"})
        way.save()
    way.let_pass(10)
    way.desk.find_work(*step.place)
    for place in range(way.desk.page.locator('main input[name^="sales."][name$=".amount"]').count()):
        way.desk.fill({f"sales.{place}.amount": 250_000})


def place(way, step):
    if not way.has("batch_id"):
        way.desk.click_to(f"/training/{step.agency}/batches/new")
        told = {"title": "Pelatihan contoh", "place": "Balai Latihan", "area": step.area[:5], "places": 20}
        told["sector"] = way.choices("sector")[0]
        way.desk.fill({**told, "first_day": way.day(1), "last_day": way.day(5)})
        way.send("last_day")
        way.desk.find_work(*step.place)
    way.desk.fill({"batch_id": way.choices("batch_id")[-1]})
    way.save()
    way.let_pass(6)
    way.desk.find_work(*step.place)
    way.desk.fill({"took_part": "true", "passed": "true", "assessed_on": way.days.today})
    way.save()
    if not way.has("placement.vacancy_id"):
        way.desk.click_to(f"/training/{step.agency}/vacancies")
        told = {"employer": "PT Kayu Contoh", "position": "Operator", "area": step.area[:5], "openings": 2}
        for field in ("sector", "contract"):
            told[field] = way.choices(field)[0]
        way.desk.fill(told)
        way.send("employer")
        way.desk.find_work(*step.place)
    way.desk.fill({"placement.vacancy_id": way.choices("placement.vacancy_id")[-1]})
    way.desk.fill({"placement.placed_on": way.days.today})
    way.report()


def lift(way, step):
    today = date.fromisoformat(way.days.today)
    if not way.rungs:
        way.desk.fill({"product.kind": "food", "product.name": "Kerupuk ikan", "product.shelf_days": 60})
    way.unfold("production.0.made_on")
    for row in range(4):
        day = (today - timedelta(weeks=3 - row)).isoformat()
        made = {"made_on": day, "quantity": 40, "unit": "bungkus", "quality_kept": "true"}
        way.desk.fill({f"production.{row}.{name}": value for name, value in made.items()})
    wanted = [each for each in LADDER[: LADDER.index(step.settings["rung"]) + 1] if each not in way.rungs]
    for rung in wanted:
        see(way, rung)
        way.rungs.add(rung)
        if rung != wanted[-1]:
            way.save()
    way.report()


def see(way, rung):
    seen = {"rung": rung, "what": "Dilihat di tempat produksi", "seen_on": way.days.today}
    if rung == "brand":
        seen |= {"brand": "Dapur Contoh", "label_seen": True}
    if rung == "licence":
        licence = next(each for each in way.choices("evidence.0.licence") if "irt" in each)
        seen |= {"licence": licence, "nib": "9120000000007", "course_score": 80, "document_number": "SIM-7"}
        seen["premises_checked_on"] = way.days.today
    way.desk.fill({f"evidence.0.{name}": value for name, value in seen.items()})
    if rung == "packaging-and-standard":
        for box in way.desk.page.locator('main input[name="evidence.0.checked[]"]').all():
            way.desk.tick(box)


def visit(way, step):
    for passed, omzet in ((92, 1_800_000), (92, 2_400_000), (184, 3_200_000)):
        way.let_pass(passed)
        way.desk.find_work(*step.place)
        way.desk.fill({"visited_on": way.days.today, "omzet": omzet, "profit": omzet // 4})
        way.desk.fill({"goods": "in-use", "condition": "growing"})
        way.save()
    way.report()


def graduate(way, step):
    way.desk.fill({"verdict": "graduated"})
    way.save()
    way.sit(step, "head")
    way.desk.find_work(*step.place)
    way.desk.fill({"verdict": "graduated"})
    way.report()


def meet(way, step):
    """Convene the meeting, and put it on record: with that the stage is done by itself."""
    meetings = f"/monitoring/{step.agency}/meetings"
    way.desk.click_to(f"{meetings}/new")
    way.desk.fill({"meets_on": way.days.today, "place": "Ruang rapat", "area": step.area[:5]})
    way.send("meets_on")
    fields = way.desk.page.locator('main input[name^="attendance."]').all()
    came = [each.get_attribute("name") for each in (fields[0], fields[-1])]  # a meeting is of two agencies at least
    way.desk.fill({"minutes": "Perkembangan dan hambatan dibahas.", **dict.fromkeys(came, 2)})
    way.send("minutes")


def ask_for_consent(way, step):
    """Note what she, or each of the group, said of every agency that needs her consent."""
    way.desk.click_to(f"/intake/{step.agency}/journeys/{way.journey}/consents")
    for matter in way.choices("matter"):
        way.desk.fill({"matter": matter})
        for box in way.desk.page.locator('main input[name="person_ids[]"]').all():
            way.desk.tick(box)
        way.desk.fill({"answer": "given", "how": "paper", "answered_on": way.days.today})
        way.send("matter")


ACTS = {
    "intake.decision": ask_for_consent,
    "intake.verification": verify,
    "intake.group-formation": form_group,
    "intake.recruitment": recruit,
    "intake.protection": offer_talk,
    "intake.assessment": assess,
    "grants.goods-proposal": propose,
    "grants.goods-decision": decide,
    "grants.goods-hand-over": hand_over,
    "grants.goods-accountability": account,
    "grants.zakat": support,
    "grants.cooperative": join,
    "training.course": teach,
    "training.mentoring": mentor,
    "training.market": market,
    "training.placement": place,
    "training.products": lift,
    "monitoring.visits": visit,
    "monitoring.graduation": graduate,
    "monitoring.meeting": meet,
}
LASTS = ("training.placement", "training.market", "training.mentoring", "monitoring.visits")
"""Kinds whose acts let weeks pass: whatever else is open is done before."""
