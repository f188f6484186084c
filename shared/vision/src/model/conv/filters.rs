//! What a convolution is, whatever computes it.

/// Filters of one size: for each channel that comes out one for each that goes in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filters {
    pub(super) count: usize,
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    /// By channel that comes out, channel that goes in, row, column.
    pub(super) values: Vec<f32>,
}

impl Filters {
    pub(super) fn of(&self, out: usize, channel: usize) -> &[f32] {
        let size = self.height * self.width;
        &self.values[(out * self.channels + channel) * size..][..size]
    }
}

/// The size of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plane {
    pub(super) height: usize,
    pub(super) width: usize,
}

impl Plane {
    pub(super) fn size(self) -> usize {
        self.height * self.width
    }
}

/// How a filter goes over a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// What goes in.
    pub(super) over: Plane,
    /// How far it goes on each time, down and across.
    pub(super) steps: [usize; 2],
    /// How far above and left of the plane it begins; there are zeros.
    pub(super) before: [usize; 2],
    /// What comes out.
    pub(super) out: Plane,
}
