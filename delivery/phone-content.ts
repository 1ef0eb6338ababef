/**
 * What an SMS or a call says, in the person's language, from `locales/<language>/phone.json`. No link stands in it, and
 * no key press is asked for. Who carries it is the senders' matter.
 */
import type { Language, Translator, Translators } from '../locales/translator.ts';
import type { EventType } from '../security-info/events.ts';
import type { PhoneMessage } from '../security-info/ports.ts';
import type { Channel } from '../security-info/record.ts';
import { countSmsParts, writeInGsm } from './gsm-text.ts';

/** A way that a message can reach a telephone. */
export type PhoneChannel = Exclude<Channel, 'mail'>;

/** An SMS in words. */
export interface SmsContent {
  /** What it is, for a list of messages; never holds a code. */
  readonly subject: string;
  /** BCP 47, of the words. */
  readonly language: string;
  readonly text: string;
}

/** A call in words. */
export interface CallContent {
  /** What it is, for a list of messages; never holds a code. */
  readonly subject: string;
  /** BCP 47 with a region, for voices differ by it. */
  readonly language: string;
  readonly spoken: string;
}

/** What the words need to know of the deployment. */
export interface PhoneContentOptions {
  readonly translators: Translators;
  /** What people call this sign-in service. */
  readonly serviceName: string;
  /** The host at which codes are typed: browsers offer a code there and nowhere else. Null where it has no name. */
  readonly issuerHost: string | null;
}

/** Writes messages out. */
export interface PhoneWriter {
  writeSms(message: PhoneMessage): SmsContent;
  writeCall(message: PhoneMessage): CallContent;
}

/** The events that a notice has words of its own for; the others get a general sentence. */
export const phoneNoticeTypes = [
  'method_registered',
  'method_replaced',
  'method_removed',
  'method_change_undone',
  'method_confirmed',
  'method_prefilled',
  'password_changed',
  'access_pass_issued',
  'access_pass_used',
  'proofs_closed',
] as const satisfies readonly EventType[];

/** Longer names are cut, so that a message stays one part of 160 letters. */
const maximumNameLength = 30;
/** A message that can undo a change is worth a second part. */
const mostUndoParts = 2;
/** How the languages are spoken. */
const spokenLanguages: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' };
/** A domain name: what a code can be bound to. Ports and addresses have no place in the format. */
const domainName = /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/;

/** Makes what writes messages for telephones. */
export function createPhoneWriter(options: PhoneContentOptions): PhoneWriter {
  const { translators } = options;
  const service = plainName(options.serviceName);
  const host = options.issuerHost !== null && domainName.test(options.issuerHost) ? options.issuerHost : null;

  return {
    writeSms: (message) => {
      const translator = translators.choose([message.locale]);
      const name = cut(writeInGsm(service));
      const text =
        message.kind === 'code'
          ? withBoundCode(
              translator.text('phone.sms.code', {
                service: name,
                code: message.code,
                count: message.expiresInMinutes,
              }),
              message.code,
              host,
            )
          : smsNotice(message, translator, name);
      return {
        subject: translator.text(`phone.subject.sms_${message.kind}`),
        language: translator.language,
        text,
      };
    },
    writeCall: (message) => {
      const translator = translators.choose([message.locale]);
      const name = cut(service);
      const spoken =
        message.kind === 'code'
          ? translator.text('phone.call.code', { service: name, digits: [...message.code].join(', ') })
          : translator.text('phone.call.notice', { service: name, notice: noticeOf(message, translator) });
      return {
        subject: translator.text(`phone.subject.voice_${message.kind}`),
        language: spokenLanguages[translator.language],
        spoken,
      };
    },
  };
}

/**
 * Adds the line by which a browser knows where the code belongs, unless the message would then be one part longer.
 * @see https://wicg.github.io/sms-one-time-codes/ §2.2
 */
function withBoundCode(text: string, code: string, host: string | null): string {
  if (host === null) return text;
  const bound = `${text}\n@${host} #${code}`;
  return countSmsParts(bound) === countSmsParts(text) ? bound : text;
}

/** With the way to undo it, where that takes no more parts than a gateway sends as one message without cutting. */
function smsNotice(
  message: Extract<PhoneMessage, { kind: 'notice' }>,
  translator: Translator,
  service: string,
): string {
  const plain = translator.text('phone.sms.notice', { service, notice: noticeOf(message, translator) });
  if (message.undo == null) return plain;
  const { code, url } = message.undo;
  const address = url.replace(/^https?:\/\//, '');
  const undoing = translator.text('phone.sms.undo', { service, address, code });
  return countSmsParts(undoing) <= mostUndoParts ? undoing : plain;
}

function noticeOf(message: Extract<PhoneMessage, { kind: 'notice' }>, translator: Translator): string {
  const type = phoneNoticeTypes.find((known) => known === message.event.type) ?? 'other';
  return translator.text(`phone.notice.${type}`);
}

/** One line of printable characters: a name with line ends could pass for words of ours. */
function plainName(name: string): string {
  return name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
}

function cut(name: string): string {
  return [...name].slice(0, maximumNameLength).join('').trimEnd();
}
