//! Telegram bots, known by their numeric id.
//! A token is the bot's password: only the id in front of its colon may leave this module.

use super::IdentifierError;

const ID: std::ops::RangeInclusive<usize> = 6..=12;
const SECRET: usize = 35;

/// Takes a whole token (`<id>:<secret>`) or the id alone, and gives the id.
pub(super) fn parse(raw: &str) -> Result<String, IdentifierError> {
    let (id, secret) = match raw.split_once(':') {
        Some((id, secret)) => (id, Some(secret)),
        None => (raw, None),
    };
    let is_id = ID.contains(&id.len())
        && !id.starts_with('0')
        && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_secret = |secret: &str| {
        secret.len() == SECRET
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !is_id || !secret.is_none_or(is_secret) {
        return Err(IdentifierError::BotToken);
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET_PART: &str = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-";

    #[test]
    fn only_the_id_comes_out() {
        let token = format!("123456789:{}", &SECRET_PART[..35]);
        assert_eq!(parse(&token).as_deref(), Ok("123456789"));
        assert_eq!(parse("123456789").as_deref(), Ok("123456789"));
        assert_eq!(parse("123456").as_deref(), Ok("123456"));
        assert_eq!(parse("123456789012").as_deref(), Ok("123456789012"));
    }

    #[test]
    fn misshapen_tokens_are_refused_without_an_echo() {
        let secret = &SECRET_PART[..35];
        for raw in [
            String::new(),
            ":".to_owned(),
            "12345".to_owned(),
            "1234567890123".to_owned(),
            "012345678".to_owned(),
            "@some_bot".to_owned(),
            "123456789:".to_owned(),
            format!(":{secret}"),
            format!("123456789:{}", &secret[1..]),
            format!("123456789:{secret}A"),
            format!("123456789:{}+", &secret[1..]),
            format!("123456789:{} ", &secret[1..]),
            format!("123456789 :{secret}"),
            format!("１２３４５６７８９:{secret}"),
            format!("bot123456789:{secret}"),
            format!("123456789:{secret}:"),
        ] {
            let error = parse(&raw).unwrap_err();
            assert_eq!(error, IdentifierError::BotToken, "{raw}");
            assert!(!format!("{error} {error:?}").contains("AAHd"));
        }
    }
}
