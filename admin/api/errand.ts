/** What a call asks of a person's security info, by whom, and in which state they saw it. */
import type { AdminErrand } from '../../security-info/admin/people-desk.ts';
import type { Account } from '../../security-info/ports.ts';
import type { Call } from './operation.ts';

/** A call whose path has these names. */
export type ApiCallOf<Path> = Pick<Call<Path, unknown, unknown>, 'by' | 'ifMatch' | 'path'>;

/** The errand of a call. */
export function errandOf({ by, ifMatch }: ApiCallOf<unknown>, account: Account): AdminErrand {
  return { by, accountId: account.id, expectedTag: ifMatch };
}
