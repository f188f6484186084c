//! 3×3 convolutions of step one with 16 multiplications for each 2×2 of what comes out, instead of 36:
//! Winograd's minimal filtering, F(2×2, 3×3). Squares of 4×4 numbers, each two further than the one before,
//! are changed so that a product of matrices for each of their 16 places is all that is left to do.

use std::ops::Range;

use super::bands::bands;
use super::filters::{Filters, Plane};
use super::product::{COLUMNS, Rows};

/// Places in a square.
const PLACES: usize = 16;
/// Squares that are changed at once.
const LANES: usize = 4;
/// Squares of a channel that are done at once.
const BAND: usize = 64;
type Lanes = [f32; LANES];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Winograd {
    /// For each place what every channel that goes in adds to every one that comes out.
    factors: Vec<Rows>,
    channels: usize,
}

impl Winograd {
    pub(super) fn new(filters: &Filters) -> Self {
        let changed = |out, channel| changed_filter(filters.of(out, channel));
        Self {
            factors: Vec::from(Rows::several(filters.count, filters.channels, changed)),
            channels: filters.channels,
        }
    }

    /// Planes go in, as many planes of the same size come out as there are biases.
    pub(super) fn apply(
        &self,
        plane: Plane,
        given: &[f32],
        finish: impl Fn(f32) -> f32,
        biases: &[f32],
    ) -> Vec<f32> {
        let mut out = vec![0.0; biases.len() * plane.size()];
        let mut columns = Vec::new();
        let mut products = Vec::new();
        let mut corners = Vec::new();
        let across = plane.width.div_ceil(2);
        for lines in bands(plane.height.div_ceil(2), across, BAND) {
            let squares = Squares::new(lines, across);
            self.columns(plane, &squares, given, &mut columns);
            products.resize(PLACES * biases.len() * squares.room, 0.0);
            let of_places = columns.chunks_exact(self.channels * squares.room);
            let into = products.chunks_exact_mut(biases.len() * squares.room);
            for ((factor, columns), product) in self.factors.iter().zip(of_places).zip(into) {
                factor.times(columns, product);
            }
            corners.resize(4 * squares.room, 0.0);
            let planes = out.chunks_exact_mut(plane.size());
            for (at, (&bias, values)) in biases.iter().zip(planes).enumerate() {
                let product = |place: usize| {
                    &products[(place * biases.len() + at) * squares.room..][..squares.room]
                };
                changed_back(product, |value| finish(value + bias), &mut corners);
                squares.lay_out(&corners, plane, values);
            }
        }
        out
    }

    /// The changed squares of all channels, as columns for the product of each place.
    fn columns(&self, plane: Plane, squares: &Squares, given: &[f32], columns: &mut Vec<f32>) {
        columns.resize(PLACES * self.channels * squares.room, 0.0);
        let mut halves = Halves::of(squares);
        let mut cut = vec![0.0; PLACES * squares.room];
        for (channel, given) in given.chunks_exact(plane.size()).enumerate() {
            halves.fill(plane, given);
            halves.cut(squares, &mut cut);
            for first in (0..squares.room).step_by(LANES) {
                let square = std::array::from_fn(|place| lanes(&cut, place * squares.room + first));
                let block = (first / COLUMNS * self.channels + channel) * COLUMNS + first % COLUMNS;
                for (place, values) in changed_square(square).iter().enumerate() {
                    columns[place * self.channels * squares.room + block..][..LANES]
                        .copy_from_slice(values);
                }
            }
        }
    }
}

/// Some lines of the squares that cover a plane.
struct Squares {
    lines: Range<usize>,
    across: usize,
    /// As many as there are, in whole blocks of columns.
    room: usize,
}

impl Squares {
    fn new(lines: Range<usize>, across: usize) -> Self {
        let room = (lines.len() * across).next_multiple_of(COLUMNS);
        Self {
            lines,
            across,
            room,
        }
    }

    /// Four numbers of each square, corner by corner, to where they are in the plane.
    fn lay_out(&self, corners: &[f32], plane: Plane, values: &mut [f32]) {
        let values = &mut values[self.lines.start * 2 * plane.width..];
        let lines = values
            .chunks_exact_mut(plane.width)
            .take(self.lines.len() * 2);
        for (y, line) in lines.enumerate() {
            let first = y / 2 * self.across;
            let corner = |corner: usize| &corners[corner * self.room + first..][..self.across];
            let (left, right) = (corner(y % 2 * 2), corner(y % 2 * 2 + 1));
            for ((pair, left), right) in line.chunks_mut(2).zip(left).zip(right) {
                pair[0] = *left;
                if let Some(last) = pair.get_mut(1) {
                    *last = *right;
                }
            }
        }
    }
}

/// Lines of a plane with its border of zeros, their even columns apart from their odd ones: those of
/// squares that lie beside each other then lie beside each other too.
struct Halves {
    /// The first line, counted from the border.
    start: usize,
    /// Numbers in half a line.
    length: usize,
    even: Vec<f32>,
    odd: Vec<f32>,
}

impl Halves {
    fn of(squares: &Squares) -> Self {
        let length = squares.across + 1;
        let half = vec![0.0; length * (squares.lines.len() * 2 + 2)];
        Self {
            start: squares.lines.start * 2,
            length,
            even: half.clone(),
            odd: half,
        }
    }

    /// With a channel. The border stays as it is.
    fn fill(&mut self, plane: Plane, given: &[f32]) {
        let halves = self
            .odd
            .chunks_exact_mut(self.length)
            .zip(self.even.chunks_exact_mut(self.length));
        for (y, (odd, even)) in halves.enumerate() {
            let line = (self.start + y)
                .checked_sub(1)
                .filter(|&line| line < plane.height);
            let Some(line) = line else {
                continue;
            };
            // The border moves all by one: the first comes to an odd column.
            let values = &given[line * plane.width..][..plane.width];
            let (pairs, last) = values.as_chunks::<2>();
            for ((pair, odd), even) in pairs.iter().zip(&mut *odd).zip(&mut even[1..]) {
                *odd = pair[0];
                *even = pair[1];
            }
            if let Some(&last) = last.first() {
                odd[pairs.len()] = last;
            }
        }
    }

    /// Place by place the numbers that all squares have there.
    fn cut(&self, squares: &Squares, out: &mut [f32]) {
        for down in 0..squares.lines.len() {
            for y in 0..4 {
                let start = (down * 2 + y) * self.length;
                for (x, half) in [&self.even, &self.odd, &self.even, &self.odd]
                    .into_iter()
                    .enumerate()
                {
                    out[(y * 4 + x) * squares.room + down * squares.across..][..squares.across]
                        .copy_from_slice(&half[start + x / 2..][..squares.across]);
                }
            }
        }
    }
}

fn lanes(values: &[f32], at: usize) -> Lanes {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(&values[at..at + LANES]);
    lanes
}

fn plus(one: Lanes, other: Lanes) -> Lanes {
    std::array::from_fn(|n| one[n] + other[n])
}

fn minus(one: Lanes, other: Lanes) -> Lanes {
    std::array::from_fn(|n| one[n] - other[n])
}

/// Four numbers in a line to the four that are multiplied.
fn changed_line([a, b, c, d]: [Lanes; 4]) -> [Lanes; 4] {
    [minus(a, c), plus(b, c), minus(c, b), minus(b, d)]
}

/// Down and across.
fn changed_square(square: [Lanes; PLACES]) -> [Lanes; PLACES] {
    let down: [[Lanes; 4]; 4] =
        std::array::from_fn(|x| changed_line([0, 1, 2, 3].map(|y| square[y * 4 + x])));
    let across: [[Lanes; 4]; 4] =
        std::array::from_fn(|y| changed_line([0, 1, 2, 3].map(|x| down[x][y])));
    std::array::from_fn(|place| across[place / 4][place % 4])
}

/// What became of four places in a line to two that come out.
fn summed_line([a, b, c, d]: [Lanes; 4]) -> [Lanes; 2] {
    [plus(plus(a, b), c), minus(minus(b, c), d)]
}

/// The products of all places, square by square, to the four corners that come out of each.
fn changed_back<'a>(
    product: impl Fn(usize) -> &'a [f32],
    finish: impl Fn(f32) -> f32,
    corners: &mut [f32],
) {
    let products: [&[f32]; PLACES] = std::array::from_fn(product);
    let room = products[0].len();
    for first in (0..room).step_by(LANES) {
        let square = products.map(|product| lanes(product, first));
        let down: [[Lanes; 2]; 4] =
            std::array::from_fn(|x| summed_line([0, 1, 2, 3].map(|y| square[y * 4 + x])));
        for y in 0..2 {
            let line = summed_line([0, 1, 2, 3].map(|x| down[x][y]));
            for (x, values) in line.into_iter().enumerate() {
                corners[(y * 2 + x) * room + first..][..LANES]
                    .copy_from_slice(&values.map(&finish));
            }
        }
    }
}

/// A filter's nine factors to sixteen, once for all pictures.
fn changed_filter(filter: &[f32]) -> [f32; PLACES] {
    let line = |a: f32, b: f32, c: f32| [a, f32::midpoint(a + b, c), f32::midpoint(a - b, c), c];
    let down: [[f32; 4]; 3] =
        std::array::from_fn(|x| line(filter[x], filter[3 + x], filter[6 + x]));
    let across: [[f32; 4]; 4] = std::array::from_fn(|y| line(down[0][y], down[1][y], down[2][y]));
    std::array::from_fn(|place| across[place / 4][place % 4])
}
