"""Recognises signs of suicidality and acute danger in a message, in sloppy Dutch, Flemish and some English.

Lexical on purpose: it works when everything else is down, and anybody can read why a sentence was recognised.
It leans to recognising too much when life is at stake, and lets professional talk about the subject pass.

The phrases below are regular expressions over one sentence (small letters, no accents, apostrophes or commas), one
a line, an indented line continuing the one above. `<NAME>` stands for a row of words, `~30` for at most thirty
characters in between, and every bracket only groups.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = r"""
I = ik|k|ikzelf|kwil|kga|kheb|kben|kzie|kzou|kmaak
ROLE = client\w*|klant|deelneme?r\w*|deelneemster|patient\w*|bewo(ner|onster)\w*|kandida\w+|cursist|stagiaire?
    |collega\w*|broer\w*|zus\w*|zoon\w*|dochter\w*|vriend\w*|man|vrouw|meisje|jongen|moeder|vader|partner
    |buur\w+|kind|iemand|persoon|werknemer|medewerk(er|ster)|huisgeno\w+|leerling|jongere|ex
WHO = <I>|hij|ie|ze|zij|die|<ROLE>
SELF = me|mij|mn|mezelf|mijzelf|mezelve|m?eigen|zich|zichzelf|zn eigen|haar eigen|haarzelf|hemzelf|zelf
OTHER = hem|haar|m|r|ons|ze|hen|hun|jou|je|jullie|u|iemand|iedereen|mensen|allemaal|(mijn|mn|me|zijn|zn|haar|de|die
    |deze|een|t|onze) (eigen )?(<ROLE>|baas|begeleid(er|ster)\w*|coach\w*|trajectbegeleid(er|ster)\w*
    |jobcoach\w*|behandel\w+|chef|directeur|leidinggevende|psychiater|arts|familie|gezin|kinderen|hulpverlener)
NOT = niet|nie|ni|nimmer|nooit|niks|nergens
TAKEN = genomen|ingenomen|geslikt|doorgeslikt|op(gegeten)?|achterover\w*|binnen
SAVED = (op)?gespaar[dt]|spaart?|sparen|verzameld?|verzamelt|opgepot|(in huis )?gehaald|klaar ?lig\w+
    |lig\w* klaar|klaar
PILLS = pillen|slaappillen|tabletten|paracetamols?|oxazepam|kalmeringspillen|slaapmiddelen|pammetjes
HEIGHT = dak|brug|viaduct|flat|balkon|gebouw|toren|raam|parkeergarage|reling|balustrade|spoor|rails|treinspoor
    |richel|kraan
WEAPON = mes|keukenmes|scheermes|pistool|vuurwapen|wapen|geweer|machete|honkbalknuppel|knuppel|hakmes
KILL = vermoord(en)?|doodsteken|doodslaan|doodschieten|doodmaken|neersteken|neerschieten|neer te (steken
    |schieten)|dood te (steken|schieten|slaan|maken)|te vermoorden|wurgen|te wurgen|kapot(maken|slaan)
    |overhoop schieten|af te maken|om zeep helpen|in elkaar slaan|in elkaar te slaan
SUBJECT = suicid\w*|suiicid\w*|zuicid\w*|zelfmoord\w*|zelfdoding\w*|zelfmord\w*|tentamen suicid\w*
"""

# The wish to die, or not to live, and taking leave.
_WISH = r"""
\b(het|t)\b~4\b(voor|van) (mij|me|hem|haar) (allemaal |echt )?niet meer hoeft\b
\bhoeft? (voor|van) (mij|me|hem|haar) <NOT> meer( het leven)?$
^(help )?<I> ga (nu )?dood$
\b(wil|wilt|wille|willen|kwil|wou|zou|hoef|hoeft|kan|kunnen
    |hoeven)\b~30\b<NOT> (meer |langer |verder |nog )?(te |hier te |wakker )?(leven|bestaan|voortleven
    |wakker worden|leve|doorleven|verder leven)\b(?! van (een|de|het|mijn|mn|die|onze) )
\b<NOT> (meer |langer )?(verder )?(wil|wilt|wou|kan|hoef|hoeft) (te )?(leven|bestaan)\b
\b<NOT> (meer|langer) (te )?(leven|bestaan)\b~6\b(wil|wilt|wille|wou|hoef|hoeft)\b
\b(wil|wilt|kwil|wou|zou)\b~20\b(er|der|dr|hier)\b~12\b<NOT> (meer|langer) (zijn|wezen)\b
\b(er|der) <NOT> meer (te )?(wil|wilt|wou) (zijn|wezen)\b
\ber <NOT> meer (te )?zijn wil
\b(geen|weinig) (zin|reden|wil|lust|fut|doel) (\w+ )?(meer )?(om|in
    |voor) (te |het |t |mijn |zijn |haar )?(\w+ te )?leven\b
\b(het |t |mijn |mn )?leven (echt |helemaal |zo )?(is |heeft )?(niet meer|geen zin|geen waarde|beu|moe|zat
    |meer dan zat|zinloos|waardeloos|niks waard)\b
\b<WHO>\b~20\b(het|t) leven\b~15\b(niet meer|beu|moe|zat|niks meer|geen zin)\b
\b(levensmoe|doodswens|doodsverlangen|levensbeu)\b
\bklaar met (het |t |mijn |mn |dit )?leven\b
\b(uit|van) (het|t|dit) leven (te )?(stap\w*|weg)\b
\bstapt? uit (het|t) leven\b
\b<NOT> meer wakker (te )?(wil\w* )?word\w*
\bniet meer wakker word\w*
\b(<WHO>)\b~25\b(wil|wilt|wou|wilde|zou willen)\b((?!\bniet\b|\blaten\b).){0,25}\bdood(gaan| zijn
    | gaan)?\b(?! (laten|spoor|punt|gewicht|paard))
\b(kwil|wil|wilt) (gewoon |alleen |het liefst |liefst |liever |echt |nog maar |maar )*(dood|sterven|doodgaan)\b
\b(wil|kwil|wou) (<WHO>) (gewoon |alleen |het liefst |liefst |echt |nu )*(dood|sterven|doodgaan)\b(?! laten)
\b(dood|sterven|doodgaan|dood zijn) (wil|wilt|willen|wou)\b
\b(was|waren) (ik|k|hij|ze|zij) (nu )?maar (al )?(dood|nooit geboren)\b
\b(beter|liever|liefst|net zo goed) (\w+ )?dood\b(?! (paard|spoor|punt))
\b(wens\w*|hoop|hoopt|bid) ~25\b(dood (ben|is|ga|gaat|was)|doodga\w*|sterf|niet meer wakker)
\b<WHO>\b~30\b(denk|denkt|dacht|fantaseer|praat|praten|begint|begon|heeft het|hebt het)\b~20\b(de dood
    |dood zijn|doodgaan|sterven)\b
\b(eind|einde|punt)\b~12\b(aan|achter)\b~12\b(mijn|mn|haar|zijn|zn|het|t|dit|dat|hun|eigen) (eigen )?(leven
    |lijden)\b
\b(<I>|hij|ze|zij|<ROLE>)\b((?!\b(samenwerking|contract|overeenkomst|pilot|project|subsidie
    |traject)\b).){0,30}\b(er|der|dr|hier)\b~15\b(eind|einde)\b~8\baan\b(?! (de|die|dat|het|deze|dit) )
\b(maak|maakt|mk)\b~6\b(er|der)\b~10\b(eind|einde)\b~6\baan\b(?! (de|die|dat|het|deze|dit) )
\b(van (het|t) leven (te )?bero\w+|van kant (te )?ma\w+|mak?\w* \w+ van kant)\b
\b(<I>|hij|ze|zij|<ROLE>)\b~25\b(zie|ziet|heb|heeft)\b~20\bge(en|ne|nen) (andere )?(uitweg|weg) (meer
    |dan)\b(?! (in|uit|voor) )
\b(<I>)\b~6\b(zie|ziet)\b~4\b(het|t)\b( \w+){0,2} <NOT> meer zitten$
\bzie (ik )?(het|t) (allemaal |echt |gewoon )*<NOT> meer zitten$
\b(het|t) (leven )?hoeft? (van|voor) (mij|me|haar|hem) (allemaal |echt )?<NOT> meer$
\bbeter af (zonder|als) (mij|me|hem|haar|ik er)\b
\bzonder (mij|me) (zijn|is|zou) \w+ (\w+ )?beter\b
\b(niemand|geen mens)\b~20\b(last (meer )?van (me|mij)|(me|mij) (zal |gaat |zou |toch )?miss\w*|mist (me|mij))\b
\b(niemand|geen mens|jullie|ze|zij|iedereen)\b~20\b(geen last meer|van (me|mij) (af|verlost))\b(?! als)
\bna (vannacht|vanavond|vandaag|morgen|dit weekend)\b~12\b(ben ik|ik)\b~8\ber niet meer\b
\bafscheidsbrie\w+(?!~60\b(pensioen|ontslag|baan|functie|vertrek\w*|werkgever|collegas?)\b)
\b(laatste (bericht|nacht|avond|groet) (van mij|ooit|op aarde)|vaarwel (wereld|allemaal|iedereen)
    |ik neem afscheid van (het leven|de wereld|iedereen))\b
\b(verlang\w*|hunker\w*) (\w+ ){0,2}naar de dood\b
\bafscheid (\w+ ){0,2}van (het|t|dit) leven\b
\bvan de aardbodem verdwijnen\b
\b<I> (hoef|kan) (echt |zo |gewoon )?niet meer verder$
^(wil |ga |zal |moet )?er een einde? aan maken\b(?! dat (?!wil))
\bwil er een einde? aan maken$
\b<I> (ga|wil|moet) (nu )?springen$
\bleven\b~12\bbe ?eindig\w*
\b(<I>|hij|ze|zij|<ROLE>) (ben|is|ga|gaat|zal) er (\w+ )?(morgen|straks|vanavond|vannacht
    |binnenkort) niet meer\b
\bik ga er niet meer zijn\b
\b<I>\b~12\b(ga|zal)\b~12\bdood (vanavond|vannacht|straks|morgen)\b
\b(dan )?spring (ik|k)$
\b(vanavond|vannacht|straks|nu|zo) spring (ik|k)$
\b<I> spring (straks|zo|nu|vanavond|vannacht|morgen)$
\bspring (ik|k)? ?(er ?voor|voor (de|een) (trein|metro|tram))\b
\bnog (maar )?(een|1|n) trein\b~20\b(over|klaar|voorbij)\b
\b(lig ik|ik lig|lig k)\b~15\bonder (de|een|n) (trein|metro|tram)\b
\b(is|was) (het|t|alles) (dan |echt |straks )?(over|klaar|voorbij|afgelopen) (voor|met) (mij|me)\b
\b(vannacht|vanavond|straks) is (het|t|alles) (allemaal )?(voorbij|afgelopen)$
\bafscheid genomen van (iedereen|alles|(mijn|mn|de) (kinderen|familie|ouders|gezin))\b
\b(morgen|straks|vannacht|vanavond) ben ik er niet meer\b
\bna (morgen|vannacht|vanavond|vandaag)\b~60\bben ik er niet meer\b
\bslapen\b~8\b(nooit|niet) meer (op ?staan|wakker)
\b(vinden|vindt) (jullie |ze |je )?(me|mij)\b~25\bdood\b
\bgedachten? (aan|over) (<SUBJECT>|de dood|doodgaan)\b
\b(kill(ing)? (my|him|her|them)sel(f|ves)|(want|wants|wanna|going|ready|gonna) (to )?die|end (my|his
    |her) (own )?life|end it all|(dont|do not|doesnt|not) (want to |wanna )?(live|be alive|be here) any ?more
    |dont (want to|wanna) (live|be alive)|better off (dead|without me)|hurt(ing)? (my|him|her)self|(im|i am|is
    |feel|feels|feeling) suicidal|take my (own )?life|kms)\b
"""

# Doing oneself harm: how, with what, where.
_SELF_HARM = r"""
\b(mezelf|mijzelf|zichzelf|zich|iemand) (\w+ )?(iets|wat) (\w+ ){1,2}aan ?(te )?doen
\b(mezelf|mijzelf|zichzelf|zich) (weer |echt )?pijn (te )?doe\w*
\b(doet?|deed) (mezelf|zichzelf|zich) pijn\b
\bmaakt? (mezelf|zichzelf) af\b
\b(dodelijke|fatale|letale) (dosis|hoeveelheid|overdosis)\b
\b(<PILLS>|medicatie|medicijnen|insuline)\b~30\bdodelijk\b
\bpijnloos\b~12\b(sterven|dood\w*|eind\w*)\b
\b(<WHO>)\b~25\b(ga|gaat|wil|stap|stapt|zou)\b(?!~20\brennen)~20\b(voor|onder) (de|een|t) (trein|metro|tram)$
\b<SELF>\b~25\b(ophang\w*|op te hangen|op wil\w* hangen|opgehangen|verhang\w*|te verhangen|verdrink\w*
    |verbrand\w*|doodschiet\w*|neerschiet\w*|opknop\w*|doodrijd\w*|dood ?rijden|voor de kop|door (de|mn|mijn|zn
    |zijn|haar) kop|van kant|verwond\w*|te snijden|snijden|snijdt|snij|sneed|gesneden|automutil\w*|in brand
    |te pletter|iets aan\w*|wat aan ?(ge)?\w*do\w+|iets aan (te )?do\w+|wat aan te doen|kapot ?(te )?maken
    |vergiftig\w*|dood ?(te )?(ma\w+|steken|hongeren))\b(?!~12\b(vingers?|regels|details|afspraak)\b)
\b(hang|hangt|verhang|verhangt|verdrink|verdrinkt|snij|snijd|snijdt|kras|krast|verwond|verwondt|verminkt?
    |schiet|gooi|gooit|spring|springt|steek|steekt|doet?) <SELF>\b(?=~30\b(op|neer|dood|kop|kapot|van kant
    |iets aan|wat aan|trein|voor de|onder|armen?|polsen|pols|in brand|van de|van het)\b|(?<=snij me)
    |(?<=snijdt zich)|(?<=snijdt zichzelf)|(?<=snij mezelf)|(?<=verwondt zich)|(?<=verwondt zichzelf)
    |(?<=verwond mezelf))(?!~12\bvingers?\b)
\b(polsen|pols|aders?|keel)\b~20\b(door\w*|open\w*|gesneden|snijd\w*|snij|sneed|doorgesneden)\b
\b(snij\w*|sneed|kras\w*|snijden)\b~15\b(polsen|pols|armen?|benen|huid|aders?)\b
\b<PILLS>\b(?!~25\btegen (de |zn |zijn |haar |mn )?(hoofd|rug|pijn|griep|koorts|allerg))~30\b(<TAKEN>|<SAVED>)\b
\b(<TAKEN>|<SAVED>|slik|slikt|slikken|neem|neemt|nemen)\b~25\b(te ?veel|hele (doos|pot|strip)|alle|een hoop
    |handvol|stapel|doos|strip|pot|voorraad) (\w+ )?<PILLS>\b
\b(doos|pot|strip|handvol|voorraad|hele hoop|heleboel|<SAVED>) (\w+ ){0,2}(<PILLS>|medicijnen
    |medicatie)\b~20\b(<TAKEN>|<SAVED>|slik\w*|nemen)\b
\b(medicijnen|medicatie|insuline)\b~20\b(opgespaar[dt]|gespaar[dt]|in een keer|allemaal (in)?genomen
    |allemaal geslikt)\b
\bte ?veel (pillen|medicijnen|medicatie|insuline|drugs|tabletten)\b~15\b(genomen|ingenomen|geslikt|gespoten
    |op)\b
\boverdos\w*\b(?! (aan|informatie|regels|papier\w*|formulier\w*|koffie|vergader\w*|data|cijfers|afkort\w*|goede
    |goed|prikkels|van (informatie|regels|prikkels)))
\b(<WHO>)\b~25\b(staat?|sta|zit|klimt?|klom|loopt?|loop|ligt|lig|stond|hangt|balanceert)\b~18\b(op|over|aan
    |langs|onder|bij) (het|de|een|t|n) (rand van (het |de |een )?)?<HEIGHT>\b(?!~40\b(dakdekker|zonnepanelen
    |isol\w+|pannen|schilder\w*|monteur|te werken|aan het werk|foto\w*)\b)
\b(staat?|sta|zit|klimt?|hangt)\b ~10(op|over|aan) (het|de|een|t) (dak|reling|balustrade|brugleuning
    |vensterbank|spoor)\b~40\b(spring\w*|te springen|naar beneden|vallen)\b
\b(van|vanaf|uit|af van|voor|onder|in) (het|de|een|t|n) (\w+ )?(<HEIGHT>|trein|metro|tram|bus|vrachtwagen|auto
    |kanaal|gracht|water)\b( (af|te|naar beneden|wil|wilt|gaan|gaat|ga|gaan|zal|zou|komt|is|was
    |heeft))* (spring\w*|sprong|gesprongen|afspring\w*|af te springen|afgesprongen|gooi\w*|werpen|gegooid
    |stort\w*|gestort)\b(?!~10\b(diepe|gat)\b)
\b(spring|springt|gooi|gooit|stort|stap|werp)\b~15\b(van|vanaf|uit|voor|onder) (het|de|een|t
    |n) (\w+ )?(<HEIGHT>|trein|metro|tram)\b(?!~6\bvan \d)
\bgenoeg (pillen|slaappillen|paracetamols?|oxazepam)\b~15\b(in huis|hier|liggen|om (te|er))\b
\btouw(en)? (al |klaar ?)?(hangen|hangt|opgehangen|klaar)\b
\b(rij|rijd)\b~12\b(mezelf|mijzelf|me|mij)\b~25\btegen (een|de|n) (boom|muur|viaduct|pijler|vrachtwagen)\b
\bkogel door (mijn|mn|zijn|zn|haar|me|de) (kop|hoofd)\b
\b(touw|strop)\b~25\b(gekocht|klaar\w*|om (mijn|mn|zijn|zn|haar) nek|opgehangen|nek)\b(?!~10vastknop)
\bplan(nen)?\b~12\bom (mezelf|mijzelf|zichzelf|zich)\b(?! te laten)
\bweet (al|precies) (ook )?(hoe|wanneer|waar) (ik|k|hij|ze) (het|t) (ga|gaat|wil|zal) doen\b
"""

# Danger to somebody else: violence, weapons, fire, an accident.
_VIOLENCE = r"""
\bbedreigt (ons|mij|me|iedereen|mensen) met (geweld|de dood)\b
\b(hier|nu)\b~10\b(levensgevaar|acuut gevaar)\b
\b(neergestoken|neergeschoten|doodgestoken|doodgeschoten|in elkaar geslagen)\b
\ber wordt (hier )?(geschoten|gestoken|gevochten)\b
\bslaat alles (kapot|kort en klein)\b
\b(wil|gaat|ga|zal|dreigt|bang|moet)\b~25\b<OTHER>\b~10\b(iets|wat) aan ?(te )?doe\w*
\b<OTHER>\b~12\b(moet|wil|gaat|zal|zou|ga) (vermoorden|neersteken|doodmaken|doodsteken|doodslaan)\b
\bha(s|ve) a (knife|gun)\b
\bgoing to (kill|stab|shoot)\b
\b<WEAPON>\b~45\b(bedreig\w*|gedreigd|dreig\w*|zwaai\w*|steek\w*|stak|steken|gestoken|neer\w*|schiet\w*|te lijf
    |komt op|kwam op|loopt (rond|hier|door)|staat voor|op zak|in (zn|zijn|haar|mn|mijn) (hand|tas|zak)
    |getrokken|gepakt|trok|bij zich|bij me|kom naar|kom langs|mee naar|afgaan|achterna|vermoord\w*
    |wil)\b(?!~20\b(twee kanten|op tafel)\b)
\b(bedreig\w*|gedreigd|dreig\w*|zwaai\w*|steekt?|steken|loopt|staat|rent|achterna|trekt
    |pakt)\b(?!~30\b(op tafel|twee kanten|beton)\b)~30\b(met|een|zn|zijn|haar|t) (groot |een |enorm )?<WEAPON>\b
\b(bedreigt|bedreigd?e?n?|dreigt|bedreigde)\b~20(\b(mij|me|mezelf)\b|\b<OTHER>\b)~40\b(<KILL>|aan te doen
    |te slaan|mes|wapen)\b
\b(<I>|hij|ie|ze|zij|<ROLE>)\b~15\bbedreigt (mij|me|hem|haar|iedereen|iemand|ons|mn|mijn|zijn|haar|de|een
    |andere)\b(?! (voortbestaan|project|team|plan|functie|organisatie|begroting|aanpak))
\b(ik|collega|begeleider|coach) (word|wordt|werd|ben
    |is) (nu |net |zojuist |hier )*(fysiek |met de dood )?(bedreigd|aangevallen|mishandeld|geslagen|gegijzeld
    |gestoken)\b
\bmet de dood bedreig\w*
\b(steek|schiet|sla|slaat|maak|mep|rij|ram)\b (\w+ )?<OTHER>\b~8\b(neer|dood|kapot|overhoop|lek|in elkaar
    |overhoop|van kant)\b
\b<WHO>\b~25\b(ga|gaat|wil|wilt|zal|zou|dreigt|kan wel|moet|kom|komt|kga|kwil)\b~25\b<OTHER>\b~12\b<KILL>
\b(ik|k|kga) (ga |zal )?(vermoord|wurg) (\w+ )?<OTHER>
\b(<ROLE>|hij|ze|zij|ie|er)\b~25\b(slaat|schopt|trapt|wurgt|steekt|schiet|mishandelt|aanvalt)\b~15\b(<OTHER>
    |mij|me|zijn|haar|om zich heen|in elkaar)\b(?!~15\b(over|kans|brug|handen|doel|mis|energie|tijd|geld
    |hulp)\b)
\b(<ROLE>|hij|ze|zij|ie)\b~15\bvalt\b~12\b<OTHER> (nu )?aan\b
\b(gaat|ging|valt) (<OTHER>|me|mij) te lijf\b
\bis (zwaar )?gewapend\b
\b<I> heb (\w+ )?een <WEAPON>\b~20\b(doen|gebruik\w*|kom|ga)\b
\bdreig\w*\b~30\b(op te blazen|op te ruimen)\b
\b(schietpartij|steekpartij|gijzeling|gijzelt|gijzelnemer|bommelding|bom(aanslag)?)\b(?! (onder|duiten))
\b(alles|boel|kantoor|gebouw|huis|locatie|instelling|mezelf|zichzelf|zich|bedrijf)\b~15\bin (de )?(brand|fik
    |hens)\b
\bin (brand|de fik) (te )?(steken|steekt?|gestoken)\b
\ber is (hier |nu )?brand\b(?!stof)
\bbrand (uitgebroken|gesticht|stichten)\b
\b(blaas|blazen)\b~20\b(tent|boel|gebouw|kantoor)\b~6\bop\b
\b(ademt|ademhalt|ademen)\b~8\b(niet|nie|amper)\b
\b(ligt|is|raakt|raakte|lag)\b~15\b(bewusteloos|buiten bewustzijn|knock ?out)\b
\b(krijgt|heeft nu|krijg) (nu )?een (hartaanval|hartstilstand|beroerte)\b
\b(bloedt|bloed) (heel |erg )?(hevig|dood|heel erg|enorm|erg|leeg)\b
\b(direct|acuut|onmiddellijk|levens) ?gevaar\b(?!lijk\w* stof)~20\b(nu|hier|client\w*|ik|hij|ze|zij|iemand)\b
\b(is|ben|verkeert|zit)\b~15\bin (levensgevaar|acuut gevaar|direct gevaar)\b
"""

# Words for the subject itself: a sign when said of somebody, and talk of the trade when it stands in general.
_SUBJECT_SAID = r"""
\b<ROLE>\b~10\b(geeft|gaf) aan (\w+ )?<SUBJECT>
\b(<I>)\b~45\b<SUBJECT>\b
\b(zelfmoord|zelfdoding|suicide) (te |wil\w* |gaan |gaat |ga |zal )*(plegen|pleeg|pleegt|doen|gepleegd|begaan)\b
\bpleegt? (hij |ze |ik )?(zelfmoord|suicide)\b
\b(<ROLE>|hij|ze|zij|ie|die)\b~40\b(is|heeft|hebt|werd|wordt|zegt|praat|praatte|dreigt|dreigde|denkt|dacht|uit
    |uitte|lijkt|spreekt|deed|doet|wil|overweegt|voelt)\b~30\b(suicidaal|suicidale?|suicide|suicidegedachten
    |suicideplannen|suicideneigingen|suicidepoging|zelfmoord\w*|zelfdoding|doodswens)\b
\b(is|heeft|dreigt) (deze |die |mijn |mn |onze |een |de )?<ROLE>\b~15\b(suicidaal|suicidale|zelfmoord\w*
    |suicide\w*)\b
\b(poging|suicidepoging|zelfmoordpoging) (\w+ )?(gedaan|ondernomen|overleefd)\b
\b<SUBJECT>( gedachten)? heb ik\b
^(k )?ben (\w+ )?<SUBJECT>\b
\b(deed|doet|heeft|had)\b~25\b(suicidepoging|zelfmoordpoging)\b
^(zelfmoord|suicide|zelfdoding|suicidaal|dood|ik ben suicidaal|help suicidaal)$
"""

_GENERAL = r"""
\b(preventie|suicidepreventie|beleid|protocol|training|cursus|scholing|cijfers|onderzoek|exclusie\w*
    |contra ?indicatie\w*|uitsluit\w*|criteri\w+|richtlijn\w*|doelgroep\w*|wetenschap\w*|e ?learning
    |statistiek\w*|zorgstandaard\w*|module|workshop|meldcode|procedure|calamiteit\w*)\b
\b(als|wanneer|indien|stel dat|mensen|clienten|deelnemers|patienten)\b~25\b(een|iemand|er|die|met
    |suicid\w*)\b~30\b(suicid\w*|zelfmoord\w*|zelfdoding)\b
\b(mag|mogen|kan|kunnen|zijn) (mensen|clienten|iemand|deelnemers|je|er)\b
"""

# What takes a sentence out: long ago, or denied.
_PAST = r"""
\b(vroeger|jaar geleden|jaren geleden|ooit|destijds|indertijd|in het verleden|vorig jaar|toen ik|toen hij
    |toen ze|in (19|20)\d\d|jaren terug|jaar terug|tien jaar|voorgeschiedenis|overwonnen)\b
"""

_DENIED = r"""
\b(niet|geen|nooit|niet meer|geenszins|niet echt) (acuut |direct |meer |echt |actief |zo )*(<SUBJECT>|levensmoe
    |doodswens)\b
\b(mezelf|zichzelf|mij|zich) (echt |heus )?(niets|niks) (aan)\w*
\bwil(t)? (echt |nog |heus )?niet dood\b
\bzonder (suicid\w*|doodswens)
"""

# Figures of speech are taken out of a sentence before it is judged.
_FIGURE_OF_SPEECH = r"""
\bdood (van|aan) (het |t |de )?(lach\w*|vervel\w*|ergern\w*|schaamte|honger|papierwerk|regels|zenuwen|stress|angst)\b
\b(lach\w*|verveel\w*|verveelt|schrik\w*|schaam\w*|schrok|werk\w*|zweet\w*|ergeren?|erger) (\w+ )?(me|mij|zich
    |ons) (\w+ )?dood\b
\bdoodbloeden\b
\bdood laten bloeden\b
\b(project|plan|initiatief|pilot|idee|regeling|samenwerking|wet|beleid|netwerk|overleg|aanpak|document|bestand
    |link|batterij|telefoon|computer)\b~30\bdood\b
\bmes (snijdt|op tafel)\b
\bmet het mes op (tafel|de keel)\b
\bmes in de rug\b
\b(bom (is )?gebarsten|barst(te)? de bom)\b
\bgeen touw aan\b
\b(mezelf|ons|onszelf|me|zich(zelf)?) (flink )?in de vingers\b
\bdood spoor\b
\bdooddoener\b
\bmoord(end)?e? (werkdruk|tempo|concurrentie)\b
\b(vermoordt?|doodt|wurgt|killt) (me|mij|ons) als\b
\bgewapend beton\b
\bgat in de lucht\b
\bin het diepe\b
"""


def _read_lines(block: str) -> list[str]:
    """Return the phrases of a block, continuation lines joined."""
    return block.replace("\n    ", "").strip().splitlines()


def _read_words() -> dict[str, str]:
    words: dict[str, str] = {}
    for line in _read_lines(_WORDS):
        name, _, alternatives = line.partition(" = ")
        words[name] = f"({_expand(alternatives, words)})"
    return words


def _expand(phrase: str, words: dict[str, str]) -> str:
    phrase = re.sub(r"<([A-Z]+)>", lambda match: words[match.group(1)], phrase)
    return re.sub(r"~(\d+)", r".{0,\1}", phrase)


def _compile(*blocks: str) -> re.Pattern[str]:
    words = _read_words()
    phrases = [f"({_expand(phrase, words)})" for block in blocks for phrase in _read_lines(block)]
    return re.compile(re.sub(r"\((?!\?)", "(?:", "|".join(phrases)))


_SIGN = _compile(_WISH, _SELF_HARM, _VIOLENCE)
_SAID_OF_SOMEBODY = _compile(_SUBJECT_SAID)
_TRADE_TALK = _compile(_GENERAL)
_NOT_NOW = _compile(_PAST, _DENIED)
_FIGURES = _compile(_FIGURE_OF_SPEECH)
_SENTENCE_END = re.compile(r"[.!?;:\n()\"“”]+|,\s*(?=(?:en|want|maar|ik|hij|ze|zij|nu)\b)|\b(?:maar|en) nu\b|\s[-–—]\s")


def danger(text: str) -> bool:
    """Tell whether `text` shows signs of suicidality or acute danger, in the writer or in somebody else."""
    return any(_is_sign(sentence) for sentence in _sentences(text))


def _sentences(text: str) -> list[str]:
    """Return the sentences in small letters, without accents, apostrophes, commas and drawn-out letters."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"['’‘`´]", "", plain)
    plain = re.sub(r"(.)\1{2,}", r"\1", plain)
    parts = (re.sub(r"[^a-z0-9]+", " ", part).strip() for part in _SENTENCE_END.split(plain))
    return [part for part in parts if part]


def _is_sign(sentence: str) -> bool:
    if _NOT_NOW.search(sentence):
        return False
    if _SIGN.search(_FIGURES.sub(" ", sentence)):
        return True
    return bool(_SAID_OF_SOMEBODY.search(sentence)) and not _TRADE_TALK.search(sentence)
