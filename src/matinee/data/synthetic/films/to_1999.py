"""Films of 1970 to 1999; the notation is explained in `matinee.data.synthetic.films`."""

from __future__ import annotations

from typing import Final

FILMS: Final = """
1970: M*A*S*H|CDW|67; Patton|DW|57; The Aristocats|NKCM|55; Little Big Man|CDX|47; Gimme Shelter|UM|38
1970: The Conformist|DW|38; Woodstock|UM|37; El Topo|DX|26
1971: A Clockwork Orange|RDS|88; Willy Wonka & the Chocolate Factory|KCFM|77; Dirty Harry|ART|67
1971: The French Connection|ART|67; Fiddler on the Roof|DM|57; Harold and Maude|CDL|58
1971: The Last Picture Show|D|48; McCabe & Mrs. Miller|DX|38
1972: The Godfather|RD|99; Cabaret|DM|57; Sleuth|CYT|38
1973: The Exorcist|HY|77; The Sting|CR|78; Enter the Dragon|AR|57; Papillon|RD|57; Serpico|RD|57
1973: Sleeper|CS|57; Don't Look Now|DHT|47; High Plains Drifter|DX|47; The Wicker Man|HYT|47
1973: Westworld|STX|46; Day for Night|CD|37; Fantastic Planet|NS|37
1974: The Godfather: Part II|RD|89; Blazing Saddles|CX|78; Chinatown|RYT|78; Young Frankenstein|CFH|78
1974: The Conversation|DYT|58; The Texas Chain Saw Massacre|H|57
1975: Jaws|AHT|88; Monty Python and the Holy Grail|VCF|89; One Flew Over the Cuckoo's Nest|D|89
1975: The Rocky Horror Picture Show|CHMS|66; Barry Lyndon|DLW|58; Nashville|DM|47
1975: Three Days of the Condor|YT|47; Grey Gardens|U|37; Picnic at Hanging Rock|DY|37; The Mirror|D|38
1976: Taxi Driver|RDT|88; Rocky|D|77; All the President's Men|DT|68; Carrie|DFHT|57; The Omen|HT|56
1976: The Outlaw Josey Wales|AVWX|48; The Shootist|DX|37; Harlan County U.S.A.|U|28
1977: Star Wars|AVS|99; Annie Hall|CL|78; Close Encounters of the Third Kind|DS|77; Eraserhead|DH|47
1977: Suspiria|H|47; Sorcerer|AVT|37
1978: Animal House|C|77; Grease|CML|66; Halloween|HT|67; Superman|AVS|66; The Deer Hunter|DW|67
1978: Dawn of the Dead|HS|57; Days of Heaven|D|48; Watership Down|VND|47; The Last Waltz|UM|38
1979: Alien|HS|88; Apocalypse Now|DW|88; Life of Brian|C|78; Mad Max|AVS|66; Manhattan|CDL|67
1979: Being There|CD|58; The Jerk|C|57; The Muppet Movie|VKCM|57; All That Jazz|DM|47; Stalker|DYS|48
1980: The Empire Strikes Back|AVS|99; The Shining|H|88; Airplane!|C|78; The Blues Brothers|ACM|77
1980: Caddyshack|C|66; Raging Bull|D|68; The Elephant Man|D|58; Kagemusha|DW|38; Heaven's Gate|DX|25
1980: Xanadu|FML|23
1981: Raiders of the Lost Ark|AV|99; Das Boot|ADW|68; The Road Warrior|AVS|67
1981: An American Werewolf in London|CHT|57; The Evil Dead|FHT|57; Time Bandits|VCFS|57; Scanners|HST|46
1982: Blade Runner|AST|88; E.T. the Extra-Terrestrial|KDS|87; Poltergeist|HT|66
1982: Star Trek II: The Wrath of Khan|AVST|67; The Thing|AHS|68; Tootsie|CL|67; Koyaanisqatsi|U|38
1983: Return of the Jedi|AVS|98; Scarface|ARD|77; A Christmas Story|KC|67; The Right Stuff|D|67
1983: Trading Places|C|66; WarGames|DST|66; Fanny and Alexander|DFY|48; Flashdance|DML|44; Jaws 3-D|AH|42
1983: Videodrome|HST|46; Sans Soleil|U|27
1984: Ghostbusters|ACS|87; The Terminator|AST|87; Amadeus|DM|78; Indiana Jones and the Temple of Doom|AVF|76
1984: This Is Spinal Tap|CM|78; A Nightmare on Elm Street|HT|66; Beverly Hills Cop|ACR|66; Gremlins|CH|66
1984: The Karate Kid|D|66; Nausicaä of the Valley of the Wind|VNFS|58; Paris, Texas|DL|48
1984: Stop Making Sense|UM|38
1985: Back to the Future|VCS|98; The Breakfast Club|CD|77; Brazil|FS|68; Clue|CRY|67; The Goonies|AVKC|66
1985: Fletch|CY|56; Ran|DW|58; The Color Purple|D|57; Come and See|DW|48; Pale Rider|X|46; Silverado|AX|46
1985: The Purple Rose of Cairo|CFL|47; Shoah|UW|38; Mishima: A Life in Four Chapters|D|28
1986: Aliens|AVHS|88; Ferris Bueller's Day Off|C|77; Stand by Me|VD|78; Blue Velvet|DYT|67; Labyrinth|VFM|66
1986: Platoon|DW|67; Star Trek IV: The Voyage Home|VCS|67; Top Gun|ADL|66; Castle in the Sky|AVNF|58
1986: Little Shop of Horrors|CHM|56; The Fly|DHS|57; Three Amigos!|CX|55
1987: The Princess Bride|AVCFL|89; Full Metal Jacket|DW|78; Evil Dead II|ACFH|67
1987: Good Morning, Vietnam|CDW|66; Lethal Weapon|ACR|66; Planes, Trains & Automobiles|C|67; Predator|AST|66
1987: Raising Arizona|CR|67; RoboCop|ARST|66; Spaceballs|CS|66; Empire of the Sun|VDW|57; Moonstruck|CL|57
1987: The Lost Boys|CHT|55; Wings of Desire|DFL|48; Ishtar|VC|23
1988: Die Hard|ART|88; A Fish Called Wanda|CR|78; Rain Man|D|77; Who Framed Roger Rabbit|NCRY|77; Big|CFL|67
1988: Coming to America|CL|66; My Neighbor Totoro|NKF|68; Akira|ANS|57; Cinema Paradiso|D|58
1988: Dangerous Liaisons|DL|57; Grave of the Fireflies|NDW|58; Midnight Run|ACR|57; The Thin Blue Line|U|37
1989: Indiana Jones and the Last Crusade|AV|88; Back to the Future Part II|VCS|76; Batman|ARD|76
1989: Dead Poets Society|D|77; When Harry Met Sally...|CL|77; Bill & Ted's Excellent Adventure|VCS|66
1989: Field of Dreams|KDF|67; Glory|DW|67; The Abyss|AVST|66; The Little Mermaid|NKCML|67
1989: Kiki's Delivery Service|VNKF|57; My Left Foot|D|57; Roger & Me|U|57; Say Anything...|CDL|57
1989: Weekend at Bernie's|C|43
1990: Goodfellas|RD|88; Dances with Wolves|VDX|77; Edward Scissorhands|DFL|77; Ghost|CDFLT|76
1990: Home Alone|KC|75; Pretty Woman|CL|76; The Hunt for Red October|AVT|77
1990: Back to the Future Part III|VCSX|66; Miller's Crossing|RDOT|58; Misery|DHT|57; Tremors|CHS|56
1990: Paris Is Burning|U|37
1991: Terminator 2: Judgment Day|AS|98; The Silence of the Lambs|RHT|99; Beauty and the Beast|NKFML|87
1991: City Slickers|CX|56; The Fisher King|CDFL|57; The Commitments|CDM|47
1992: Aladdin|VNKCM|87; Reservoir Dogs|RYT|88; Unforgiven|DX|78; A Few Good Men|RDT|67
1992: Army of Darkness|AVCFH|67; The Last of the Mohicans|ALWX|67; Baraka|U|48
1993: Jurassic Park|AVST|97; Schindler's List|DW|99; Groundhog Day|CFL|88; The Fugitive|T|87
1993: Mrs. Doubtfire|CD|75; The Nightmare Before Christmas|NKFM|77; Dazed and Confused|C|67
1993: Philadelphia|D|66; Tombstone|ADX|67; The War Room|U|37
1994: Forrest Gump|CDLW|98; Pulp Fiction|CRDT|99; The Shawshank Redemption|RD|99; Speed|ALT|86
1994: The Lion King|VNKM|87; Dumb and Dumber|VC|75; Four Weddings and a Funeral|CL|76
1994: Léon: The Professional|ARDT|78; Stargate|AVS|75; The Mask|ACF|75; True Lies|AVCT|76; Clerks|C|67
1994: Ed Wood|CD|67; Interview with the Vampire|DH|66; Hoop Dreams|U|58; Legends of the Fall|DLWX|56
1994: Maverick|VCX|56; The Flintstones|KCF|54; Chungking Express|DYL|48; Crumb|U|47
1995: The Usual Suspects|RYT|99; Toy Story|VNKCF|98; Apollo 13|VD|87; Braveheart|ADW|87; Se7en|YT|88
1995: Twelve Monkeys|YST|87; Babe|KD|76; Heat|ART|78; Batman Forever|AVC|64; Casino|RD|67
1995: Dead Man Walking|RD|67; Before Sunrise|DL|58; Ghost in the Shell|ANS|57; A Little Princess|KD|47
1995: Dead Man|DYX|47; Judge Dredd|ARS|43; Underground|CDW|47; The Celluloid Closet|U|37
1996: Fargo|CRDT|88; Independence Day|AVST|85; Mission: Impossible|AVYT|75; The Rock|AVT|76
1996: Trainspotting|CRD|78; Scream|CHYT|66; Sling Blade|D|67; Star Trek: First Contact|AVST|66
1996: The English Patient|DLW|66; Lone Star|DYX|57; When We Were Kings|U|47
1997: Good Will Hunting|DL|88; L.A. Confidential|ROYT|88; Men in Black|ACS|86; Titanic|DL|86
1997: As Good as It Gets|CDL|77; Austin Powers: International Man of Mystery|AVC|76; Contact|DS|77
1997: Gattaca|DST|77; Life Is Beautiful|CDLW|78; Princess Mononoke|AVNDF|78; The Fifth Element|AVCS|76
1997: Fast, Cheap & Out of Control|U|36
1998: Saving Private Ryan|ADW|88; The Big Lebowski|CR|88; The Truman Show|CDS|87; A Bug's Life|VNKC|76
1998: American History X|RD|78; Lock, Stock and Two Smoking Barrels|CRT|78; Shakespeare in Love|CDL|76
1998: Dark City|AVST|67; Mulan|VNKCM|66; Pleasantville|CDF|67; Run Lola Run|AR|67; Rushmore|CD|67
1998: Godzilla|AST|53; The Thin Red Line|ADW|56; Buena Vista Social Club|UM|47
1999: Fight Club|ARDT|99; The Matrix|AST|99; American Beauty|CD|88
1999: Star Wars: Episode I - The Phantom Menace|AVS|85; The Sixth Sense|DHY|88; Being John Malkovich|CDF|77
1999: Office Space|CR|78; The Green Mile|RD|77; Toy Story 2|VNKCF|78; Election|C|67; Galaxy Quest|VCS|67
1999: Magnolia|D|67; Sleepy Hollow|FHYLT|66; South Park: Bigger, Longer & Uncut|NCM|67
1999: The Blair Witch Project|DHT|65; The Insider|DT|67; Wild Wild West|ACSX|53
"""
