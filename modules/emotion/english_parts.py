"""Pieces of the English patterns: what is sent, what is done to whom, where a thought begins and ends."""

END = r"(?= \.|$)"
START = r"(?:^|(?<= \. ))"
PLEASE = r"(?:(?:please|pls|plz|kindly|just|and|so|but|now|ok|hey|thanks|thank you|sorry|no|yes|yo|omg) )*"
NOUN = (
    r"(?:(?:text|phone|robo|voice|sales|marketing|spam|junk|automated|promotional|promo|unwanted|unsolicited|cold"
    r"|follow up)"
    r" )?(?:texts?|txts?|messages?|msgs?|sms|calls?|robocalls?|voicemails?|emails?|mails?|spam|solicitations?"
    r"|newsletters?"
    r"|notifications?|promotions?|promos?|ads|advertis\w+|offers|spamming|texting|calling|messaging|emailing|bs|crap"
    r"|shit)"
)
PLURAL = r"(?:texts|txts|text messages|messages|msgs|sms|emails|mails|notifications|newsletters?|texting)"
ING = (
    r"(?:text|txt|call|phon|ring|messag|msg|email|mail|writ|bother|harass+|spam|annoy|bug|pester|stalk|bombard|disturb"
    r"|hound|solicit|ping|dm|nag|prank|blast|blow|hit|reach|send|try|trick|scam|wast|follow)[a-z]{0,2}(?:ing|in|n|en)"
)
WHOM = (
    r"(?:me|us|my|our|this|these|those|here|at|to|up|out|so|it|all|any|anymore|again|please|pls|now|the|with|or|and"
    r"|too)"
)
SAY = (
    r"(?:call|text|txt|phone|ring|message|msg|sms|email|mail|write|bother|harass|spam|ping|dm|disturb|solicit|hit|send)"
)
BAN = r"(?:dont|do not|don t|dnt|never|please not|better not|not ever|do nt)"
NOT_BY_US = (
    r"(?<!\bi )(?<!\bwe )(?<!\bthey )(?<!\bhe )(?<!\bshe )(?<!\byou )(?<!\bu )(?<!\bpeople )(?<!\bto )(?<!\bwho )"
    r"(?<!\bwill )(?<!\bll )(?<!\bwould )(?<!\bthat )(?<!\bill )(?<!\bhas )(?<!\bhave )(?<!\bhad )"
)
LISTS = (
    r"(?:lists?|database|data base|system|records?|contacts?|files?|crm|directory|campaigns?|distribution|mailings?"
    r"|mailing lists?|subscriptions?|texts?|messages?|emails?|calls?|everything|rotation|sequence|leads?|phone|spam"
    r"|thing"
    r"|thread|marketing|newsletter|outreach)"
)
MINE = (
    r"(?:me|us|him|her|my name and (?:number|email)|my (?:\w+ )?(?:name|number|phone|cell|email|info|information"
    r"|contact|address|line|mom|dad|wife|husband)"
    r"|(?:this|the|our) (?:phone |cell )?(?:number|phone|email|line|address|contact)|this)"
)
CHILDS = (
    r"\b(?:my|our) (?:\w+ )?(?:sons?|daughters?|kids?|childs?|childrens?|grandsons?|granddaughters?) (?:cell "
    r"|mobile )?(?:phone|number|cell)\b"
)
TAKE = r"(?:take|taken|get|remove|removed|drop|delete|scrub|strike|pull|cut|keep|erase|cross|exclude|removing|leave)"
AGE = r"(?:[5-9]|1[0-7]|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
YEARS = r"(?:years? old|yrs? old|year old|yo|y o|years of age)"
VISIT = (
    r"(?:appointments?|visits?|tours?|meetings?|bookings?|reservations?|slots?|orders?|showings?|sessions?|class|demo)"
)
