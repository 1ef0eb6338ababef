/** Finding people by name or group, for the API and the console alike. */
import type { Account } from '../../security-info/ports.ts';
import { foldLoginName } from '../../security-info/throttles.ts';
import type { ApiParts } from './parts.ts';

/** Whom to look for. */
export interface PeopleSearch {
  /** This name alone. */
  readonly loginName?: string | undefined;
  /** Names that begin so. */
  readonly loginNamePrefix?: string | undefined;
  readonly group?: string | undefined;
}

/** One page of them, in the directory's order. A page may hold fewer than `limit` and yet not be the last. */
export async function findPeople(
  { ports: { directory } }: Pick<ApiParts, 'ports'>,
  { loginName, loginNamePrefix = '', group }: PeopleSearch,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<{ readonly accounts: readonly Account[]; readonly nextCursor: string | null }> {
  const isWanted = (account: Account): boolean => group === undefined || account.groups.includes(group);
  if (loginName !== undefined) {
    const found = await directory.findByLoginName(loginName);
    return { accounts: found !== undefined && isWanted(found) ? [found] : [], nextCursor: null };
  }
  const { accounts, nextCursor } = await directory.list({
    ...page,
    ...(group === undefined ? {} : { group }),
    ...(loginNamePrefix === '' ? {} : { loginNamePrefix }),
  });
  // Not every directory can look for names.
  const prefix = foldLoginName(loginNamePrefix);
  return {
    accounts: accounts.filter(({ loginName: name }) => foldLoginName(name).startsWith(prefix)),
    nextCursor,
  };
}
