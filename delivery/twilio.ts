/**
 * SMS and calls over Twilio's REST API, or what speaks its protocol.
 * The words come from phone-content.ts; time-outs and second tries are gateway-request.ts's.
 */
import { z } from 'zod';
import type { PhoneSender } from '../security-info/ports.ts';
import type { GatewayRequestOptions } from './gateway-request.ts';
import { postToGateway, refuseMessage } from './gateway-request.ts';
import type { TwilioGateway } from './gateway-url.ts';
import type { CallContent, PhoneChannel, PhoneWriter } from './phone-content.ts';
import { type PhoneDestination, readPhoneDestination } from './phone-destination.ts';

/** What the sender is made of. */
export interface TwilioPhoneOptions extends GatewayRequestOptions {
  readonly gateway: TwilioGateway;
  readonly channel: PhoneChannel;
  readonly write: PhoneWriter;
}

/** Half a second each, before an extension is dialled: time for the other side to answer. */
const waitBeforeExtension = 'wwww';
/** Seconds of silence before the first word; an extension rings again. */
const pauseSeconds = { direct: 1, extension: 4 };

/** Twilio's own number for what is wrong: five digits, so never a code. */
const refusalSchema = z.object({ code: z.int().min(10_000).max(99_999) });

/**
 * Makes a sender of one channel.
 * @see https://www.twilio.com/docs/messaging/api/message-resource
 * @see https://www.twilio.com/docs/voice/api/call-resource
 */
export function createTwilioPhone(options: TwilioPhoneOptions): PhoneSender {
  const { gateway, channel, write } = options;
  const resource = channel === 'sms' ? 'Messages' : 'Calls';
  const credentials = Buffer.from(`${gateway.user}:${gateway.password}`).toString('base64');

  return {
    isAvailable: true,
    // The API knows no id of the caller's for a message, so there is none to send.
    send: async (message) => {
      const destination = readPhoneDestination(message.to);
      if (destination === undefined || (channel === 'sms' && destination.extension !== null)) {
        throw refuseMessage({ cause: 'destination', status: null, problem: null }, options.report);
      }
      const form =
        channel === 'sms'
          ? smsForm(destination, write.writeSms(message).text, gateway)
          : callForm(destination, write.writeCall(message), gateway);
      await postToGateway(
        {
          url: `${gateway.origin}/2010-04-01/Accounts/${gateway.accountSid}/${resource}.json`,
          headers: {
            Authorization: `Basic ${credentials}`,
            'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8',
            Accept: 'application/json',
          },
          body: new URLSearchParams(form).toString(),
          readProblem,
        },
        options,
      );
    },
  };
}

function smsForm(
  { number }: PhoneDestination,
  text: string,
  { from }: TwilioGateway,
): Record<string, string> {
  const sender = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
  return { To: number, ...sender, Body: text };
}

function callForm(
  { number, extension }: PhoneDestination,
  { spoken, language }: CallContent,
  { from }: TwilioGateway,
): Record<string, string> {
  const pause = extension === null ? pauseSeconds.direct : pauseSeconds.extension;
  return {
    To: number,
    From: from,
    Twiml: `<Response><Pause length="${pause}"/><Say language="${language}">${escapeXml(spoken)}</Say></Response>`,
    ...(extension === null ? {} : { SendDigits: `${waitBeforeExtension}${extension}` }),
  };
}

/** @see XML 1.0 §2.4 */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replace(/[&<>]/g, (character) => entities[character] ?? '');
}

function readProblem(text: string): number | null {
  try {
    return refusalSchema.safeParse(JSON.parse(text)).data?.code ?? null;
  } catch {
    return null;
  }
}
