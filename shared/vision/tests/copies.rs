//! Real photographs: whether faces are fit, and whether simulated prints and screens are told from
//! them. The photographs are not part of the project; without them the test says so and passes.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test on pixels of photographs, which fails where one is broken"
)]

use proof_models::Places;
use vision::decode::{Limits, decode};
use vision::liveness::frequency::{Frequency, analyse, around};
use vision::{Face, Landmarks, Picture, Point, Region};

/// A photograph, and where its face is: found once by the published detector.
struct Photograph {
    file: &'static str,
    region: [f32; 4],
    points: [(f32, f32); 5],
}

#[rustfmt::skip]
const PHOTOGRAPHS: [Photograph; 8] = [
    Photograph { file: "pairs300/img1.jpg", region: [428.0, 202.0, 593.0, 804.0], points: [(588.0, 513.1), (861.1, 511.3), (746.3, 671.3), (609.7, 795.4), (852.9, 793.6)] },
    Photograph { file: "pairs300/img2.jpg", region: [582.0, 179.0, 385.0, 519.0], points: [(676.7, 395.4), (859.8, 389.1), (778.4, 501.0), (691.4, 572.5), (849.1, 567.3)] },
    Photograph { file: "pairs300/img11.jpg", region: [153.0, 77.0, 282.0, 368.0], points: [(246.1, 217.1), (368.4, 230.8), (307.0, 309.6), (235.5, 344.5), (348.2, 355.5)] },
    Photograph { file: "pairs300/img26.jpg", region: [367.0, 265.0, 617.0, 797.0], points: [(507.8, 589.3), (785.2, 573.0), (638.6, 745.0), (546.3, 862.1), (781.2, 847.8)] },
    Photograph { file: "pairs300/img34.jpg", region: [712.0, 80.0, 383.0, 516.0], points: [(777.7, 297.1), (952.0, 293.6), (839.4, 405.2), (801.5, 468.1), (946.1, 463.5)] },
    Photograph { file: "pairs300/img59.jpg", region: [889.0, 182.0, 305.0, 423.0], points: [(955.9, 344.9), (1093.4, 351.7), (1007.5, 432.6), (959.3, 490.0), (1074.1, 494.7)] },
    Photograph { file: "knn5/train/obama/obama.jpg", region: [372.0, 81.0, 244.0, 345.0], points: [(431.7, 211.6), (548.5, 209.6), (487.3, 281.8), (439.4, 326.1), (544.1, 324.4)] },
    Photograph { file: "knn5/train/biden/biden.jpg", region: [427.0, 174.0, 276.0, 395.0], points: [(520.7, 317.8), (651.8, 328.2), (603.0, 406.5), (520.5, 461.4), (628.4, 469.8)] },
];

impl Photograph {
    /// None if the photographs are not there.
    fn read(&self) -> Option<Picture> {
        let path = Places::here().photographs()?.join(self.file);
        let Ok(bytes) = std::fs::read(path) else {
            eprintln!("{} is not there, nothing is tested", self.file);
            return None;
        };
        Some(decode(&bytes, &Limits::default()).unwrap().picture)
    }

    fn face(&self) -> Face {
        let [left, top, width, height] = self.region;
        Face {
            region: Region {
                left,
                top,
                width,
                height,
            },
            landmarks: Landmarks::from_points(self.points.map(|(x, y)| Point::new(x, y))),
            score: 0.9,
        }
    }
}

fn changed(picture: &Picture, change: impl Fn(f32, f32, f32) -> f32) -> Picture {
    let width = picture.width() as usize;
    let rgb = picture.rgb().iter().enumerate().map(|(at, value)| {
        let (x, y) = (at / 3 % width, at / 3 / width);
        change(x as f32, y as f32, f32::from(*value))
            .round()
            .clamp(0.0, 255.0) as u8
    });
    Picture::new(picture.width(), picture.height(), rgb.collect()).unwrap()
}

/// The rows of pixels of a screen, seen by a camera.
fn on_screen(picture: &Picture) -> Picture {
    changed(picture, |x, y, value| {
        let wave = (x * 0.97 + y * 0.24) * std::f32::consts::TAU / 3.7;
        25.0 + value * 0.85 * (0.9 + 0.1 * wave.sin())
    })
}

/// Dots of ink on paper.
fn printed(picture: &Picture) -> Picture {
    changed(picture, |x, y, value| {
        let (u, v) = ((x + y) / 7.0, (x - y) / 7.0);
        let tau = std::f32::consts::TAU;
        let screen = 128.0 + 60.0 * ((u * tau).cos() + (v * tau).cos());
        128.0 + (value - screen).clamp(-80.0, 80.0)
    })
}

fn judged(photograph: &Photograph, picture: &Picture) -> Frequency {
    let fit = vision::look::look(picture, &[photograph.face()]).unwrap();
    let wider = around(picture, fit.face.region).unwrap();
    analyse(&fit.aligned, &wider)
}

#[test]
fn real_faces_pass_and_simulated_copies_do_not() {
    for photograph in &PHOTOGRAPHS {
        let Some(picture) = photograph.read() else {
            continue;
        };
        let real = judged(photograph, &picture);
        assert!(real.score.value() > 0.8, "{} {real:?}", photograph.file);
        for copy in [on_screen(&picture), printed(&picture)] {
            let copied = judged(photograph, &copy);
            assert!(copied.score.value() < 0.3, "{} {copied:?}", photograph.file);
        }
    }
}
