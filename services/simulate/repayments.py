"""Who owes a loan pays what is due, mostly: the lending offices book what comes back, month by month."""

from collections import Counter
from collections.abc import Callable
from random import Random

from services.simulate.client import Client
from shared.kernel import clock

PAYS = 0.85
"""Share of months in which somebody who is behind pays all that is due. Source: assumption."""

Luck = Callable[..., Random]


def book_repayments(officer: Client, agency: str, luck: Luck, done: Counter[str]) -> None:
    """Book what came back on loans with an instalment due; who cannot pay this month is asked again next month."""
    today = clock.today()
    for loan in list(officer.every(f"/grants/v1/{agency}/loans", state="in-arrears")):
        if luck(loan["journey_id"], "repays", f"{today:%Y-%m}").random() >= PAYS:
            continue
        receipt = f"KW-{loan['document']}-{today:%Y%m%d}"[:60]
        paid = {"amount": loan["arrears"], "paid_on": today.isoformat(), "receipt": receipt}
        officer.post(f"/grants/v1/{agency}/loans/{loan['id']}/repayments", paid)
        done["repayments"] += 1
