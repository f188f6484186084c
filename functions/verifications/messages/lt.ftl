# Puslapiai, kuriuos žmogus mato pakeliui į įrodymą. Paprastai, antruoju asmeniu, esamuoju laiku.

what-proof-is = „Proof“ parodo įmonei, kad kažkas yra jūsų, ir nieko daugiau apie jus.

# Kažkas atėjo adresu, kuris niekur neveda.
unknown-title = Čia nieko nėra
unknown-text = Nuoroda nepilna arba tai, kur ji vedė, jau baigėsi. Grįžkite ten, iš kur atėjote, ir paprašykite naujos.

# Puslapis, kurį atveria el. laiško nuoroda.
confirm-title = Patvirtinkite, kad tai jūsų
confirm-asks-email = { $organisation } prašo įrodyti, kad el. pašto adresas { $asset } yra jūsų.
confirm-asks-domain = { $organisation } prašo įrodyti, kad domeną { $asset } valdote jūs.
confirm-somebody = Kažkas
confirm-asset = Įrodoma
confirm-mailbox = Išsiųsta
confirm-learns = Sužinos
confirm-learns-what = Kad tai jūsų, kada ir kaip tai įrodėte. Nieko daugiau.
confirm-until = Galioja iki
confirm-button = Patvirtinti
confirm-not-you = Jei to neprašėte, užverkite šį puslapį. Kol nepaspausite mygtuko, nieko neįvyks.
confirm-done-title = Patvirtinta
confirm-done-text = { $organisation } dabar žino, kad { $asset } yra jūsų.
confirm-before-title = Jau patvirtinta
confirm-before-text = { $organisation } žino, kad { $asset } yra jūsų. Daugiau nieko daryti nereikia.
confirm-close = Galite užverti šį puslapį ir grįžti ten, iš kur atėjote.
confirm-expired-title = Nuoroda per sena
confirm-expired-text = Jos laikas baigėsi. Grįžkite į puslapį, iš kurio atėjote, ir paprašykite naujo laiško.
confirm-failed-title = Nuoroda nebeveikia
confirm-failed-text = Per daug kartų įvestas neteisingas kodas. Grįžkite į puslapį, iš kurio atėjote, ir pradėkite iš naujo.
confirm-unknown-title = Nuoroda neveikia
confirm-unknown-text = Ji nepilna arba ją pakeitė naujesnis laiškas. Atverkite naujausią laišką arba nukopijuokite visą nuorodą iš jo.
confirm-unavailable-title = Ne dabar
confirm-unavailable-text = Šiuo metu negalime to patikrinti ir niekas nepasikeitė. Po minutės atverkite nuorodą dar kartą.
