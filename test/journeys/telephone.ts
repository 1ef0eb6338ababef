/** What reached telephones: the messages that the gateway of a world has taken. */
import type { TwilioServer } from '../delivery/phone-gateway.ts';

/** An SMS or a call. */
export interface ReceivedMessage {
  readonly channel: 'sms' | 'voice';
  /** The text of an SMS, or the TwiML of a call. */
  readonly words: string;
  /** What is dialled once a call stands, or null. */
  readonly keys: string | null;
}

/** What reached a number in E.164, the oldest first. */
export function messagesTo({ requests }: Pick<TwilioServer, 'requests'>, number: string): ReceivedMessage[] {
  return requests
    .filter(({ form, isTaken }) => isTaken && form['To'] === number)
    .map(({ path, form }) => ({
      channel: path.endsWith('/Calls.json') ? 'voice' : 'sms',
      words: form['Body'] ?? form['Twiml'] ?? '',
      keys: form['SendDigits'] ?? null,
    }));
}

/** The newest code that reached a number; notices may have followed it. */
export function phoneCodeIn(gateway: Pick<TwilioServer, 'requests'>, number: string): string {
  const codes = messagesTo(gateway, number).flatMap(
    ({ words }) => /\b\d{6}\b/.exec(words)?.[0] ?? /\b\d(, \d){5}\b/.exec(words)?.[0] ?? [],
  );
  const code = codes.at(-1);
  if (code === undefined) throw new Error(`no code was sent to ${number}`);
  return code.replaceAll(', ', '');
}
