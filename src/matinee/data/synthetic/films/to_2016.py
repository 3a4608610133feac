"""Films of 2000 to 2016; the notation is explained in `matinee.data.synthetic.films`."""

from __future__ import annotations

from typing import Final

FILMS: Final = """
2000: Gladiator|AVD|87; Memento|YT|88; Cast Away|D|76; Crouching Tiger, Hidden Dragon|ADL|77
2000: O Brother, Where Art Thou?|VCR|77; Requiem for a Dream|D|77; Snatch|CRT|78; X-Men|AVS|76
2000: Almost Famous|D|67; Chicken Run|NKC|66; High Fidelity|CDL|67; The Emperor's New Groove|VNKCF|66
2000: Unbreakable|DS|67; Scary Movie|CH|54
2001: The Lord of the Rings: The Fellowship of the Ring|VF|98; Amélie|CL|88; Monsters, Inc.|VNKCF|87
2001: Shrek|VNKCFL|87; Spirited Away|VNF|89; A Beautiful Mind|DL|77; Donnie Darko|DYST|78
2001: Harry Potter and the Sorcerer's Stone|VKF|76; Ocean's Eleven|RT|77; Moulin Rouge!|DML|66
2001: Mulholland Drive|RDOYT|67; The Royal Tenenbaums|CD|67; Pearl Harbor|ADLW|53; The Others|DHYT|57
2002: The Lord of the Rings: The Two Towers|VF|98; Catch Me If You Can|RD|77; City of God|RDT|78
2002: Minority Report|ARYST|77; Spider-Man|AVST|76; Star Wars: Episode II - Attack of the Clones|AVS|75
2002: The Bourne Identity|AYT|77; 28 Days Later|AHS|67; Bowling for Columbine|U|67; Chicago|RDM|66
2002: Signs|HST|65; The Pianist|DW|68; Scooby-Doo|VKCF|43
2003: The Lord of the Rings: The Return of the King|AVDF|98; Finding Nemo|VNKC|87; Kill Bill: Vol. 1|ART|87
2003: Pirates of the Caribbean: The Curse of the Black Pearl|AVCF|87; Big Fish|DFL|77
2003: Lost in Translation|CDL|77; Oldboy|YT|78; The Matrix Reloaded|AVST|75
2003: Master and Commander: The Far Side of the World|AVDW|66; The Last Samurai|AVDW|66; The Fog of War|UW|57
2003: Capturing the Friedmans|U|47; Tokyo Godfathers|VND|47; Touching the Void|VU|47
2004: Eternal Sunshine of the Spotless Mind|DLS|88; The Incredibles|AVNKC|87
2004: Harry Potter and the Prisoner of Azkaban|VF|77; Kill Bill: Vol. 2|ADT|77; Shaun of the Dead|CH|77
2004: Downfall|DW|68; Garden State|CDL|66; Howl's Moving Castle|VNFL|68; Million Dollar Baby|D|67
2004: Shrek 2|VNKCML|66; Spider-Man 2|AVS|66; Fahrenheit 9/11|U|56; Hotel Rwanda|DW|57; Super Size Me|U|56
2004: Van Helsing|AFH|43
2005: Batman Begins|AR|87; Sin City|AROYT|77; Star Wars: Episode III - Revenge of the Sith|AVS|75
2005: V for Vendetta|ASTW|78; Charlie and the Chocolate Factory|VKCF|65; Kiss Kiss Bang Bang|CRYT|67
2005: Lord of War|RTW|67; Serenity|AVS|67; Grizzly Man|U|57; March of the Penguins|U|56; The Descent|VHT|56
2005: Wallace & Gromit: The Curse of the Were-Rabbit|NKCF|57; Murderball|U|47; The Proposition|DX|47
2006: The Departed|RDT|88; The Prestige|DYST|88; Casino Royale|AVT|77; Children of Men|AVDST|78
2006: Little Miss Sunshine|VCD|77; Pan's Labyrinth|DFT|78; Blood Diamond|AVRDTW|66
2006: Thank You for Smoking|CD|67; The Lives of Others|DLT|68; An Inconvenient Truth|U|56
2006: Jackass Number Two|CU|45
2007: No Country for Old Men|RD|88; Hot Fuzz|ACRY|77; Juno|CDL|76; Ratatouille|NKD|77; Superbad|C|76
2007: The Bourne Ultimatum|ART|77; There Will Be Blood|DX|78; 3:10 to Yuma|ARDX|67; Spider-Man 3|AVST|64
2007: The Simpsons Movie|NC|66; Zodiac|RDT|67; Gone Baby Gone|RDY|57; Sicko|U|56
2007: The Assassination of Jesse James by the Coward Robert Ford|DX|57; The King of Kong|U|47
2007: In the Shadow of the Moon|U|37
2008: The Dark Knight|ARD|99; Iron Man|AVS|87; WALL·E|VNKLS|88; Gran Torino|RD|77; Slumdog Millionaire|RDL|77
2008: Indiana Jones and the Kingdom of the Crystal Skull|AVCS|64; Kung Fu Panda|ANKC|66; Taken|ART|66
2008: The Hurt Locker|ADTW|67; Man on Wire|U|57; Twilight|DFLT|53; Waltz with Bashir|NUW|47; Appaloosa|RDX|36
2009: Avatar|AVS|86; Inglourious Basterds|ADW|88; Up|VNKD|87; District 9|YST|77; Sherlock Holmes|ARYT|76
2009: Star Trek|AVS|77; The Hangover|CR|76; Zombieland|ACH|76; Coraline|NFT|67
2009: The Girl with the Dragon Tattoo|RDYT|67; The Cove|U|57; Transformers: Revenge of the Fallen|AVS|53
2009: Food, Inc.|U|46
2010: Inception|ARDYST|98; Black Swan|DT|76; How to Train Your Dragon|VNKF|77; Kick-Ass|AC|76
2010: Shutter Island|DYT|77; The King's Speech|D|77; The Social Network|D|77; Toy Story 3|VNKCF|77
2010: Despicable Me|NKC|66; Scott Pilgrim vs. the World|ACFL|67; Tangled|NKCFML|67; The Town|RDT|66
2010: True Grit|VDX|66; Exit Through the Gift Shop|CU|57; Inside Job|U|57; Senna|U|57; Jackass 3D|ACU|45
2010: Restrepo|UW|47; Cave of Forgotten Dreams|U|37
2011: Drive|RDT|77; Harry Potter and the Deathly Hallows: Part 2|AVDFY|77; The Intouchables|CD|78
2011: Hugo|KDY|66; Limitless|ST|66; Midnight in Paris|CFL|67; Rise of the Planet of the Apes|ADST|66
2011: A Separation|D|58; Cowboys & Aliens|ASTX|54; Pina|UM|37
2012: Django Unchained|ADX|87; The Dark Knight Rises|ART|87; Skyfall|AVT|77; The Avengers|AVS|76
2012: Cloud Atlas|DST|66; Prometheus|HST|65; The Cabin in the Woods|CHST|66
2012: The Hobbit: An Unexpected Journey|VF|66; Wreck-It Ralph|NC|67; Searching for Sugar Man|UM|57
2012: The Hunt|D|58; The Act of Killing|U|47; The Imposter|U|47
2013: Her|DLS|77; The Wolf of Wall Street|CRD|77; 12 Years a Slave|D|67; About Time|DFL|67; Prisoners|DYT|67
2013: Star Trek Into Darkness|AVS|66; World War Z|AHST|65; Blackfish|U|57; The Conjuring|HT|56
2013: The Wind Rises|NDL|57; 20 Feet from Stardom|U|46; Stories We Tell|U|47; The Lone Ranger|AVX|44
2014: Interstellar|S|88; Ex Machina|DST|77; Gone Girl|DT|77; Guardians of the Galaxy|AVS|77
2014: The Grand Budapest Hotel|CD|77; The Imitation Game|DTW|77; Whiplash|D|78
2014: What We Do in the Shadows|CH|67; X-Men: Days of Future Past|AVS|66; American Sniper|AW|56; Fury|ADW|56
2014: Citizenfour|U|47; The Tale of the Princess Kaguya|NDF|47; Transformers: Age of Extinction|AVS|43
2014: Life Itself|U|37; Virunga|UW|37
2015: Inside Out|VNKCDF|77; Mad Max: Fury Road|AVST|77; Star Wars: Episode VII - The Force Awakens|AVFS|76
2015: The Martian|VDS|77; Spotlight|D|67; The Hateful Eight|X|66; Amy|U|47; Bone Tomahawk|HX|46
2015: The Look of Silence|U|38
2016: Arrival|S|77; Deadpool|AVCS|76; Zootopia|AVNKC|77; La La Land|CDML|67; Hacksaw Ridge|DW|56
2016: The Nice Guys|CRY|57; Train to Busan|AHT|57; Your Name.|NDFL|58; 13th|U|47; I Am Not Your Negro|U|37
2016: Life, Animated|U|36; Weiner|U|36
"""
