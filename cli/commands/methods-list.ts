/** `methods list`: what an account has registered, masked, and in which state. */
import { contractOf } from '../../security-info/methods/registry.ts';
import type { Account, DataKeys } from '../../security-info/ports.ts';
import type { Method } from '../../security-info/record.ts';
import { isPrefilled } from '../../security-info/record.ts';
import { openAddress } from '../../security-info/sealing.ts';
import { isWantedAnew } from '../../security-info/status.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const methodsList: Command = {
  name: 'methods list',
  summary: 'List the methods of an account: masked, and whether they are proved.',
  argument: accountArgument,
  options: {},
  note: 'No address, number, secret or answer is printed.',
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ directory, ports: { clock, records, keys } }) => {
      const account = await findAccount(directory, positionals[0] ?? '');
      const { methods } = await records.read(account.id);
      const rows = methods.map((method) => ({
        type: method.type,
        maskedAddress: maskedAddress(keys, account, method),
        state: stateOf(method, clock.now()),
        verifiedAt: method.verifiedAt,
        coolingOffUntilAt: method.coolingOffUntilAt,
      }));
      return { json: rows, text: tableOf(account, rows) };
    },
  }),
};

function maskedAddress(keys: DataKeys, { id }: Account, method: Method): string | null {
  const address = openAddress(keys, id, method);
  return address === null ? null : contractOf(method.type).mask(address);
}

function stateOf(method: Method, now: Date): string {
  const { verifiedAt, coolingOffUntilAt, replacedById } = method;
  if (replacedById !== null) return 'replaced, while the new one is cooling off';
  if (isPrefilled(method)) return 'prefilled';
  if (isWantedAnew(method) || verifiedAt === null) return 'to be proved anew';
  if (coolingOffUntilAt !== null && coolingOffUntilAt > now) {
    return `cooling off until ${coolingOffUntilAt.toISOString()}`;
  }
  return `verified on ${verifiedAt.toISOString().slice(0, 10)}`;
}

function tableOf(
  { loginName }: Account,
  rows: readonly { readonly type: string; readonly maskedAddress: string | null; readonly state: string }[],
): string {
  if (rows.length === 0) return `${loginName} has no methods.`;
  return textTable(
    ['METHOD', 'ADDRESS', 'STATE'],
    rows.map(({ type, maskedAddress, state }) => [type, maskedAddress ?? '', state]),
  );
}
