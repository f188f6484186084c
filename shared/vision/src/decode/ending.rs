//! A file as far as the picture in it goes: a beginning, and what follows it. The JPEG decoder reads
//! ahead, so a few zeros may follow: enough for that, and too few to stand for parts of a picture that
//! are missing.

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

/// The decoder reads at most eight bytes ahead.
const PADDING: usize = 16;

pub(super) struct Ending<'a> {
    head: Vec<u8>,
    rest: &'a [u8],
    /// As long as both, or longer by zeros.
    length: usize,
    position: usize,
}

impl<'a> Ending<'a> {
    /// Ends with the rest.
    pub(super) const fn at(head: Vec<u8>, rest: &'a [u8]) -> Self {
        Self {
            length: head.len() + rest.len(),
            head,
            rest,
            position: 0,
        }
    }

    /// Ends in zeros after the rest.
    pub(super) const fn padded(head: Vec<u8>, rest: &'a [u8]) -> Self {
        let mut ending = Self::at(head, rest);
        ending.length += PADDING;
        ending
    }

    /// What lies at the position, in one piece; nothing after the rest.
    fn piece(&self) -> &[u8] {
        match self.head.get(self.position..) {
            Some(head) if !head.is_empty() => head,
            _ => {
                let at = self.position.saturating_sub(self.head.len());
                self.rest.get(at..).unwrap_or_default()
            }
        }
    }

    fn left(&self) -> usize {
        self.length.saturating_sub(self.position)
    }
}

impl ZByteReaderTrait for Ending<'_> {
    #[inline]
    fn read_byte_no_error(&mut self) -> u8 {
        let byte = self.piece().first().copied();
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
        let at = self.position;
        let mut todo = &mut buf[..count];
        while !todo.is_empty() {
            let piece = self.piece();
            let known = piece.len().min(todo.len());
            if known == 0 {
                todo.fill(0);
                break;
            }
            let (now, later) = todo.split_at_mut(known);
            now.copy_from_slice(&piece[..known]);
            self.position += known;
            todo = later;
        }
        self.position = at;
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
        let before = sink.len();
        let left = self.left();
        sink.resize(before + left, 0);
        self.read_bytes(&mut sink[before..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_follow_the_end_and_nothing_else() {
        let mut plain = Ending::at(vec![1, 2], &[3]);
        let mut bytes = [7; 5];
        assert!(plain.peek_exact_bytes(&mut bytes).is_err());
        assert_eq!(plain.read_bytes(&mut bytes).ok(), Some(3));
        assert_eq!((bytes, plain.is_eof().ok()), ([1, 2, 3, 7, 7], Some(true)));
        assert_eq!(plain.read_byte_no_error(), 0);

        let mut padded = Ending::padded(vec![1, 2], &[3]);
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
