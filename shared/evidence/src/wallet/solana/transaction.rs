//! Whether bytes are the message of a Solana transaction, which a wallet signs in the same way as a
//! text. In doubt it is one.

/// The legacy form and the versioned one (high bit of the first byte), read to the end.
pub(super) fn is_transaction(bytes: &[u8]) -> bool {
    let (versioned, rest) = match bytes.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => (true, rest),
        _ => (false, bytes),
    };
    Reader(rest)
        .message(versioned)
        .is_some_and(|left| left == 0)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// What is left after a whole message.
    fn message(mut self, versioned: bool) -> Option<usize> {
        let [signatures, read_only, read_only_unsigned] =
            [self.byte()?, self.byte()?, self.byte()?];
        let accounts = self.length()?;
        let signers = usize::from(signatures);
        if signers == 0
            || read_only >= signatures
            || signers + usize::from(read_only_unsigned) > accounts
        {
            return None;
        }
        self.skip(accounts.checked_mul(32)?)?;
        // The hash of a recent block.
        self.skip(32)?;
        for _ in 0..self.length()? {
            self.byte()?;
            for _ in 0..2 {
                let length = self.length()?;
                self.skip(length)?;
            }
        }
        if versioned {
            // Tables of addresses.
            for _ in 0..self.length()? {
                self.skip(32)?;
                for _ in 0..2 {
                    let length = self.length()?;
                    self.skip(length)?;
                }
            }
        }
        Some(self.0.len())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    /// "compact-u16": seven bits a byte, the lowest first, three bytes at most.
    fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for shift in [0, 7, 14] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }
}
