"""English that only sounds like an end of contact; taken out before anything is looked for."""

from modules.emotion.english_parts import CHILDS, ING, TAKE, VISIT

IDIOMS: tuple[str, ...] = (
    r"\bstop(?:ping|ped|s)? (?:by|in at|over|off|at nothing|the (?:car|bus|clock|bleeding)|on (?:my|our"
    r"|the) way)\b",
    r"\bstop in (?:on|this|at|and|for|later|today|tomorrow|sometime)\b|\b(?:ll|ill|youll|will|to|can|could|lets"
    r"|gonna|i|we) stop (?:in|at|for|to)\b(?! (?:once|all|a row))|\bstop and (?:see|look|visit|talk|think|say)\b",
    r"\b(?:bus|pit|truck|rest|full|non|next|last|first|one|the|a|train|short|door|final) stops?\b|\bstop (?:sign"
    r"|light)s?\b",
    r"(?<!\byou )(?<!\bu )(?<!\byall )(?<!\bwhy )(?<!\bya )\b(?:dont|do not|does not|doesnt|didnt|did not|never"
    r"|cant"
    r"|cannot|can not|couldnt|could not|wont|will not|wouldnt|shouldnt|not|no need|no reason|without)"
    r"(?: (?:want|wanna|need|ever|have|really|going|trying|like|wish|to|be|for)(?: you| u| them)?)* "
    rf"(?:stop|quit|cancel|unsubscribe|optout|revoke|end)(?:ping|ting|ling|ing)?\b(?: {ING}(?: me| us)?)?",
    r"\b(?:i|we|they|he|she|it) (?:(?:must|have to|need to|gotta|should|will|ll|had to|can|could|would|always"
    r"|usually|just"
    r"|already) )?(?:stop|quit)(?: (?!getting|receiving)\w+ing)?\b(?! getting| receiving| (?:these|them)(?= \.|$)"
    r"| (?:all|these|your|the) (?:texts|messages|calls))",
    r"\bi(?: m|m| am|ve| have) (?:trying|tried|going|about) to (?:stop|quit) (?!getting|receiving)\w+",
    r"\b(?:quit|quitting) (?:my|his|her|the|a|our|their|smoking|drinking|work|school|gym|your job)\b",
    r"\bstop(?:ping)? (?:smoking|drinking|working|thinking|laughing|worrying|crying|eating|paying|renting|taking"
    r"|driving|selling|buying|using|playing|talking about|looking|being|raining|snowing|the presses)\b",
    rf"\b(?:cancel|end|stop)(?:led|ling|ing)? (?:\w+ ){{0,3}}{VISIT}\b",
    r"\bcall me (?:sir|maam|miss|honey|babe|baby|buddy|bro|dude|crazy|mr|mrs|ms|boss|dear)\b",
    r"\b(?:text|call)(?:ing)? and driv\w+|\bhesitate to \w+|\bforget to \w+",
    rf"\b{TAKE} (?:me|us|him|her) (?:off|from|out)(?: of)? (?:the |my |your |our |this |that |tomorrows? "
    rf"|todays? )*"
    r"(?:wait(?:ing)? ?list|guest list|schedule|calendar|speaker|hold|mute|lease|loan|title|deed|waitlist|cc"
    r"|invite|"
    r"mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|appointment|meeting|slot|booking|city"
    r"|town"
    r"|airport|tour)\b",
    r"\b(?:i|we) (?:\w+ )?(?:gave|typed|entered|sent|put|wrote|dialed|called|texted|had|have) (?:you |u )?(?:the "
    r"|a )?wrong \w+",
    r"\b(?:accidentally|mistakenly) unsubscribe|\bunsubscribe (?:\w+ )?by (?:accident|mistake)|\bwhy (?:was|am|did"
    r"|were) i"
    r" (?:get |been )?(?:unsubscribe|optout)|\bdid i (?:unsubscribe|optout)",
    r"\b(?:our|my) (?:unsubscribe|optout) \w+",
    r"\b(?:(?:can|could|would|will|may|please|pls|just|you can|and|or) )(?:(?:you|u|please|just) )*(?:text|call"
    r"|message|try|use"
    rf"|reach|have) (?:(?:him|her|them|me|at|on|it|to) )*{CHILDS}|{CHILDS} is (?=\d)",
    r"\bdo not disturb (?:while driving )?(?:is )?(?:turned )?on\b",
    r"\bminor (?:issue|thing|detail|change|problem|league|damage|repair|question|injur\w+)s?\b",
)
