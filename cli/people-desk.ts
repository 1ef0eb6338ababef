/** The desk of the admins, as the command line uses it: what it does is drained at once, for no server may be there. */
import { type ActingAdmin, atCommandLine } from '../security-info/admin/acting-admin.ts';
import { createPeopleDesk } from '../security-info/admin/create-people-desk.ts';
import type { PeopleDesk } from '../security-info/admin/people-desk.ts';
import type { Account } from '../security-info/ports.ts';
import type { AdministeredDeployment } from './deployment.ts';

/** Does something to one account, and brings its events into the audit log. */
export async function onAccount<Result>(
  { directory, ports }: AdministeredDeployment,
  { id: accountId }: Account,
  act: (
    people: PeopleDesk,
    errand: { readonly by: ActingAdmin; readonly accountId: string },
  ) => Promise<Result>,
): Promise<Result> {
  const people = createPeopleDesk({ ...ports, directory }, { published: () => {} });
  const result = await act(people, { by: atCommandLine, accountId });
  await ports.records.drainEvents(accountId, 1);
  return result;
}
