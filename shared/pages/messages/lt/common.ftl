# Puslapiai, kuriuos žmogus mato pakeliui į įrodymą. Paprastai, antruoju asmeniu, esamuoju laiku.

what-proof-is = „Proof“ parodo įmonei, kad kažkas yra jūsų.

# Kažkas atėjo adresu, kuris niekur neveda.
unknown-title = Čia nieko nėra
unknown-text = Nuoroda nepilna arba tai, kur ji vedė, jau baigėsi. Grįžkite ten, iš kur atėjote, ir paprašykite naujos.

languages = Kalba

# Iš puslapio pakeliui atgal į užklausos puslapį.
way-back = Grįžti į puslapį

# Dalys.
moment = { $year } m. { $month ->
    [1] sausio
    [2] vasario
    [3] kovo
    [4] balandžio
    [5] gegužės
    [6] birželio
    [7] liepos
    [8] rugpjūčio
    [9] rugsėjo
    [10] spalio
    [11] lapkričio
   *[12] gruodžio
  } { $day } d., { $time } UTC
progress = Įrodyta { $done } iš { $all }
copy = Kopijuoti
copied = Nukopijuota
copy-what = Kopijuoti: { $what }
record-type = Tipas
record-name = Vardas
record-value = Reikšmė
file-address = Adresas
file-content = Turinys

# Ką galima įrodyti.
kind-phone = Telefono numeris
kind-email = El. pašto adresas
kind-domain = Domenas
kind-social = Socialinio tinklo paskyra
kind-wallet = Piniginė
kind-account = Biržos paskyra
kind-telegram-bot = „Telegram“ robotas
