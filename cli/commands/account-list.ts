/** `account list`: who there is, a page at a time, without a mailbox. */
import type { Account } from '../../security-info/ports.ts';
import type { Command } from '../command.ts';
import { textTable } from '../text-table.ts';

/** Accounts per read. */
const pageSize = 200;

/** The command. */
export const accountList: Command = {
  name: 'account list',
  summary: 'List the accounts.',
  argument: null,
  options: { group: { value: 'group', doc: 'Only the members of this group.' } },
  note: null,
  read({ values }) {
    const group = values['group'];
    return {
      on: 'deployment',
      run: async ({ directory }, { signal }) => {
        const accounts: Account[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof directory.list>> = await directory.list({
            cursor,
            limit: pageSize,
            ...(group === undefined ? {} : { group }),
          });
          accounts.push(...page.accounts);
          cursor = page.nextCursor;
        } while (cursor !== null && !signal.aborted);
        return { json: accounts.map(shown), text: tableOf(accounts) };
      },
    };
  },
};

/** Mailboxes are in no listing. */
function shown({ id, loginName, displayName, groups, isAdmin, isDisabled, mustChangePassword }: Account) {
  return { accountId: id, loginName, displayName, groups, isAdmin, isDisabled, mustChangePassword };
}

function tableOf(accounts: readonly Account[]): string {
  if (accounts.length === 0) return 'There are no accounts.';
  return textTable(
    ['LOGIN NAME', 'NAME', 'GROUPS', 'STATE', 'ACCOUNT ID'],
    accounts.map((account) => [
      account.loginName,
      account.displayName,
      account.groups.join(', '),
      stateOf(account),
      account.id,
    ]),
  );
}

function stateOf({ isAdmin, isDisabled, mustChangePassword }: Account): string {
  return [
    ...(isDisabled ? ['disabled'] : []),
    ...(isAdmin ? ['admin'] : []),
    ...(mustChangePassword ? ['one-time password'] : []),
  ].join(', ');
}
