//! Forms of our own pages: where they were sent from, and what is in them. A form is small, a name
//! that stands in it twice is not guessed at, and one that a page elsewhere sends is not obeyed.

use axum::extract::{FromRequest, Request};
use http_body_util::BodyExt as _;

use crate::answer::Failure;
use crate::scope::Scope;

/// The longest form: a signature of a contract wallet is the longest of what people send.
const MAX_FORM: usize = 32 * 1024;
const MAX_FIELDS: usize = 32;
/// The longest code, key or state.
const MAX_VALUE: usize = 4_096;

/// The fields of a form or a query.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn read(text: &[u8]) -> Self {
        if text.len() > MAX_FORM {
            return Self::default();
        }
        Self(
            url::form_urlencoded::parse(text)
                .take(MAX_FIELDS)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// A field that stands once and is plain, short text; what stands twice is not guessed at.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.text(name, MAX_VALUE).filter(|value| {
            value
                .bytes()
                .all(|byte| byte.is_ascii_graphic() || byte == b' ')
        })
    }

    /// What somebody wrote, in any script, if it is not empty and at most so many bytes long.
    pub fn text(&self, name: &str, most: usize) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        let (_, value) = found.next()?;
        (found.next().is_none() && (1..=most).contains(&value.len())).then_some(value)
    }
}

/// Names only: forms hold codes and keys.
impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// The body, as a form.
#[derive(Clone, Debug)]
pub struct Form(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let body = request.into_body().collect().await;
        let bytes = body.map_or_else(|_| Vec::new(), |body| body.to_bytes().into());
        Ok(Self(Fields::read(&bytes)))
    }
}

/// Whether the form was sent from a page of ours, by a person who saw it. A page elsewhere that
/// sends it could prove what the person did not mean to.
pub fn was_sent_here(scope: &Scope) -> bool {
    match scope.headers().get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => scope.headers().get("origin") == Some(&scope.config().public_url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_or_is_no_text_is_nothing() {
        let fields = Fields::read(b"a=1&b=2&b=3&c=&d=%00&e=x%20y&f=%C3%A4");
        assert_eq!(fields.one("a"), Some("1"));
        assert_eq!(fields.one("e"), Some("x y"));
        for name in ["b", "c", "d", "f", "g"] {
            assert_eq!(fields.one(name), None, "{name}");
        }
        assert_eq!(fields.text("f", 2), Some("ä"));
        assert_eq!(fields.text("f", 1), None);
        assert_eq!(fields.text("b", 9), None);
        let long = format!("a={}", "x".repeat(MAX_VALUE + 1));
        assert_eq!(Fields::read(long.as_bytes()).one("a"), None);
        assert_eq!(Fields::read(&vec![b'a'; MAX_FORM + 1]).one("a"), None);
    }

    #[test]
    fn a_form_is_not_printed() {
        let printed = format!("{:?}", Fields::read(b"code=482913"));
        assert!(printed.contains("code") && !printed.contains("482913"));
    }
}
