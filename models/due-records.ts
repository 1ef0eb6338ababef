/** Finds the records that a marking step is about, where each is looked at beside the filter. The filter is the store's. */
import type { Model, QueryFilter } from 'mongoose';
import type { StoredRecord } from './security-info-record.ts';

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
