//! A program that a node runs as the initialisation code of a contract that is never created: it
//! asks a wallet's contract about a signature, after letting a factory make the wallet if there is
//! none yet, and says what came of it. A wallet that reverts, uses up its gas or answers nonsense
//! makes it answer "no", so that every error of the node itself can be told apart from that.

/// Kept from the wallet for what the program has to do afterwards: 19,200 gas for 96 bytes that
/// the node takes for code, and a few hundred.
const RESERVED_GAS: u32 = 60_000;

/// First four bytes of the answer of ERC-1271, which are those of its function, too.
pub(super) const MAGIC: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

mod op {
    pub(super) const EQ: u8 = 0x14;
    pub(super) const LT: u8 = 0x10;
    pub(super) const ISZERO: u8 = 0x15;
    pub(super) const AND: u8 = 0x16;
    pub(super) const SHL: u8 = 0x1b;
    pub(super) const SUB: u8 = 0x03;
    pub(super) const CODECOPY: u8 = 0x39;
    pub(super) const EXTCODESIZE: u8 = 0x3b;
    pub(super) const RETURNDATASIZE: u8 = 0x3d;
    pub(super) const CHAINID: u8 = 0x46;
    pub(super) const POP: u8 = 0x50;
    pub(super) const MLOAD: u8 = 0x51;
    pub(super) const MSTORE: u8 = 0x52;
    pub(super) const JUMPI: u8 = 0x57;
    pub(super) const GAS: u8 = 0x5a;
    pub(super) const JUMPDEST: u8 = 0x5b;
    pub(super) const PUSH1: u8 = 0x60;
    pub(super) const CALL: u8 = 0xf1;
    pub(super) const RETURN: u8 = 0xf3;
    pub(super) const STATICCALL: u8 = 0xfa;
}

/// Writes instructions. A number on the stack takes three bytes wherever its size may vary, so
/// that the program's length does not depend on what is put into it.
#[derive(Default)]
struct Assembly(Vec<u8>);

impl Assembly {
    fn push(&mut self, bytes: &[u8]) -> &mut Self {
        // PUSH1 to PUSH32 follow each other; nothing longer than an address is pushed.
        #[expect(clippy::cast_possible_truncation, reason = "at most 20")]
        self.0.push(op::PUSH1 - 1 + bytes.len() as u8);
        self.0.extend_from_slice(bytes);
        self
    }

    fn number(&mut self, number: usize) -> &mut Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "MAX_SIGNATURE bounds all of them"
        )]
        let bytes = (number as u32).to_be_bytes();
        self.push(&bytes[1..])
    }

    fn then(&mut self, operations: &[u8]) -> &mut Self {
        self.0.extend_from_slice(operations);
        self
    }
}

/// The program. `question` is the call of `isValidSignature`, `factory` who makes the wallet and
/// by which call. Memory holds both calls, then three words: the answer.
///
/// | word | meaning |
/// |---|---|
/// | 0 | the chain's number |
/// | 1 | whether there is a contract at the address (now) |
/// | 2 | whether it answered with ERC-1271's magic value in a whole word |
pub(super) fn program(
    wallet: &[u8; 20],
    question: &[u8],
    factory: Option<(&[u8; 20], &[u8])>,
) -> Vec<u8> {
    let making = factory.map_or(0, |(_, call)| call.len());
    let answer = (question.len() + making).next_multiple_of(32);
    let mut code = write(wallet, question.len(), making, factory, answer, 0);
    // The program's own length does not change with the number that says it.
    code = write(wallet, question.len(), making, factory, answer, code.len());
    code.extend_from_slice(question);
    code.extend_from_slice(factory.map_or(&[], |(_, call)| call));
    code
}

fn write(
    wallet: &[u8; 20],
    asking: usize,
    making: usize,
    factory: Option<(&[u8; 20], &[u8])>,
    answer: usize,
    length: usize,
) -> Vec<u8> {
    let mut code = Assembly::default();
    // memory[0..] = question, factory's call
    code.number(asking + making).number(length).number(0);
    code.then(&[op::CODECOPY]);
    if let Some((factory, _)) = factory {
        // if there is no contract: call(gas, factory, 0, its call, nothing back)
        let mut making_it = Assembly::default();
        making_it.number(0).number(0).number(making).number(asking);
        making_it.push(&[0]).push(factory);
        making_it.then(&[op::GAS, op::CALL, op::POP]);
        code.push(wallet).then(&[op::EXTCODESIZE]);
        // Four bytes for this number and one for the jump.
        let mark = code.0.len() + 4 + 1 + making_it.0.len();
        code.number(mark).then(&[op::JUMPI]);
        code.then(&making_it.0).then(&[op::JUMPDEST]);
    }
    // staticcall(gas - reserve, wallet, question) -> memory[answer..answer + 32]
    code.number(32).number(answer).number(asking).number(0);
    code.push(wallet).number(RESERVED_GAS as usize);
    code.then(&[op::GAS, op::SUB, op::STATICCALL]);
    // It did not fail,
    // at least a word came back,
    code.then(&[op::RETURNDATASIZE]).push(&[31]);
    code.then(&[op::LT, op::AND]);
    // and that word is the magic value, filled up with zeros.
    code.number(answer).then(&[op::MLOAD]);
    code.push(&MAGIC)
        .push(&[224])
        .then(&[op::SHL, op::EQ, op::AND]);
    code.number(answer + 64).then(&[op::MSTORE]);
    code.push(wallet)
        .then(&[op::EXTCODESIZE, op::ISZERO, op::ISZERO]);
    code.number(answer + 32).then(&[op::MSTORE]);
    code.then(&[op::CHAINID]).number(answer).then(&[op::MSTORE]);
    code.number(96).number(answer).then(&[op::RETURN]);
    code.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    const WALLET: [u8; 20] = [0xaa; 20];
    const FACTORY: [u8; 20] = [0xfa; 20];

    /// Written out once, so that a change of the program is seen. That it does what it says is
    /// shown on a real node (`tests/wallets-contracts.test.mjs`).
    #[test]
    fn is_what_was_written() {
        let wallet = "aa".repeat(20);
        let code = program(&WALLET, &[1; 5], None);
        assert_eq!(
            HEXLOWER.encode(&code),
            format!(
                "62000005 6200007e 62000000 39 \
                 62000020 62000020 62000005 62000000 73{wallet} 6200ea60 5a 03 fa \
                 3d 601f 10 16 62000020 51 631626ba7e 60e0 1b 14 16 62000060 52 \
                 73{wallet} 3b 15 15 62000040 52 46 62000020 52 62000060 62000020 f3 \
                 0101010101"
            )
            .replace(' ', "")
        );
    }

    #[test]
    fn jumps_to_the_mark() {
        let code = program(&WALLET, &[1; 132], Some((&FACTORY, &[2; 7])));
        let jump = code.iter().position(|byte| *byte == op::JUMPI).unwrap();
        let mark = usize::from(code[jump - 2]) << 8 | usize::from(code[jump - 1]);
        assert_eq!(code[mark], op::JUMPDEST);
        assert_eq!(code[mark - 1], op::POP);
        let length = usize::from(code[6]) << 8 | usize::from(code[7]);
        assert_eq!(&code[length..], [&[1; 132][..], &[2; 7]].concat());
        assert_eq!(code[length - 1], op::RETURN);
    }
}
