/** The records that a marking step is about, where each is looked at beside the filter, and the event that each gets. The filter is the store's. */
import { randomUUID } from 'node:crypto';
import type { Model, QueryFilter } from 'mongoose';
import type { DomainEvent } from '../security-info/events.ts';
import type { StoredRecord } from './security-info-record.ts';

const MARKING_ACTOR = 'job:mark-reconfirmation';

/** The event that goes into each record of a batch with the mark; whose it is, the record says (readRecord). */
export function markedEvent(now: Date): DomainEvent {
  return {
    id: randomUUID(),
    type: 'reconfirmation_marked',
    at: now,
    accountId: null,
    actor: MARKING_ACTOR,
    result: 'success',
    reason: 'interval',
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
  };
}

type IsDue = (accountId: string, confirmedAt: Date) => boolean;
type Filter = QueryFilter<StoredRecord>;

/** The oldest that the filter finds and `isDue` lets through; at most `limit`. */
export async function firstDue(
  model: Model<StoredRecord>,
  filter: Filter,
  { isDue, limit }: { readonly isDue: IsDue; readonly limit: number },
): Promise<{ readonly _id: string }[]> {
  const due: { readonly _id: string }[] = [];
  for await (const one of dueEach(model, filter, isDue)) {
    due.push(one);
    if (due.length === limit) break;
  }
  return due;
}

/** How many the filter finds and `isDue` lets through. */
export async function countDueEach(
  model: Model<StoredRecord>,
  filter: Filter,
  isDue: IsDue,
): Promise<number> {
  let count = 0;
  for await (const _ of dueEach(model, filter, isDue)) count += 1;
  return count;
}

async function* dueEach(
  model: Model<StoredRecord>,
  filter: Filter,
  isDue: IsDue,
): AsyncGenerator<{ readonly _id: string }> {
  const found = model.find(filter, { _id: 1, markableAt: 1 }).sort({ markableAt: 1 }).lean().cursor();
  for await (const { _id, markableAt } of found) {
    if (markableAt !== null && isDue(_id, markableAt)) yield { _id };
  }
}
