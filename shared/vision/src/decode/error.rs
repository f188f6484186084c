//! Why a picture is not taken. An error says what was found and which bound holds; it never carries
//! bytes or words of the sender.

use super::Format;

/// Why there is no picture. The display is for whoever called; `hint` is for whoever took the
/// picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("there is no picture: nothing was sent")]
    Empty,
    #[error("the picture has more than {limit} bytes")]
    TooManyBytes { limit: usize },
    #[error("not a data URI of the form data:image/jpeg;base64,…")]
    NotDataUri,
    #[error("the data URI's base64 is malformed")]
    NotBase64,
    #[error("neither JPEG, PNG nor WebP")]
    UnknownFormat,
    /// What was declared and what the bytes are contradict each other.
    #[error("declared as another type, but the content is {found}")]
    DeclaredOtherwise { found: Format },
    /// The limit is for pictures stored in this way: what must be held whole while it is decoded may
    /// have fewer pixels.
    #[error("{width}×{height} pixels are more than the {limit} that are taken of this kind")]
    TooManyPixels { width: u32, height: u32, limit: u64 },
    #[error("{width}×{height} pixels: no side may be longer than {limit}")]
    SideTooLong { width: u32, height: u32, limit: u32 },
    #[error("{width}×{height} pixels: each side needs {least}")]
    TooSmall { width: u32, height: u32, least: u32 },
    #[error("the picture is animated")]
    Animated,
    #[error("the {format} ends before its end")]
    Truncated { format: Format },
    #[error("the {format} is malformed")]
    Malformed { format: Format },
    #[error("{0} is not supported")]
    Unsupported(Unsupported),
}

/// Well-formed pictures that nobody's camera makes and nothing here decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    #[error("lossless JPEG")]
    LosslessJpeg,
    #[error("arithmetic coding in JPEG")]
    ArithmeticJpeg,
    #[error("hierarchical JPEG")]
    HierarchicalJpeg,
    #[error("JPEG with more than 8 bits a sample")]
    DeepJpeg,
    #[error("JPEG with neither 1, 3 nor 4 components")]
    JpegComponents,
    /// Brightness at more than twice the density of colour, or colours at densities of their own.
    #[error("JPEG with so unusual a subsampling")]
    JpegSampling,
    /// Its height comes after the first scan.
    #[error("JPEG that does not say its height at its beginning")]
    JpegWithoutHeight,
    /// Many passes over the whole picture cost time for nothing.
    #[error("JPEG with so many scans")]
    JpegScans,
    /// In a few bytes it can ask for gigabytes.
    #[error("lossless WebP")]
    LosslessWebp,
    /// Its transparency is coded without loss.
    #[error("WebP with transparency")]
    TransparentWebp,
}

impl DecodeError {
    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "Take or choose a picture first.",
            Self::TooManyBytes { .. } | Self::TooManyPixels { .. } | Self::SideTooLong { .. } => {
                "Send a smaller picture, for example 1,600 pixels wide as JPEG."
            }
            Self::NotDataUri | Self::NotBase64 => {
                "Send the picture as data:image/jpeg;base64, followed by its bytes in base64."
            }
            Self::DeclaredOtherwise { .. } => {
                "Declare the type that the picture really has, or none."
            }
            Self::TooSmall { .. } => "Send a larger picture, for example 640 pixels wide.",
            Self::Animated => "Send a single picture that does not move.",
            Self::Truncated { .. } | Self::Malformed { .. } => {
                "The file is damaged: take the picture again, or save it anew."
            }
            Self::UnknownFormat | Self::Unsupported(_) => {
                "Save the picture as an ordinary JPEG or PNG."
            }
        }
    }
}
