# Puslapis, kuriame žmogus vieną po kito įrodo kelis dalykus.

# Puslapio viršus.
request-title = { $count ->
    [one] Įrodykite, kad tai jūsų
    [few] Įrodykite, kad šie { $count } dalykai yra jūsų
   *[other] Įrodykite, kad { $count } dalykų yra jūsų
  }
request-title-any = { $count ->
    [one] Įrodykite, kad vienas iš šių { $all } dalykų yra jūsų
    [few] Įrodykite, kad { $count } iš šių { $all } dalykų yra jūsų
   *[other] Įrodykite, kad { $count } iš šių { $all } dalykų yra jūsų
  }
request-asks = To prašo { $organisation }. Įrodote čia, bet kuria tvarka.
request-any = { $count ->
    [one] Pakanka bet kurio vieno iš šių { $all }.
    [few] Pakanka bet kurių { $count } iš šių { $all }.
   *[other] Pakanka bet kurių { $count } iš šių { $all }.
  }
request-any-required = Tarp jų turi būti tai, kas pažymėta kaip būtina.
request-purpose = Kam to reikia
request-shared = Jie matys
request-they-see = Ką čia įrodote, kada ir kaip, ir kuo baigėsi bandymai, kurie nieko neįrodė.
request-they-see-named = Ką čia nurodote, dar prieš tai įrodant.
request-they-see-account = Jei tai paskyra, ir jos vardą bei numerį.
request-open-until = Galioja iki
request-test = Bandomasis režimas
request-test-text = Niekas nesiunčiama ir niekas neįskaitoma.
assets = Ko prašoma
summary = { $all ->
    [one] { $done ->
        [0] Dar neįrodyta
       *[other] Įrodyta
      }
   *[other] Įrodyta { $done } iš { $all }
  }

# Kaip su kiekvienu dalyku.
standing-asked = Jūsų eilė
standing-proven = Įrodyta
standing-late = Per vėlu
standing-failed = Neįrodyta
standing-withdrawn = Atšaukta
standing-left = Liko neįrodyta
asset-optional = nebūtina
asset-required = būtina
asset-proven = { $how }, { $when }
asset-late = Tam skirtas laikas baigėsi. Galite pradėti iš naujo.
asset-failed = Šiam kodui ar parašui bandymų neliko. Galite pradėti iš naujo su nauju.
asset-over = Čia iš naujo pradėti nebegalima. Paprašykite naujos nuorodos: ją duoda { $organisation }.
asset-withdrawn = Tai buvo įrodyta, bet įrodymas vėliau atšauktas ir nebegalioja.
asset-left = Prašymas baigėsi anksčiau, nei tai buvo įrodyta.

# Pradžia.
begin = Pradėti
begin-again = Pradėti iš naujo
choose-way = Kaip norite tai įrodyti?
your-phone = Jūsų telefono numeris
your-phone-hint = Su šalies kodu, pavyzdžiui, +370 612 34567
your-email = Jūsų el. pašto adresas
your-email-hint = Tas, kurį norite įrodyti
your-domain = Jūsų domenas
your-domain-hint = Pavyzdžiui, example.com, be https://
your-social = Jūsų vardas tame tinkle
your-social-hint = Toks, koks yra jūsų profilio adrese
your-social-handle = Jūsų kanalas
your-social-handle-hint = Jo vardas, pavyzdžiui, @vardas, arba numeris, kuris prasideda UC
your-social-address = Paskyros el. pašto adresas
your-social-address-hint = Tas, kuriuo ten prisijungiate
your-social-address-or-number = Jūsų paskyra
your-social-address-or-number-hint = Jos el. pašto adresas arba numeris
your-social-any = Jūsų paskyra
your-social-any-hint = Vardas iš jūsų profilio adreso; „Google“ ir „LinkedIn“ – paskyros el. pašto adresas, „Facebook“ – jis arba numeris
your-wallet = Jūsų piniginės adresas
your-wallet-hint = Viešasis adresas, jokiu būdu ne raktas
your-account = Jūsų paskyra
your-account-hint = Jos el. pašto adresas arba numeris biržoje
your-telegram-bot = Jūsų roboto numeris
your-telegram-bot-hint = Skaičius prieš dvitaškį jo rakte (token)

# Būdai.
channel-whatsapp = „WhatsApp“
channel-whatsapp-hint = Išsiunčiate mums žinutę iš savo „WhatsApp“.
channel-telegram = „Telegram“
channel-telegram-hint = Žinute jūsų „Telegram“.
channel-sms = SMS žinutė
channel-sms-hint = SMS žinute. Už ją gali apmokestinti jūsų operatorius.
channel-email = El. laiškas
channel-email-hint = Atsiunčiame laišką su kodu.
channel-domain-email = El. laiškas į domeną
channel-domain-email-hint = Atsiunčiame kodą į domeno pašto dėžutę.
channel-dns = DNS įrašas
channel-dns-hint = Pridedate įrašą ten, kur tvarkomas domeno DNS.
channel-http = Failas žiniatinklio serveryje
channel-http-hint = Įkeliate mažą failą į domeno žiniatinklio serverį.
channel-auto = DNS įrašas arba failas
channel-auto-hint = Pridedate įrašą arba failą, kaip paprasčiau.
channel-ethereum = „Ethereum“
channel-ethereum-hint = Jūsų piniginė pasirašo tekstą. Tai nieko nekainuoja ir nieko neperveda.
channel-solana = „Solana“
channel-solana-hint = Jūsų piniginė pasirašo tekstą. Tai nieko nekainuoja ir nieko neperveda.
channel-bitcoin = „Bitcoin“
channel-bitcoin-hint = Jūsų piniginė pasirašo tekstą. Tai nieko nekainuoja ir nieko neperveda.
channel-telegram-bot-token = Roboto raktas
channel-telegram-bot-token-hint = Parodote raktą, kurį jums davė „BotFather“.
channel-sign-in-hint = Prisijungiate „{ $provider }“ puslapyje, ne čia.

# Kodas, kurį siunčiame mes.
sent-email = Kodą išsiuntėme adresu { $recipient }. Paprastai jis ateina per minutę. Pažiūrėkite ir tarp nepageidaujamų laiškų.
sent-sms = Kodą išsiuntėme SMS žinute numeriu { $recipient }. Paprastai ji ateina per minutę.
sent-other = Kodą išsiuntėme: { $recipient }, { $way }. Paprastai jis ateina per minutę.
sent-queued = Kodas jau keliauja: { $recipient }. Galite palaukti čia.
sent-came-back = Žinutės pristatyti nepavyko: { $recipient }. Pažiūrėkite, ar viskas teisinga, arba pasirinkite kitą būdą.
sent-complained = Ši žinutė pažymėta kaip nepageidaujama, todėl šiuo adresu daugiau nesiunčiame.
code = Kodas
code-confirm = Patvirtinti
tries-left = { $left ->
    [one] Liko { $left } bandymas
    [few] Liko { $left } bandymai
   *[other] Liko { $left } bandymų
  }
nothing-came = Niekas neatėjo?
send-again = Siųsti naują kodą
another-way = Keisti
asked-until = Galioja iki { $when }

# Kodas, kurį siunčia žmogus.
send-this = Atsiųskite mums šį kodą per { $way } iš to numerio ar paskyros, kurią norite įrodyti.
send-this-sms = Atsiųskite mums šį kodą SMS žinute iš numerio, kurį norite įrodyti.
open-way = Atverti { $way }
open-way-sms = Rašyti SMS žinutę
scan-way = Nuskaitykite telefonu: atsivers { $way } su jau įrašytu kodu.
scan-way-sms = Nuskaitykite telefonu: atsivers SMS žinutė su jau įrašytu kodu.
on-this-device = Šiame įrenginyje
send-by-hand = Žinutė jau parašyta. Siųskite ją tokią, kokia yra.
from-elsewhere = Kodas atėjo iš kito numerio ar paskyros. Niekas neįrodyta. Siųskite iš to, kurio prašoma.
waiting-message = Laukiame jūsų žinutės.
goes-on = Šis puslapis tęsis pats.

# Domenas.
record-do = Pridėkite šį įrašą domeno { $domain } DNS nustatymuose.
record-hint = Kai kurios DNS paslaugos { $domain } prie vardo prideda pačios. Ten įrašykite tik dalį iki jo.
file-do = Šiuo adresu įkelkite tekstinį failą, kuriame yra tik šis turinys.
file-instead = Arba įkelkite failą į žiniatinklio serverį
check-now = Tikrinti dabar
check-next = Čia laukti nebūtina. Patys pažiūrėsime dar kartą: { $when }.
check-at = Žiūrėta: { $when }
check-seen = Dabar ten yra:
check-record-not-found = Įrašo dar nėra. Kol jis matomas visur, gali praeiti kelios minutės, kartais kelios valandos.
check-wrong-value = Įrašas ar failas yra, bet su kita reikšme. Palyginkite raidę po raidės.
check-partly-visible = Vieni serveriai įrašą jau mato, kiti dar ne. Palaukite kelias minutes.
check-wildcard-alias = Šis vardas, kaip ir kiekvienas šio domeno vardas, veda kitur. Pridėkite įrašą jo paties vardu.
check-dns-error = Domeno DNS neatsako taip, kaip turėtų. Pažiūrėkite į jo nustatymus.
check-timeout = Domenas laiku neatsakė. Bandykite po minutės.
check-http-status = Žiniatinklio serveris failo neduoda. Pažiūrėkite, ar adresą gali atverti bet kas.
check-redirect-refused = Žiniatinklio serveris nukreipia kitur. Failas turi būti tiksliai šiuo adresu.
check-too-large = Failas per didelis. Jame turi būti tik aukščiau nurodytas turinys.
check-not-text = Tai, kas ten yra, nėra paprastas tekstinis failas.
check-private-address = Domenas veda į privatų tinklą, į kurį negalime pažiūrėti.
check-unreachable = Domene neatsako joks žiniatinklio serveris.
check-other = Nerasta.

# Prisijungimas.
sign-in-there = Prisijungiate „{ $provider }“ puslapyje, ne čia. Perskaitome tik, kuri tai paskyra, ir nieko daugiau.
sign-in-continue = Tęsti „{ $provider }“
last-invalid-identifier = Prisijungėte kita paskyra, ne ta, kurios prašoma. Niekas neįrodyta.
last-declined = „{ $provider }“ puslapyje nesutikote, todėl niekas neįrodyta.
last-not-allowed = „{ $provider }“ nepasakė, kuri tai paskyra, nes vienas iš leidimų liko nepažymėtas. Palikite juos visus pažymėtus.
last-no-account = Paskyroje, kuria prisijungėte, tokios „{ $provider }“ paskyros nėra.
last-not-believed = „{ $provider }“ paskutinio bandymo nepatvirtino. Bandykite dar kartą.
last-provider-unavailable = „{ $provider }“ neatsakė. Niekas neprarasta: bandykite po minutės.
last-provider-refused = „{ $provider }“ atmeta tai, kaip čia viskas nustatyta. Tai ne jūsų kaltė: praneškite tam, kas jūsų prašo.
last-other = Paskutinis bandymas nieko neįrodė. Bandykite dar kartą.

# Piniginė.
wallet-sign = Pasirašykite šį tekstą pinigine. Tai nieko nekainuoja, nieko neperveda ir nieko neleidžia.
text-to-sign = Tekstas
wallet-address-with = Paimti adresą iš { $wallet }
wallet-address-with-any = Paimti adresą iš piniginės
wallet-sign-with = Pasirašyti su { $wallet }
wallet-sign-with-any = Pasirašyti pinigine
wallet-asking = Piniginė jūsų klausia. Paieškokite jos lango.
wallet-other-account = Piniginė siūlo { $account }. Pasirinkite joje adresą, kurio prašoma, ir bandykite dar kartą.
wallet-declined = Piniginėje atsisakėte. Niekas nepasirašyta.
wallet-failed = Piniginė nepasirašė. Bandykite dar kartą arba įklijuokite parašą žemiau.
wallet-elsewhere = Pasirašyti kitur ir įklijuoti
paste-ethereum = Nukopijuokite tekstą, pasirašykite jį piniginėje kaip asmeninę žinutę ir įklijuokite parašą: jis prasideda 0x.
paste-solana = Nukopijuokite tekstą, pasirašykite jį piniginėje kaip žinutę ir įklijuokite parašą base58 arba base64 pavidalu.
paste-bitcoin = Nukopijuokite tekstą, piniginėje atverkite „Sign message“, pasirašykite šiuo adresu ir įklijuokite parašą.
signature = Parašas
signature-check = Tikrinti parašą

# Robotas.
bot-token = Roboto raktas
bot-token-hint = Jį jums davė „BotFather“. Vieną kartą parodome jį „Telegram“ ir nieko nepasiliekame. Vėliau galite jį pakeisti.
bot-token-check = Tikrinti raktą

# Bandomasis režimas.
test-code = Tai bandymas, niekas nesiunčiama. Kodas yra
test-answer = Arba atsakykite bandomuoju kodu

# Kas negerai lauke.
wrong-code = Šis kodas neteisingas. { $left ->
    [one] Liko { $left } bandymas.
    [few] Liko { $left } bandymai.
   *[other] Liko { $left } bandymų.
  }
wrong-signature = Šis parašas netinka tekstui ir adresui. { $left ->
    [one] Liko { $left } bandymas.
    [few] Liko { $left } bandymai.
   *[other] Liko { $left } bandymų.
  }
wrong-again = Tai neteisinga. Pažiūrėkite dar kartą.
wrong-last = Tai neteisinga, o bandymų neliko. Pradėkite iš naujo ir gausite naują.
wrong-late = Laikas baigėsi. Pradėkite iš naujo ir gausite naują.
wrong-already = Tai jau įrodyta.
wrong-phone = Tokio telefono numerio pasiekti negalime. Rašykite jį su šalies kodu, pavyzdžiui, +370.
wrong-email = Tai ne el. pašto adresas. Paieškokite praleistos raidės ar ženklo.
wrong-domain = Tokio domeno įrodyti negalima. Rašykite tik jo vardą, pavyzdžiui, example.com.
wrong-social = Taip vardai tame tinkle nerašomi.
wrong-social-handle = Tai ne kanalo vardas ir ne jo numeris.
wrong-social-address = Tai ne el. pašto adresas. Šis tinklas paskyras žino tik pagal adresą.
wrong-social-address-or-number = Tai ne el. pašto adresas ir ne paskyros numeris.
wrong-social-any = Pasirinktu būdu paskyros taip nežinomos. Pažiūrėkite į paaiškinimą virš lauko.
wrong-wallet = Tai ne tokios piniginės adresas. Nukopijuokite jį visą.
wrong-account = Tai ne el. pašto adresas ir ne paskyros numeris.
wrong-telegram-bot = Tai ne robotas ir ne raktas, kokius duoda „BotFather“.
wrong-channel = Šis būdas dabar neveikia. Pasirinkite kitą.
wrong-too-many = Per trumpą laiką to buvo per daug. Bandykite vėliau.
wrong-wait = { $minutes ->
    [one] Per trumpą laiką to buvo per daug. Bandykite po { $minutes } minutės.
    [few] Per trumpą laiką to buvo per daug. Bandykite po { $minutes } minučių.
   *[other] Per trumpą laiką to buvo per daug. Bandykite po { $minutes } minučių.
  }
wrong-quota = Pradėti nepavyksta: kas jūsų prašo, šiuo metu daugiau įrodymų gauti negali. Tai ne jūsų kaltė: praneškite jiems.
wrong-conflict = Tai nedera su tuo, kas įvyko per tą laiką. Dar kartą pažiūrėkite į puslapį.
wrong-unavailable = Šiuo metu tai neveikia ir niekas nepasikeitė. Bandykite po minutės.

# Kas trukdo visam puslapiui.
trouble-unavailable = Šiuo metu kažkas neatsako. Niekas neprarasta: kas įrodyta, lieka įrodyta. Bandykite po minutės.
trouble-too-many = Per trumpą laiką to buvo per daug. Palaukite minutę ir tęskite.
trouble-out-of-date = Puslapis buvo pasenęs, todėl nieko nepadaryta. Štai kaip yra dabar.
offline-text = Nėra ryšio. Kai tik jis grįš, šis puslapis tęsis pats.
without-script = Šis puslapis pats nesikeičia.
look-again = Pažiūrėti dar kartą

# Pabaiga.
end-completed-title = Įrodyta
end-completed-text = { $organisation } dabar žino, kad tai jūsų. Daugiau nieko daryti nereikia.
end-expired-title = Laikas baigėsi
end-expired-text = Laiku niekas neįrodyta. { $organisation } tai mato, kaip ir tai, ką čia nurodėte. Naują nuorodą duoda { $organisation }.
end-expired-some-title = Laikas baigėsi
end-expired-some-text = Tai, ką įrodėte laiku, mato { $organisation }, o kita liko neįrodyta. Jei to dar reikia, paprašykite naujos nuorodos.
end-cancelled-title = To nebeprašoma
end-cancelled-text = { $organisation } prašymą atšaukė. Jums nieko daryti nereikia.
end-close = Šį puslapį galite užverti.
end-return = Grįžti: { $organisation }
end-returning = Po { $seconds } sekundžių būsite grąžinti atgal.
end-stay = Likti čia

# Svetima nuoroda arba jokios. Kuri, nesakoma.
verify-unknown-title = Ši nuoroda niekur neveda
verify-unknown-text = Ji nepilna arba jau baigėsi. Dar kartą atverkite ją ten, kur gavote, arba paprašykite naujos.
verify-unavailable-title = Ne dabar
verify-unavailable-text = Šiuo metu negalime to patikrinti ir niekas nepasikeitė. Po minutės atverkite nuorodą dar kartą.
