"""English ways to ask for an end, and what only sounds like one. Our own list; 47 CFR 64.1200(a)(10): any reasonable
means counts, judged by all that was said."""

from modules.emotion.english_here import HERE
from modules.emotion.english_idioms import IDIOMS
from modules.emotion.english_parts import AGE, BAN, CHILDS, END, MINE, NOUN, PLEASE, SAY, START, TAKE, YEARS
from modules.emotion.models import Phrases

ENGLISH = Phrases(
    idioms=IDIOMS,
    everywhere=(
        (
            "no_contact",
            rf"(?:{BAN}|stop|quit|cease|no) (?:\w+ ){{0,2}}?contact(?:ing|in)?(?: (?:me|us|this|with me|again"
            r"|my (?:phone|cell|house|home|work|number|office|email|family|wife|husband)"
            rf"|anymore|any more|from|at|or|in|ever|please|whatsoever)\b|{END})",
        ),
        (
            "no_contact",
            r"\b(?:no|stop|cease|end|halt) (?:all|any|further|more|future|other)(?: \w+){0,2} (?:contact"
            r"|communications?|correspondence|outreach)\b",
        ),
        (
            "no_contact",
            r"\bi (?:\w+ )?(?:dont|do not) (?:want|wish|care) to (?:be (?:contacted|bothered|disturbed)"
            r"|hear (?:\w+ )?from|(?:talk|speak) (?:to|with) (?:you|u|any|anyone))|\b(?:no longer (?:want|wish)"
            r"|not want) to be contacted",
        ),
        (
            "no_contact",
            r"\bnever (?:want to |wanna |wanted to )?hear from (?:you|u|any|this)|\bnot to (?:contact|be contacted)"
            r"|\b(?:not|never) to be contacted",
        ),
        ("leave_alone", r"\bleave (?:me|us|my \w+|this \w+) (?:the \w+ |tf )?(?:alone|be)\b|\bleave me in peace\b"),
        (
            "every_list",
            rf"\b{TAKE} {MINE} (?:off|from|out of) (?:of )?(?:all|every|any and all|each)\b"
            rf"|\bunsubscribe (?:me )?(?:from )?(?:all|every)\w*",
        ),
        (
            "revoked",
            r"\b(?:revoke|withdraw|rescind)(?:ing)? (?:all|any)(?: \w+){0,4} (?:consent|permission|authorization)"
            r"|\b(?:revoke|withdraw)(?:ing)? (?:my )?consent (?:to be contacted|for all)",
        ),
        (
            "legal",
            r"\bcease and desist\b|\btcpa\b|\b(?:sue|suing) (?:you|u|your|yall)\b|\bsee you in court\b"
            r"|\b(?:legal action|lawsuit) (?:against you|will|if|unless|is)|\b(?:take|taking|pursue|pursuing|file"
            r"|filing) (?:a )?(?:legal action|lawsuit|complaint with)(?! against (?!you|u\b|your|yall))",
        ),
        (
            "legal",
            r"\b(?:my|our) (?:lawyer|attorney) (?:will (?:be )?(?:contact|in touch|calling|suing|hear|sue)\w*\b"
            r"|is going to"
            r"|has been (?:notified|informed|contacted|advised|retained))(?!(?: \w+){0,4} (?:about|regarding"
            r"|to (?:schedule"
            r"|set|sign|discuss|review|finish|close)|(?:the|our|this|my) (?:closing|offer|contract|paperwork"
            r"|documents)))|\bhear from my (?:lawyer|attorney)|\b(?:this|that|it) is (?:harassment|illegal)\b"
            r"|\byou are (?:breaking the law|harassing me)",
        ),
        (
            "legal",
            r"(?<!should i )(?<!should we )(?<!do i )(?<!can i )(?<!did you )(?<!do we )"
            r"\breport(?:ed|ing)? (?:you|u|your|yall|this|it)(?: \w+){0,4} (?:fcc|ftc|attorney general|police"
            r"|authorities|bbb|better business)|\breport(?:ing)? (?:you|u)\b|\b(?:fcc|ftc) complaint",
        ),
        (
            "erasure",
            r"\b(?:delete|erase|remove|destroy|wipe|purge) (?:all )?(?:of )?(?:my|our|any|the) (?:\w+ )?(?:data|info"
            r"|information|details|personal \w+|records?|account and data)(?! (?:page|sheet|plan))\b"
            r"(?! (?:on|from|in) the (?:\w+ )?(?:page|form|application|quote|contract|listing|old|first|second)\b)"
            r"|\bright to (?:be forgotten|erasure|deletion)|(?<!dont )(?<!not )(?<!never )(?<!youll )\bforget (?:me"
            r"|that i exist)\b(?! not)|\b(?:gdpr|ccpa) (?:requests?|complaints?|violations?|breach|removal|deletion"
            r"|rights)\b|\b(?:violat\w+|breach\w*|invoke|exercise)(?: \w+){0,3} (?:gdpr|ccpa)\b",
        ),
        (
            "erasure",
            r"\b(?:delete|erase) (?:me|everything (?:you have|about me))|\bdo not (?:sell|share) my (?:data|info"
            r"|information|personal)",
        ),
        (
            "minor",
            rf"\b(?:i m|im|i am|am) (?:only |just |literally |like )*{AGE} {YEARS}|\b(?:i m|im|i am) (?:only|just"
            rf"|literally) {AGE}{END}|\b(?:i m|im|i am) (?:a |still a )?(?:minor|kid(?! at heart)|child|underage"
            rf"|under ?18"
            rf"|under age)\b",
        ),
        (
            "minor",
            r"\b(?:i m|im|i am) (?:still )?in (?:the )?(?:middle school|elementary school|(?:\d+(?:th|st|nd|rd)|fifth"
            r"|sixth|seventh|eighth|ninth|tenth) grade)|\b(?:texting|calling|messaging|contacting) (?:a"
            r"|my) (?:\w+ year old|minor|child|kid)\b",
        ),
        (
            "minor",
            rf"{CHILDS}|\b(?:kids?|childs?) phone\b|\b(?:daughter|son|kid|child) (?:has|uses"
            rf"|owns) this (?:phone|number)\b|\b(?:phone|number) (?:belongs to|of) (?:a child|my (?:son|daughter|kid"
            rf"|child)|a minor)|\b(?:he|she)(?:s| is) (?:only |just )?{AGE} and (?:this|its) (?:is )?(?:his|her)"
            rf" (?:\w+ )?(?:phone|number|cell)\b",
        ),
    ),
    here=HERE,
    doubtful=(
        (
            "limited",
            rf"{START}{PLEASE}no {NOUN} (?:today|tonight|tomorrow|this|before|after|during|on|at|for now|until"
            rf"|in)\b",
        ),
        (
            "not_interested",
            r"\b(?:not|aint|isnt|arent|wasnt|never|zero|no|0) (?:\w+ )?(?:interested"
            r"|interest)\b(?! in (?:\w+ ){1,5}but)|\buninterested\b",
        ),
        (
            "not_interested",
            rf"{START}(?:no|nah|nope)(?: thanks| thank you| thx| ty)(?: .*)?$|{START}(?:hard pass|ill pass|i pass"
            rf"|pass|no more|nothing more|count me out|not for me|no way|no thanks)(?: thanks| thank you)?{END}",
        ),
        (
            "stop_word",
            r"\bstop\b|\bstopping\b(?= this| these| all)|\b(?:unsubscribe|optout)\b(?! (?:rates?|features?|fees?))"
            r"|\bstopall\b",
        ),
        (
            "stop_word",
            rf"{START}{PLEASE}(?:quit|revoke|cancel|end|remove|delete|stoop|atop|sop|remove me|cancel (?:everything"
            rf"|it all|all|it|this|me"
            rf"|my (?:account|membership|subscription)))(?: (?:please|now|thanks))*{END}|\b(?:end|ending) (?:this"
            rf"|the) (?:conversation|chat)\b|\b(?:you|u) (?:dont|do not) {SAY} (?:me|us)\b(?! back)",
        ),
        (
            "annoyed",
            rf"\b(?:annoying|harass\w+|spam+(?:ming|mers?)?|nuisance|pestering|fed up|sick of|tired of (?:your|these"
            rf"|this|you|getting)|shut up|too many (?:{NOUN})|so many (?:{NOUN}))\b|\bdont bother{END}"
            rf"|{START}{PLEASE}(?:thats |that is )?enough(?: already| now| is enough)?{END}",
        ),
        (
            "no_consent",
            r"\b(?:never|didnt|did not) (?:sign(?:ed)? up|ask(?:ed)? (?:for|you)|subscribe|request|agree|opt in"
            r"|authorize)\b|\bdo not disturb\b|\b(?:not|never|dont|didnt) consent to\b",
        ),
        (
            "wrong_person",
            rf"^wrong$|\b(?:is this|if this is|is it|if its) (?:a |the )?wrong (?:number|person)|{START}(?:this"
            rf"|it) (?:is not"
            rf"|isnt|aint) \w+{END}|\b(?:theres?|there is) no \w+ here\b|\bwho is (?:\w+ )?i(?:m| am) not\b",
        ),
        (
            "not_them",
            rf"\b{BAN} contact (?:my|him|her|them|anyone|anybody)\b|\b(?:dont|do not|no longer) lives? (?:here"
            rf"|at this)\b"
            r"|\bthis is a new number\b|\b(?:was|am) (?:removed|taken off)\b|\bno longer (?:\w+ )?looking\b",
        ),
        (
            "bereavement",
            r"\bpassed away\b|\bdeceased\b|\b(?:he|she|husband|wife|mother|father|mom|dad|son|daughter|owner"
            r"|they) (?:has |have |just |recently )*died\b|\bis dead\b",
        ),
        ("minor", rf"\b(?:im|i am|i m) {AGE}{END}|\b(?:high school (?:student|kid))\b"),
        ("dying_wish", r"\b(?:kill myself|suicid\w+|end my life|end it all)\b"),
        ("legal", r"\b(?:my|our) (?:lawyer|attorney)s?\b|\blawsuit\b|\billegal\b|\bpolice\b|\b(?:gdpr|ccpa)\b"),
    ),
    limits=(
        r"(?: (?:me|us|please|again|my \w+|this number|here|at all))*(?: at)?(?: \w+){0,1}? (?:(?:before|after|until"
        r"|till|past) (?!i\b|you\b|we\b|this\b|that\b|my\b)\w+"
        r"|(?:during|while|unless|if|when|tonight|tomorrow|yet|today) ?|on (?:my |the |a )?(?:\w+days?|weekends?"
        r"|weekend)|at (?:work|night|the office|home|dinner|my job|my work)"
        r"|so (?:early|late|often|much|many)|too (?:early|late|often)|this (?:week|weekend|morning|afternoon|evening"
        r"|month)|next (?:week|month)"
        r"|for (?:now|a (?:while|bit|few|couple)|the (?:moment|time being))|in the (?:morning|evening|middle)s?"
        r"|between \d|every (?:day|hour|morning))\b"
    ),
    instead=(
        r"(?:^|\. |\bplease |\bpls |\bbut |\bjust |\bonly |\band |\bbetter |\brather |\byou can |\bu can )(?:just "
        r"|only )?(?<!dont )(?:text|call|message|whatsapp|sms|phone|ring) me\b"
        r"|\b(?:texts?|calls?|sms|texting|calling) (?:is |are )?(?:only|instead|better|works?)\b|\bonly (?:by |via "
        r"|through )?(?:texts?|calls?|phone)\b"
        r"|\b(?:i )?prefer (?:a )?(?:texts?|calls?|phone|to text|texting|calling)\b|\b(?:text|call) (?:me )?instead\b"
    ),
)
