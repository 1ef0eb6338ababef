/** Where an SMS or a call goes, as gateways want it: the number, and what is dialled behind it. */

/** A number in E.164 and the digits of its extension. */
export interface PhoneDestination {
  readonly number: string;
  /** Digits, or null where there is none. */
  readonly extension: string | null;
}

/**
 * Reads a message's `to`; undefined for anything else, so that nothing but digits reaches a gateway.
 * @see ITU-T E.164 §6.2.1, RFC 3966 §5.3
 */
export function readPhoneDestination(to: string): PhoneDestination | undefined {
  const [, number, extension = null] = /^(\+[1-9]\d{4,14})(?:;ext=(\d{1,20}))?$/.exec(to) ?? [];
  return number === undefined ? undefined : { number, extension };
}
