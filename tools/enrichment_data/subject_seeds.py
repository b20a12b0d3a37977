"""Words that by themselves speak for a subject: ours, about fifteen for each in each language.

Keys are the first two digits of the Media Topic: 01 arts, 02 crime, 03 disaster, 04 economy, 05
education, 06 environment, 07 health, 08 human interest, 09 labour, 10 lifestyle, 11 politics, 12
religion, 13 science, 14 society, 15 sport, 16 conflict, 17 weather.
"""

_TEXT = {
    "en": """
01 film films movie actor actress singer album band music concert novel author theatre museum
   exhibition festival oscar television drama comedy hollywood chart
02 police court judge trial jailed prison murder charged guilty suspect arrested lawyer prosecutor
   verdict robbery fraud convicted
03 earthquake flood crash killed rescue tsunami explosion fire victims survivors derailed collapsed
   emergency evacuated wreckage
04 bank shares profit market economy economic growth prices company sales investors inflation rate
   dollar euro firm trade stock earnings revenue debt
05 school schools pupils students teachers university education classroom exam curriculum tuition
   campus graduates lecturers kindergarten
06 climate emissions pollution carbon species conservation wildlife environmental recycling forest
   warming greenhouse ecosystem biodiversity deforestation
07 hospital patients doctors disease vaccine virus cancer medical treatment drug health nurses
   symptoms infection surgery clinic
08 celebrity birthday anniversary royal princess award wedding obituary lottery twins hero
   eccentric record-breaking quirky pet
09 strike union unions workers wages unemployment jobs redundancies employees pay pension walkout
   dismissal employer layoffs
10 recipe fashion travel tourism holiday restaurant cooking hotel leisure wine garden beauty
   tourists chef hobby
11 minister election parliament government party president vote voters labour tory democrats
   republican senator policy campaign prime mps coalition referendum opposition
12 church pope bishop muslim islam christian religious mosque prayer faith catholic jewish temple
   priest imam
13 software computer internet technology scientists research users online mobile phone broadband
   microsoft google data digital satellite space web network researchers
14 immigration migrants poverty discrimination gay marriage homeless refugees families community
   gender racism abortion charity welfare
15 match team season coach league player players champion tournament goal club cup olympic striker
   injury rugby football cricket tennis win
16 troops war army military soldiers rebels ceasefire attack bomb missile militants insurgents
   terrorist guerrilla airstrike
17 weather forecast storm rain snow temperatures hurricane heatwave drought winds thunderstorm
   meteorologist cyclone frost fog
""",
    "de": """
01 film schauspieler schauspielerin regisseur musik sänger album konzert roman autor theater museum
   ausstellung festival serie bühne
02 polizei gericht richter prozess haft gefängnis mord angeklagte staatsanwaltschaft täter
   verdächtige festgenommen urteil anwalt betrug
03 erdbeben hochwasser unfall unglück rettung explosion brand feuerwehr opfer verletzte absturz
   katastrophe evakuiert trümmer lawine
04 bank aktien gewinn umsatz markt wirtschaft wachstum preise konzern investoren inflation zinsen
   börse unternehmen verlust milliarden
05 schule schüler studenten lehrer universität bildung unterricht abitur hochschule studium
   ausbildung kita professor klasse lehrplan
06 klima emissionen umwelt naturschutz arten klimawandel recycling wald co2 artenschutz nachhaltig
   treibhausgase umweltschutz ökosystem biodiversität
07 krankenhaus patienten ärzte krankheit impfung virus krebs medizin behandlung gesundheit klinik
   symptome infektion pflege operation
08 promi geburtstag jubiläum königin prinz hochzeit lotto zwillinge held rekord kurios haustier
   auszeichnung nachruf lebensretter
09 streik gewerkschaft arbeitnehmer löhne arbeitslosigkeit arbeitsplätze tarif beschäftigte rente
   warnstreik arbeitgeber entlassungen betriebsrat lohn kündigung
10 rezept mode reise tourismus urlaub restaurant kochen hotel freizeit wein garten schönheit
   touristen koch hobby
11 minister wahl bundestag regierung partei kanzler abgeordnete koalition opposition präsident
   politik wähler parlament landtag spd cdu grüne
12 kirche papst bischof muslime islam christen religion moschee gebet glaube katholisch jüdisch
   pfarrer priester synagoge
13 software computer internet technologie forscher forschung nutzer online smartphone daten digital
   google apple microsoft raumfahrt wissenschaftler satellit netz
14 einwanderung migranten armut diskriminierung ehe obdachlose flüchtlinge familien gesellschaft
   gleichstellung rassismus abtreibung integration asyl senioren
15 spiel mannschaft saison trainer liga spieler meister turnier tor verein pokal olympia stürmer
   bundesliga fußball tennis sieg
16 truppen krieg armee militär soldaten rebellen waffenruhe angriff bombe rakete terroristen
   bundeswehr front gefechte offensive
17 wetter vorhersage sturm regen schnee temperaturen hurrikan hitzewelle dürre wind gewitter
   meteorologe frost nebel glätte
""",
    "fr": """
01 film acteur actrice réalisateur musique chanteur album concert roman auteur théâtre musée
   exposition festival série scène
02 police tribunal juge procès prison meurtre accusé procureur suspect arrêté verdict avocat
   condamné enquête fraude
03 séisme inondation accident secours explosion incendie victimes blessés catastrophe pompiers
   naufrage évacués effondrement crash sinistrés
04 banque actions bénéfice marché économie croissance prix entreprise investisseurs inflation taux
   bourse dette ventes chiffre
05 école élèves étudiants enseignants université éducation baccalauréat collège lycée professeurs
   classe rentrée diplôme campus scolaire
06 climat émissions pollution environnement espèces biodiversité réchauffement recyclage forêt
   carbone écologie faune déforestation nature serre
07 hôpital patients médecins maladie vaccin virus cancer médical traitement santé infirmiers
   symptômes infection chirurgie épidémie
08 célébrité anniversaire royal princesse mariage loterie jumeaux héros insolite record prix
   hommage nécrologie vedette people
09 grève syndicat syndicats salariés salaires chômage emplois licenciements retraite employeur
   travailleurs patronat embauche cgt débrayage
10 recette mode voyage tourisme vacances restaurant cuisine hôtel loisirs vin jardin beauté
   touristes chef détente
11 ministre élection parlement gouvernement parti président vote électeurs députés sénateur
   coalition opposition politique référendum candidat
12 église pape évêque musulmans islam chrétiens religion mosquée prière foi catholique juif prêtre
   imam culte
13 logiciel ordinateur internet technologie chercheurs recherche utilisateurs ligne téléphone
   données numérique google espace scientifiques satellite réseau
14 immigration migrants pauvreté discrimination mariage sans-abri réfugiés familles société égalité
   racisme avortement solidarité associations seniors
15 match équipe saison entraîneur ligue joueur joueurs champion tournoi but club coupe olympique
   attaquant football tennis victoire
16 troupes guerre armée militaire soldats rebelles cessez-le-feu attaque bombe missile terroristes
   combats offensive djihadistes front
17 météo prévisions tempête pluie neige températures ouragan canicule sécheresse vents orages
   cyclone gel brouillard vigilance
""",
    "es": """
01 película actor actriz director música cantante álbum concierto novela autor teatro museo
   exposición festival serie escenario
02 policía tribunal juez juicio cárcel asesinato acusado fiscal sospechoso detenido sentencia
   abogado condenado robo fraude
03 terremoto inundación accidente rescate explosión incendio víctimas heridos catástrofe bomberos
   derrumbe evacuados naufragio emergencia siniestro
04 banco acciones beneficio mercado economía crecimiento precios empresa inversores inflación tasas
   bolsa deuda ventas euros
05 escuela alumnos estudiantes profesores universidad educación examen colegio instituto clase
   maestros campus curso escolar matrícula
06 clima emisiones contaminación medioambiente especies biodiversidad calentamiento reciclaje bosque
   carbono ecología fauna deforestación naturaleza ambiental
07 hospital pacientes médicos enfermedad vacuna virus cáncer médico tratamiento salud enfermeras
   síntomas infección cirugía epidemia
08 famoso cumpleaños aniversario realeza princesa boda lotería gemelos héroe insólito récord premio
   homenaje mascota celebridad
09 huelga sindicato sindicatos trabajadores salarios desempleo empleos despidos empleados pensión
   empleador paro convenio jornada contratación
10 receta moda viaje turismo vacaciones restaurante cocina hotel ocio vino jardín belleza turistas
   chef afición
11 ministro elecciones parlamento gobierno partido presidente voto votantes diputados senador
   coalición oposición política referéndum candidato
12 iglesia papa obispo musulmanes islam cristianos religión mezquita oración fe católico judío
   sacerdote imán culto
13 software ordenador internet tecnología científicos investigación usuarios móvil teléfono datos
   digital google espacio investigadores satélite red
14 inmigración migrantes pobreza discriminación matrimonio refugiados familias sociedad igualdad
   racismo aborto solidaridad comunidad vivienda mayores
15 partido equipo temporada entrenador liga jugador jugadores campeón torneo gol club copa olímpico
   delantero fútbol tenis victoria
16 tropas guerra ejército militar soldados rebeldes tregua ataque bomba misil terroristas combates
   ofensiva guerrilla frente
17 tiempo pronóstico tormenta lluvia nieve temperaturas huracán ola sequía vientos ciclón heladas
   niebla meteorología borrasca
""",
    "pt": """
01 filme ator atriz diretor música cantor álbum show romance autor teatro museu exposição festival
   novela palco
02 polícia tribunal juiz julgamento prisão assassinato acusado promotor suspeito preso sentença
   advogado condenado roubo fraude
03 terremoto enchente acidente resgate explosão incêndio vítimas feridos catástrofe bombeiros
   desabamento desabrigados naufrágio emergência tragédia
04 banco ações lucro mercado economia crescimento preços empresa investidores inflação juros bolsa
   dívida vendas dólar
05 escola alunos estudantes professores universidade educação exame colégio aula vestibular ensino
   campus curso escolar matrícula
06 clima emissões poluição ambiente espécies biodiversidade aquecimento reciclagem floresta carbono
   ecologia fauna desmatamento natureza ambiental
07 hospital pacientes médicos doença vacina vírus câncer médico tratamento saúde enfermeiros
   sintomas infecção cirurgia epidemia
08 famoso aniversário realeza princesa casamento loteria gêmeos herói inusitado recorde prêmio
   homenagem bicho celebridade curiosidade
09 greve sindicato sindicatos trabalhadores salários desemprego empregos demissões empregados
   aposentadoria empregador paralisação jornada contratação reajuste
10 receita moda viagem turismo férias restaurante cozinha hotel lazer vinho jardim beleza turistas
   chef gastronomia
11 ministro eleições parlamento governo partido presidente voto eleitores deputados senador
   coligação oposição política referendo candidato
12 igreja papa bispo muçulmanos islã cristãos religião mesquita oração fé católico judeu padre imã
   culto
13 software computador internet tecnologia cientistas pesquisa usuários celular telefone dados
   digital google espaço pesquisadores satélite rede
14 imigração migrantes pobreza discriminação refugiados famílias sociedade igualdade racismo aborto
   solidariedade comunidade moradia idosos gênero
15 jogo time equipe temporada treinador técnico liga jogador jogadores campeão torneio gol clube
   copa olímpico atacante futebol tênis vitória
16 tropas guerra exército militar soldados rebeldes trégua ataque bomba míssil terroristas combates
   ofensiva guerrilha front
17 tempo previsão tempestade chuva neve temperaturas furacão calor seca ventos ciclone geada neblina
   meteorologia temporal
""",
    "ru": """
01 фильм актёр актриса режиссёр музыка певец альбом концерт роман писатель театр музей выставка
   фестиваль сериал сцена
02 полиция суд судья процесс тюрьма убийство обвиняемый прокурор подозреваемый задержан приговор
   адвокат следствие кража мошенничество
03 землетрясение наводнение авария спасатели взрыв пожар жертвы пострадавшие катастрофа мчс крушение
   эвакуация обрушение погибшие завалы
04 банк акции прибыль рынок экономика рост цены компания инвесторы инфляция ставка биржа долг
   продажи
   рубль доллар
05 школа ученики студенты учителя университет образование экзамен егэ вуз класс преподаватели урок
   диплом учёба школьники
06 климат выбросы загрязнение экология виды биоразнообразие потепление переработка лес углерод
   природа
   заповедник животные вырубка отходы
07 больница пациенты врачи болезнь вакцина вирус рак медицина лечение здоровье медики симптомы
   инфекция операция эпидемия
08 знаменитость юбилей королева принцесса свадьба лотерея близнецы герой рекорд премия некролог
   питомец курьёз звезда день
09 забастовка профсоюз работники зарплата безработица рабочие увольнения сотрудники пенсия
   работодатель труд вакансии занятость найм оклад
10 рецепт мода путешествие туризм отпуск ресторан кухня отель досуг вино сад красота туристы повар
   хобби
11 министр выборы парламент правительство партия президент голосование избиратели депутаты сенатор
   коалиция оппозиция политика референдум кандидат
12 церковь папа епископ мусульмане ислам христиане религия мечеть молитва вера патриарх священник
   имам
   храм православный
13 программа компьютер интернет технология учёные исследование пользователи смартфон телефон данные
   цифровой гугл космос исследователи спутник сеть
14 миграция мигранты бедность дискриминация брак беженцы семьи общество равенство расизм
   благотворительность волонтёры пенсионеры демография жильё
15 матч команда сезон тренер лига игрок чемпион турнир гол клуб кубок олимпийский нападающий футбол
   хоккей теннис победа
16 войска война армия военный солдаты повстанцы перемирие атака бомба ракета террористы бои
   наступление боевики фронт
17 погода прогноз шторм дождь снег температура ураган жара засуха ветер циклон заморозки туман
   метеорологи гроза
""",
}


def seeds() -> dict[str, dict[str, list[str]]]:
    """Language to subject to words."""
    return {language: _read(text) for language, text in _TEXT.items()}


def _read(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    subject = ""
    for word in text.split():
        if word.isdigit() and len(word) == len("01"):
            subject = word
            found[subject] = []
        else:
            found[subject].append(word)
    return found
