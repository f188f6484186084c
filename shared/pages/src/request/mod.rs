//! The page of a verification request, state by state: what is asked, what the person is to do for
//! each asset, and how it ends. It shows what it is given; which state holds is for the caller.
//!
//! A page is put together like this: the title is [`Need::title`] or [`End::title`]; in the body, made
//! by [`whole`], [`ending`] stands where nothing is left to do, and otherwise [`opening`] says who asks
//! and what for; then [`progress_of`] says how far it is, and [`assets`] lists a card each. Forms lead
//! to `{base}/assets/{index}/{step}` with the steps `start`, `submit`, `check`, `resend` and `change`;
//! their fields are named in [`fields`].

mod account;
mod asked;
mod asset;
mod begin;
mod domain;
mod end;
mod names;
mod need;
mod opening;
mod problem;
mod wallet;

#[cfg(test)]
mod tests;

pub use asked::{Ask, Asked};
pub use asset::{Asset, Necessity, Standing, asset, assets};
pub use begin::Begin;
pub use domain::Publication;
pub use end::{End, Return, ending};
pub use names::{channel_name, kind_name};
pub use need::{AnyOf, Need, progress_of};
pub use opening::{Live, Opening, Purpose, opening, whole};
pub use problem::{Trouble, Wrong, error_text, trouble};

/// The names of the fields in the forms.
pub mod fields {
    /// `start`: the channel that was chosen.
    pub const CHANNEL: &str = "channel";
    /// `start`: the asset, where the person names it.
    pub const IDENTIFIER: &str = "identifier";
    /// `submit`: a code, a signature or a bot's token.
    pub const CODE: &str = "code";
    pub const SIGNATURE: &str = "signature";
    pub const TOKEN: &str = "token";
    /// All but `start`: the verification whose challenge the form shows.
    pub const VERIFICATION: &str = "verification";
}

/// Where the forms of one asset lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The page's own path: `/verify/{id}`.
    pub base: &'a str,
    /// The asset's position, from 0.
    pub index: usize,
    /// Kept in every address, such as `?lang=lt`, or nothing.
    pub query: &'a str,
}

impl Place<'_> {
    /// The address of a step.
    pub(crate) fn step(self, step: &str) -> String {
        format!("{}/assets/{}/{step}{}", self.base, self.index, self.query)
    }

    /// An id on the page that is this asset's own.
    pub(crate) fn id(self, what: &str) -> String {
        format!("asset-{}-{what}", self.index)
    }
}
