//! Replies of a server (RFC 5321, 4.2): one or more lines with one code. They are bounded, and what
//! is not a reply ends the conversation.

/// As long a line as is read; the RFC allows 512 octets.
const MAX_LINE: usize = 2_048;
/// As many lines as one reply may have.
const MAX_LINES: usize = 64;

/// One whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// The text of each line.
    pub(super) lines: Vec<String>,
}

/// The server says what is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAReply;

impl Reply {
    pub(super) const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether the same may succeed later.
    pub(super) const fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// The enhanced status code (RFC 3463), without its class: `1.1` of `5.1.1`.
    pub(super) fn enhanced(&self) -> Option<(u16, u16)> {
        let word = self.lines.first()?.split(' ').next()?;
        let mut parts = word.split('.');
        let class: u16 = parts.next()?.parse().ok()?;
        let subject = parts.next()?.parse().ok()?;
        let detail = parts.next()?.parse().ok()?;
        (parts.next().is_none() && class == self.code / 100).then_some((subject, detail))
    }
}

/// What has come in and is not yet a whole reply.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    buffer: Vec<u8>,
    lines: Vec<String>,
    code: Option<u16>,
}

impl Incoming {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), NotAReply> {
        // Whoever says this much without being asked does not speak SMTP.
        if self.buffer.len() + bytes.len() > MAX_LINE * MAX_LINES {
            return Err(NotAReply);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Forgets whatever came and was not read.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.lines.is_empty()
    }

    /// The next reply, if it is whole.
    pub(super) fn next(&mut self) -> Result<Option<Reply>, NotAReply> {
        loop {
            let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') else {
                return if self.buffer.len() > MAX_LINE {
                    Err(NotAReply)
                } else {
                    Ok(None)
                };
            };
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(reply) = self.line(line)? {
                return Ok(Some(reply));
            }
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<Option<Reply>, NotAReply> {
        if line.len() > MAX_LINE || self.lines.len() >= MAX_LINES {
            return Err(NotAReply);
        }
        let (code, rest) = line.split_at_checked(3).ok_or(NotAReply)?;
        let code = match code {
            [
                first @ b'2'..=b'5',
                second @ b'0'..=b'9',
                third @ b'0'..=b'9',
            ] => {
                u16::from(first - b'0') * 100
                    + u16::from(second - b'0') * 10
                    + u16::from(third - b'0')
            }
            _ => return Err(NotAReply),
        };
        if self.code.is_some_and(|known| known != code) {
            return Err(NotAReply);
        }
        let (last, text) = match rest {
            [] => (true, rest),
            [b' ', text @ ..] => (true, text),
            [b'-', text @ ..] => (false, text),
            _ => return Err(NotAReply),
        };
        self.lines.push(String::from_utf8_lossy(text).into_owned());
        if last {
            self.code = None;
            let lines = std::mem::take(&mut self.lines);
            return Ok(Some(Reply { code, lines }));
        }
        self.code = Some(code);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Option<Reply>, NotAReply> {
        let mut incoming = Incoming::default();
        incoming.push(text.as_bytes())?;
        incoming.next()
    }

    #[test]
    fn a_reply_may_have_many_lines() {
        let reply = read("250-mail.example greets you\r\n250-SIZE 1000\r\n250 STARTTLS\r\n");
        assert_eq!(
            reply.unwrap().unwrap(),
            Reply {
                code: 250,
                lines: vec![
                    "mail.example greets you".into(),
                    "SIZE 1000".into(),
                    "STARTTLS".into()
                ],
            }
        );
        assert_eq!(read("220\r\n").unwrap().unwrap().lines, [""]);
        assert_eq!(read("220 ok\n").unwrap().unwrap().code, 220);
    }

    #[test]
    fn half_a_reply_is_awaited() {
        for half in [
            "",
            "2",
            "250",
            "250 ok",
            "250-ok\r\n",
            "250-ok\r\n250",
            "250 ok\r",
        ] {
            assert_eq!(read(half), Ok(None), "{half:?}");
        }
    }

    #[test]
    fn what_is_no_reply_ends_it() {
        let long = format!("250 {}\r\n", "x".repeat(MAX_LINE));
        let endless = "2".repeat(MAX_LINE + 1);
        let many = "250-x\r\n".repeat(MAX_LINES + 1);
        for wrong in [
            "\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "2x0 ok\r\n",
            "199 ok\r\n",
            "600 ok\r\n",
            "250ok\r\n",
            "250-one\r\n550 other\r\n",
            "٢٥٠ ok\r\n",
            &long,
            &endless,
            &many,
        ] {
            assert_eq!(read(wrong), Err(NotAReply), "{wrong:.40?}");
        }
        let mut incoming = Incoming::default();
        assert_eq!(
            incoming.push(&vec![b'2'; MAX_LINE * MAX_LINES + 1]),
            Err(NotAReply)
        );
    }

    #[test]
    fn the_enhanced_code_is_read_where_it_fits() {
        let enhanced = |text: &str| read(text).unwrap().unwrap().enhanced();
        assert_eq!(enhanced("550 5.1.1 no such user\r\n"), Some((1, 1)));
        assert_eq!(enhanced("550 4.1.1 contradiction\r\n"), None);
        assert_eq!(enhanced("550 no such user\r\n"), None);
        assert_eq!(enhanced("550 5.1.1.1 x\r\n"), None);
        assert_eq!(enhanced("550 5.1\r\n"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_end_alike(
            bytes in proptest::collection::vec(prop_oneof![
                Just(b'2'), Just(b'5'), Just(b'0'), Just(b' '), Just(b'-'), Just(b'\r'), Just(b'\n'),
                any::<u8>(),
            ], 0..200),
            cut in 0usize..200,
        ) {
            let run = |pieces: &[&[u8]]| {
                let mut incoming = Incoming::default();
                let mut seen = Vec::new();
                for piece in pieces {
                    if incoming.push(piece).is_err() {
                        return (seen, true);
                    }
                    loop {
                        match incoming.next() {
                            Ok(Some(reply)) => seen.push(reply),
                            Ok(None) => break,
                            Err(NotAReply) => return (seen, true),
                        }
                    }
                }
                (seen, false)
            };
            let (start, end) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(run(&[&bytes]), run(&[start, end]));
        }
    }
}
