"""Films of 1920 to 1969; the notation is explained in `matinee.data.synthetic.films`."""

from __future__ import annotations

from typing import Final

FILMS: Final = """
1920: The Cabinet of Dr. Caligari|HYT|48
1921: The Kid|CD|38
1924: Sherlock Jr.|CF|28
1925: The Gold Rush|VCL|48
1926: The General|AVCW|48
1927: Metropolis|DS|48
1928: The Passion of Joan of Arc|D|38
1929: Man with a Movie Camera|U|28
1930: All Quiet on the Western Front|DW|48
1931: Dracula|H|56; Frankenstein|HS|57; City Lights|CDL|48; M|ROT|49
1932: Freaks|DH|37
1933: Duck Soup|CMW|58; King Kong|AVFH|57; The Invisible Man|HS|37
1934: The Thin Man|CRY|48
1935: A Night at the Opera|CM|48; Bride of Frankenstein|HS|47; The 39 Steps|YT|48; Top Hat|CML|37
1936: Modern Times|CDL|58; My Man Godfrey|CL|37
1937: Snow White and the Seven Dwarfs|NKFM|77; Grand Illusion|DW|38
1938: The Adventures of Robin Hood|AVL|58; The Lady Vanishes|CYT|38
1939: The Wizard of Oz|VKFM|88; Gone with the Wind|DLW|77; Mr. Smith Goes to Washington|D|58
1939: Stagecoach|ADX|47; Ninotchka|CL|37; The Rules of the Game|CD|38
1940: Fantasia|NKFM|67; Pinocchio|NKFM|66; Rebecca|DYLT|58; The Great Dictator|CDW|58
1940: The Philadelphia Story|CL|58
1941: Citizen Kane|DY|78; The Maltese Falcon|ROY|68
1942: Casablanca|DLW|89; Bambi|NKD|56; To Be or Not to Be|CDW|38
1943: Shadow of a Doubt|ROT|48; The Life and Death of Colonel Blimp|DLW|28
1944: Arsenic and Old Lace|CYT|58; Double Indemnity|RDO|58; Laura|ROY|47
1945: Brief Encounter|DL|38; Mildred Pierce|DO|37; Detour|RO|27
1946: It's a Wonderful Life|DFL|78; Notorious|OLT|58; The Big Sleep|ROY|58; The Best Years of Our Lives|DW|48
1946: Beauty and the Beast|DFL|38; Gilda|DOL|37; My Darling Clementine|X|37
1946: The Postman Always Rings Twice|RDO|37; The Killers|RO|27
1947: Miracle on 34th Street|KCD|57; Out of the Past|ROY|37; The Lady from Shanghai|DOY|37
1947: Dark Passage|ROT|26
1948: Bicycle Thieves|D|58; Rope|RDT|57; The Treasure of the Sierra Madre|AVDX|58; Key Largo|RDO|47
1948: Red River|VX|37; The Red Shoes|DML|38
1949: The Third Man|OYT|68; Kind Hearts and Coronets|CR|38; White Heat|RDO|37
1950: Sunset Boulevard|DOL|68; All About Eve|D|58; Rashomon|RDY|58; In a Lonely Place|DOY|37
1950: The Asphalt Jungle|RO|37; Winchester '73|X|27
1951: The African Queen|VCLW|68; A Streetcar Named Desire|D|58; Alice in Wonderland|VNKFM|56
1951: Strangers on a Train|ROT|58; Ace in the Hole|DO|37
1952: Singin' in the Rain|CML|78; High Noon|DX|58; Ikiru|D|48
1953: Roman Holiday|CDL|68; From Here to Eternity|DLW|47; Shane|DX|47; The Big Heat|RDO|37
1953: The Wages of Fear|AVDT|38; Pickup on South Street|ROT|27
1954: Rear Window|YT|78; Seven Samurai|AVD|78; On the Waterfront|RD|68; Dial M for Murder|RYT|58
1954: La Strada|D|38; Johnny Guitar|DX|26
1955: Lady and the Tramp|NKCL|66; To Catch a Thief|RYLT|57; Diabolique|HYT|48
1955: The Night of the Hunter|RDOT|48; Kiss Me Deadly|ROY|37; Night and Fog|UW|38; Pather Panchali|D|38
1955: Rififi|ROT|38
1956: The Searchers|VDX|57; Invasion of the Body Snatchers|HST|47; The Killing|ROT|48; The King and I|DML|46
1957: 12 Angry Men|D|79; The Bridge on the River Kwai|VDW|68; Paths of Glory|DW|58; The Seventh Seal|DF|58
1957: 3:10 to Yuma|TX|37; Nights of Cabiria|D|38; Sweet Smell of Success|RDO|38; Throne of Blood|DW|38
1958: Vertigo|DYLT|78; Touch of Evil|ROT|58; The Hidden Fortress|AV|38
1959: North by Northwest|AVYT|78; Some Like It Hot|CRL|78; Ben-Hur|AVD|67; Sleeping Beauty|NKFM|56
1959: The 400 Blows|RD|58; Anatomy of a Murder|RDY|48; Rio Bravo|X|47; Hiroshima Mon Amour|DLW|37
1960: Psycho|RHT|88; The Apartment|CDL|68; The Magnificent Seven|AVX|57; Breathless|RDL|48
1961: Breakfast at Tiffany's|CDL|67; West Side Story|DML|67; The Guns of Navarone|AVDW|57; The Hustler|D|48
1961: The Innocents|DHT|37
1962: Lawrence of Arabia|VDW|78; To Kill a Mockingbird|D|78; The Manchurian Candidate|TW|58
1962: The Man Who Shot Liberty Valance|RDX|48; What Ever Happened to Baby Jane?|DHT|48
1963: The Great Escape|AVDW|78; The Birds|HT|67; 8½|DF|58; Charade|CRYLT|58; High and Low|RDY|38; Hud|DX|37
1963: The Leopard|DLW|28
1964: Dr. Strangelove|CW|89; Goldfinger|AVT|68; Mary Poppins|KCFM|67; My Fair Lady|CML|67
1964: A Fistful of Dollars|AX|57; A Hard Day's Night|CM|57; Fail-Safe|DTW|37
1964: The Umbrellas of Cherbourg|DML|37; Kwaidan|FH|27
1965: The Sound of Music|DML|76; Doctor Zhivago|DLW|57; For a Few Dollars More|ADX|58; Repulsion|DHT|47
1965: Cat Ballou|CX|36
1966: The Good, the Bad and the Ugly|AVX|79; Who's Afraid of Virginia Woolf?|D|58; Persona|D|48
1966: The Battle of Algiers|DW|48; Andrei Rublev|DW|38
1967: The Graduate|CDL|78; Cool Hand Luke|D|68; The Jungle Book|NKCM|66; In the Heat of the Night|RDY|58
1967: The Dirty Dozen|ADW|57; The Producers|C|58; Dont Look Back|UM|37
1968: 2001: A Space Odyssey|VDS|88; Planet of the Apes|ADS|67; Rosemary's Baby|DHT|68
1968: Once Upon a Time in the West|ADX|58; Monterey Pop|UM|27
1969: Butch Cassidy and the Sundance Kid|AX|78; Midnight Cowboy|D|68; The Wild Bunch|AVX|57; True Grit|VDX|46
1969: Army of Shadows|DTW|38; Salesman|U|27
"""
