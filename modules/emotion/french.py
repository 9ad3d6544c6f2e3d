"""French ways to ask for an end (words come without accents and apostrophes: "mappelez"), and what only sounds like
one. Our own list."""

from modules.emotion.models import Phrases

_END = r"(?= \.|$)"
_START = r"(?:^|(?<= \. ))(?:(?:svp|stp|merci|bonjour|sil vous plait|sil te plait|et|mais|non) (?:de )?)*"
_NOUN = (
    r"(?:messages?|textos?|sms|appels?|dappels?|courriels?|mails?|emails?|demails?|pubs?|publicites?|spams?|demarchage"
    r"|newsletters?|notifications|sollicitations|offres)"
)
_DO = (
    r"(?:m ?)?(?:appel\w*|ecri\w*|envo\w*|text\w*|derang\w*|harcel\w*|importun\w*|embet\w*|emmerd\w*|spam\w*"
    r"|sollicit\w*|relanc\w*|demarch\w*|mappel\w*|mecri\w*|menvo\w*)"
)
_ME = r"(?:me |m ?|nous )"
_ORDER = (
    rf"(?:{_ME}?(?:appel(?:ez|le|er)|ecri(?:vez|s|re)|envoy(?:ez|er)|envoie|text(?:ez|e|er)|derang(?:ez|e|er)"
    rf"|harcel(?:ez|e|er)|telephon(?:ez|e|er)|relanc(?:ez|e|er)|sollicit(?:ez|er)|demarch(?:ez|er)|embet(?:ez|e)))"
)
_CONTACT = rf"(?:{_ME}?(?:re)?contact(?:ez|e|er))"
_AGE = r"(?:[5-9]|1[0-7]|dix|onze|douze|treize|quatorze|quinze|seize|dix sept)"

FRENCH = Phrases(
    idioms=(
        rf"\bn ?(?:e )?(?:arret|cess)\w* (?:pas|jamais)(?: d ?e? ?{_DO})?|\b(?:pas|sans|jamais) (?:m ?|d)?(?:arreter"
        rf"|cesser)\b",
        r"\barrets? (?:de )?(?:bus|tram|metro|maladie|de travail)\b|\bfin (?:de|du|d)\b|\b(?:annul|report"
        r"|deplac)\w* (?:\w+ ){0,2}(?:rendez vous|rdv|visite|reservation|commande|reunion|appel)\b",
        r"\b(?:jai|jarrete|nous arretons|on arrete) (?:arrete )?(?:de )?(?:fumer|travailler|boire)\b"
        r"|\bplus de (?:questions|renseignements|details|photos|infos?|temps)\b|\bnhesitez pas a \w+"
        r"|\bnoubliez pas de \w+",
    ),
    everywhere=(
        (
            "no_contact",
            rf"\bne (?:plus )?{_CONTACT} (?:plus|jamais)\b|\bne (?:plus|pas|jamais) (?:jamais )?{_CONTACT}|\b(?:arret"
            rf"|cess)\w* de {_CONTACT}|\bne {_CONTACT} pas\b|\b(?:cess|arret)\w* toute? (?:contact|communication"
            rf"|correspondance)\b|\b(?:ne )?(?:veux|souhaite|desire) (?:plus|pas) (?:etre contacte\w*"
            rf"|que vous {_CONTACT}|avoir de contact|entendre parler)",
        ),
        (
            "leave_alone",
            r"\b(?:laisse[zr]?|foute[zr]?|fichez|fous|fiche)(?: (?:moi|nous|me))? (?:tranquilles?|en paix|la paix)\b",
        ),
        (
            "erasure",
            r"\b(?:supprim|effac|retir|enlev|detrui)\w* (?:toutes )?(?:mes|les|nos) (?:donnees|informations|infos"
            r"|coordonnees)\b|\brgpd\b|\bdroit a loubli\b",
        ),
        (
            "legal",
            r"\b(?:porter|porte|deposer|depose) (?:une )?plainte\b|\bmise en demeure\b|\bmon avocat (?:va|vous"
            r"|prendra)\b|\b(?:poursuites|action en justice|poursuivre en justice)\b|\b(?:cest du|cest de la"
            r"|du) harcelement\b|\bsignaler? (?:a la|au) (?:cnil|police)|\bcnil\b",
        ),
        (
            "minor",
            rf"\bj ?ai (?:seulement |juste |que )?{_AGE} ans\b(?! (?:de|d))|\bjai \w+ {_AGE} ans\b"
            rf"|\bje suis (?:encore )?(?:mineure?|un enfant|une enfant)\b|\bnumero de m(?:on fils|a fille)\b"
            rf"|\btelephone de m(?:on fils|a fille)\b",
        ),
    ),
    here=(
        (
            "stop_it",
            rf"\b(?:arret|cess|stop)\w* (?:de |d|avec |tous |ces |ses |vos |les |tout )+(?:{_DO}|{_NOUN})"
            rf"|\bstop (?:aux |les |a vos |a ces |vos )?{_NOUN}|\barretez (?:ca|tout|cela|svp|stp|maintenant){_END}"
            rf"|\b(?:ai|avons) (?:deja )?(?:dit|demande) (?:\w+ )?(?:stop|darreter|d arreter|de cesser)\b",
        ),
        (
            "do_not_call",
            rf"\bn ?e? ?(?:plus |pas |jamais )?{_ORDER} (?:plus|pas|jamais)\b|\b(?:ne )?(?:plus"
            rf"|jamais) (?:jamais )?{_ORDER}\b(?: svp| merci| sil vous plait)*{_END}|\bmerci de ne (?:plus"
            rf"|pas) {_ORDER}|\bne (?:plus|pas) {_ORDER}",
        ),
        (
            "do_not_call",
            rf"\bn?e? ?(?:veux|souhaite|desire|voulons|souhaitons) plus (?:recevoir|de|d|etre|avoir|que vous"
            rf"|vos) ?(?:{_NOUN}|de \w+|vos \w+|appele\w*|derange\w*|mappel\w+|\w+)?|\b(?:veux|souhaite"
            rf"|voulons) pas (?:recevoir|etre (?:appele|derange|sollicite)|de vos|que vous m ?(?:appel|ecriv|envoy"
            rf"|derang)|vos {_NOUN})",
        ),
        (
            "no_more",
            rf"{_START}(?:plus|aucun|pas) (?:de |d)?{_NOUN}(?: svp| stp| merci| sil vous plait)*{_END}"
            rf"|\bplus aucun {_NOUN}",
        ),
        (
            "take_off",
            r"\b(?:retir|enlev|supprim|effac|ray|sort|raye|desinscri|desabonn|otez|ote)\w*(?: moi| nous| mon (?:numero"
            r"|nom|mail|adresse|courriel|telephone)| ce numero)+(?: (?:de|du) (?:votre|vos|la|cette|toutes|ta|tes|ce"
            r"|vos) ?\w*)?|\b(?:retire|enleve|supprime|raye)\w* de (?:votre|vos|la|cette) (?:listes?|base|fichiers?"
            r"|contacts)",
        ),
        (
            "unsubscribe",
            r"\b(?:me |mon |m ?)?(?:desabonn|desinscri|resilier mon abonnement aux)\w*|\b(?:je )?(?:revoque"
            r"|retire) (?:mon )?(?:consentement|accord|autorisation)",
        ),
        (
            "wrong_person",
            r"(?<!est ce un )\b(?:mauvais|faux) (?:numero|destinataire|contact)\b|\bpas le bon (?:numero|destinataire"
            r"|contact)\b|\bmauvaise personne\b|\b(?:vous vous|tu te|se) (?:etes |es )?tromp\w+(?: de (?:numero"
            r"|personne))?|\bvous avez fait erreur\b|\berreur de (?:numero|personne|destinataire)\b"
            r"|\b(?:ce )?n?c?est (?:pas|plus) (?:le|son) (?:bon )?(?:numero|telephone)\b|\b(?:personne"
            r"|pas de \w+) (?:de ce nom|ici qui sappelle)\b|\bje ne suis pas (?:la (?:bonne )?personne|cette personne"
            r"|celui|celle)\b|\b(?:ne travaille|nhabite|ne vit) plus ici\b",
        ),
        (
            "lost_interest",
            r"\bplus (?:du tout )?interesse\w*|\bne? ?m ?interesse plus\b|\bminteresse plus\b|\bplus interesse\w*"
            r"|\bje ne (?:cherche|recherche) plus\b",
        ),
        (
            "go_away",
            r"\b(?:degage|degagez|va te faire|allez vous faire|fous le camp|barrez vous)\b|\bje (?:vous|te|vais vous"
            r"|vais te) bloque\w*|\bsignale\w* (?:comme |en )?(?:spam|indesirable)",
        ),
    ),
    doubtful=(
        (
            "not_interested",
            r"\bpas (?:du tout |vraiment )?interesse\w*|\bm ?interesse pas\b|\bminteresse pas\b|^non merci\b"
            r"|\bsans interet\b",
        ),
        (
            "stop_word",
            rf"{_START}(?:arret|arreter|arrete|annuler|annulez|cessez|cesse)(?: (?:svp|stp|merci|tout|maintenant"
            rf"|sil vous plait))*{_END}",
        ),
        (
            "wrong_person",
            r"\bje ne suis pas (?:monsieur|madame|m|mme) \w+|\best ce (?:un|le) (?:mauvais|faux|bon) numero",
        ),
        ("no_consent", r"\b(?:jamais|pas) (?:inscrite?|abonnee?|demande (?:a|ces|vos)|autorise)\b"),
        ("bereavement", r"\b(?:est|a ete) (?:mort|morte|decedee?)\b|\bdecede\w*\b"),
        ("annoyed", r"\bharcelement\b|\bras le bol\b|\bmarre de\b|\bcest du spam\b"),
    ),
    limits=(
        r"(?: (?:svp|stp|ici|merci))* (?:avant|apres|jusqu\w*|pendant|si|quand|lorsque|le (?:matin|soir|week end"
        r"|weekend|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
        r"|aujourdhui|demain|ce (?:soir|matin|mois)|cette semaine|pour (?:linstant|le moment)|au (?:travail|bureau)"
        r"|la nuit|entre|si (?:tard|tot)|aussi (?:tard|tot))\b"
    ),
    instead=(
        r"\b(?:plutot|prefere)\b.*\b(?:textos?|sms|messages?|appels?|appeler|telephone)\b|(?:\. |^|\bmais "
        r"|\bet )(?:envoyez moi un (?:sms|texto)|appelez moi|textez moi)\b"
    ),
)
