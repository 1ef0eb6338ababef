/** Many records at once for the jobs' tests, and a host whose accounts a test changes as it likes. */
import type { Job, JobCounts } from '../../jobs/job.ts';
import { defaultPolicyId, type Policy, policySchema } from '../../security-info/policy.ts';
import type { Account, AccountDirectory } from '../../security-info/ports.ts';
import { type Mark, type Method, methodTypes } from '../../security-info/record.ts';
import type { TestModels } from '../models/open-models.ts';
import { ada, appMethod, emailMethod } from '../security-info/sample-record.ts';

export const day = 86_400_000;

/** What a record is about in a test. */
export interface Seed {
  readonly id: string;
  readonly confirmedAt: Date | null;
  readonly policyId?: string;
  readonly mark?: Mark | null;
}

/** The id of the n-th of many, in the order of the store. */
export function idOf(number: number): string {
  return `a${String(number).padStart(6, '0')}`;
}

/** Two methods, both confirmed then. */
export function methodsOf(confirmedAt: Date): Method[] {
  return [
    emailMethod({ verifiedAt: confirmedAt, confirmedAt }),
    appMethod({ verifiedAt: confirmedAt, confirmedAt }),
  ];
}

/** Writes records as the store would after two methods were confirmed. */
export async function seed({ connection }: TestModels, seeds: readonly Seed[]): Promise<void> {
  const documents = seeds.map(({ id, confirmedAt, policyId = defaultPolicyId, mark = null }) => ({
    _id: id,
    version: 1,
    policyId,
    methods: confirmedAt === null ? [] : methodsOf(confirmedAt),
    mark,
    oldestConfirmedAt: confirmedAt,
    markableAt: mark === null ? confirmedAt : null,
    pendingEvents: [],
  }));
  await connection.collection<{ _id: string }>('security_infos').insertMany(documents);
}

/** Everything that a user does in a review, now. */
export async function reconfirm({ connection }: TestModels, ids: readonly string[], at: Date): Promise<void> {
  await connection.collection<{ _id: string }>('security_infos').updateMany(
    { _id: { $in: [...ids] } },
    {
      $set: { methods: methodsOf(at), mark: null, oldestConfirmedAt: at, markableAt: at },
      $inc: { version: 1 },
    },
  );
}

/** Saves the settings of a policy, whatever they were. */
export async function savePolicy(models: TestModels, fields: Partial<Policy>): Promise<void> {
  const { defaultPolicy, groupPolicies } = await models.policies.latest();
  const id = fields.id ?? defaultPolicyId;
  const current = [defaultPolicy, ...groupPolicies].find((policy) => policy.id === id);
  const policy = policySchema.parse({ methods: [...methodTypes], ...current, ...fields });
  await models.policies.save(policy, current?.version ?? 0, []);
}

/** A host's accounts. */
export interface TestHost {
  readonly accounts: Map<string, Account>;
  readonly directory: AccountDirectory;
  /** The most accounts that were asked for at once. */
  largestPage(): number;
  add(id: string, fields?: Partial<Account>): void;
}

/** Makes a host, with these accounts. */
export function createHost(ids: readonly string[] = []): TestHost {
  const accounts = new Map<string, Account>();
  let largest = 0;
  const notUsed = (): never => {
    throw new Error('not used by the jobs');
  };
  const add = (id: string, fields: Partial<Account> = {}): void => {
    accounts.set(id, ada({ id, loginName: id, mailbox: `${id}@work.example`, ...fields }));
  };
  for (const id of ids) add(id);
  return {
    accounts,
    add,
    largestPage: () => largest,
    directory: {
      findById: async (id) => accounts.get(id),
      list: async ({ cursor, group, limit }) => {
        largest = Math.max(largest, limit);
        const all = [...accounts.values()].filter(
          ({ groups }) => group === undefined || groups.includes(group),
        );
        const from = Number(cursor ?? 0);
        const next = from + limit;
        return { accounts: all.slice(from, next), nextCursor: next < all.length ? String(next) : null };
      },
      findByLoginName: notUsed,
      ownEmailDomains: notUsed,
      checkPassword: notUsed,
      setPassword: notUsed,
      unlock: notUsed,
    },
  };
}

/** Runs a job to its end. */
export function runJob(
  job: Job,
  {
    dryRun = false,
    signal = new AbortController().signal,
    onProgress = () => {},
  }: { dryRun?: boolean; signal?: AbortSignal; onProgress?: (counts: JobCounts) => void } = {},
): Promise<JobCounts> {
  return job.run({ dryRun, signal, onProgress });
}
