//! The words after a command: flags, flags with a value, and the rest. A flag that nobody asked for
//! is an error, never ignored.

use crate::failure::Outcome;

pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    pub(crate) fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect())
    }

    /// Whether the flag is there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// The value of `--name value` or `--name=value`.
    pub(crate) fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        if let Some(at) = self.0.iter().position(|word| word == name) {
            self.0.remove(at);
            if at == self.0.len() || self.0[at].starts_with("--") {
                return Err(format!("{name} wants a value").into());
            }
            return Ok(Some(self.0.remove(at)));
        }
        let with_value = |word: &String| {
            word.strip_prefix(name)?
                .strip_prefix('=')
                .map(str::to_owned)
        };
        let found = self.0.iter().find_map(with_value);
        self.0.retain(|word| with_value(word).is_none());
        Ok(found)
    }

    /// The value of a flag that must be there.
    pub(crate) fn required(&mut self, name: &str) -> Outcome<String> {
        self.value(name)?
            .ok_or_else(|| format!("{name} is missing").into())
    }

    /// The next word that is not a flag.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.0.iter().position(|word| !word.starts_with("--"))?;
        Some(self.0.remove(at))
    }

    /// Whatever nobody has asked for yet; flags are not among it.
    pub(crate) fn rest(self) -> Outcome<Vec<String>> {
        match self.0.iter().find(|word| word.starts_with("--")) {
            Some(flag) => Err(format!("{flag} is not known here").into()),
            None => Ok(self.0),
        }
    }

    /// Everything, for a program that reads it itself.
    pub(crate) fn all(self) -> Vec<String> {
        self.0
    }

    /// Fails if there is anything that nobody has asked for.
    pub(crate) fn end(self) -> Outcome {
        match self.rest()?.first() {
            Some(word) => Err(format!("`{word}` is not known here").into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let mut given = arguments("one --fresh two --port 1 --host=there");
        assert!(given.flag("--fresh"));
        assert_eq!(given.value("--port").unwrap().as_deref(), Some("1"));
        assert_eq!(given.value("--host").unwrap().as_deref(), Some("there"));
        assert_eq!(given.rest().unwrap(), ["one", "two"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(arguments("--wrong").rest().is_err());
        assert!(arguments("word").end().is_err());
        assert!(arguments("--port").value("--port").is_err());
        assert!(arguments("--port --fresh").value("--port").is_err());
        assert!(arguments("").required("--org").is_err());
    }
}
