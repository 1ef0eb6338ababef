/** An event of a reset whose name may be nobody's. */
import { randomUUID } from 'node:crypto';
import type { DomainEvent, EventType } from '../../events.ts';
import type { Account, Ports } from '../../ports.ts';
import type { ResetVisit } from '../../reset-desk.ts';

/** Makes the event; without the name that was typed: people type passwords into the wrong field. */
export function resetEvent(
  { clock }: Pick<Ports, 'clock'>,
  { asker }: ResetVisit,
  account: Account | null,
  type: EventType,
  result: DomainEvent['result'] = 'success',
): DomainEvent {
  return {
    id: randomUUID(),
    type,
    at: clock.now(),
    accountId: account?.id ?? null,
    actor: 'user',
    result,
    reason: account === null ? 'unknown_name' : null,
    methodType: null,
    notify: [],
    callerAddress: asker.callerAddress,
    clientId: asker.clientId,
  };
}
