//! Messages put together byte by byte for the tests, so that the library is not its own judge.

use super::{DnsFailure, TxtAnswer, read_txt};

pub(super) const ASKED: &str = "_proof.example.com";
pub(super) const TXT: u16 = 16;
pub(super) const CNAME: u16 = 5;
pub(super) const A: u16 = 1;
pub(super) const AAAA: u16 = 28;
pub(super) const RRSIG: u16 = 46;
pub(super) const OPT: u16 = 41;
pub(super) const NS: u16 = 2;
pub(super) const SOA: u16 = 6;

/// A message under construction; flags as in a usual answer: QR, RD, RA.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) flags: u16,
    pub(super) question: Vec<u8>,
    pub(super) answers: Vec<Vec<u8>>,
    pub(super) authorities: Vec<Vec<u8>>,
    pub(super) additionals: Vec<Vec<u8>>,
}

pub(super) fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap());
        out.extend(label.as_bytes());
    }
    out.push(0);
    out
}

pub(super) fn record_raw(owner: &[u8], kind: u16, class: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut out = owner.to_vec();
    out.extend(kind.to_be_bytes());
    out.extend(class.to_be_bytes());
    out.extend(ttl.to_be_bytes());
    out.extend(length.to_be_bytes());
    out.extend(data);
    out
}

pub(super) fn record(owner: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    record_raw(&name(owner), kind, 1, 300, data)
}

pub(super) fn strings(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.push(u8::try_from(part.len()).unwrap());
        out.extend(*part);
    }
    out
}

pub(super) fn txt(owner: &str, text: &str) -> Vec<u8> {
    record(owner, TXT, &strings(&[text.as_bytes()]))
}

pub(super) fn cname(owner: &str, target: &str) -> Vec<u8> {
    record(owner, CNAME, &name(target))
}

pub(super) fn soa(owner: &str) -> Vec<u8> {
    let mut data = name("ns.example.net");
    data.extend(name("hostmaster.example.net"));
    data.extend([0; 20]);
    record(owner, SOA, &data)
}

/// A resolver's word on why it failed (RFC 8914).
pub(super) fn extended_error(code: u16, text: &[u8]) -> Vec<u8> {
    let mut option = vec![0, 15];
    option.extend(u16::try_from(2 + text.len()).unwrap().to_be_bytes());
    option.extend(code.to_be_bytes());
    option.extend(text);
    record_raw(&[0], OPT, 4096, 0, &option)
}

pub(super) fn answer_to(asked: &str, kind: u16) -> Wire {
    let mut question = name(asked);
    question.extend(kind.to_be_bytes());
    question.extend(1u16.to_be_bytes());
    Wire {
        flags: 0x8180,
        question,
        answers: vec![],
        authorities: vec![],
        additionals: vec![],
    }
}

pub(super) fn txt_answer() -> Wire {
    answer_to(ASKED, TXT)
}

impl Wire {
    pub(super) fn with(mut self, record: Vec<u8>) -> Self {
        self.answers.push(record);
        self
    }

    pub(super) fn flags(mut self, flags: u16) -> Self {
        self.flags = flags;
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = vec![0, 0];
        out.extend(self.flags.to_be_bytes());
        let questions = u16::from(!self.question.is_empty());
        out.extend(questions.to_be_bytes());
        let sections = [&self.answers, &self.authorities, &self.additionals];
        for section in sections {
            out.extend(u16::try_from(section.len()).unwrap().to_be_bytes());
        }
        out.extend(&self.question);
        out.extend(sections.into_iter().flatten().flatten());
        out
    }

    pub(super) fn read(&self) -> Result<TxtAnswer, DnsFailure> {
        read_txt(&self.bytes(), ASKED)
    }

    pub(super) fn records(&self) -> Vec<String> {
        let answer = self.read().unwrap();
        answer
            .records
            .into_iter()
            .map(|record| String::from_utf8(record).unwrap())
            .collect()
    }
}
