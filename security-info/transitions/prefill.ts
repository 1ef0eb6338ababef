/** An admin fills a method in beforehand: it counts once its user has proved it. What was there of its type goes. */
import { everyKnownAddress, sealRecipients } from '../act.ts';
import { InvalidInput } from '../errors.ts';
import type { DomainEvent } from '../events.ts';
import type { EffectivePolicy } from '../policy.ts';
import type { Account, DataKeys, Transition } from '../ports.ts';
import type { Method, MethodType, SecurityInfoRecord } from '../record.ts';
import { emptyMethod } from '../record.ts';
import { addressField, isOffice } from '../registration-rules.ts';
import { addressHash, openAddress, sealAddress } from '../sealing.ts';
import { settle } from '../settle.ts';

/** What is filled in, for whom. */
export interface Prefilling {
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly keys: DataKeys;
  readonly now: Date;
  /** Of the new method, random. */
  readonly methodId: string;
  readonly type: MethodType;
  /** As the method's contract spells it. */
  readonly address: string;
  /** Methods that are filled in together with this one: what was not known before is not told. */
  readonly filledInTogether?: readonly string[];
}

/**
 * Fills the method in; one that has this very address stays as it is, proved or not, so that filling in twice changes
 * nothing. Every address that was known is told. The number of the office is nobody's own, and the other way round.
 * @returns whether anything changed
 */
export function prefill(filling: Prefilling, event: DomainEvent): Transition<SecurityInfoRecord, boolean> {
  return (record) => {
    const { account, policy, keys, now, methodId, type, address } = filling;
    const present = record.methods.filter((method) => method.replacedById === null);
    const isThere = present.some(
      (method) => method.type === type && openAddress(keys, account.id, method) === address,
    );
    if (isThere) return { unchanged: true, result: false };
    const hash = addressHash(keys, type, address);
    const namesake = present.find(
      (other) => other.addressHash === hash && other.type !== type && isOffice(other) !== isOffice({ type }),
    );
    if (namesake !== undefined) {
      const code = isOffice(namesake) ? 'office_number' : 'number_of_another_phone';
      return { refusal: new InvalidInput([{ field: addressField(type), code }]) };
    }
    const method: Method = {
      ...emptyMethod(methodId, type),
      addressCiphertext: sealAddress(keys, account.id, methodId, address),
      addressHash: hash,
      prefilledAt: now,
    };
    const others = record.methods.filter((other) => other.type !== type);
    const { filledInTogether = [] } = filling;
    const known = record.methods.filter(({ id }) => !filledInTogether.includes(id));
    const recipients = everyKnownAddress(filling, { methods: known });
    const notify = sealRecipients(keys, event.id, recipients, account.locale ?? 'en');
    return {
      next: settle({ ...record, methods: [...others, method] }, policy, now),
      events: [{ ...event, methodType: type, notify }],
      result: true,
    };
  };
}
