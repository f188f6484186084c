//! Where a face is in a picture. Coordinates are pixels of that picture, from its top left.

/// A place in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

impl Point {
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Region {
    pub fn area(self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// The shared area as a part of the area of both.
    pub fn overlap(self, other: Self) -> f32 {
        let width =
            (self.left + self.width).min(other.left + other.width) - self.left.max(other.left);
        let height =
            (self.top + self.height).min(other.top + other.height) - self.top.max(other.top);
        let shared = width.max(0.0) * height.max(0.0);
        let both = self.area() + other.area() - shared;
        if both > 0.0 { shared / both } else { 0.0 }
    }
}

/// Five points, right and left as one sees them in the picture: the eye on the left first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landmarks {
    pub left_eye: Point,
    pub right_eye: Point,
    pub nose: Point,
    pub mouth_left: Point,
    pub mouth_right: Point,
}

impl Landmarks {
    pub const fn from_points(points: [Point; 5]) -> Self {
        let [left_eye, right_eye, nose, mouth_left, mouth_right] = points;
        Self {
            left_eye,
            right_eye,
            nose,
            mouth_left,
            mouth_right,
        }
    }

    pub const fn points(&self) -> [Point; 5] {
        [
            self.left_eye,
            self.right_eye,
            self.nose,
            self.mouth_left,
            self.mouth_right,
        ]
    }
}

/// A face that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    pub region: Region,
    pub landmarks: Landmarks,
    /// How sure the detector is, from 0 to 1.
    pub score: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_overlap_by_the_area_they_share() {
        let one = Region {
            left: 0.0,
            top: 0.0,
            width: 2.0,
            height: 2.0,
        };
        let half = Region { left: 1.0, ..one };
        assert!((one.overlap(half) - 1.0 / 3.0).abs() < 1e-6);
        assert!((one.overlap(one) - 1.0).abs() < 1e-6);
        let apart = Region { left: 9.0, ..one };
        let empty = Region {
            width: 0.0,
            height: -1.0,
            ..one
        };
        assert_eq!((one.overlap(apart), empty.overlap(empty)), (0.0, 0.0));
    }
}
