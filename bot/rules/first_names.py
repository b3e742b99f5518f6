"""First names that people in the Netherlands and Belgium often have: one alone is a name as well. Data only."""

from __future__ import annotations

# Names that are also a word, a place or an organisation are in the second list: they count with a capital only.
_PLAIN = """
aad aafke aaliyah abdel abdelkader abdellah abderrahman abdi abdul abdullah achmed adam adil adriaan adrie agnes
agnieszka ahmad ahmed ahmet aicha aisha alberto alexander alexandra alfons ali alice alicia alina aline alwin amal
amalia amina amine amira amy anass andre andrea andreas andrew andries andré angela angelica angelique angelo anil
anita anja anke anna annabel anne anneke annelies anneloes annemarie annemieke annet annette annick annie anouk
antoine antoinette antonio appie arend arie arjan arjen arno arnold arnoud arthur asha ashley astrid aukje ayaan ayoub
ayse aysel aziz aziza badr barbara bas bashar bastiaan baukje beatrix benjamin benny benthe bep berend bernadette
bernard bert bertha berthold betty bianca bilal birgit bjorn boaz boris bouchra boudewijn bouke brahim bram brandon
brecht bregje brenda brigitte britt bruno caitlin camiel camila candice carin carina carl carla carlo carlos carmen
carolien carolina caroline cas casper catharina catherine cathy cees celine chaima chaimae chantal charles charlotte
chris christa christel christiaan christian christien christina christine cihan cindy claire clara claudia clyde coen
colin conny corinne corrie cynthia daan dagmar dalila damian dani daniel danielle danique danny daphne dave david davy
deborah denise deniz dennis derk desiree dewi diana dick diederik dieter dilara dimitri dineke dirk dirkje djamila
dmitri dominique donna dorien dorine dylan eddy edith edo eduard edwin eefje elena elif eline elisa elisabeth elise
ellen ellis elsa elske emiel emily emine emma emre engin erica erik errol erwin esma esmee esra esther evelien evelyn
evert evi ewa ezra fabian fadi fadoua fadumo faith farah farid farida faris fatiha fatima fatma feline felix femke
fenna fenne ferdi ferdinand ferry feven fieke fien filou floortje floris francien francis francisca franciscus franka
fred freddy frederik frits froukje gabriel gea geert geertje geertruida gemma gerard gerben gerda gerhard gerrit gerry
gert gertjan gertrude gerwin gianni gijs gijsbert gilbert gina glenda glenn gonnie greetje greta guido guus guusje
gülsen hajar hakan halil halima hamid hamza hanan hanna hannah hanneke hannie hanny hans harm harmen harold harrie
harry hasan hassan hayat heidi heleen helen helena helga hendrik hendrika henk hennie henny henri henriette henriëtte
herma herman hesam hicham hidde hilda hilde hodan hubert huseyin huub hüseyin ibrahim ibtissam ida idris igor ikram
ikrame ilham ilias ilona ilse imane imran indra ineke inez inge ingeborg ingrid ionut irene irma isabel isabella
ismail ivan ivo ivonne iván jaap jacco jack jacob jacoba jacqueline jacques jaimy jamal jamie jamila jan janine janna
janneke jannes jannie janny jantine jantje jarno jasmine jason jayden jayson jayvano jaëla jeanette jeanine jeannette
jeff jelle jelmer jennifer jenny jeremy jeroen jerry jesper jesse jessica jessie jette jill jim jimmy jitske joachim
joan joanna jochem joep joeri johan johanna johannes john johnnie johnny jolanda jolande jolien jolijn jonas jonathan
joost jopie jordy jorg jorik joris jort jose josef josefien joseph josephine joshua josien josine josé joyce judith
jules julia julian julie juliette jurgen juriaan jurre justin kamal karel karen karim karima karin karlijn karolien
kasper katarzyna kathleen katja katrien kees kelly kemal kenneth kenny kevin khadija khalid kimberley kirsten klaas
klaasje koen koos kris krista kristel kristina krzysztof kurt kyan kyra lara larissa lars latifa laura laurens
leendert leila leni lenn leon leonie leonoor leontien levi liam lian lianne lieke lies liesbeth lilian liliane lina
linda lindsay ling lisa lisanne liselotte lisette liza lizzy loes lonneke lotte louis louise luca lucas lucia lucienne
luuk lydia lynn maaike maarten madelief madelon magdalena maikel malik malika malou manon marcel marciano marcin marco
maren margaret margot margreet margriet maria mariam marian marianne marie marieke marielle marijke marijn marijne
marike mario marion marise marit mariëlle marja marjan marjolein marjolijn marleen marlies marloes marlou marnix marta
martha martijn martin martina martine martje marvin mathijs mathilde mats matthias matthijs maud maureen maurice
maurits maxime maykel mees mehdi mehmet meike melanie melissa melvin menno merijn merve michael michel michelle
michiel mick mieke miep mihai mike mila milou mimoun mirella miriam mirjam mirte mirthe mitchell mohamed mohammad
mohammed mohamud monica moniek monique mounir mourad murat mustafa myra myrna myrthe nabil nada nadia nadine nadja
naima najat najib naomi nasser nathalie nathan naïma neeltje nel nelleke nellie nelly nguyen nick nicky nico nicolaas
nicole niek niels nienke niko nina noa noortje nora noud nour noureddine nynke oksana olaf olena olga olivia olivier
omar omer omran onno orpha oscar osman ozlem paola pascal pascale patricia patrick paul paula paulien pauline pawel
peggy petra petronella phil philip philippe pien pieter pieternel pietje pim piotr pippa pleun priscilla priya quincy
quint quinten rabia rachel rachid rachida rafael ragnar rahma rakesh ralph raluca ramazan rami ramon ranya raoul
rashid ravi raymond rebecca reinder reinout remco renate renee renske renze rené reza ria rian rianne ricardo richard
rick ricky riet rik rita robbert robbie robert roberto rochelle roderick rodney roel roeland roelof roger rogier
roland rolf romy ron ronald ronny rosalie rosemarie rowan roxanne ruben rudi rudolf rudy rutger ruth ruud ryan saar
saartje sabine sabrina said saida salah salim salma samantha samer samia samir samira sammy samuel sander sandra sanna
sanne sara sarah saskia savannah saïd sebastiaan selam selim selma sergei serkan sevda shannon shanti sharlene
sharmila sharon sheila sherida sherilyn shirley siem sieta sietske sigrid silvia simon simone sina sjaak sjaan sjoerd
sjon sjors sjoukje sofia sofie sonja sophie soraya souad soufiane souhaila stan stanford stanley stef stefan stefanie
stella stephan stephanie steven stijn sunil susan susanne suus suzan suzanne sven svetlana svitlana sylvana sylvester
sylvia sytske tamara tania tanja tariq tatjana tesfay tess tessa teun thea theo theodoor theresa thijmen thijs thirza
thom thomas thuy tibor tijmen tijn tilly timo timothy tineke tjeerd tjitske tobias tom tomasz tommie tonnie tony toon
tristan trudy truus tycho ugur umit ursula valentijn valerie vanessa veerle vera verona veronica veronique victor
vince vincent viviane wafa walid walter wendelien wendy werner wesley wessel wiebe wieke wietske wilco wilfred
wilhelmina willeke willem willemien willemijn wilma wim winston wout wouter wytske xander yara yasin yasmin yasmina
yasmine yassin yassine yildiz ymke yolanda yonas younes youri yousef youssef yunus yusuf yvette yvonne zakaria zara
zeynep ziggy zineb zofia zoë özlem
"""
_CAPITAL_ONLY = """
Ad Ada Albert Ana Angel Ans Anton Bart Bas Bea Ben Berber Bert Bo Bob Cas Constant Cor Daisy Dean Demi Dewi Dien Dina
Dolf Ed Els Emma Ernst Eva Faas Faith Fay Fleur Floor Flora Florian Fons Frank Frans Goof Guy Hein Hind Hugo Ine Iris
Isa Isis Ivy Jade Jan Jana Jans Jasmijn Jasper Jet Jip Jo Joke Jos Joy Juul Kay Ken Kiki Kim Kitty Lana Lea Leen Leo
Lex Lies Lisa Loek Lot Luc Luna Marc Marina Mark Max Mees Mercedes Merel Mia Mien Milo Mina Mo Nel Nina Noah Noor Nora
Olaf Orlando Otto Pam Peter Piet Pim Puk Rein Reinier Rik Rob Robin Roman Roos Rosa Rose Sam Sem Senna Sien Sil Sofie
Stan Sue Tara Tess Teun Thé Tim Tini Tjalling Tom Ton Toon Toos Tygo Victoria Virginia Ward Wil Yara
"""

LOWER_TOO = frozenset(_PLAIN.split()) - frozenset(_CAPITAL_ONLY.lower().split())
FIRST_NAMES = LOWER_TOO | frozenset(_CAPITAL_ONLY.lower().split())
# Names that stand in a sentence as a word, also behind "cliënt".
WORDS = frozenset(
    "wil will ken leen frans ernst roman floor max door lot lies toon rein sam ben rob mark roos mees ed ad".split()
)
