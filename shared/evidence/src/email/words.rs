//! The sentences of the message and of the page that its link opens. They stand here and nowhere
//! else, so that both say the same and a translation has one place to go.

pub const ASKS: &str = "asks you to prove that this e-mail address is yours.";
pub const ASKS_DOMAIN: &str = "asks you to prove that you run the domain";
pub const SOMEBODY: &str = "Somebody";
pub const WHAT_TO_DO: &str = "Enter this code on the page that asked for it.";
pub const OR_OPEN: &str = "Or confirm here, in any browser:";
pub const CONFIRM: &str = "Confirm";
pub const IF_NOT_YOU: &str = "If you did not ask for this, do nothing: unless you use the code or \
     the link, nothing happens. Give the code to nobody, not even to someone who says they are from \
     Proof.";
pub const TITLE: &str = "Your Proof code";

/// How long a code is good for.
pub fn minutes(count: u32) -> String {
    match count {
        1 => "1 minute".to_owned(),
        many if many >= 120 && many % 60 == 0 => format!("{} hours", many / 60),
        many => format!("{many} minutes"),
    }
}
