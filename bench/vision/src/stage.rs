//! What is timed, by the names that the tables use.

/// One stage of looking at a face, or one model alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Decode,
    Detect,
    Align,
    Embed,
    Compare,
    Frequency,
    Liveness,
    Search,
    /// Everything that verifying a person takes: all of the above but the search.
    Verify,
    /// The detector's network, without what is done before and after it.
    DetectorModel,
    EmbedderModel,
    LivenessModel,
}

impl Stage {
    pub const ALL: [Self; 12] = [
        Self::Decode,
        Self::Detect,
        Self::Align,
        Self::Embed,
        Self::Compare,
        Self::Frequency,
        Self::Liveness,
        Self::Search,
        Self::Verify,
        Self::DetectorModel,
        Self::EmbedderModel,
        Self::LivenessModel,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Detect => "detect",
            Self::Align => "align",
            Self::Embed => "embed",
            Self::Compare => "compare",
            Self::Frequency => "frequency",
            Self::Liveness => "liveness",
            Self::Search => "search",
            Self::Verify => "verify",
            Self::DetectorModel => "detector-model",
            Self::EmbedderModel => "embedder-model",
            Self::LivenessModel => "liveness-model",
        }
    }

    /// The stage of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}
