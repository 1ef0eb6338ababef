/** A policy as a command line proposes it: settings, a file or standard input, over what is in force, and checked. */
import { z } from 'zod';
import { InvalidPolicy } from '../security-info/errors.ts';
import { availableSenders } from '../security-info/operations/situation.ts';
import { defaultPolicyId, type Policy, type PolicySet } from '../security-info/policy.ts';
import { parsePolicy } from '../security-info/policy-validation.ts';
import type { AccountDirectory } from '../security-info/ports.ts';
import type { GivenArguments, OptionDescription, Terminal } from './command.ts';
import type { AdministeredDeployment } from './deployment.ts';
import { UsageError } from './failures.ts';
import { policyIdDoc, policyOf, readPolicyId } from './find-policy.ts';
import { assign, type PolicyAssignment, readAssignment } from './policy-assignment.ts';

/** The argument of every command that takes settings. */
export const settingsArgument = {
  name: 'setting=value',
  doc: 'Settings, such as methodsToRegister=1 or excludedAccounts+=ada. Without any: JSON from standard input.',
  isRequired: false,
  isRepeatable: true,
} as const;

/** The options that go with it. */
export const settingsOptions = {
  policy: {
    value: 'id',
    doc: `${policyIdDoc} A new one begins with the settings of the default; appliesToGroups=a,b says whose it is.`,
  },
  file: { value: 'path', doc: 'A JSON file with the settings, as policy get --json prints them.' },
} as const satisfies Readonly<Record<string, OptionDescription>>;

/** How settings are written. */
export const settingsNote =
  'Lists are separated by commas; += and -= add to a list and take from it. scope is everyone, none or groups:a,b.\ncustomQuestions+={"id":"x","text":"…"} adds a question, customQuestions-=x takes it away; helpdeskUrl=none is for none.\nexcludedAccounts takes login names or account ids. A "version" in the JSON refuses a policy that was changed since.\ndocs/settings.md describes each setting.';

/** What is proposed, and what is in force under its id. */
export interface Proposal {
  readonly policy: Policy;
  readonly present: Policy | undefined;
}

/**
 * Reads what is proposed; the store is looked at when the function that it gives is called.
 * @throws {UsageError} naming the argument and what is right
 */
export function readProposal({
  positionals,
  values,
}: GivenArguments): (deployment: AdministeredDeployment, terminal: Terminal) => Promise<Proposal> {
  const { file, policy: named } = values;
  if (file !== undefined && positionals.length > 0)
    throw new UsageError('Give settings or --file, not both.');
  const id = named === undefined ? undefined : readPolicyId(named);
  const assignments = positionals.map(readAssignment);
  return async ({ directory, ports }, terminal) => {
    const document = assignments.length > 0 ? {} : await readDocument(file, terminal);
    const policyId = idOf(document, id);
    const set = await ports.policies.latest();
    const present = policyOf(set, policyId);
    const current = present ?? newPolicy(policyId, set);
    const wanted = wantedOf(current, assignments, document);
    const policy = parsePolicy(await withAccountIds(wanted, current, directory), availableSenders({ ports }));
    return { policy, present };
  };
}

function wantedOf(
  current: Policy,
  assignments: readonly PolicyAssignment[],
  document: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return assignments.length > 0 ? assign(current, assignments) : { ...current, ...document };
}

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
