// Identifiers for every pair of type and channel: good ones, ways of writing them, and what is none.

const ETHEREUM = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const SOLANA = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV";
const BITCOIN = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
const BOT = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

/** Every pair of the contract's matrix with an identifier that it takes. */
export const MATRIX = {
  phone: { whatsapp: "+37069199199", telegram: "+14155552671", sms: "+442071838750" },
  email: { email: "person@postbox-of-tests.com" },
  domain: { dns: "shop-of-tests.com", http: "www.shop-of-tests.org", email: "mail-of-tests.net", auto: "shop-of-tests.co.uk" },
  social: {
    github: "octocat",
    google: "person.name@gmail.com",
    facebook: "zuckerberg",
    x: "jack",
    linkedin: "williamhgates",
    instagram: "natgeo",
    youtube: "@YouTube",
    tiktok: "tiktok",
  },
  wallet: { ethereum: ETHEREUM, solana: SOLANA, bitcoin: BITCOIN },
  account: { coinbase: "person@postbox-of-tests.com", kraken: "AA00-N84G-OSOO-BBBB" },
  telegram_bot: { telegram_bot_token: BOT },
};

/** [type, channel, as written, as stored] */
export const NORMALISED = [
  ["phone", "sms", "+370 691 99199", "+37069199199"],
  ["phone", "sms", "+370-691-99-199", "+37069199199"],
  ["phone", "whatsapp", "+1 (415) 555-2671", "+14155552671"],
  ["email", "email", "Person@POSTBOX-of-Tests.COM", "Person@postbox-of-tests.com"],
  ["email", "email", "a+tag@postbox-of-tests.com", "a+tag@postbox-of-tests.com"],
  ["email", "email", "person@bücher-of-tests.com", "person@xn--bcher-of-tests-gsb.com"],
  ["domain", "dns", "SHOP-of-Tests.com", "shop-of-tests.com"],
  ["domain", "dns", "shop-of-tests.com.", "shop-of-tests.com"],
  ["domain", "dns", "bücher-of-tests.com", "xn--bcher-of-tests-gsb.com"],
  ["domain", "dns", "xn--bcher-of-tests-gsb.com", "xn--bcher-of-tests-gsb.com"],
  ["domain", "dns", "XN--BCHER-OF-TESTS-GSB.com", "xn--bcher-of-tests-gsb.com"],
  ["domain", "dns", "a.b.shop-of-tests.co.uk", "a.b.shop-of-tests.co.uk"],
  ["domain", "dns", "somebody.github.io", "somebody.github.io"],
  ["social", "github", "@OctoCat", "octocat"],
  ["social", "github", "https://github.com/octocat", "octocat"],
  ["social", "x", "@Jack", "jack"],
  ["wallet", "ethereum", ETHEREUM.toLowerCase(), ETHEREUM],
  ["wallet", "ethereum", `0x${ETHEREUM.slice(2).toUpperCase()}`, ETHEREUM],
  ["wallet", "bitcoin", BITCOIN.toUpperCase(), BITCOIN],
  ["wallet", "bitcoin", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"],
  ["wallet", "bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"],
  ["wallet", "solana", SOLANA, SOLANA],
  ["telegram_bot", "telegram_bot_token", BOT, "123456789"],
];

const ODD = ["", " ", "\u0000", "\u200b", "\u202e", "💥", "' OR 1=1--", "x".repeat(513), "x".repeat(20_000), "\r\nBcc: you@evil-of-tests.com"];

/** [type, channel, what is refused] */
export const REFUSED = [
  ["phone", "sms", [
    ...ODD, "37069199199", "0037069199199", "+", "+1", "+370", "+3706919919９", "＋37069199199", "+37069199199 ext 5", "+37069199199;ext=5", "tel:+37069199199",
    "+370691991990000000", "+99969199199", "+1415555CALL", "+37069199199\u200b", "+370\u202e69199199", "+37069199199,+37069199198", "+37090012345", "+19002345678",
  ]],
  ["email", "email", [
    ...ODD, "person", "@postbox-of-tests.com", "person@", "person@localhost", "person@postbox-of-tests", "a@b@postbox-of-tests.com", "person@127.0.0.1", "person@[127.0.0.1]",
    ".person@postbox-of-tests.com", "per..son@postbox-of-tests.com", "person @postbox-of-tests.com", '"a b"@postbox-of-tests.com', "person@postbox-of-tests.com\r\nBcc: x@y.com",
    "per\u200bson@postbox-of-tests.com", "рerson@postbox-of-tests.com", `${"x".repeat(65)}@postbox-of-tests.com`, `a@${"x".repeat(250)}.com`, "Person <person@postbox-of-tests.com>",
    "person@postbox-of-tests.com,other@postbox-of-tests.com",
  ]],
  ["domain", "dns", [
    ...ODD, "127.0.0.1", "[::1]", "::1", "2130706433", "0x7f.1", "１２７.０.０.１", "localhost", "localhost.", "intranet", "co.uk", "com", "github.io", "shop-of-tests.com:8080", "shop-of-tests.com/x",
    "shop-of-tests.com#.evil-of-tests.com", "a@shop-of-tests.com", "https://shop-of-tests.com", "*.shop-of-tests.com", "-shop.com", "shop-.com", "sh_op.com", "shop..com", ".shop.com", "shop-of-tests.com..",
    "shop of tests.com", "xn--a.com", `${"a".repeat(64)}.com`, `${"abcdefghi.".repeat(25)}com`, "shop.local", "shop.internal", "shop.onion", "shop.test", "shop.example", "shop.invalid", "1.168.192.in-addr.arpa",
    "shоp-of-tests.com", "shop\u200b-of-tests.com", "shop-of-tests.com\u202e",
  ]],
  ["social", "github", [...ODD, "-octocat", "octo--cat", "octocat-", "octo cat", "оctocat", "a".repeat(40), "https://evil-of-tests.com/octocat", "https://github.com.evil-of-tests.com/octocat", "octocat/repo", "../octocat"]],
  ["social", "x", [...ODD, "jack-of-all", "a".repeat(16), "@", "@@jack", "https://x.com/jack/status/1"]],
  ["wallet", "ethereum", [
    ...ODD, ETHEREUM.slice(0, -1), `${ETHEREUM}0`, ETHEREUM.slice(2), ETHEREUM.replace("d8dA", "D8dA"), `0X${ETHEREUM.slice(2)}`, "0x0000000000000000000000000000000000000000", "vitalik.eth", ETHEREUM.replace("0x", "0х"), ETHEREUM.replace("6045", "604g"),
  ]],
  ["wallet", "solana", [...ODD, SOLANA.slice(0, -4), `${SOLANA}1111`, SOLANA.replace("7", "0"), SOLANA.replace("D", "l"), "11111111111111111111111111111111", ETHEREUM]],
  ["wallet", "bitcoin", [
    ...ODD, `${BITCOIN.slice(0, -1)}p`, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "bc1qAR0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", SOLANA,
  ]],
  ["account", "coinbase", [...ODD.filter((one) => one !== "' OR 1=1--"), "' OR 1=1--", "a b", "x".repeat(129), "../x"]],
  ["telegram_bot", "telegram_bot_token", [...ODD, BOT.replace(":", ""), `bot${BOT}`, BOT.slice(0, -1), `${BOT}x`, BOT.replace(":", "：")]],
];
