"""The registry's words as pages show them, in the reader's language."""

from flask_babel import gettext as _

from services.intake.registry.rules import Caution, MaritalStatus, Occupation, Relation, Sex


def labels() -> dict[str, str]:
    """A sentence or word for every value that the registry may hold."""
    return {
        Sex.FEMALE: _("Woman"),
        Sex.MALE: _("Man"),
        MaritalStatus.SINGLE: _("Never married"),
        MaritalStatus.MARRIED: _("Married"),
        MaritalStatus.DIVORCED: _("Divorced"),
        MaritalStatus.WIDOWED: _("Widowed"),
        Relation.HEAD: _("Head of the household"),
        Relation.SPOUSE: _("Spouse"),
        Relation.CHILD: _("Child"),
        Relation.OTHER: _("Other"),
        Occupation.NONE: _("No work"),
        Occupation.HOUSEWIFE: _("Housewife"),
        Occupation.STUDENT: _("Student"),
        Occupation.TRADER: _("Trader"),
        Occupation.FARMER: _("Farmer"),
        Occupation.FISHER: _("Fisher"),
        Occupation.LABOURER: _("Labourer"),
        Occupation.DRESSMAKER: _("Dressmaker"),
        Occupation.DOMESTIC_WORKER: _("Domestic worker"),
        Occupation.EMPLOYEE: _("Employee"),
        Caution.SEX_DIFFERS_FROM_NIK: _("The NIK says another sex"),
        Caution.BIRTH_DATE_DIFFERS_FROM_NIK: _("The NIK says another birth date"),
        Caution.NIK_AREA_UNKNOWN: _("No province has this NIK's first digits"),
        Caution.PHONE_UNREADABLE: _("The phone number could not be read"),
        Caution.KK_UNREADABLE: _("The number of the family card could not be read"),
        Caution.NIK_MISSING: _("No NIK yet"),
        Caution.HOUSEHOLD_LARGE: _("Improbably many people stand on this family card: check its number"),
        Caution.HOUSEHOLD_HEADS: _("Several heads stand on this family card: check its number, and who heads it"),
        Caution.HOUSEHOLD_FAR: _("People on this family card live in different regencies or cities: check its number"),
        Caution.HOUSEHOLD_AGES: _("A child on this family card is too old for its mother: check birth dates and card"),
        Caution.REPORTED_DEAD: _("A list says that this person died: check it, and note the death with its evidence"),
    }
