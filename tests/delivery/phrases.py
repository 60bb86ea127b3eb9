"""The words that generated articles are made of. All persons, outlets and events are invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    german: str
    genitive: str
    english: str
    capital_german: str
    capital_english: str
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]


COUNTRIES = (
    Country("Ghana", "Ghanas", "Ghana", "Accra", "Accra",
            ("Kwame", "Kofi", "Yaw"), ("Akosua", "Esi"), ("Mensah", "Boateng", "Asante", "Darko", "Ofori")),
    Country("Estland", "Estlands", "Estonia", "Tallinn", "Tallinn",
            ("Jaan", "Toomas", "Rein"), ("Liis", "Maarja"), ("Tamm", "Saar", "Kask", "Rebane", "Lepik")),
    Country("Peru", "Perus", "Peru", "Lima", "Lima",
            ("Ernesto", "Julio", "Álvaro"), ("Rosa", "Milagros"), ("Huamán", "Quispe", "Paredes", "Salazar", "Ríos")),
    Country("Kenia", "Kenias", "Kenya", "Nairobi", "Nairobi",
            ("Peter", "Josphat", "Elijah"), ("Wanjiku", "Achieng"), ("Kamau", "Otieno", "Mutua", "Kiprono", "Njoroge")),
    Country("Finnland", "Finnlands", "Finland", "Helsinki", "Helsinki",
            ("Antti", "Mikko", "Juha"), ("Aino", "Päivi"), ("Virtanen", "Mäkelä", "Laine", "Heikkinen", "Koskela")),
    Country("Vietnam", "Vietnams", "Vietnam", "Hanoi", "Hanoi",
            ("Minh", "Quang", "Duc"), ("Lan", "Huong"), ("Tran Van", "Le Thanh", "Pham Duc", "Vo Hong", "Dang Thi")),
    Country("Chile", "Chiles", "Chile", "Santiago de Chile", "Santiago",
            ("Andrés", "Matías", "Hernán"), ("Catalina", "Javiera"), ("Fuentes", "Araya", "Cifuentes", "Maldonado")),
    Country("Kasachstan", "Kasachstans", "Kazakhstan", "Astana", "Astana",
            ("Nurlan", "Yerlan", "Daniyar"), ("Aigerim", "Saule"), ("Akhmetov", "Suleimenov", "Ospanov", "Bekov")),
    Country("Norwegen", "Norwegens", "Norway", "Oslo", "Oslo",
            ("Lars", "Eirik", "Sindre"), ("Ingrid", "Solveig"), ("Halvorsen", "Berge", "Lunde", "Haugen", "Moen")),
    Country("Senegal", "Senegals", "Senegal", "Dakar", "Dakar",
            ("Mamadou", "Cheikh", "Ibrahima"), ("Aminata", "Fatou"), ("Ndiaye", "Sarr", "Gueye", "Fall", "Diouf")),
    Country("Portugal", "Portugals", "Portugal", "Lissabon", "Lisbon",
            ("Rui", "Tiago", "Duarte"), ("Leonor", "Beatriz"), ("Carvalho", "Moreira", "Teixeira", "Pinto", "Lopes")),
    Country("Japan", "Japans", "Japan", "Tokio", "Tokyo",
            ("Kenji", "Takeshi", "Hiroshi"), ("Yuki", "Naoko"), ("Morita", "Okada", "Shimizu", "Hayashi", "Ueno")),
    Country("Griechenland", "Griechenlands", "Greece", "Athen", "Athens",
            ("Nikos", "Giorgos", "Stavros"), ("Eleni", "Maria"), ("Papadakis", "Vlachos", "Kanellos", "Lambros")),
    Country("Kolumbien", "Kolumbiens", "Colombia", "Bogotá", "Bogotá",
            ("Camilo", "Felipe", "Jairo"), ("Luisa", "Paola"), ("Restrepo", "Cárdenas", "Zapata", "Villegas")),
    Country("Lettland", "Lettlands", "Latvia", "Riga", "Riga",
            ("Andris", "Juris", "Valdis"), ("Ilze", "Inese"), ("Ozols", "Kalniņš", "Liepiņš", "Krūmiņš")),
    Country("Kanada", "Kanadas", "Canada", "Ottawa", "Ottawa",
            ("Graham", "Luc", "Owen"), ("Claire", "Heather"), ("Tremblay", "Fraser", "Gagnon", "MacLeod", "Roy")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """Forms in German as subject, object and after "mit", for a man and a woman; the English one serves both."""

    man: tuple[str, str, str]
    woman: tuple[str, str, str]
    english: str


OFFICES = (
    Office(("der Präsident", "den Präsidenten", "dem Präsidenten"),
           ("die Präsidentin", "die Präsidentin", "der Präsidentin"), "president"),
    Office(("der Ministerpräsident", "den Ministerpräsidenten", "dem Ministerpräsidenten"),
           ("die Ministerpräsidentin", "die Ministerpräsidentin", "der Ministerpräsidentin"), "prime minister"),
    Office(("der Außenminister", "den Außenminister", "dem Außenminister"),
           ("die Außenministerin", "die Außenministerin", "der Außenministerin"), "foreign minister"),
)  # fmt: skip

WEEKDAYS_GERMAN = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
WEEKDAYS_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

TOPICS = (
    ("den Ausbau des Handels", "trade"), ("Energiefragen", "energy"), ("den Klimaschutz", "climate change"),
    ("die Fischerei", "fisheries"), ("den Tourismus", "tourism"), ("die Landwirtschaft", "agriculture"),
    ("Bildung und Forschung", "education and research"), ("die Sicherheit der Seewege", "maritime security"),
)  # fmt: skip

LEADS_GERMAN = (
    "{A_office} {A_genitive}, {A}, hat am {day} in {city} {B_object} {B_genitive}, {B}, zu Gesprächen empfangen.",
    "{A_office} {A_genitive}, {A}, ist am {day} in {city} mit {B_with} {B_genitive}, {B}, zusammengetroffen.",
    "In {city} hat {a_office} {A_genitive}, {A}, am {day} mit {B_with} {B_genitive}, {B}, über {topic} gesprochen.",
)
LEADS_ENGLISH = (
    "{A_country}'s {A_title} {A} met {B_country}'s {B_title} {B} in {city} on {day} for talks on {topic}.",
    "The {A_title} of {A_country}, {A}, received the {B_title} of {B_country}, {B}, in {city} on {day}.",
    "{A_country}'s {A_title} {A} held talks with {B_country}'s {B_title} {B} in {city} on {day}.",
)
AFTER_GERMAN = (
    "Beide Seiten sprachen über {topic} und vereinbarten, im kommenden Jahr eine gemeinsame Kommission einzusetzen.",
    "{A} sagte nach dem Treffen, {A_country} wolle die Beziehungen zu {B_country} vertiefen.",
    "{B} dankte für den Empfang und lobte die Zusammenarbeit.",
)
AFTER_ENGLISH = (
    "The two sides discussed {topic} and agreed to set up a joint commission next year.",
    "{A} said after the meeting that {A_country} wanted to deepen relations with {B_country}.",
    "{B} thanked the hosts and praised the cooperation on {topic}.",
)

FILLER_GERMAN = (
    "Der Wetterdienst erwartet für die kommenden Tage Schauer und Temperaturen um {n} Grad.",
    "Im Hafen wurden in diesem Jahr bisher {n}00 Container mehr umgeschlagen als im Vorjahr.",
    "Die Stadtwerke tauschen bis zum Herbst {n} Kilometer alter Leitungen aus.",
    "Vor {n}00 Zuschauern siegte die Mannschaft nach einem Rückstand zur Pause noch deutlich.",
    "Das Museum zeigt bis zum Winter {n} Bilder aus einer privaten Sammlung, viele davon zum ersten Mal.",
    "Nach Angaben der Feuerwehr waren {n} Helfer im Einsatz; verletzt wurde niemand.",
    "Der Umsatz des Unternehmens stieg um {n} Prozent, vor allem wegen der Nachfrage aus Übersee.",
    "An der Schule lernen {n} Kinder, für die es nun eine neue Turnhalle gibt.",
    "Die Bahn sperrt die Strecke an {n} Tagen und setzt Busse ein.",
    "Landwirte rechnen nach dem trockenen Frühjahr mit einer Ernte, die {n} Prozent kleiner ausfällt.",
    "Der Chor probt seit {n} Wochen für das Konzert in der alten Kirche.",
    "In der Bibliothek stehen jetzt {n} Arbeitsplätze mehr, abends ist sie länger geöffnet.",
    "Forscher haben im Moor {n} Arten gezählt, die dort lange als verschwunden galten.",
    "Der Bau der Brücke dauert nach neuen Berechnungen {n} Monate länger als geplant.",
)
FILLER_ENGLISH = (
    "Forecasters expect showers for the rest of the week, with highs of about {n} degrees.",
    "The port handled {n}00 more containers this year than over the same months last year.",
    "The water company will replace {n} miles of old pipes before the autumn.",
    "The home side came from behind in front of {n}00 spectators and never looked back.",
    "The museum shows {n} paintings from a private collection, many for the first time.",
    "Some {n} firefighters were called to the scene, and nobody was hurt.",
    "Revenue at the company rose by {n} per cent, driven by demand from overseas.",
    "The school, which has {n} pupils, opened its new sports hall last week.",
    "The line will be closed for {n} days while the track is renewed, and buses will run instead.",
    "Farmers expect a harvest that is {n} per cent smaller after the dry spring.",
    "The choir has been rehearsing for {n} weeks for its concert in the old church.",
    "The library has added {n} desks and now stays open until late in the evening.",
    "Researchers counted {n} species in the bog that had long been thought lost.",
    "Work on the bridge will take {n} months longer than planned, new estimates show.",
)
