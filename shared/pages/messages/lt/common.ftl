# Puslapiai, kuriuos žmogus mato pakeliui į įrodymą. Paprastai, antruoju asmeniu, esamuoju laiku.

what-proof-is = „Proof“ parodo įmonei, kad kažkas yra jūsų, ir nieko daugiau apie jus.

# Kažkas atėjo adresu, kuris niekur neveda.
unknown-title = Čia nieko nėra
unknown-text = Nuoroda nepilna arba tai, kur ji vedė, jau baigėsi. Grįžkite ten, iš kur atėjote, ir paprašykite naujos.

languages = Kalba

# Iš puslapio pakeliui atgal į užklausos puslapį.
way-back = Grįžti į puslapį
