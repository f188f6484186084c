// The person's phone. Its number is one of those that exist in films only.
import { randomInt } from "node:crypto";

const number = () => `+120255501${String(randomInt(100)).padStart(2, "0")}`;
const asset = () => ({ request: { identifier: number() } });
const digits = (identifier) => identifier.slice(1);

export function phones({ url }, { whatsapp, telegram, twilio }) {
  return {
    ...(whatsapp && {
      "phone/whatsapp": {
        asset,
        part: ({ challenge, identifier }) => `Send ${challenge.code} from ${identifier} by WhatsApp`,
        answer: async ({ identifier, challenge }) =>
          heard(await whatsapp.say({ to: `${url}/inbound/whatsapp`, from: digits(identifier), text: challenge.code })),
      },
    }),
    ...(telegram && {
      "phone/telegram": {
        asset,
        part: ({ identifier }) => `Press Start in Telegram and share ${identifier}`,
        async answer({ identifier, challenge }) {
          const [to, person] = [`${url}/inbound/telegram`, telegram.person()];
          heard(await telegram.start({ to, person, code: challenge.code }));
          return heard(await telegram.shareContact({ to, person, phone: digits(identifier) }));
        },
      },
    }),
    ...(twilio && {
      "phone/sms": {
        asset,
        part: ({ challenge, identifier }) => `Text ${challenge.code} from ${identifier}`,
        answer: async ({ identifier, challenge }) =>
          heard(await twilio.text({ to: `${url}/inbound/sms/twilio`, from: identifier, body: challenge.code })),
      },
    }),
  };
}

/** The same people where nobody knows their number yet. */
export function callers({ url }, { whatsapp, telegram }) {
  const person = { asset: () => ({ phone: number() }) };
  return {
    ...(whatsapp && {
      whatsapp: {
        ...person,
        part: (_, { phone }) => `Send the message from ${phone}`,
        answer: async ({ deep_link }, { phone }) =>
          heard(await whatsapp.say({ to: `${url}/inbound/whatsapp`, from: digits(phone), text: new URL(deep_link).searchParams.get("text") })),
      },
    }),
    ...(telegram && {
      telegram: {
        ...person,
        part: (_, { phone }) => `Press Start and share ${phone}`,
        async answer({ deep_link }, { phone }) {
          const [to, somebody] = [`${url}/inbound/telegram`, telegram.person()];
          heard(await telegram.start({ to, person: somebody, code: new URL(deep_link).searchParams.get("start") }));
          return heard(await telegram.shareContact({ to, person: somebody, phone: digits(phone) }));
        },
      },
    }),
  };
}

function heard({ status, text }) {
  if (status !== 200) throw new Error(`the webhook was answered with ${status}: ${text}`);
}
