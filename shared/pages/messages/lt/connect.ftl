# Prisijungimas prie tinklo ar biržos.
connect-title = Parodykite, kad ši „{ $provider }“ paskyra yra jūsų
connect-asks = { $organisation } prašo įrodyti, kad ji yra jūsų. Prisijungiate „{ $provider }“ puslapyje, ne čia.
connect-account = Paskyra
connect-provider = Kur
connect-they-see = Jie matys
connect-they-see-text = paskyros vardą ir jos numerį „{ $provider }“, kada ir kaip tai įrodėte
connect-open-for = Liko laiko
connect-minutes = { $minutes ->
    [one] { $minutes } minutė
    [few] { $minutes } minutės
   *[other] { $minutes } minučių
  }
connect-continue = Tęsti „{ $provider }“
connect-promise = „{ $provider }“ klausiame tik, kuri tai paskyra: jos vardo arba el. pašto adreso. Nieko negalime skelbti ar keisti, o prieigos atsisakome vos tai perskaitę.
connect-test-mode = Bandomasis režimas
connect-complete-test = Užbaigti bandymą
connect-test-text = Tai bandymas: niekas niekur neprisijungia, o „{ $provider }“ neklausiama.
connect-done-title = Įrodyta
connect-done-text = { $organisation } dabar žino, kad ši paskyra yra jūsų.
connect-close = Šį puslapį galite užverti.
connect-another-title = Tai buvo kita paskyra
connect-another-text = Prisijungėte paskyra, kurios { $organisation } neprašė. Niekas neįrodyta, o { $organisation } nesužinos, kuri paskyra tai buvo.
connect-used = Naudojote
connect-wanted = Prašoma
connect-another-hint = Atsijunkite nuo „{ $provider }“ arba ten pasirinkite kitą paskyrą ir bandykite dar kartą.
connect-again = Bandyti dar kartą
connect-declined-title = Jūs atsisakėte
connect-declined-text = „{ $provider }“ puslapyje nesutikote, todėl nieko neperskaityta ir niekas neįrodyta. Jei norėjote kitaip, bandykite dar kartą.
connect-not-allowed-title = Trūksta paskyros vardo
connect-not-allowed-text = „{ $provider }“ nepasakė paskyros vardo, nes vienas iš leidimų liko nepažymėtas. Bandykite dar kartą ir palikite juos visus pažymėtus.
connect-no-account-title = Tokios paskyros nėra
connect-no-account-text = Prisijungėte, bet tokios „{ $provider }“ paskyros ten nėra. Bandykite su kita.
connect-not-believed-title = „{ $provider }“ to nepatvirtino
connect-not-believed-text = Tai, kas grįžo iš „{ $provider }“, buvo per sena arba skirta ne mums. Niekas neįrodyta. Bandykite dar kartą.
connect-provider-unavailable-title = „{ $provider }“ neatsako
connect-provider-unavailable-text = Šiuo metu „{ $provider }“ paklausti nepavyko. Niekas neprarasta: bandykite po minutės.
connect-provider-refused-title = „{ $provider }“ mūsų neįleidžia
connect-provider-refused-text = Tai ne jūsų kaltė: „{ $provider }“ atmeta tai, kaip čia viskas nustatyta. Praneškite apie tai: { $organisation }.
connect-over-title = Laikas baigėsi
connect-over-text = Ši nuoroda nebegalioja. Grįžkite ten, iš kur atėjote, ir paprašykite naujos.
connect-already-title = Tai jau padaryta
connect-already-text = Viskas užbaigta anksčiau. Šį puslapį galite užverti.
connect-withdrawn-title = Šis įrodymas atšauktas
connect-withdrawn-text = Paskyra čia kartą buvo įrodyta, bet įrodymas vėliau atšauktas. Kodėl, gali pasakyti { $organisation }.
connect-foreign-title = Šis prisijungimas pradėtas ne čia
connect-foreign-text = Jis pradėtas kitoje naršyklėje, jau panaudotas arba per senas. Niekas neįrodyta. Dar kartą atverkite gautą nuorodą ir paspauskite mygtuką joje.
connect-trouble-title = Kažkas neveikia
connect-trouble-text = Šiuo metu užbaigti nepavyksta. Niekas neprarasta: atverkite nuorodą po minutės.
