"""Spanish ways to ask for an end (words come without accents), and what only sounds like one. Our own list."""

from modules.emotion.models import Phrases

_END = r"(?= \.|$)"
_START = r"(?:^|(?<= \. ))(?:(?:por favor|porfa|ya|y|pero|oye|hola|gracias|no) )*"
_NOUN = (
    r"(?:mensaj\w*|msjs?|sms|textos?|llamadas?|correos?|emails?|mails?|publicidad|propaganda|promociones|ofertas|spam"
    r"|notificaciones|boletin\w*|informacion)"
)
_DO = r"(?:llam|escrib|mand|envi|molest|marc|textea|mensaje|acos|hostig|busc|habl|jod|chinga|fastidi|insist)\w*"
_NOT_ME = (
    r"(?:llam(?:es?|en)|escrib(?:as?|an)|mand(?:es?|en)|envi(?:es?|en)|molest(?:es?|en)|marqu?(?:es?|en)|textee(?:s|n)?"
    r"|hable[sn]?|busque[sn]?|insista[sn]?|acose[sn]?)"
)
_CONTACT = r"(?:contact(?:es?|en|ar(?:me|nos|los?|las?)?|ando|enme)\b|comuni(?:que|quen|ques)\w*)"
_LIST = (
    r"(?:(?:su|sus|la|tu|tus|esta|las|el|este|de) )*(?:\w+ )?(?:listas?|base|bases|sistema|registros?|contactos"
    r"|directorio|suscripcion|grupo|numero|datos)"
)
_AGE = r"(?:[5-9]|1[0-7]|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete)"

SPANISH = Phrases(
    idioms=(
        r"\bno (?:dej|par|ces)\w* de \w+|\bno (?:dejes|dejen|pares|paren|pare|pareis|cancel\w+|quiero (?:parar"
        r"|cancelar)|puedo (?:parar|dejar))\b(?: de \w+)?",
        r"\b(?:cancelar|cancele|cancela|cancelen|mover|cambiar|posponer|terminar) (?:\w+ ){0,2}(?:cita|visita|reserva"
        r"|reunion|llamada|pedido|tour)\b",
        r"\bno necesito mas (?:informacion|datos|detalles)\b",
        r"\bno (?:dud\w+|olvid\w+) en \w+|\bno se olvide\w* de \w+",
        r"\bparar (?:por|en|a)\b|\bfin de (?:semana|mes|ano)\b|\bnomas quiero\b|\bno mas (?:de|que|quiero|tarde"
        r"|quería)\b",
        r"\b(?:eliminar?|quitar?|borrar?|saca\w*) (?:el|la) (?:segund|primer|ultim)\w+",
    ),
    everywhere=(
        (
            "no_contact",
            rf"\b(?:no|nunca|jamas) (?:\w+ )?(?:me|nos)? ?(?:vuelva[sn]? a )?{_CONTACT}|\b(?:dej\w+|par\w+"
            rf"|ces\w+) de {_CONTACT}|\bno (?:quiero|deseo) (?:\w+ )?(?:que (?:me|nos) (?:vuelva[sn]? a )?{_CONTACT}"
            rf"|ser contactad\w|(?:ningun|mas) contacto|saber (?:mas |nada )*de (?:ustedes|usted|ti))|\bno (?:me"
            rf"|nos) (?:vuelva[sn]?|volvais) a {_CONTACT}",
        ),
        (
            "leave_alone",
            r"\b(?:deje(?:n|me|nme)?|deja(?:me)?|dejad?(?:me|nos)|dejenos)(?: me)? (?:ya )?(?:en paz|tranquil\w)\b",
        ),
        (
            "erasure",
            r"\b(?:borr|elimin|suprim|quit)\w* (?:todos )?(?:(?:mis|los|mi|la|todos) )+(?:datos|informacion)\b",
        ),
        (
            "legal",
            r"\b(?:los|lo|te|les|la) (?:voy a |vamos a )?(?:demand|denunci)(?:ar\w*|o|are|aremos)\b"
            r"|\b(?:los|lo|te|les|la) (?:voy a |vamos a )?report(?:ar\w*|o|are|aremos)(?= \.|$| (?:como|por|ante|con"
            r"|a (?:la|las) (?:policia|autorida\w+|profeco|fcc|ftc))\b)|\b(?:voy a"
            r"|vamos a) (?:demandar|denunciar|reportar)(?:los|lo|te|la|las)?\b|\bmi abogad\w (?:los|se|va|les"
            r"|te)\b(?!(?: \w+){1,3} para\b)"
            r"|\bacciones legales\b|\besto es acoso\b",
        ),
        (
            "minor",
            rf"\b(?:tengo|solo tengo) (?:solo |apenas )?{_AGE} anos\b(?! (?:de|en|trabaj|vivi|con))|\bsoy (?:un "
            rf"|una )?(?:menor(?: de edad)?(?! (?:que|de)\b)|nin[oa])\b|\b(?:es|este es) (?:el )?(?:telefono|numero"
            rf"|celular) de mi (?:hij|nin)\w\b(?!(?: \.)? (?:llam|escrib|mand|puede))",
        ),
    ),
    here=(
        (
            "stop_it",
            rf"\b(?:deje(?:n|me|nme|nos)?|deja(?:me|nos|d)?|dejes|pare[n]?|para|parar|cese[n]?) (?:ya )?(?:de"
            rf"|con) (?:estar )?(?:{_DO}|(?:los |tantos |sus |tus |estos )*{_NOUN})",
        ),
        (
            "stop_it",
            rf"\b(?:deten(?:er|gan?)|par(?:ar|en?)|suspend(?:er|an?)) (?:(?:los|las|sus|estos|esos|tantos"
            rf"|con) )+{_NOUN}"
            rf"|\b(?:alto|basta|ya basta|suficiente)(?: ya)? (?:de|con|a) (?:(?:los|tantos|sus|tus|estos"
            rf"|tanta) )*{_NOUN}|\bcancel\w* (?:(?:los|sus|estos|mi suscripcion a|todos) )+{_NOUN}|\b(?:dije|digo|pedi"
            rf"|dicho) (?:que )?(?:ya )?(?:basta|alto|pare\w*|no mas|stop)\b",
        ),
        (
            "do_not_call",
            rf"\b(?:no|nunca|jamas)(?: ya)? (?:me|nos) {_NOT_ME}\b|\b(?:no|nunca) (?:me|nos)? ?(?:vuelva[sn]?"
            rf"|volvais)(?:me)? a (?:{_DO})|\bno (?:quiero|deseo) (?:\w+ )?que (?:me|nos) (?:sigan? "
            rf"|esten? )?(?:{_NOT_ME}\b|{_DO})|\bya no (?:me|nos) {_NOT_ME}\b|\bno molest(?:es?|en|ar)\b",
        ),
        (
            "do_not_call",
            rf"\b(?:no|ya no) (?:quiero|deseo|necesito)(?: ya)? (?:(?:recibir"
            rf"|mas(?= (?:{_NOUN}|por favor|gracias|nada|de (?:est[oa]|eso|ustedes|sus|tus|estos|usted|ti))\b| \.|$)"
            rf"|ningun|sus|tus|seguir recibiendo"
            rf"|estos|que me lleguen|nada de) ?)+(?:{_NOUN})?\b(?! ?(?:que\b|de (?:\d|un|dos|tres|cuatro|cinco"
            rf"|seis)))|\bya no (?:quiero|deseo|necesito) (?:(?:mas|sus|tus"
            rf"|estos|los) )?{_NOUN}|\bno {_NOT_ME} (?:mas|nunca)\b",
        ),
        (
            "no_more",
            rf"\bno mas (?:{_NOUN})|{_START}(?:ya )?(?:no|sin) mas(?: {_NOUN})?(?: por favor| gracias)+{_END}"
            rf"|{_START}ya no mas{_END}|{_START}(?:favor de )?no (?:llam(?:ar|e|en)|escrib(?:ir|a|an)|mand(?:ar|e|en)"
            rf"|envi(?:ar|e|en)|textear|contactar|molestar)(?:me|nos)?(?: (?:mas|{_NOUN}|por favor|gracias))*{_END}"
            rf"|{_START}no {_NOUN}(?: (?:mas|por favor|gracias))*{_END}|\bya no (?:llam(?:es?|en)|escrib(?:as?|an)"
            r"|mand(?:es?|en)|envi(?:es?|en)|molest(?:es?|en))\b"
            rf"|\bni un (?:mensaje|texto) mas\b",
        ),
        (
            "take_off",
            rf"\b(?:quit|sac|saqu|borr|elimin|remuev|remov|retir|suprim)\w*(?:me|nos|enme|en|e|a)? (?:(?:me|mi|a"
            rf"|numero|nombre|telefono|correo|este) )*(?:de|del) {_LIST}\b|\b(?:quit|sac|saqu|borr|elimin"
            rf"|retir)\w*(?:me|enme|nme)\b(?: ya| por favor)*{_END}|\b(?:borr|elimin|quit|olvid)\w+ (?:mi"
            rf"|este) (?:numero|telefono)\b(?! (?:anterior|viejo|antiguo))",
        ),
        (
            "unsubscribe",
            rf"{_START}(?:darse de baja|ya no quiero){_END}"
            r"|\b(?:dar|dame|deme|denme|darnos|darme|quiero|solicito|pido)(?: (?:de|la|mi"
            r"|darme))* baja\b(?! de (?:precio|tasa|peso))"
            r"|\b(?:desuscrib|desinscrib|cancel\w+ (?:mi|la|esta) suscripcion a|anul\w+ (?:mi|la"
            r"|esta) suscripcion(?= \.|$))\w*|\brevoco (?:mi )?(?:consentimiento"
            r"|permiso|autorizacion)",
        ),
        (
            "wrong_person",
            r"(?<!es este el )(?<!es el )\b(?:numero|telefono|persona) (?:equivocad\w|incorrect\w|erroneo)|\b(?:se|te"
            r"|estan?|estas?) (?:equivoc\w+)(?: de)? ?(?:numero|persona)?|\b(?:aqui )?no (?:vive|trabaja|hay|conozco a"
            r"|existe) (?:nadie|ningun\w?|ninguna persona) (?:\w+ )?(?:con|de|llamad\w|que se llam\w) |\b(?:este"
            r"|esta) (?:no es|ya no es) (?:el )?(?:numero|telefono|celular) de\b|\bno soy (?:la persona|quien|el senor"
            r"|la senora|ell[ao])\b|\bya no (?:vive|trabaja) aqui\b",
        ),
        (
            "lost_interest",
            r"\bya no (?:me|nos) interes\w+(?! (?:el|la|los|las|es[ea]|est[ea]) (?:\w+ ){1,5}(?:\. )?pero\b)"
            r"|\bya no (?:estoy|estamos) interesad\w+|\bno (?:estoy|me) interes\w+ (?:mas"
            r"|para nada)\b|\bya no (?:busco(?! (?:de )?\d)|quiero nada|necesito nada)",
        ),
        (
            "go_away",
            r"\b(?:los|te|lo|voy a) (?:bloque(?:o|ar\w*|are)|bloqueo)\b(?! (?:en|el|la|ese|esa|mi)\b)|\b(?:vete"
            r"|vayanse|larg\w+|vayase) (?:a la|al"
            r"|de aqui)\b|\bno (?:chingue\w|joda\w|moleste\w)\b",
        ),
    ),
    doubtful=(
        (
            "not_interested",
            r"\bno (?:me|nos) interes\w+|\bno (?:estoy|estamos) interesad\w+|^no gracias\b|\bsin interes\b",
        ),
        (
            "stop_word",
            rf"{_START}(?:alto|pare|paren|basta|cancelar|cancelen|cancele|cancela)(?: (?:por favor|ya|todo"
            rf"|gracias))*{_END}|\bbaja de\b(?= (?:la|su|esta) lista)",
        ),
        (
            "wrong_person",
            r"\bno (?:me llamo|soy) (?!yo|de|el|la|un|una|muy|tan|quien)\w+|\b(?:es|este) (?:este "
            r"|es )?(?:el )?numero equivocado",
        ),
        ("no_consent", r"\b(?:nunca|no) (?:me (?:inscribi|suscribi|registre)|pedi|solicite|autorice)\b"),
        ("bereavement", r"\bfallecio\b|\bmurio\b|\bha muerto\b"),
        ("annoyed", r"\b(?:que molest\w+|es spam|acoso|hart\w de)\b"),
    ),
    limits=(
        r"(?: (?:por favor|mas|ahora|aqui|al|a este numero))* (?:antes de|despues de|hasta|durante|mientras|si|cuando"
        r"|los (?:\w+)|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)"
        r"|hoy|manana|tan (?:tarde|temprano)|por (?:ahora|la (?:manana|tarde|noche))|en el trabajo|al trabajo"
        r"|en la (?:manana|noche)|de noche|entre)\b"
    ),
    instead=(
        r"(?:^|\. |\bmejor |\bsolo |\bpor favor |\by |\bpero )(?:mandeme|mandame|escribame|escribeme|llameme|llamame"
        r"|textee?ame|envieme|enviame)\b|\bsolo (?:por )?(?:texto|mensajes?|llamadas?|telefono)\b|\bprefiero (?:texto"
        r"|mensajes?|llamadas?|que me (?:llame|escriba))"
    ),
)
