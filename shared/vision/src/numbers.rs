//! Numbers for tests of what takes any.

use proptest::prelude::*;
use std::ops::Range;

/// Mostly such as are plausible, so many times as often as any other, infinite ones and none among them.
pub(crate) fn mostly(times: u32, plausible: Range<f32>) -> impl Strategy<Value = f32> {
    prop_oneof![times => plausible, 1 => prop::num::f32::ANY]
}
