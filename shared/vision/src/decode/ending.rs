//! A file as far as the picture in it goes. The JPEG decoder reads ahead, so a few zeros may follow:
//! enough for that, and too few to stand for parts of a picture that are missing.

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

/// The decoder reads at most eight bytes ahead.
const PADDING: usize = 16;

pub(super) struct Ending<'a> {
    bytes: &'a [u8],
    /// As long as the bytes, or longer by zeros.
    length: usize,
    position: usize,
}

impl<'a> Ending<'a> {
    /// Ends before this place.
    pub(super) fn at(bytes: &'a [u8], end: usize) -> Self {
        let bytes = &bytes[..end.min(bytes.len())];
        Self {
            bytes,
            length: bytes.len(),
            position: 0,
        }
    }

    /// Ends in zeros from this place on.
    pub(super) fn padded(bytes: &'a [u8], end: usize) -> Self {
        let ending = Self::at(bytes, end);
        Self {
            length: ending.length + PADDING,
            ..ending
        }
    }

    fn left(&self) -> usize {
        self.length.saturating_sub(self.position)
    }
}

impl ZByteReaderTrait for Ending<'_> {
    #[inline]
    fn read_byte_no_error(&mut self) -> u8 {
        let byte = self.bytes.get(self.position).copied();
        self.position = self.position.saturating_add(1);
        byte.unwrap_or(0)
    }

    fn read_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        self.peek_exact_bytes(buf)?;
        self.position += buf.len();
        Ok(())
    }

    fn read_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        let read = self.peek_bytes(buf)?;
        self.position += read;
        Ok(read)
    }

    fn peek_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        let count = buf.len().min(self.left());
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let (known, padding) = buf[..count].split_at_mut(rest.len().min(count));
        known.copy_from_slice(&rest[..known.len()]);
        padding.fill(0);
        Ok(count)
    }

    fn peek_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        let left = self.left();
        if left < buf.len() {
            return Err(ZByteIoError::NotEnoughBytes(left, buf.len()));
        }
        self.peek_bytes(buf).map(|_| ())
    }

    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let (from, by) = match from {
            ZSeekFrom::Start(at) => (0, i64::try_from(at)?),
            ZSeekFrom::Current(by) => (self.position, by),
            ZSeekFrom::End(by) => (self.length, by),
        };
        let to = i64::try_from(from)?.saturating_add(by);
        self.position = usize::try_from(to)?;
        Ok(u64::try_from(self.position)?)
    }

    #[inline]
    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(self.position >= self.length)
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok(u64::try_from(self.position)?)
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let left = self.left();
        sink.extend_from_slice(rest);
        sink.extend(std::iter::repeat_n(0, left - rest.len()));
        self.position = self.length;
        Ok(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_follow_the_end_and_nothing_else() {
        let mut plain = Ending::at(&[1, 2, 3, 9], 3);
        let mut bytes = [7; 5];
        assert!(plain.peek_exact_bytes(&mut bytes).is_err());
        assert_eq!(plain.read_bytes(&mut bytes).ok(), Some(3));
        assert_eq!((bytes, plain.is_eof().ok()), ([1, 2, 3, 7, 7], Some(true)));
        assert_eq!(plain.read_byte_no_error(), 0);

        let mut padded = Ending::padded(&[1, 2, 3, 9], 3);
        assert!(padded.read_exact_bytes(&mut bytes).is_ok());
        assert_eq!(
            (bytes, padded.is_eof().ok()),
            ([1, 2, 3, 0, 0], Some(false))
        );
        assert_eq!(padded.z_seek(ZSeekFrom::Current(-3)).ok(), Some(2));
        let mut rest = Vec::new();
        assert_eq!(padded.read_remaining(&mut rest).ok(), Some(PADDING + 1));
        assert_eq!((rest[0], rest[1], padded.is_eof().ok()), (3, 0, Some(true)));
        assert!(padded.z_seek(ZSeekFrom::End(-100)).is_err());
    }
}
