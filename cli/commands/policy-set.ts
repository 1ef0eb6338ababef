/**
 * `policy set`: changes a policy, or makes one for some groups. It asks which senders are set up, never whether they
 * work at the moment: relaxing the policy is the way out when they do not.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { InvalidPolicy } from '../../security-info/errors.ts';
import { availableSenders } from '../../security-info/operations/situation.ts';
import { defaultPolicyId, type Policy, type PolicySet } from '../../security-info/policy.ts';
import { policyChanges } from '../../security-info/policy-changes.ts';
import { parsePolicy } from '../../security-info/policy-validation.ts';
import type { AccountDirectory } from '../../security-info/ports.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command, Terminal } from '../command.ts';
import { UsageError } from '../failures.ts';
import { policyIdDoc, policyOf, readPolicyId } from '../find-policy.ts';
import { assign, readAssignment, writeAssignments } from '../policy-assignment.ts';

/** The command. */
export const policySet: Command = {
  name: 'policy set',
  summary: 'Change a policy, or make one; every setting that is not named stays as it is.',
  argument: {
    name: 'setting=value',
    doc: 'Settings, such as methodsToRegister=1 or excludedAccounts+=ada. Without any: JSON from standard input.',
    isRequired: false,
    isRepeatable: true,
  },
  options: {
    policy: {
      value: 'id',
      doc: `${policyIdDoc} A new one begins with the settings of the default; appliesToGroups=a,b says whose it is.`,
    },
    file: { value: 'path', doc: 'A JSON file with the settings, as policy get --json prints them.' },
  },
  note: 'Lists are separated by commas; += and -= add to a list and take from it. scope is everyone, none or groups:a,b.\ncustomQuestions+={"id":"x","text":"…"} adds a question, customQuestions-=x takes it away; helpdeskUrl=none is for none.\nexcludedAccounts takes login names or account ids. A "version" in the JSON refuses a policy that was changed since.\ndocs/settings.md describes each setting. A change reaches every node within 5 seconds.',
  read({ positionals, values }) {
    const { file, policy: named } = values;
    if (file !== undefined && positionals.length > 0) {
      throw new UsageError('Give settings or --file, not both.');
    }
    const id = named === undefined ? undefined : readPolicyId(named);
    const assignments = positionals.map(readAssignment);
    return {
      on: 'deployment',
      run: async ({ directory, ports }, terminal) => {
        const document = positionals.length > 0 ? {} : await readDocument(file, terminal);
        const policyId = idOf(document, id);
        const set = await ports.policies.latest();
        const present = policyOf(set, policyId);
        const current = present ?? newPolicy(policyId, set);
        const wanted = positionals.length > 0 ? assign(current, assignments) : { ...current, ...document };
        const policy = parsePolicy(
          await withAccountIds(wanted, current, directory),
          availableSenders({ ports }),
        );
        if (present !== undefined && isDeepStrictEqual(policy, present)) {
          return { json: present, text: 'The policy is like that already.' };
        }
        const event = adminEvent('policy_changed', ports.clock.now(), {
          reason: `saved:${policyId}`,
          changes: policyChanges(present ?? null, policy),
        });
        await ports.policies.save(policy, policy.version, [event]);
        const saved = policyOf(await ports.policies.latest(), policyId) ?? policy;
        const what = present === undefined ? `Policy ${policyId} is made` : 'Saved';
        return { json: saved, text: `${writeAssignments(saved)}\n${what} as version ${saved.version}.` };
      },
    };
  },
};

/** Which policy is meant; what is no text is told by the policy's own validation. */
function idOf(document: Readonly<Record<string, unknown>>, named: string | undefined): string {
  const written = z.string().safeParse(document['id']);
  if (!written.success) return named ?? defaultPolicyId;
  if (named === undefined || named === written.data) return written.data;
  throw new UsageError(`The JSON is of the policy '${written.data}', --policy says '${named}'.`);
}

/** A policy that an admin begins: whom the default asks nothing holds everywhere by itself. */
function newPolicy(id: string, { defaultPolicy }: PolicySet): Policy {
  const none = { appliesToGroups: [], excludedAccounts: [], excludedGroups: [], exemptClients: [] };
  return { ...defaultPolicy, ...none, id, version: 0 };
}

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
