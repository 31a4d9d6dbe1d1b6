import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy import fields


@given(st.text())
def test_what_was_encrypted_comes_back(text):
    assert fields.decrypt(fields.encrypt(text)) == text


def test_the_same_text_never_looks_the_same_twice():
    assert fields.encrypt("6402010101019000") != fields.encrypt("6402010101019000")


def test_a_changed_byte_anywhere_is_refused():
    stored = fields.encrypt("6402010101019000")
    changed = stored[:-1] + bytes([stored[-1] ^ 1])
    with pytest.raises(InvalidTag):
        fields.decrypt(changed)


def test_the_index_is_the_same_however_a_value_is_spaced_or_capitalised():
    assert fields.blind_index("  Siti   AMINAH ", "name") == fields.blind_index("siti aminah", "name")


def test_the_index_of_one_purpose_says_nothing_about_another():
    assert fields.blind_index("6402010101019000", "nik") != fields.blind_index("6402010101019000", "kk")


def test_an_empty_value_has_no_index():
    with pytest.raises(fields.EmptyValue):
        fields.blind_index(" ", "nik")


def test_encrypted_columns_keep_nothing_as_nothing():
    for column in (fields.EncryptedText(), fields.EncryptedJSON()):
        assert column.process_bind_param(None, None) is None
        assert column.process_result_value(None, None) is None


def test_an_encrypted_json_column_keeps_its_content():
    column = fields.EncryptedJSON()
    content = {"name": "Siti", "members": ["Aminah", "Rohana"]}
    stored = column.process_bind_param(content, None)
    assert b"Siti" not in stored
    assert column.process_result_value(stored, None) == content
