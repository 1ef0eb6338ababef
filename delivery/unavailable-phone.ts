/** The SMS or voice sender of a deployment that has none: methods that need it are not on offer, and nothing is sent. */
import { SenderUnavailable } from '../security-info/errors.ts';
import type { PhoneSender } from '../security-info/ports.ts';

/** A sender that is not set up: each message is refused with `sender_unavailable`. */
export const unavailablePhone: PhoneSender = {
  isAvailable: false,
  send: () => Promise.reject(new SenderUnavailable({ cause: 'not_set_up' })),
};
