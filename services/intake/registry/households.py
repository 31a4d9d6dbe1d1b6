"""What is improbable of a household: a caution on everybody on the card, at every import and correction.

It is said of the card as it stands once the rows are in, so that it depends neither on the order of the rows nor on the
border of a chunk, and it goes again once the card is put right. It refuses nobody.
"""

from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.intake.registry.rules import ABOUT_HOUSEHOLD, Caution, Relation, Sex
from shared.kernel import requirements

OWN = Path(__file__).with_name("households.yaml")
ARRIVED = "SELECT person_id FROM arrival WHERE verdict IN ('new', 'changed')"
NAMED = "SELECT unnest(CAST(:people AS uuid[]))"

# Households whose members have just come or gone; then what is improbable of each; then whoever it is news for.
MARK = f"""
WITH touched AS MATERIALIZED (
    SELECT DISTINCT household_id FROM household_member
    WHERE (until IS NULL OR until = :today) AND person_id IN ({{people}})
), members AS MATERIALIZED (
    SELECT m.household_id, m.relation, p.id, p.sex, p.birth_date, left(p.area, 5) AS regency
    FROM household_member m JOIN person p ON p.id = m.person_id
    WHERE m.until IS NULL AND p.merged_into IS NULL AND m.household_id IN (SELECT household_id FROM touched)
), ages AS (
    SELECT DISTINCT mother.household_id FROM members mother JOIN members child USING (household_id)
    WHERE mother.sex = '{Sex.FEMALE.value}' AND mother.relation IN ('{Relation.HEAD.value}', '{Relation.SPOUSE.value}')
    AND child.relation = '{Relation.CHILD.value}'
    AND child.birth_date < mother.birth_date + make_interval(years => :mother_older_by)
), said AS (
    SELECT household_id, to_jsonb(array_remove(ARRAY[
        CASE WHEN count(*) > :most_on_a_card THEN '{Caution.HOUSEHOLD_LARGE.value}' END,
        CASE WHEN count(*) FILTER (WHERE relation = '{Relation.HEAD.value}') > 1
             THEN '{Caution.HOUSEHOLD_HEADS.value}' END,
        CASE WHEN count(DISTINCT regency) > 1 THEN '{Caution.HOUSEHOLD_FAR.value}' END,
        CASE WHEN household_id IN (SELECT household_id FROM ages) THEN '{Caution.HOUSEHOLD_AGES.value}' END
    ], NULL)) AS cautions
    FROM members GROUP BY household_id
), marked AS (
    SELECT p.id, p.cautions{"".join(f" - '{each.value}'" for each in ABOUT_HOUSEHOLD)}
        || coalesce(s.cautions, '[]'::jsonb) AS cautions
    FROM person p LEFT JOIN members m ON m.id = p.id LEFT JOIN said s ON s.household_id = m.household_id
    WHERE p.id IN (SELECT id FROM members UNION {{people}})
)
UPDATE person p SET cautions = m.cautions FROM marked m WHERE m.id = p.id AND p.cautions <> m.cautions
"""  # noqa: S608 (made of our own words alone)
MARK_ARRIVED = MARK.format(people=ARRIVED)
MARK_NAMED = MARK.format(people=NAMED)


def limits() -> dict[str, int]:
    """From when on a household is improbable in this deployment, as parameters of the statements."""
    return {name: each.value for name, each in requirements.whole_numbers(OWN, "households").items()}


def mark(session: Session, people: Collection[UUID], today: object) -> None:
    """Say what is improbable of the households of these persons, those that they have left today among them."""
    session.flush()
    session.execute(text(MARK_NAMED), {"people": list(people), "today": today, **limits()})
