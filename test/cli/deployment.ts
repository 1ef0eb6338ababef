/** A deployment in memory for the commands' tests: what was written can be looked at, and the clock stands still. */
import type { AdministeredDeployment } from '../../cli/deployment.ts';
import type { Host } from '../../cli/run.ts';
import type { Job } from '../../jobs/job.ts';
import { listJobs } from '../../jobs/list-jobs.ts';
import { loadTranslators } from '../../locales/translator.ts';
import type { ClientMetadata } from '../../models/client.ts';
import { clientMetadataSchema } from '../../models/client.ts';
import { LoginNameTaken } from '../../provider/account-errors.ts';
import type { DeadLetter } from '../../security-info/dead-letters.ts';
import { inOrder } from '../../security-info/effective-policy.ts';
import { PolicyChangedMeanwhile } from '../../security-info/errors.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { defaultPolicy, defaultPolicyId, type Policy } from '../../security-info/policy.ts';
import type { Account } from '../../security-info/ports.ts';
import { emptyRecord, type SecurityInfoRecord } from '../../security-info/record.ts';
import { memoryRuns } from '../jobs/memory-leases.ts';

export const now = new Date('2026-03-01T12:00:00.400Z');

/** What the commands have left behind. */
export interface World {
  readonly deployment: AdministeredDeployment;
  readonly accounts: Map<string, Account & { password: string | null }>;
  readonly records: Map<string, SecurityInfoRecord>;
  readonly clients: Map<string, ClientMetadata>;
  /** Inserted beside a record, or drained from one. */
  readonly audit: DomainEvent[];
  /** What was done to accounts, records and counters, in order. */
  readonly steps: string[];
  /** The default policy. */
  policy: Policy;
  /** Those for some groups, by id. */
  readonly groupPolicies: Map<string, Policy>;
  isOpen: boolean;
}

/** Makes one. */
export function createWorld({
  mail = true,
  phones = true,
  jobs = [],
  dead = [],
}: {
  mail?: boolean;
  phones?: boolean;
  jobs?: readonly Job[];
  dead?: readonly DeadLetter[];
} = {}): World {
  const accounts: World['accounts'] = new Map();
  const records: World['records'] = new Map();
  const clients: World['clients'] = new Map();
  const audit: DomainEvent[] = [];
  const steps: string[] = [];
  const runs = memoryRuns(now);
  const groupPolicies: World['groupPolicies'] = new Map();
  const policyOf = (id: string): Policy | undefined =>
    id === defaultPolicyId ? world.policy : groupPolicies.get(id);
  const recordOf = (id: string): SecurityInfoRecord => records.get(id) ?? emptyRecord(id);
  const edit = (id: string, fields: Partial<Account & { password: string }>): void => {
    const account = accounts.get(id);
    if (account) accounts.set(id, { ...account, ...fields });
  };
  const notUsed = (): never => {
    throw new Error('not used by the command line');
  };
  const world: World = {
    accounts,
    records,
    clients,
    audit,
    steps,
    policy: defaultPolicy(),
    groupPolicies,
    isOpen: true,
    deployment: {
      ports: {
        clock: { now: () => now },
        keys: {
          seal: (text, context) => `sealed(${context}:${text})`,
          hash: (value, purpose) => `${purpose}(${value})`,
          open: (ciphertext, context) => {
            const [start, end] = [`sealed(${context}:`, ')'];
            if (!ciphertext.startsWith(start)) throw new Error('sealed for something else');
            return ciphertext.slice(start.length, -end.length);
          },
          deriveCode: notUsed,
        },
        mail: { isAvailable: mail, send: notUsed },
        sms: { isAvailable: phones, send: notUsed },
        voice: { isAvailable: phones, send: notUsed },
        eventLog: { insert: async (events) => void audit.push(...events) },
        throttles: {
          change: notUsed,
          count: notUsed,
          uncount: notUsed,
          reset: async (key) => void steps.push(`reset ${key}`),
        },
        policies: {
          current: notUsed,
          latest: async () => ({
            defaultPolicy: world.policy,
            groupPolicies: inOrder([...groupPolicies.values()]),
          }),
          save: async (policy, expectedVersion, events) => {
            if ((policyOf(policy.id)?.version ?? 0) !== expectedVersion) throw new PolicyChangedMeanwhile();
            const saved = { ...policy, version: expectedVersion + 1 };
            if (policy.id === defaultPolicyId) world.policy = saved;
            else groupPolicies.set(policy.id, saved);
            audit.push(...events);
          },
          remove: async (policyId, expectedVersion, events) => {
            if (policyOf(policyId)?.version !== expectedVersion) throw new PolicyChangedMeanwhile();
            groupPolicies.delete(policyId);
            audit.push(...events);
          },
        },
        records: {
          read: async (id) => recordOf(id),
          readForSignIn: notUsed,
          setPolicyId: notUsed,
          markDue: notUsed,
          countDue: notUsed,
          change: async (id, transition) => {
            const before = recordOf(id);
            const change = transition(before);
            if ('refusal' in change) throw change.refusal;
            if ('next' in change) {
              steps.push('record');
              const pendingEvents = [...before.pendingEvents, ...change.events];
              records.set(id, { ...change.next, version: before.version + 1, pendingEvents });
            }
            return change.result;
          },
          drainEvents: async (id) => {
            const record = recordOf(id ?? '');
            audit.push(...record.pendingEvents);
            records.set(record.accountId, { ...record, pendingEvents: [] });
            return record.pendingEvents.length;
          },
        },
      },
      directory: {
        findById: async (id) => accounts.get(id),
        findByLoginName: async (name) => [...accounts.values()].find(({ loginName }) => loginName === name),
        list: async ({ cursor, limit, group }) => {
          const all = [...accounts.values()].filter(
            ({ groups }) => group === undefined || groups.includes(group),
          );
          const from = Number(cursor ?? 0);
          const next = from + Math.min(limit, 2);
          return { accounts: all.slice(from, next), nextCursor: next < all.length ? String(next) : null };
        },
        ownEmailDomains: async () => [],
        checkPassword: notUsed,
        setGroups: notUsed,
        unlock: async () => void steps.push('unlock'),
        setPassword: async (id, password, { mustChange }) => {
          steps.push('password');
          edit(id, { password, mustChangePassword: mustChange });
        },
        setDisabled: async (id, isDisabled) => {
          steps.push(isDisabled ? 'disable' : 'enable');
          edit(id, { isDisabled });
        },
        create: async (account) => {
          if ([...accounts.values()].some(({ loginName }) => loginName === account.loginName)) {
            throw new LoginNameTaken();
          }
          const made = {
            givenName: null,
            familyName: null,
            locale: null,
            groups: [],
            mustChangePassword: false,
            ...account,
            id: `id-${account.loginName}`,
            isDisabled: false,
            passwordChangedAt: now,
          };
          accounts.set(made.id, made);
          return made;
        },
      },
      clients: {
        list: async () => [...clients.values()],
        add: async (metadata) => {
          const client = clientMetadataSchema.parse(metadata);
          clients.set(client.client_id, client);
          return client;
        },
        remove: async (id) => clients.delete(id),
      },
      deadLetters: {
        listDead: async () => ({ messages: [...dead], nextCursor: null }),
        retryDead: async (key) =>
          dead.some((message) => message.key === key) && steps.push(`retry ${key}`) > 0,
        retryAllDead: async () => dead.length,
      },
      campaigns: {
        ...{ insert: notUsed, list: notUsed, running: notUsed, read: notUsed, change: notUsed },
        ...{ addMembers: notUsed, advanceListing: notUsed, finishListing: notUsed, beginDay: notUsed },
        ...{ waiting: notUsed, countWaiting: notUsed, settle: notUsed, look: notUsed, markDone: notUsed },
        counts: notUsed,
      },
      marking: {
        ...{ due: notUsed, markDue: notUsed, setAside: notUsed, marked: notUsed, countFreed: notUsed },
        ...{ clearFreed: notUsed, states: notUsed, markForCampaign: notUsed },
      },
      jobs,
      recorder: { runs, node: 'here/1' },
      listJobs: () => {
        const scheduled = jobs.map((job) => ({ job, schedule: '17 3 * * *', runsAtStart: false }));
        return listJobs({ scheduled, runs, clock: { now: () => now } });
      },
      close: async () => {
        world.isOpen = false;
      },
    },
  };
  return world;
}

/** The English words. */
export const words = loadTranslators(new URL('../../locales', import.meta.url).pathname).in('en');

/** A terminal that keeps what was printed. */
export function createHost(
  open: () => Promise<AdministeredDeployment>,
  files: Readonly<Record<string, string>> = {},
  input: string | null = null,
): Host & { readonly printed: string[]; readonly told: string[] } {
  const printed: string[] = [];
  const told: string[] = [];
  return {
    printed,
    told,
    words,
    open,
    print: (text) => void printed.push(text),
    tell: (text) => void told.push(text),
    readInput: async () => input,
    readFile: async (path) => files[path] ?? '',
    signal: new AbortController().signal,
    now: () => now,
  };
}
