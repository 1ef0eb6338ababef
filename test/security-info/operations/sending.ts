/** Has codes sent, each in a sign-in of its own, to addresses that nobody has used yet unless one is given. */
import type { Desk, Visit } from '../../../security-info/desk.ts';
import type { MethodType } from '../../../security-info/record.ts';
import { ada } from '../sample-record.ts';
import { outcomeOf, type TestDesk } from './open-desk.ts';

/** Where a code is to go, and how. */
export interface Destination {
  readonly type?: MethodType;
  readonly address?: string;
  readonly channel?: string;
}

/** Has codes sent on a desk. */
export interface Sending {
  /** A sign-in that nobody has begun yet, of an account that is there from now on. */
  visitOf(accountId?: string, asker?: Partial<Visit['asker']>): Visit;
  /** An address or number that nobody has used yet. */
  another(type: MethodType): string;
  /** Has one code sent, as the first step of a registration. Answers with the refusal's code, or 'done'. */
  send(to?: Destination, by?: { readonly visit?: Visit; readonly desk?: Desk }): Promise<string>;
  /** Sends so many, one after the other. */
  sendTimes(times: number, action?: () => Promise<string>): Promise<string[]>;
  /** Different from one time to the next. */
  count(): number;
}

/** So many that went out. */
export function all(times: number): string[] {
  return Array(times).fill('done');
}

/** Sends on this desk. */
export function sendingOn(t: TestDesk): Sending {
  let used = 0;
  const sending: Sending = {
    visitOf(accountId = 'ada', asker = {}) {
      if (!t.accounts.has(accountId)) {
        const own = { id: accountId, loginName: accountId, mailbox: `${accountId}@work.example` };
        t.accounts.set(accountId, ada(own));
      }
      used += 1;
      const visit = t.visit(`sign-in ${used}`, accountId);
      return { ...visit, asker: { ...visit.asker, ...asker } };
    },
    another(type) {
      used += 1;
      return type === 'email' ? `x${used}@home.example` : `+336123${String(used).padStart(5, '0')}`;
    },
    send(to = {}, { visit = sending.visitOf(), desk = t.desk } = {}) {
      const { type = 'email', address = sending.another(type), channel = 'sms' } = to;
      const typed = type === 'email' ? { address } : { number: address, channel };
      return outcomeOf(desk.beginRegistration(visit, type, typed, null));
    },
    async sendTimes(times, action = () => sending.send()) {
      const outcomes: string[] = [];
      for (let index = 0; index < times; index += 1) outcomes.push(await action());
      return outcomes;
    },
    count: () => used,
  };
  return sending;
}
