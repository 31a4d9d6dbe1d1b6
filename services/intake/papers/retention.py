"""How long which data is kept, by the very constants that the code obeys: no number stands here.

What stands in no rule has no end of its own: Kail erases nothing of it by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from services.intake.limits.register import LegalLimit, Unit, legal_limits
from services.intake.papers.activities import EVERYWHERE
from shared.programmes.definition import Text


@dataclass(frozen=True)
class Rule:
    """What becomes of the rows of some tables; `constant` is where its length stands, where it has one."""

    tables: tuple[str, ...]
    text: Text
    constant: str | None = None
    erases: bool = True
    """Whether the rows, or what is personal in them, are gone afterwards; else only what they open ends."""

    @property
    def length(self) -> timedelta | int | None:
        """How long, or how many."""
        if self.constant is None:
            return None
        module, _, name = self.constant.rpartition(".")
        found: timedelta | int = getattr(import_module(module), name)
        return found

    def is_for(self, table: str) -> bool:
        """Whether a table (`grants.look`) is one of its own."""
        return table in self.tables or f"{EVERYWHERE}.{table.partition('.')[2]}" in self.tables


RULES = (
    Rule(
        ("intake.officer_session",),
        Text("Dihapus {length} setelah terakhir dipakai.", "Deleted {length} after it was last used."),
        "services.intake.sessions.rules.KEPT",
    ),
    Rule(
        ("intake.officer_session",),
        Text("Sesi berakhir paling lama {length} setelah masuk.", "A session ends {length} after the sign-in at most."),
        "services.intake.sessions.rules.LONGEST",
        erases=False,
    ),
    Rule(
        ("intake.sign_in_failure",),
        Text("Percobaan masuk yang gagal dihapus setelah {length}.", "Failed attempts are deleted after {length}."),
        "services.intake.signin.rules.COUNTED",
    ),
    Rule(
        ("intake.account_link",),
        Text(
            "Tautan berlaku {length}; barisnya, tanpa kode, tetap disimpan.",
            "A link opens for {length}; its row, which holds no code, stays.",
        ),
        "services.intake.accounts.rules.LINK_HOLDS",
        erases=False,
    ),
    Rule(
        ("intake.api_key",),
        Text(
            "Kunci berlaku paling lama {length}; barisnya, tanpa kunci, tetap disimpan.",
            "A key opens for {length} at most; its row, which holds no key, stays.",
        ),
        "services.intake.api_keys.rules.LONGEST",
        erases=False,
    ),
    Rule(
        ("intake.welcome_code",),
        Text("Kode pertama berlaku {length}.", "The first administrator's code opens for {length}."),
        "services.intake.welcome.rules.LASTS",
        erases=False,
    ),
    Rule(
        ("intake.second_step", "intake.recovery_code"),
        Text("Dihapus begitu langkah kedua dicabut.", "Deleted as soon as the second step is removed."),
    ),
    Rule(
        ("*.known_officer",),
        Text(
            "Dihapus {length} setelah terakhir datang, atau begitu akunnya ditutup.",
            "Deleted {length} after she last came by, or as soon as her account is closed.",
        ),
        "shared.web.roster.OF_LATE",
    ),
    Rule(
        ("*.revocation",),
        Text("Akhir akses petugas yang keluar diingat {length}.", "The end of a leaver's access is kept {length}."),
        "shared.identity.revocation.REMEMBERED",
    ),
    Rule(
        ("*.idempotency",),
        Text("Jawaban atas permintaan berulang dihapus setelah {length}.", "Answers for repeats go after {length}."),
        "shared.web.idempotency.KEPT_FOR",
    ),
    Rule(
        ("intake.audit_run",),
        Text("Hanya {length} pemeriksaan terakhir disimpan.", "Only the last {length} audits are kept."),
        "services.intake.audits.commands.AUDITS_KEPT",
    ),
    Rule(
        ("intake.import_file",),
        Text("Isi berkas dihapus begitu berkas selesai dibaca.", "A file's content is deleted once it was brought in."),
    ),
    Rule(
        ("intake.passed_on",),
        Text(
            "Ditimpa begitu ruang rahasia mengambilnya alih.",
            "Overwritten as soon as the compartment has taken it over.",
        ),
    ),
    Rule(
        ("*.referral",),
        Text(
            "Data yang dibagikan dihapus begitu persetujuan ditarik, dan bila tahap ditutup tanpa dikerjakan; selain "
            "itu tetap disimpan.",
            "What was shared is erased once consent is taken back, and where a stage is closed without the work; else "
            "it stays.",
        ),
        erases=False,
    ),
    Rule(
        ("*.referral",),
        Text("Penarikan berlaku dalam {length}.", "Taking consent back takes effect within {length}."),
        "services.intake.consents.rules.WITHIN",
        erases=False,
    ),
    Rule(
        ("*.bulk_run", "*.bulk_item"),
        Text(
            "Yang dikerjakan untuk banyak rujukan sekaligus dihapus {length} setelah selesai atau ditinggalkan.",
            "What was done for many referrals at once is deleted {length} after it ended or was left.",
        ),
        "shared.referrals.bulk.commands.KEPT_FOR",
    ),
    Rule(
        ("*.note",),
        Text(
            "Isi catatan pada rujukan dihapus bersama data yang dibagikan untuknya, dan isi catatan sebuah instansi "
            "pada perjalanan dihapus begitu persetujuan baginya ditarik; siapa menulisnya dan kapan, tetap disimpan.",
            "What was noted on a referral is erased with what was shared for it, and what an agency noted on a "
            "journey once consent for it is taken back; who wrote it and when stays.",
        ),
        erases=False,
    ),
    Rule(
        ("grants.aid_beneficiary",),
        Text(
            "Dihapus begitu perjalanan selesai atau persetujuan ditarik.",
            "Deleted once the journey is over or consent is taken back.",
        ),
    ),
)


def limits() -> Iterator[LegalLimit]:
    """The limits for what she may ask and must be told, out of the register of all."""
    for each in legal_limits():
        if each.unit is Unit.HOURS and each.owed is not None:
            yield each
