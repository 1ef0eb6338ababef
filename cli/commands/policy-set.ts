/**
 * `policy set`: changes the policy. It asks which senders are set up, never whether they work at the moment: relaxing
 * the policy is the way out when they do not.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { InvalidPolicy } from '../../security-info/errors.ts';
import { type Policy, parsePolicy } from '../../security-info/policy.ts';
import type { AccountDirectory } from '../../security-info/ports.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command, Terminal } from '../command.ts';
import { UsageError } from '../failures.ts';
import { assign, readAssignment, writeAssignments } from '../policy-assignment.ts';

/** The command. */
export const policySet: Command = {
  name: 'policy set',
  summary: 'Change the policy; every setting that is not named stays as it is.',
  argument: {
    name: 'setting=value',
    doc: 'Settings, such as methodsToRegister=1 or excludedAccounts+=ada. Without any: JSON from standard input.',
    isRequired: false,
    isRepeatable: true,
  },
  options: {
    file: { value: 'path', doc: 'A JSON file with the settings, as policy get --json prints them.' },
  },
  note: 'Lists are separated by commas; += and -= add to a list and take from it. scope is everyone, none or groups:a,b.\nexcludedAccounts takes login names or account ids. A "version" in the JSON refuses a policy that was changed since.\ndocs/settings.md describes each setting. A change reaches every node within 5 seconds.',
  read({ positionals, values }) {
    const file = values['file'];
    if (file !== undefined && positionals.length > 0) {
      throw new UsageError('Give settings or --file, not both.');
    }
    const assignments = positionals.map(readAssignment);
    return {
      on: 'deployment',
      run: async ({ directory, ports: { policies, mail, clock } }, terminal) => {
        const { defaultPolicy: current } = await policies.latest();
        const wanted =
          positionals.length > 0
            ? assign(current, assignments)
            : { ...current, ...(await readDocument(file, terminal)) };
        const named = await withAccountIds(wanted, current, directory);
        const policy = parsePolicy(named, { mail: mail.isAvailable });
        if (isDeepStrictEqual(policy, current)) {
          return { json: current, text: 'The policy is like that already.' };
        }
        await policies.save(policy, policy.version, [adminEvent('policy_changed', clock.now(), {})]);
        const { defaultPolicy: saved } = await policies.latest();
        return { json: saved, text: `${writeAssignments(saved)}\nSaved as version ${saved.version}.` };
      },
    };
  },
};

async function readDocument(file: string | undefined, terminal: Terminal): Promise<Record<string, unknown>> {
  const text = file === undefined ? await terminal.readInput() : await terminal.readFile(file);
  if (text === null)
    throw new UsageError('Say what to set: setting=value, --file, or JSON on standard input.');
  const where = file ?? 'standard input';
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${where} is not a JSON object, such as {"methodsToRegister": 1}.`);
  }
}

/** Names become ids. What is in force stays, even when its account is gone; a new entry must be somebody. */
async function withAccountIds(
  wanted: Readonly<Record<string, unknown>>,
  current: Policy,
  directory: AccountDirectory,
): Promise<Record<string, unknown>> {
  const given = z.array(z.string()).safeParse(wanted['excludedAccounts']);
  // What is no list of texts is told by the policy's own validation.
  if (!given.success) return { ...wanted };
  const ids: string[] = [];
  for (const entry of given.data) {
    const account = current.excludedAccounts.includes(entry)
      ? { id: entry }
      : ((await directory.findByLoginName(entry)) ?? (await directory.findById(entry)));
    if (!account)
      throw new InvalidPolicy([{ field: 'excludedAccounts', code: 'unknown_account', values: { entry } }]);
    if (!ids.includes(account.id)) ids.push(account.id);
  }
  return { ...wanted, excludedAccounts: ids };
}
