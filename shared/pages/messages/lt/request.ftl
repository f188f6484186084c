# Puslapis, kuriame žmogus vieną po kito įrodo kelis dalykus.
request-title = Įrodykite, kas yra jūsų
