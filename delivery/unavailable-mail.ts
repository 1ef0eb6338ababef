/** The mail sender of a deployment that has none: methods that need mail are not on offer, and nothing is sent. */
import { SenderUnavailable } from '../security-info/errors.ts';
import type { MailSender } from '../security-info/ports.ts';

/** A sender that is not set up: each message is refused with `sender_unavailable`. */
export const unavailableMail: MailSender = {
  isAvailable: false,
  send: () => Promise.reject(new SenderUnavailable({ cause: 'not_set_up' })),
};
