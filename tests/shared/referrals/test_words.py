"""What a page calls the particulars that a referral brings."""

import pytest

from shared.referrals import words


def test_members_are_listed_by_name_and_by_what_they_are_in_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "gettext", lambda said: {"Chair": "Ketua", "Member": "Anggota"}.get(said, said))
    members = [{"id": "1", "name": "Siti", "role": "chair"}, {"id": "2", "name": "Rina", "role": "member"}]
    assert words.pairs({"members": members})[0][1] == "Siti, ketua; Rina, anggota"
