/** What the operations work with, and finding whom an address names. */
import type { PeopleDesk } from '../../security-info/admin/people-desk.ts';
import type { PolicyDesk } from '../../security-info/admin/policy-desk.ts';
import { PersonNotFound } from '../../security-info/errors.ts';
import type { Account, Ports } from '../../security-info/ports.ts';

/** What the operations are given. */
export interface ApiParts {
  readonly ports: Ports;
  readonly people: PeopleDesk;
  readonly policies: PolicyDesk;
}

const byName = 'name:';

/**
 * The account that `{id}` names: by its id, or by the login name after `name:`.
 * @throws {PersonNotFound} `person_not_found`
 */
export async function personOf({ directory }: Pick<Ports, 'directory'>, id: string): Promise<Account> {
  const account = id.startsWith(byName)
    ? await directory.findByLoginName(id.slice(byName.length))
    : await directory.findById(id);
  if (account === undefined) throw new PersonNotFound();
  return account;
}
