"""What people call the columns we know, in English, Spanish and French, as `snake` writes them."""

import re
import unicodedata
from collections.abc import Mapping

from modules.imports.models import Target

_TARGETS: Mapping[Target, str] = {
    Target.phone: "phone phone_number primary_phone mobile mobile_phone mobile_number mobile_phone_number cell "
    "cell_phone cell_number cellphone cell_phone_number tel telephone telephone_number sms_number "
    "telefono numero_de_telefono movil telefono_movil celular numero_de_celular "
    "portable telephone_portable telephone_mobile numero_de_telephone numero_de_portable",
    Target.email: "email e_mail mail email_address e_mail_address primary_email "
    "correo correo_electronico courriel adresse_email adresse_e_mail",
    Target.first_name: "first_name firstname first given_name forename nombre primer_nombre prenom",
    Target.last_name: "last_name lastname last surname family_name apellido apellidos nom nom_de_famille",
    Target.time_zone: "time_zone timezone tz zona_horaria huso_horario fuseau_horaire",
    Target.reference: "reference ref external_ref external_id customer_id contact_id patient_id person_id record_id id "
    "referencia numero_de_cliente numero_client",
}
# Fields of the person that other parts of the program read by this name.
_FIELDS: Mapping[str, str] = {
    "zip": "zip zip_code zipcode postcode postal_code codigo_postal code_postal",
    "state": "state us_state state_code state_province",
    "language": "language lang preferred_language idioma langue",
}
KNOWN: Mapping[str, Target] = {word: target for target, words in _TARGETS.items() for word in words.split()}
FIELDS: Mapping[str, str] = {word: name for name, words in _FIELDS.items() for word in words.split()}


def snake(header: str) -> str:
    """`Código Postal` as `codigo_postal`: what templates can call it. Empty when no letter or digit is left."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
