"""English wishes to end what comes to this address, and addresses that are not theirs: yes, scope channel."""

from modules.emotion.english_parts import (
    BAN,
    END,
    ING,
    LISTS,
    MINE,
    NOT_BY_US,
    NOUN,
    PLEASE,
    PLURAL,
    SAY,
    START,
    TAKE,
    WHOM,
)

HERE: tuple[tuple[str, str], ...] = (
    ("stop_it", rf"\b(?:stop|quit|cease) (?:\w+ )?{ING}(?: {WHOM}\b|{END})"),
    (
        "stop_it",
        rf"\b(?:stop|quit|cease|halt|discontinue|enough)(?: (?:all|any|of|these|those|this|the|your|ur|with"
        rf"|sending|sendin|further|more|so many|damn|fucking|stupid|annoying|random|daily|constant|it w"
        rf"|w))* {NOUN}\b",
    ),
    (
        "stop_it",
        rf"\b(?:cancel|end)(?: (?:my subscription to|my subscription for|all|any|these|those|this|your|the|of|my"
        rf"|further|future))+ {PLURAL}\b|\b(?:cancel|end) (?:these|all|your|future) calls\b"
        rf"|{START}{PLEASE}(?:cancel|end) {PLURAL}{END}",
    ),
    (
        "stop_it",
        r"\b(?:stop|quit) (?:getting|receiving|hearing)\b|\b(?:make|making) (?:it|this|these|them|him|her) stop"
        rf"(?= \.|$| (?:please|pls|now|it|{ING})\b)"
        r"|\bget (?:you|them|this|it|these) to stop\b",
    ),
    (
        "stop_it",
        r"\b(?:need|want|like|wish|prefer)(?: for)? (?:(?:you|u|yall|your \w+)(?: \w+){0,2} (?:to )?(?:please )?"
        r"(?:stop|quit|end)\b"
        rf"|(?:(?:this|these|those|it|them|all|the|of) )+(?:{NOUN} |harassment |nonsense |crap )?(?:to )?(?:please )?"
        rf"(?:stop|quit|end)(?= \.|$| (?:now|please|pls|it|immediately|asap|already|today|{ING})\b))",
    ),
    (
        "stop_it",
        r"\b(?:tell|told|telling|asked|ask|asking|begging|beg)(?: (?:you|u|yall|ya|them|your \w+|guys|people|all"
        r"|already|nicely|before|twice|once|\w+ times))+ (?:to )?(?:please )?(?:stop|quit)\b|\b(?:i"
        r"|we) (?:already |have |just )*(?:said|say|replied|texted|wrote|typed|sent) (?:to )?(?:stop|quit"
        r"|unsubscribe)\b",
    ),
    (
        "stop_it",
        rf"\b(?:please|pls|plz|kindly)(?: \w+)? (?:stop|quit)(?: (?:now|it|this|that|already|immediately|asap"
        rf"|thanks|thank you|all|everything|today))*{END}",
    ),
    (
        "stop_it",
        rf"\bhow (?:do|can) (?:i|we|you) (?:make (?:these|them|this) stop|stop (?:these|them)){END}"
        rf"|{START}{PLEASE}stop (?:it |this |that )?with (?:the|these|your|all)\b|{START}{PLEASE}stop(?: (?:it"
        rf"|this|that|now|already|immediately|asap|everything|all|right|please|pls|thanks|bro|dude|man|today"
        rf"|nonsense|crap|shit|bullshit|bs|please|fucking|the|thank you))+{END}",
    ),
    (
        "stop_it",
        rf"\b(?:can|could|will|would|wont|cant|why dont|why wont|if) (?:you|u|yall|ya)(?: guys| all| people| dont"
        rf"| wont| do not)?(?: please| pls| just| plz| kindly| fucking)? (?:stop|quit)(?: (?:it|this|that|now"
        rf"|already|please|pls))*{END}",
    ),
    (
        "stop_it",
        r"\bstop (?:wasting (?:my|our|your)|trying to|blowing up|hitting me|reaching out|following up|selling me"
        r"|marketing to (?:me|us)|advertising to|talking to me|asking me)\b",
    ),
    (
        "do_not_call",
        rf"{NOT_BY_US}\b{BAN} (?:ever |even |keep |please |you ever |u ever |try to |just )*{SAY}(?: (?:me|us"
        rf"|my (?:phone|cell|house|home|work|number|office|wife|husband|family|mother|mom|dad)|this (?:number"
        rf"|phone|line|address|email)|here|again|anymore|any more|nor|ever|back|at all|at this|please|pls|me up"
        rf"|(?:or|and|nor) (?:call|text|email|message|write|mail|contact))\b|{END})",
    ),
    (
        "do_not_call",
        rf"\b(?:dont|do not) (?:bother|keep|start) (?:calling|texting|messaging|emailing|writing|with this)"
        rf"|\b(?:dont|do not) (?:ever )?reach out\b|\b{BAN} send (?:me |us )?(?:any(?:thing|more)?|more|these"
        rf"|this|texts|messages|emails|stuff|spam|sms)\b",
    ),
    (
        "do_not_call",
        rf"\b(?:told|asked|said|want|need|tell|tryna|rather|prefer|appreciate|like)(?: it)?(?: if)?(?: (?:you|u"
        rf"|yall|them|that|guys|people))*(?: (?:didnt|did not|wouldnt|would not|dont|do not)| not to| to not"
        rf"| not) {SAY}\b|\b(?:can|could|would) (?:you|u|yall) (?:please |pls )?not (?:{SAY}|be {ING})\b",
    ),
    (
        "do_not_call",
        rf"\bi (?:\w+ )?(?:dont|do not|never|didnt) (?:want|like|need|wish)(?: for)? (?:you|u|yall|you people"
        rf"|you guys|anyone|anybody|people|to be|to get|be|being|getting)(?: to)?(?: \w+)? ?(?:{SAY}(?:ed|ing"
        rf"|ting)?|texting|calling|called|texted|messaged|emailed)\b",
    ),
    (
        "do_not_call",
        rf"\b(?:dont|do not|didnt|no longer|not) (?:want|wish|need|like|care|interested in)(?: to| for"
        rf"| in)?(?: (?:get|receive|have|be getting|be receiving|see|keep getting|keep receiving|receiving|getting"
        rf"|read))?(?: (?:any|anymore|no|more|further|these|those|this|your|ur|of|such|all|all these"
        rf"|all those))+ {NOUN}\b|\b(?:dont|do not|no longer) (?:want|wish) to (?:receive|get) {NOUN}\b"
        rf"|\b(?:dont|do not) (?:want|need) (?:anything|nothing)(?: else)? from (?:you|u|yall)\b"
        rf"|\bno longer (?:want|wish for|need) (?:these|your|this|any|to (?:receive|get|hear))\b",
    ),
    (
        "do_not_call",
        r"\b(?:put|add|place) (?:me|us|this number|my number) (?:on|to|in) (?:your|the|ur"
        r"|a) (?:\w+ )?(?:do not call|dnc|do not text|dont call|no call|do not contact|blocked?)\b|\b(?:im|i am"
        r"|i m|number is|we are|were) (?:\w+ )?on (?:the |a |your )?(?:\w+ )?(?:do not call|dnc|no call)\b"
        r"|\bdo not call (?:list|registry)\b",
    ),
    (
        "no_more",
        rf"\bno (?:more|further|additional|mo)(?: of)?(?: (?:these|this|your|ur|damn|of|fucking|stupid|unsolicited"
        rf"|please))* (?:{NOUN}|from you)\b|\b(?:no more|nothing more|nothing else) (?:please|pls|plz|thanks"
        rf"|thank you|from (?:you|u)|of (?:this|these|your))\b",
    ),
    (
        "no_more",
        rf"{START}{PLEASE}no (?:{NOUN}|soliciting|solicitors)(?: (?:please|pls|thanks|thank you|at all|ever"
        rf"|or {NOUN}))*{END}",
    ),
    (
        "take_off",
        rf"\b{TAKE} {MINE}(?: please)?(?: off| from| out)(?: of)?(?: (?:your|ur|yr|the|this|that|these|those|my"
        rf"|of|any|such|its|there|here|whatever|stupid|damn|fucking|other))*(?: \w+){{0,2}}? (?:{LISTS})\b(?!"
        rf" (?:of|for) (?!texts|messages|people you))",
    ),
    (
        "take_off",
        rf"\b{TAKE} {MINE}(?: please)? (?:off|from|out)(?: (?:of|this|it|here|there|please|now|thanks"
        rf"|immediately|asap|that|these|those))*{END}|\boff (?:of )?(?:your|ur|this|the|these) (?:\w+ )?(?:lists?"
        rf"|database)\b",
    ),
    (
        "take_off",
        rf"{START}{PLEASE}(?:can you |could you |will you |would you |u need to |you need to |i need you to "
        rf"|i want you to )?(?:please )?(?:remove|delete|drop|scrub|erase) (?:me|us|this contact"
        rf"|my (?!(?:old|previous|former|other) )(?:\w+ )?(?:number|email|phone|cell|name|address)|this number"
        rf"|the number|our number)(?: (?:now|please|pls"
        rf"|thanks|thank you|immediately|asap|today|permanently|completely|entirely))*{END}",
    ),
    (
        "take_off",
        r"\bwant (?:to be |to get |me |us )?(?:off(?! (?:the |my )?wait)|out of (?:this|these|your)(?: \w+)?"
        r" (?:lists?|texts?|messages?|emails?|thread|group|chat|database|loop|thing)|out of (?:this|these)(?= \.|$)"
        r"|removed|taken off|deleted"
        r"|unsubscribe)\b|\b(?:be|been|get|am) (?:removed|taken off)(?: (?:from|off))? (?:your|this|the"
        r"|all) (?:\w+ )?(?:lists?|database|system|emails?|texts?|messages?|mailings?|calls?|campaigns?|newsletters?)"
        r"|\b(?:lose|delete|forget|erase|throw away) (?:my|this|our"
        r"|the) (?:phone |cell )?(?:number|contact|digits)\b|\bget off my (?:phone|line|back)\b",
    ),
    (
        "unsubscribe",
        r"(?<!^to )(?<!\. to )(?<!stop to )(?<!\byou may )(?<!\byou can )\bunsubscribe\b(?! (?:rates?|buttons?|pages?"
        r"|features?|forms?|options?|process|flow))"
        r"|(?<!^to )(?<!\. to )(?<!stop to )(?<!\byou may )(?<!\byou can )\boptout\b(?! (?:of (?!all|any|this|these"
        r"|your|the (?:texts|messages|list|calls|emails)|it|texts?"
        r"|messages|sms|emails?|mails|mailings?|calls|receiving|getting|further|future)|rates?|forms?|period|clause"
        r"|features?|process|fees?))",
    ),
    (
        "revoked",
        r"\bi (?:hereby |do |now |formally )*(?:revoke|withdraw|rescind)(?: (?:my|prior|express|previous"
        r"|written))*(?: consent| permission| authorization)|\bi (?:hereby |do |now |formally )*revoke(?: it| this"
        rf"| that| everything)?(?: please| now)*{END}"
        r"|\b(?:revoke|withdraw|rescind)(?:ing|s|ed)? (?:my|our"
        r"|prior) (?:\w+ ){0,2}(?:consent|permission|authorization)\b|\bconsent (?:is )?(?:revoked|withdrawn)\b"
        r"|\b(?:never|didnt|did not|do not|dont|have not|havent) (?:give|gave|given)(?: (?:you|u|anyone"
        r"|any))* (?:permission|consent|authorization)\b|\b(?:do not|dont|never) have (?:my|any) (?:permission"
        r"|consent)\b|\b(?:i )?(?:never|do not|dont|did not|didnt) consent(?:ed)? to\b"
        r"(?! (?:the |this |any |be |being |a )*(?:call )?(?:be |being )?record)",
    ),
    (
        "go_away",
        rf"{START}{PLEASE}(?:go away|get lost|fuck off|f off|piss off|bugger off|buzz off|bug off|back off"
        rf"|screw off|kick rocks|go to hell|fuck you|screw you|gtfo|stfu)(?: (?:now|please|spammer|scammer|bot"
        rf"|creep|asshole|already|and \w+ \w+))*{END}",
    ),
    (
        "go_away",
        r"\b(?:im|i am|i m|will|ill|gonna|going to|i|have|be|youre|you are|getting|and"
        r"|ur)(?<!did i)(?: (?!not )\w+)? (?:be )?(?<!not )block(?:ed|ing|in)?(?: (?:you|u|this number|your number"
        r"|ur number"
        r"|the number))?(?= \.|$| (?:if|now|and|unless|because|for))|(?<!did i )\bblock(?:ing|ed)? (?:you|u|this number"
        r"|your number)\b(?! (?:in|a|an|off|out|time))",
    ),
    (
        "go_away",
        r"\breport(?:ed|ing)? (?:(?:this|it|as|number|you|your) )*(?:spam|junk|scam)\b|\bmark(?:ed"
        r"|ing)? (?:(?:this|it|you) )?(?:as )?spam\b",
    ),
    (
        "wrong_person",
        r"(?<!is this the )(?<!is this a )(?<!if this is the )(?<!if this is a )(?<!if its the )(?<!is it the"
        r" )(?<!is this )(?<!call the )wrong (?:number|person|guy|girl|man|woman|lady|phone|contact|recipient"
        r"|email|numba|num|dude|no(?= \.|$))\b(?! (?:of|on|for|in|listed|is on))|\b(?:you|u|youve|ve) (?:have |got "
        r"|called "
        r"|texted |dialed |reached |messaged )+(?:the )?wrong one\b",
    ),
    (
        "wrong_person",
        r"\b(?:no one|noone|nobody|no person|nobody here) (?:(?!has |have |had |ever )\w+ ){0,2}(?:by (?:that"
        r"|this)(?= \.|$| here| at)"
        r"|by \w+ name|with (?:that|this|the) name|named \w+|called (?!me|us|back|yet|today|yesterday|from|again|you"
        r"|him"
        r"|her|and|so|until|since|about|for|to)\w+)\b|\b(?:dont|do not) (?:know|have) (?:any ?one|any|who|a"
        r"|an) (?:\w+ )?(?:by|named|called"
        r"|that) (?:that|the|name|\w+)\b|\b(?:nobody|no) \w+ (?:at|on) this (?:number|phone|address|email)\b",
    ),
    (
        "wrong_person",
        r"(?<!\bi )(?<!\bwe )\b(?:dont|do not|no longer) lives?(?: (?:here|at this address))(?: any ?more)?\b"
        r"|\b(?:doesnt|does not) lives? (?:here|at this address)\b|\b(?:doesnt|does not|dont|do not|no longer"
        r"|not) (?:have|has|use|uses|own|owns|belong|belongs"
        r"|work|works)(?: to \w+)?(?: (?:at|with|to))?(?: (?:here|this (?:number|phone|email"
        r"|address)))(?: any ?more)?\b|\b(?:he|she|they|person|\w+) no longer (?:works?|lives?|is) (?:here|with us"
        r"|at this|at the company)\b|\bhas left (?:the|our|this) company\b",
    ),
    (
        "wrong_person",
        r"\b(?:this|it) (?:is not|isnt|aint|is no longer|isn t) (?!my |the |a |an |your |our |working "
        r"|good )\w+(?: \w+)?(?: any ?more)?s? (?:number|phone|cell|email|any ?more)\b|\b(?:this|it|number"
        r"|phone) (?:is not|isnt|is no longer|no longer belongs to|does not belong to|doesnt belong to"
        r"|aint) (?:\w+s )?(?:number|phone|him|her|them|that person|the person|who you)\b|\b(?:im|i am|i m"
        r"|this is) not (?:the (?:right )?(?:person|guy|lady|man|woman)|who you|him|her|them|that person)\b"
        r"|\bnot the (?:right|correct) (?:person|number|contact)\b|\b(?:number|phone|line|email) (?:no longer"
        r"|doesnt|does not) (?:belongs?|works? for|reach)\b|\b(?:recycled|new owner of this) number\b"
        r"|\bgot this number (?:recently|last|a|yesterday|new)\b|\bthis is a new owner\b"
        r"|\bmistaken (?:me|identity)\b|\bsomeone elses (?:number|phone)\b",
    ),
    (
        "lost_interest",
        r"\bno longer (?:\w+ )?(?:interested(?! in (?:\w+ ){1,6}(?:\. )?but\b)|looking(?! for (?:\w+ )?(?:\d|one|two"
        r"|three|four))|in the market|need(?:ed)? (?:this|your|these|it))\b|\b(?:not"
        r"|isnt|arent|aint|never) (?:\w+ )?interested (?:\w+ ){0,4}?(?:any ?more|any longer)\b|\b(?:not"
        r"|isnt) interested (?:so |and )?(?:please |pls )?(?:stop|remove|take|dont|do not|unsubscribe|quit|lose)\b"
        r"|\blost (?:all )?interest\b|\bnot interested (?:at all|whatsoever|ever|and never|period)\b"
        r"|\bnever (?:be |was |been )interested\b",
    ),
)
