//! A picture as the tensor that a model was trained on.

use super::{ModelError, Tensor};
use crate::{
    manifest::{Colour, Layout, ModelEntry},
    picture::Picture,
};

/// The picture as the model's input. It has the input's size already.
pub(crate) fn tensor_of(entry: &ModelEntry, picture: &Picture) -> Result<Tensor, ModelError> {
    let input = &entry.input;
    let (channels, rows, columns) = input.sizes();
    let size = [picture.height(), picture.width()].map(|side| side as usize);
    let other_shape = || ModelError::InputShape {
        name: entry.name.clone(),
        expected: vec![rows, columns],
        found: size.to_vec(),
    };
    if size != [rows, columns] {
        return Err(other_shape());
    }
    let grey = (input.colour == Colour::Grey).then(|| picture.grey());
    let (bytes, step, first) = match (&grey, input.colour) {
        (Some(grey), _) => (grey.values(), 1, 0),
        (None, Colour::Bgr) => (picture.rgb(), 3, 2),
        (None, _) => (picture.rgb(), 3, 0),
    };
    let mut values = vec![0.0; rows * columns * channels];
    let (mean, scale) = (&input.mean, &input.scale);
    for channel in 0..channels {
        // Blue, green, red is the same bytes read from the other end.
        let offset = first.max(channel) - first.min(channel);
        let (mean, scale) = (mean[channel], scale[channel]);
        let normalised = bytes
            .iter()
            .skip(offset)
            .step_by(step)
            .map(|&byte| (f32::from(byte) - mean) * scale);
        match input.layout {
            Layout::Nchw => {
                let plane = &mut values[channel * rows * columns..][..rows * columns];
                plane.iter_mut().zip(normalised).for_each(|(v, n)| *v = n);
            }
            Layout::Nhwc => {
                let places = values.iter_mut().skip(channel).step_by(channels);
                places.zip(normalised).for_each(|(v, n)| *v = n);
            }
        }
    }
    Tensor::new(input.shape.to_vec(), values).ok_or_else(other_shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::entry_with;

    fn values(colour: &str, layout: &str) -> Vec<f32> {
        let channels = if colour == "grey" { 1 } else { 3 };
        let shape = match layout {
            "nchw" => [1, channels, 1, 2],
            _ => [1, 1, 2, channels],
        };
        let entry = entry_with(|text| {
            let mean = ["10.0, 20.0, 30.0", "10.0"][usize::from(channels == 1)];
            let scale = ["0.5, 1.0, 2.0", "0.5"][usize::from(channels == 1)];
            text.replace("[1, 3, 112, 112]", &format!("{shape:?}"))
                .replace("\"rgb\"", &format!("\"{colour}\""))
                .replace("\"nchw\"", &format!("\"{layout}\""))
                .replace("0.0, 0.0, 0.0", mean)
                .replace("1.0, 1.0, 1.0", scale)
        });
        let picture = Picture::new(2, 1, vec![10, 20, 30, 40, 50, 60]).unwrap();
        tensor_of(&entry, &picture).unwrap().values().to_vec()
    }

    #[test]
    fn channels_are_ordered_and_normalised_as_the_manifest_says() {
        assert_eq!(values("rgb", "nchw"), [0.0, 15.0, 0.0, 30.0, 0.0, 60.0]);
        assert_eq!(values("rgb", "nhwc"), [0.0, 0.0, 0.0, 15.0, 30.0, 60.0]);
        assert_eq!(values("bgr", "nchw"), [10.0, 25.0, 0.0, 30.0, -40.0, 20.0]);
        // 0.299 × 10 + 0.587 × 20 + 0.114 × 30 = 18.15, and 30 more for the second.
        assert_eq!(values("grey", "nchw"), [4.0, 19.0]);
        assert_eq!(values("grey", "nhwc"), [4.0, 19.0]);
    }

    #[test]
    fn a_picture_of_another_size_is_refused() {
        let entry = entry_with(str::to_owned);
        let picture = Picture::new(112, 111, vec![0; 112 * 111 * 3]).unwrap();
        let refused = tensor_of(&entry, &picture).unwrap_err();
        assert!(matches!(refused, ModelError::InputShape { .. }));
    }
}
