"""Closed lists that the rules for names read: eponyms, words that look like names, words beside names."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Whose names medicine bears.  With a title before them ("Dr. Bell") they are people.
EPONYMS = _listed("""
    achilles addison adson alport alzheimer apgar apley argyll babinski baker bankart barrett bartholin
    bartter batten becker behcet bell benson bishop blount boerhaave bouchard bowen braxton breslow
    bright broca brodie brown-sequard brudzinski budd buerger burkitt caesarean castleman chadwick
    chagas charcot chiari cheyne chvostek colle colles conn cooley coombs cooper cori cotard coxsackie
    creutzfeldt crohn cullen cushing dandy darier de dejerine dercum down dressler duchenne dupuytren
    ebstein ehlers-danlos ehlers danlos eisenmenger epley epstein-barr epstein barr epworth erb ewing
    fabry fanconi felty finkelstein foley fontan fowler friedreich fuchs galeazzi gardner gaucher
    giardia gilbert gilles glasgow gleason goodpasture gram grave graves grey-turner grave's guillain-
    barre guillain barre guyon hashimoto hawkins heberden heimlich henoch hirschsprung hodgkin hoffman
    hoffmann homan homans horner house-brackmann hunter huntington hurler hutchinson jackson-pratt
    janeway jakob jones kaposi kartagener kawasaki kegel kernig kienbock killip klinefelter klumpke koch
    kocher koebner koplik korsakoff krabbe kussmaul lachman langerhans lasegue legg-calve-perthes lennox
    lewy lhermitte lisfranc ludwig lyme lynch maddox mallampati mallory-weiss mallory marfan mcburney
    mcmurray meckel meniere menetrier merkel milroy mohs monteggia montgomery morton munchausen murphy
    neer nissen norwalk osgood-schlatter osgood schlatter osler ottawa paget papanicolaou pap parkinson
    parkinsonian patrick peyronie peyer phalen pick pott potter prader-willi prinzmetal quervain ramsay
    ramsey raynaud reiter reye reynold rinne romberg roth roux-en-y roux rovsing salter-harris salter
    sever schlatter scheuermann schober sever's sezary sheehan simmonds sims sjogren spurling stevens-
    johnson still stokes sturge-weber sydenham takayasu tanner tay-sachs thomas thomsen tietze tinel
    todd tourette trendelenburg trousseau turner valsalva virchow von waldenstrom wallenberg weber
    wegener wells wernicke whipple wilm wilms wilson wolff-parkinson-white wright zenker zollinger-
    ellison billroth hartmann nikolsky lever kleinfelter wood doppler holter petri bunsen swan-ganz
    hickman quinton penrose steri yankauer ambu allen allis thompson hemoccult monro-kellie likert beck
    hamilton braden norton morse katz barthel mantoux gardnerella heberden's legionella salmonella
    listeria moraxella bordetella
    """)
# Some of these are common surnames too: they are eponyms only before a word of medicine or "'s".
COMMON_EPONYMS = _listed("""
    bell brown baker becker bishop bright cooper down epstein fowler gardner gilbert hamilton hawkins
    hoffman hoffmann hunter jones katz lever lynch montgomery morse morton murphy norton patrick pick
    pott potter sims stevens still stokes tanner thomas thompson todd turner weber wells wilson wood
    wright allen barr beck benson castleman conn dandy dressler finkelstein foley hutchinson jackson
    kaposi koch ludwig mallory maddox neer osler parkinson reynold roth salter sheehan simmonds wolff
    allis von de cori grey white harris lennox ramsay ramsey paget osgood sever marfan graves grave swan
    argyll gilles glasgow huntington janeway
    """)
MEDICAL = _listed("""
    disease syndrome sign test palsy esophagus phenomenon lymphoma fracture cyst maneuver manoeuvre
    position contracture catheter bag tendon tendonitis tendinitis tear reflex score scale criteria rule
    rules classification grade stage chorea ataxia anemia hernia dystrophy sarcoma tumor tumour bodies
    body thyroiditis gastrectomy procedure repair incision approach triad node nodes murmur breathing
    hunt hicks contractions count lesion lesions foot drain bed lamp light monitor stain duct gland
    cysts virus bacteria drawer hand arm point spots ulcer encephalopathy dementia arthritis cancer
    surgery micrographic class anomaly malformation apple patches pads lines line index inventory
    questionnaire cells cell paralysis deformity thyrotoxicosis exercises exercise hemangioma neuroma
    duct canal
    """)

# Given names that are words of everyday English, too: in a text without capitals they are names only where
# somebody is greeted or introduced.
WORD_NAMES = _listed("""
    mark rose grace jack bill bob rob frank sue pat art gene dean grant faith hope joy dawn amber ruby
    jade pearl iris violet ivy heather holly ginger olive robin jay drew chase miles wade clay cliff
    dale glen lance pierce rich nick josh guy hunter carol penny cherry summer autumn april june august
    melody harmony destiny angel crystal daisy lily will may sandy misty stormy skip chip buck bud buddy
    rusty ray rex rod norm herb chuck don ken tony tom jimmy teddy kitty candy brandy sherry ginny gay
    merry basil sage rosemary forest river star sky skye winter eve honor justice noble royal prince
    duke earl major judge deacon bishop mason carter cooper parker taylor tyler cook page piper archer
    porter turner fisher baker king queen christian jordan chance jean gale bonny charity constance
    patience prudence clement victor cash jewel opal coral laurel myrtle fern hazel willow lane reed
    stone heath colt wolf hank woody
    """)
# Of these, what a text without capitals says in another sense too often to be replaced throughout.
COMMON_WORD_NAMES = _listed(
    "will may hope rich art chance drew pat bill sage skip chip page lane stone major judge major cook "
    "heath don forest star sky honor justice cash patience"
)

# Verbs and months that are names, too: names only where a title or a capital inside a sentence says so.
MONTHS = _listed("january february march april may june july august september october november december")
# Written large and no names of persons, though the tables may have them.
NO_NAMES = _listed("""
    i i'm i'll i'd i've monday tuesday wednesday thursday friday saturday sunday english spanish french
    german korean chinese japanese vietnamese russian arabic american african asian european hispanic
    latino indian italian irish jewish catholic muslim christian christmas easter america england france
    germany india china japan korea canada mexico greece israel kenya jamaica cuba peru chile iran iraq
    ok okay yes yeah yep nope no oh ah um uh uhm hmm mhm huh hey hi hello bye thanks thank please sorry
    well right sure great good fine alright all so and but or the a an this that these those there here
    what when where who why how which is are was were do does did have has had can could would shall
    should might must let let's my your his her our their its it he she we they you me him them us not
    any some one two three four five six seven eight nine ten in on at to for from of with by as if then
    than now just like really very too also still again maybe because about after before during while
    since until up down out off over under go going got get see say said tell told know think want need
    take taking took come came make doctor dr mr mrs ms miss mister missus nurse coach professor mom mum
    dad mommy daddy mama papa grandma grandpa grandmother grandfather mother father sister brother aunt
    uncle son daughter wife husband cousin niece nephew friend boss neighbor neighbour baby honey
    sweetie buddy dude man guy guys sir ma'am madam everyone everybody anybody somebody nobody god lord
    jesus jeez gosh medicare medicaid blue cross cigna aetna humana walgreens cvs costco walmart kroger
    target amazon google facebook apple uber dove advil tylenol motrin aleve excedrin ensure gatorade
    pepsi coke coca botox covid flu lupus pilates yoga zumba tai chi ct mri er icu ed pcp ob gyn ent pt
    ot ekg ecg eeg emg bp hr bmi psa tsh cbc cmp hpi ros gi uti copd gerd adhd ptsd tv dragon siri alexa
    epic x-ray xray vitamin team clinic hospital center centre pharmacy health medical care emergency
    room first second third next last new old north south east west le la los las san st saint gonna
    wanna gotta kinda sorta lemme dunno ain't y'all 'cause cuz tho nah aw ow ouch whoa wow yay ugh ha
    haha chest lung hip toe lem lotta mm mm-hmm mmhmm uni tia ast alt neo dia rei vick vicks rennie
    thistle doc docs ankle meds med labs lab exam med's flex scan mass
    """)

TITLES = _listed("dr doctor doc mr mister mrs missus ms miss mx prof professor")
ROLE_TITLES = _listed(
    "nurse coach father pastor reverend rabbi sister aunt auntie uncle judge officer captain sergeant "
    "principal imam abuela abuelo"
)
# Never a surname after a title, though ordinary words may be one ("doctor rice").
AFTER_TITLE_NEVER = _listed("""
    a an the said says will would can could may might must should shall is was are were has have had do
    does did gave told tells put started stopped wants wanted thinks thought recommended recommends
    ordered prescribed suggested sent and or but so to at in on for from of with by about who that this
    my your his her our appointment appointments office visit visits note notes okay ok yeah yes no
    today tomorrow yesterday when if because before after here there i you he she we they it how what
    why where then now not just also really always never practitioner practitioners assistant line call
    calls called comes came work works worked looked look saw see seen ran checked mentioned asked
    explained already took takes every any again please thank thanks um uh though too back first last
    next new old other another student students patient patients hi hello sir well right did's got gets
    goes go know knows
    """)
KIN = (
    "wife|husband|daughter|son|sister|brother|mother|father|mom|mum|dad|mommy|daddy|grandson|granddaughter|"
    "grandma|grandpa|"
    "grandmother|grandfather|aunt|uncle|cousin|niece|nephew|partner|boyfriend|girlfriend|fianc[eé]e?|"
    "friend|neighbor|neighbour|"
    "roommate|boss|supervisor|caregiver|baby|kid|twin|stepson|stepdaughter|in-law|therapist|assistant|"
    "nurse|pharmacist|coworker|"
    "colleague|dog|cat|teacher|coach|dentist|aide|guy|girl|boy|patient"
)
PARTICLES = _listed("van von der den de del della di da la le el al bin ibn ben abu st san dos du ter ten")

# What stands behind "in" and "from" and is no town; countries stay.
NO_TOWNS = _listed("""
    epsom english spanish french german korean chinese vietnamese russian arabic america usa us uk europe
    asia africa mexico canada england greece germany france italy spain china india japan korea vietnam
    poland russia ireland scotland brazil cuba haiti jamaica nigeria kenya egypt israel iran iraq turkey
    pakistan bangladesh philippines thailand australia medicare medicaid tylenol advil er icu ed god
    internet google zoom dr doctor mr mrs ms nurse coach i mri ct monday tuesday wednesday thursday friday
    saturday sunday
    """)

# What stands before a Korean title and is nobody's name.
NO_KOREAN_NAMES = _listed("""
    환자 환자분 보호자 보호자분 간호사 담당 주치의 의사 약사 물리치료사 상담 아버 어머 선생 손 주사 부모
    고객 이쪽 저쪽 우리 저희 이 그 저 할머 할아버 아주머 아저 사모 원장 과장 교수 박사 실장 팀장 수간호사
    외래 병동 내과 외과 소아과 신경과 정형외과 산부인과 안과 치과 다른 여자 남자 큰 작은 막내 둘째 첫째
    셋째 친 시 외 새 담임 학교 영양사 사회복지사 응급실 수술실 검사실 접수 원무과 약국 모든 여러 옛날 예전
    전 아이 애기 아기 따 형 누 하느 부처 예수 서방 사장 대리 부장 이사 회장 총무 기사 미용사 치료사 전문의
    전공의 레지던트 인턴 원래 지난번 저번 오늘 어제 내일 그때 이번 다음 우선 먼저 같은 어떤 무슨 어느 잘
    못 안 더 좀 다 또 꼭 왜 뭐 네 예 아니 그냥 지금 이제 정말 진짜 아이고 어르 조금 상담실 재활 한의
    한약사 조무사 간호조무사 위생사 임상심리사 심리 치과위생사 교감 교장 목사 신부 수녀 스님 도련 아가
    고모 이모 새댁 주인 사돈 장인 장모 시어머 시아버 친정어머 친정아버 외할머 외할아버 아버지 어머니
    할머니 할아버지 남편 아내 아들 딸 며느리 사위 손자 손녀 선생님 교수님 과장님 원장님 박사님 어머님
    아버님 간호사님 약사님 실장님 팀장님 환자님 보호자님 초등 중등 고등 대학 유치원 태권도 피아노 영어
    수학 선임 후임 동료 직장 회사 이상한 정상인 성인 노인 주민 고령
    """)
