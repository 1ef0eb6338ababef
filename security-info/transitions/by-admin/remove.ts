/**
 * An admin removes a method, or says that it is lost. It proves nothing from then on, what it had replaced goes with
 * it, and losing the last one does not reopen first registration.
 */
import { everyKnownAddress, sealRecipients } from '../../act.ts';
import { MethodNotFound } from '../../errors.ts';
import type { DomainEvent } from '../../events.ts';
import type { EffectivePolicy } from '../../policy.ts';
import type { Account, DataKeys, Transition } from '../../ports.ts';
import type { MethodType, SecurityInfoRecord } from '../../record.ts';
import { findMethod } from '../../record.ts';
import { settle } from '../../settle.ts';

/** Whose method, and by which policy what is left counts. */
export interface RemovalByAdmin {
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly keys: DataKeys;
  readonly now: Date;
  readonly methodId: string;
  /** A lost one is not told itself: whoever has it now would be. */
  readonly isLost: boolean;
}

/** Removes it, and tells every address that was known. @returns its type */
export function removeByAdmin(
  removal: RemovalByAdmin,
  event: DomainEvent,
): Transition<SecurityInfoRecord, MethodType> {
  return (record) => {
    const { account, policy, keys, now, methodId, isLost } = removal;
    const method = findMethod(record, methodId);
    if (method === undefined) return { refusal: new MethodNotFound() };
    const methods = record.methods.filter(
      ({ id, replacedById }) => id !== methodId && replacedById !== methodId,
    );
    const told = isLost ? record.methods.filter(({ id }) => id !== methodId) : record.methods;
    const recipients = everyKnownAddress(removal, { methods: told });
    return {
      next: settle({ ...record, methods, firstMethodAt: record.firstMethodAt ?? now }, policy, now),
      events: [
        {
          ...event,
          methodType: method.type,
          notify: sealRecipients(keys, event.id, recipients, account.locale ?? 'en'),
        },
      ],
      result: method.type,
    };
  };
}
