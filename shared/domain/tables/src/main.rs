//! Writes the generated files of `shared/domain/data`. Run when the sources have moved on:
//!
//! ```text
//! cargo run --manifest-path shared/domain/tables/Cargo.toml -- numbering <PhoneNumberMetadata.xml>
//! cargo run --manifest-path shared/domain/tables/Cargo.toml -- suffixes <public_suffix_list.dat>
//! ```
//!
//! The first comes from <https://github.com/google/libphonenumber/tree/master/resources>, the
//! second from <https://publicsuffix.org/list/>.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::Path,
};

use roxmltree::{Document, Node, ParsingOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["numbering", metadata] => numbering(&data, &fs::read_to_string(metadata)?),
        ["suffixes", list] => suffixes(&data, &fs::read_to_string(list)?),
        _ => Err("say `numbering` or `suffixes`, and the path of the file to read".into()),
    }
}

/// What the regions that share a calling code have together.
#[derive(Default)]
struct Plan {
    possible: BTreeSet<String>,
    premium_rate: BTreeSet<String>,
}

fn numbering(data: &Path, metadata: &str) -> Result<(), Box<dyn Error>> {
    // The file declares its own elements, without entities.
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(metadata, options)?;
    let mut plans: BTreeMap<u16, Plan> = BTreeMap::new();
    let mut examples = BTreeSet::new();
    for region in document
        .descendants()
        .filter(|node| node.has_tag_name("territory"))
    {
        let code: u16 = region
            .attribute("countryCode")
            .ok_or("no countryCode")?
            .parse()?;
        let plan = plans.entry(code).or_default();
        for kind in region.children().filter(Node::is_element) {
            let name = kind.tag_name().name();
            let patterns = match name {
                "generalDesc" => &mut plan.possible,
                "premiumRate" => &mut plan.premium_rate,
                _ => &mut BTreeSet::new(),
            };
            patterns.extend(text_of(kind, "nationalNumberPattern"));
            let label = match name {
                "fixedLine" | "mobile" | "tollFree" | "voip" => "",
                "premiumRate" => " premium",
                _ => continue,
            };
            examples.extend(text_of(kind, "exampleNumber").map(|it| format!("{code}{it}{label}")));
        }
    }
    // Where one example serves two kinds, it is the premium one that matters.
    let premium: BTreeSet<String> = examples
        .iter()
        .filter_map(|line| line.strip_suffix(" premium"))
        .map(str::to_owned)
        .collect();
    examples.retain(|line| !premium.contains(line));

    let joined = |patterns: BTreeSet<String>| Vec::from_iter(patterns).join("|");
    let table = plans.into_iter().map(|(code, plan)| {
        format!(
            "{code}\t{}\t{}",
            joined(plan.possible),
            joined(plan.premium_rate)
        )
    });
    fs::write(data.join("numbering_plans.txt"), lines(table))?;
    fs::write(data.join("numbering_examples.txt"), lines(examples))?;
    Ok(())
}

/// The text of a child without the white space that the patterns are laid out with.
fn text_of(parent: Node, child: &str) -> Option<String> {
    let node = parent.children().find(|node| node.has_tag_name(child))?;
    Some(node.text()?.split_whitespace().collect()).filter(|text: &String| !text.is_empty())
}

/// Rules of one label are left out: a single label is refused before the list is asked.
fn suffixes(data: &Path, list: &str) -> Result<(), Box<dyn Error>> {
    let mut rules = BTreeSet::new();
    for line in list.lines() {
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

fn lines(of: impl IntoIterator<Item = String>) -> String {
    of.into_iter().map(|line| line + "\n").collect()
}
