/** People with records and policies in memory, for the reports; how much is read at once is kept. */
import { defaultPolicy, type Policy, type PolicySet } from '../../../security-info/policy.ts';
import type { Account } from '../../../security-info/ports.ts';
import type { Method, SecurityInfoRecord } from '../../../security-info/record.ts';
import type { ReportPorts } from '../../../security-info/reports/ports.ts';
import { ada, now, recordWith } from '../sample-record.ts';

/** Somebody to report on. */
export interface Somebody {
  readonly account?: Partial<Account>;
  readonly methods?: readonly Method[];
  readonly record?: Partial<SecurityInfoRecord>;
}

/** The ports of the reports, and what they have asked for. */
export interface ReportWorld extends ReportPorts {
  readonly batches: number[];
  set: PolicySet;
}

/** Makes a world of people, by their ids. */
export function reportWorld(
  people: Readonly<Record<string, Somebody>>,
  policy: Partial<Policy> = {},
  senders: { mail?: boolean; sms?: boolean; voice?: boolean } = {},
): ReportWorld {
  const accounts = Object.entries(people).map(([id, { account }]) =>
    ada({ id, loginName: id, displayName: id, ...account }),
  );
  const batches: number[] = [];
  const notSent = (): never => {
    throw new Error('reports send nothing');
  };
  const sender = (isAvailable = true) => ({ isAvailable, send: notSent });
  const world: ReportWorld = {
    batches,
    set: { defaultPolicy: { ...defaultPolicy(), ...policy }, groupPolicies: [] },
    clock: { now: () => now },
    mail: sender(senders.mail),
    sms: sender(senders.sms),
    voice: sender(senders.voice),
    policies: { latest: async () => world.set },
    directory: {
      list: async ({ cursor, group, limit }) => {
        const all = accounts.filter(({ groups }) => group === undefined || groups.includes(group));
        const start = Number(cursor ?? 0);
        const end = start + limit;
        return { accounts: all.slice(start, end), nextCursor: end < all.length ? String(end) : null };
      },
    },
    reportRecords: {
      readMany: async (ids) => {
        batches.push(ids.length);
        return new Map(
          ids.flatMap((id) => {
            const { methods, record } = people[id] ?? {};
            if (methods === undefined && record === undefined) return [];
            return [[id, { ...recordWith(methods ?? []), ...record, accountId: id }] as const];
          }),
        );
      },
    },
  };
  return world;
}
