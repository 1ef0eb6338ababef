/** Fills in all methods of a row in one change of the record, each once, however often the row comes again. */
import type { SecurityInfoError } from '../../errors.ts';
import type { DomainEvent } from '../../events.ts';
import type { EffectivePolicy } from '../../policy.ts';
import type { Account, DataKeys } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';
import { prefill } from '../../transitions/prefill.ts';
import { type ActingAdmin, adminEvent } from '../acting-admin.ts';
import type { MethodColumn } from './columns.ts';
import type { MethodChange } from './judge-methods.ts';
import { idOf, rowEventId } from './rows.ts';

/** For which row of which import, by whom and when. */
export interface Filling {
  readonly importId: string;
  readonly line: number;
  readonly by: ActingAdmin;
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly keys: DataKeys;
  readonly now: Date;
}

/** What became of the record. */
export type Filled =
  | {
      readonly next: SecurityInfoRecord;
      /** Empty where all of it is there, or was filled in when the row came before. */
      readonly events: readonly DomainEvent[];
    }
  | { readonly refused: SecurityInfoError; readonly column: MethodColumn };

/**
 * The record with what is to be filled in.
 * @param published which of the row's events are in the audit log: what they tell of is not done again, even where its
 * user has changed it since
 */
export function fillIn(
  filling: Filling,
  changes: readonly MethodChange[],
  published: ReadonlySet<string>,
): (record: SecurityInfoRecord) => Filled {
  return (record) => {
    let next = record;
    const events: DomainEvent[] = [];
    for (const { column, type, address } of changes) {
      const { importId, line, by, now, account } = filling;
      const id = rowEventId(importId, line, type);
      if (published.has(id) || record.pendingEvents.some((event) => event.id === id)) {
        continue;
      }
      const methodId = idOf(importId, line, type, 'method');
      const event = adminEvent(by, 'method_prefilled', now, { id, accountId: account.id });
      const change = prefill({ ...filling, methodId, type, address }, event)(next);
      if ('refusal' in change) return { refused: change.refusal, column };
      if ('unchanged' in change) continue;
      next = change.next;
      events.push(...change.events);
    }
    return { next, events };
  };
}
