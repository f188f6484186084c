//! Writes the generated files of `shared/domain/data`. Run when the sources have moved on:
//!
//! ```text
//! cargo run --manifest-path shared/domain/tables/Cargo.toml -- numbering
//! cargo run --manifest-path shared/domain/tables/Cargo.toml -- suffixes <public_suffix_list.dat>
//! ```
//!
//! `numbering` takes the plans from the `phonenumber` library. `suffixes` takes the list that
//! <https://publicsuffix.org/list/> publishes (the `rules.txt` of the `psl` crate will do).

use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use phonenumber::metadata::{DATABASE, Descriptor};

fn main() -> Result<(), Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("numbering"), None) => numbering(&data),
        (Some("suffixes"), Some(list)) => suffixes(&data, &PathBuf::from(list)),
        _ => Err("say `numbering`, or `suffixes` and the path of the list".into()),
    }
}

fn numbering(data: &Path) -> Result<(), Box<dyn Error>> {
    let mut plans = String::new();
    let mut examples = BTreeSet::new();
    for code in 1..=999_u16 {
        let Some(regions) = DATABASE.by_code(&code) else {
            continue;
        };
        let mut possible = BTreeSet::new();
        let mut premium_rate = BTreeSet::new();
        for region in &regions {
            let kinds = region.descriptors();
            possible.extend(pattern(kinds.general()));
            premium_rate.extend(kinds.premium_rate().into_iter().flat_map(pattern));
            for (kind, label) in [
                (kinds.fixed_line(), ""),
                (kinds.mobile(), ""),
                (kinds.toll_free(), ""),
                (kinds.voip(), ""),
                (kinds.premium_rate(), " premium"),
            ] {
                if let Some(example) = kind.and_then(Descriptor::example) {
                    examples.insert(format!("{code}{example}{label}"));
                }
            }
        }
        let joined = |patterns: BTreeSet<String>| Vec::from_iter(patterns).join("|");
        plans += &format!("{code}\t{}\t{}\n", joined(possible), joined(premium_rate));
    }
    // Where one example serves two kinds, it is the premium one that matters.
    let both: Vec<_> = examples
        .iter()
        .filter_map(|line| line.strip_suffix(" premium"))
        .collect();
    let both: BTreeSet<String> = both.into_iter().map(str::to_owned).collect();
    examples.retain(|line| !both.contains(line));
    fs::write(data.join("numbering_plans.txt"), plans)?;
    fs::write(data.join("numbering_examples.txt"), lines(examples))?;
    Ok(())
}

/// The alternatives of one pattern, which the library writes with white space between.
fn pattern(of: &Descriptor) -> Option<String> {
    let text: String = of.national_number().as_str().split_whitespace().collect();
    (!text.is_empty()).then_some(text)
}

/// Rules of one label are left out: a single label is refused before the list is asked.
fn suffixes(data: &Path, list: &Path) -> Result<(), Box<dyn Error>> {
    let mut rules = BTreeSet::new();
    for line in fs::read_to_string(list)?.lines() {
        let rule = line.split_whitespace().next().unwrap_or_default();
        if rule.is_empty() || rule.starts_with("//") || !rule.contains('.') {
            continue;
        }
        let name = rule.trim_start_matches('!').trim_start_matches("*.");
        let ascii = idna::domain_to_ascii_strict(name).map_err(|_| rule.to_owned())?;
        rules.insert(rule.replace(name, &ascii));
    }
    if rules.len() < 5_000 {
        return Err("this does not look like the whole list".into());
    }
    fs::write(data.join("public_suffixes.txt"), lines(rules))?;
    Ok(())
}

fn lines(set: BTreeSet<String>) -> String {
    set.into_iter().map(|line| line + "\n").collect()
}
