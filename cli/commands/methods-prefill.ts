/**
 * `methods prefill`: fills in numbers and addresses that the organisation knows; each counts once its user has proved
 * it. All of them are judged before anything is written.
 */
import { randomUUID } from 'node:crypto';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import { isPhoneCountry } from '../../security-info/methods/phone-number.ts';
import { contractOf } from '../../security-info/methods/registry.ts';
import { subjectOf } from '../../security-info/operations/situation.ts';
import { prefill } from '../../security-info/transitions/prefill.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { accountArgument, findAccount } from '../find-account.ts';
import { prefillOptions, readMethods, tryOut } from '../prefilling.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const methodsPrefill: Command = {
  name: 'methods prefill',
  summary: 'Fill in numbers and an address for an account; each counts once its user has proved it.',
  argument: accountArgument,
  options: {
    ...Object.fromEntries(prefillOptions.map(({ option, value, doc }) => [option, { value, doc }])),
    country: { value: 'letters', doc: 'The country of numbers that do not begin with +, such as FR.' },
  },
  note: 'What was there of the same type goes, proved or not. The own mailbox and every address that was known are told.\nWhat is typed here may stay in the history of the shell; it is printed masked only.',
  read({ positionals, values }) {
    const typed = prefillOptions.flatMap((method) => {
      const text = values[method.option];
      return text === undefined ? [] : [{ ...method, text }];
    });
    if (typed.length === 0) {
      const names = prefillOptions.map(({ option }) => `--${option}`).join(', ');
      throw new UsageError(`Say what to fill in: ${names}.`);
    }
    const country = readCountry(values['country']);
    return {
      on: 'deployment',
      run: async ({ directory, ports: { clock, records, policies, keys } }) => {
        const account = await findAccount(directory, positionals[0] ?? '');
        const policy = effectivePolicy(await policies.latest(), subjectOf(account));
        const ownEmailDomains = await directory.ownEmailDomains();
        const now = clock.now();
        const read = readMethods(typed, { account, policy, ownEmailDomains, country });
        const withIds = read.map((method) => ({ ...method, methodId: randomUUID() }));
        const filledInTogether = withIds.map(({ methodId }) => methodId);
        const steps = withIds.map(({ option, type, address, methodId }) => {
          const event = adminEvent('method_prefilled', now, { accountId: account.id });
          const filling = { account, policy, keys, now, methodId, type, address, filledInTogether };
          const maskedAddress = contractOf(type).mask(address);
          return { option, type, maskedAddress, transition: prefill(filling, event) };
        });
        tryOut(await records.read(account.id), steps);
        const methods: { type: string; maskedAddress: string; isFilledIn: boolean }[] = [];
        for (const { type, maskedAddress, transition } of steps) {
          const isFilledIn = await records.change(account.id, transition);
          methods.push({ type, maskedAddress, isFilledIn });
        }
        await records.drainEvents(account.id, 1);
        const rows = methods.map(({ type, maskedAddress, isFilledIn }) => [
          type,
          maskedAddress,
          isFilledIn ? 'filled in' : 'is there already',
        ]);
        return {
          json: { accountId: account.id, loginName: account.loginName, methods },
          text: textTable(['METHOD', 'ADDRESS', 'OUTCOME'], rows),
        };
      },
    };
  },
};

function readCountry(text: string | undefined): string | undefined {
  const country = text?.toUpperCase();
  if (country === undefined || isPhoneCountry(country)) return country;
  throw new UsageError('--country takes the two letters of a country, such as FR.');
}
