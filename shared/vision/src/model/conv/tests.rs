#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "sums are f64 before, numbers have as many bits as fit, and limits are kept exactly"
)]

use proptest::prelude::*;

use super::*;

/// What is done, before there are numbers.
#[derive(Clone, Copy, Debug)]
struct Shape {
    path: Path,
    channels: usize,
    count: usize,
    /// Of a filter.
    height: usize,
    width: usize,
    by_channel: bool,
}

impl Shape {
    fn filters(&self, seed: u64) -> Filters {
        let channels = if self.by_channel { 1 } else { self.channels };
        Filters {
            count: self.count,
            channels,
            height: self.height,
            width: self.width,
            values: numbers(seed, self.count * channels * self.height * self.width),
        }
    }

    /// One number of what comes out, by the definition.
    fn defined(&self, filters: &Filters, given: &[f32], out: usize, at: usize) -> f64 {
        let Self { path, .. } = self;
        let plane = path.over;
        let [down, across] = [
            at / path.out.width * path.steps[0],
            at % path.out.width * path.steps[1],
        ];
        let channels = given.chunks_exact(plane.size()).enumerate();
        let seen = channels.filter(|&(channel, _)| !self.by_channel || channel == out);
        let mut sum = 0.0;
        for (filter, (_, given)) in seen.enumerate() {
            for (factor, by) in filters.of(out, filter).iter().enumerate() {
                let y = (down + factor / self.width).wrapping_sub(path.before[0]);
                let x = (across + factor % self.width).wrapping_sub(path.before[1]);
                if y < plane.height && x < plane.width {
                    sum += f64::from(*by) * f64::from(given[y * plane.width + x]);
                }
            }
        }
        sum
    }
}

/// Numbers between -1 and 1 that follow from a seed.
fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed | 1;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

prop_compose! {
    fn any_shape()(
        (height, width) in (1_usize..20, 1_usize..20),
        (filter_height, filter_width) in (1_usize..6, 1_usize..6),
        steps in [1_usize..4, 1_usize..4],
        before in [0_usize..3, 0_usize..3],
        after in [0_usize..3, 0_usize..3],
        // As most are: 3×3 in steps of one.
        usual in any::<bool>(),
        by_channel in any::<bool>(),
        channels in 1_usize..7,
        count in 1_usize..10,
    ) -> Shape {
        let plane = Plane { height, width };
        let count = if by_channel { channels } else { count };
        if usual {
            let path = Path { over: plane, steps: [1, 1], before: [1, 1], out: plane };
            return Shape { path, channels, count, height: 3, width: 3, by_channel };
        }
        // A filter that is larger than the plane has no place on it.
        let [height, width] = [
            filter_height.min(height + before[0] + after[0]),
            filter_width.min(width + before[1] + after[1]),
        ];
        let out = Plane {
            height: (plane.height + before[0] + after[0] - height) / steps[0] + 1,
            width: (plane.width + before[1] + after[1] - width) / steps[1] + 1,
        };
        Shape { path: Path { over: plane, steps, before, out }, channels, count, height, width, by_channel }
    }
}

proptest! {
    #[test]
    fn every_way_is_what_a_convolution_is(shape in any_shape(), seed in any::<u64>(), least in -1.0_f32..0.0) {
        let filters = shape.filters(seed);
        let biases = numbers(seed ^ 0xb1a5, shape.count);
        let given = numbers(seed ^ 0x91fe, shape.channels * shape.path.over.size());
        let mut convolution =
            Convolution::new(shape.path, filters.clone(), shape.by_channel, biases.clone());
        convolution.limits = Limits { least, most: 0.5 };
        let found = convolution.apply(&given);
        prop_assert_eq!(found.len(), shape.count * shape.path.out.size());
        for (out, (planes, bias)) in found.chunks_exact(shape.path.out.size()).zip(biases).enumerate() {
            for (at, &found) in planes.iter().enumerate() {
                let wanted = shape.defined(&filters, &given, out, at) as f32 + bias;
                let wanted = wanted.clamp(least, 0.5);
                prop_assert!((found - wanted).abs() < 1e-4, "{} is not {}", found, wanted);
            }
        }
    }
}

#[test]
fn limits_are_kept_one_after_the_other() {
    let positive = Limits {
        least: 0.0,
        ..Limits::NONE
    };
    let six = Limits {
        most: 6.0,
        ..Limits::NONE
    };
    assert_eq!(
        positive.within(six),
        Limits {
            least: 0.0,
            most: 6.0
        }
    );
    assert_eq!(
        six.within(positive),
        Limits {
            least: 0.0,
            most: 6.0
        }
    );
    // What leaves nothing but one number.
    let above = Limits {
        least: 7.0,
        ..Limits::NONE
    };
    assert_eq!(
        [-1.0, 3.0, 9.0].map(|value| six.within(above).keep(value)),
        [7.0; 3]
    );
}
