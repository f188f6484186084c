//! What a person fills in or chooses. An error stands at its field and is tied to it.

use maud::{Markup, html};

use super::{Sign, sign};

/// What is entered, and so which keyboard a phone shows and what a browser offers to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A code that came by message.
    Code,
    Phone,
    Email,
    Domain,
    /// A name or an address of another kind.
    Name,
    /// Something long that is pasted.
    Paste,
    /// Something that nobody beside should read.
    Secret,
}

/// A field with its label.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub entry: Entry,
    pub label: &'a str,
    pub hint: Option<&'a str>,
    pub value: &'a str,
    pub error: Option<&'a str>,
}

/// One of several ways.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    pub value: &'a str,
    pub icon: Sign,
    pub name: &'a str,
    pub hint: &'a str,
    pub chosen: bool,
}

pub fn field(field: &Field<'_>) -> Markup {
    let (hint_id, error_id) = (format!("{}-hint", field.id), format!("{}-error", field.id));
    let mut about = Vec::new();
    if field.hint.is_some() {
        about.push(hint_id.as_str());
    }
    if field.error.is_some() {
        about.push(error_id.as_str());
    }
    let about = (!about.is_empty()).then(|| about.join(" "));
    html! {
        div.field {
            label for=(field.id) { (field.label) }
            @if let Some(hint) = field.hint { p.hint id=(hint_id) { (hint) } }
            (entry(field, about.as_deref()))
            @if let Some(error) = field.error {
                p.field-error id=(error_id) { (sign(Sign::Alert)) span { (error) } }
            }
        }
    }
}

fn entry(field: &Field<'_>, about: Option<&str>) -> Markup {
    let invalid = field.error.map(|_| "true");
    if field.entry == Entry::Paste {
        return html! {
            textarea.mono id=(field.id) name=(field.name) rows="3" required spellcheck="false"
                autocomplete="off" autocapitalize="off" dir="ltr" aria-invalid=[invalid]
                aria-describedby=[about] { (field.value) }
        };
    }
    let (kind, mode, fills, class) = match field.entry {
        Entry::Code => ("text", "numeric", "one-time-code", "code-field mono"),
        Entry::Phone => ("tel", "tel", "tel", ""),
        Entry::Email => ("email", "email", "email", ""),
        Entry::Domain => ("text", "url", "off", ""),
        Entry::Name | Entry::Paste => ("text", "text", "off", ""),
        Entry::Secret => ("password", "text", "off", "mono"),
    };
    html! {
        input class=[(!class.is_empty()).then_some(class)] id=(field.id) name=(field.name) type=(kind)
            inputmode=(mode) autocomplete=(fills) autocapitalize="off" spellcheck="false" required
            dir=[(field.entry != Entry::Name).then_some("ltr")]
            value=(field.value) aria-invalid=[invalid] aria-describedby=[about]
            data-next[field.entry == Entry::Code];
    }
}

/// One of several, each with what will happen.
pub fn choices(id: &str, name: &str, legend: &str, offered: &[Choice<'_>]) -> Markup {
    html! {
        fieldset.choices {
            legend { (legend) }
            @for (at, one) in offered.iter().enumerate() {
                label.choice for={ (id) "-" (at) } {
                    input type="radio" id={ (id) "-" (at) } name=(name) value=(one.value) required
                        checked[one.chosen];
                    (sign(one.icon))
                    span.choice-text {
                        span.choice-name { (one.name) }
                        span.hint { (one.hint) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(error: Option<&'static str>) -> String {
        field(&Field {
            id: "asset-0-code",
            name: "code",
            entry: Entry::Code,
            label: "Code",
            hint: Some("Six digits"),
            value: "\"><script>",
            error,
        })
        .into_string()
    }

    #[test]
    fn a_code_is_offered_and_pasted() {
        let field = code(None);
        assert!(field.contains(r#"autocomplete="one-time-code""#));
        assert!(field.contains(r#"inputmode="numeric""#) && !field.contains("maxlength"));
        assert!(!field.contains("<script>") && !field.contains("aria-invalid"));
    }

    #[test]
    fn an_error_is_tied_to_its_field() {
        let field = code(Some("That code is not right."));
        assert!(field.contains(r#"aria-describedby="asset-0-code-hint asset-0-code-error""#));
        assert!(field.contains(r#"id="asset-0-code-error""#));
        assert!(field.contains(r#"aria-invalid="true""#));
    }
}
