/**
 * What is read from the store when Prometheus asks: what waits, who is due, what the jobs last did. Each is read no more
 * often than its age says; where the store does not answer, its gauges are not there.
 */
import { Gauge, type Registry } from 'prom-client';
import type { StoreWatch } from '../../models/store-watch.ts';
import type { Clock } from '../../security-info/ports.ts';

/** How the accounts stand, as the latest daily snapshot has it. */
export type Coverage = Readonly<Record<keyof typeof coverageGauges, number>>;

const coverageGauges = {
  inScope: ['accounts', 'Accounts that a policy asks, in the latest snapshot, as all of these.'],
  registered: ['accounts_registered', 'Of these, those with as many methods as are asked for.'],
  capable: ['accounts_capable', 'Of these, those who could reset their password.'],
  due: ['accounts_due_soon', 'Of these, those who will be asked to reconfirm within 30 days.'],
  overdue: ['accounts_due', 'Of these, those who are asked to reconfirm, put off or not.'],
  snoozed: ['accounts_snoozed', 'Of these, those who have put off what is asked.'],
  locked: ['accounts_locked', 'Accounts with a counter of wrong proofs that is closed.'],
} as const;

/** When a job last succeeded, on whichever node. */
export interface JobAge {
  readonly job: string;
  readonly succeededAt: Date;
  readonly seconds: number;
}

/** Where the numbers come from. */
export interface GaugeSources {
  readonly watch: StoreWatch;
  readonly clock: Clock;
  /** The latest report; absent where no job writes one. */
  readonly coverage?: () => Promise<Coverage | null>;
  /** What the store knows of the jobs' runs; absent where it keeps none. */
  readonly jobAges?: () => Promise<readonly JobAge[]>;
}

const coverageFields = [
  ...(['inScope', 'registered', 'capable', 'due', 'overdue', 'snoozed', 'locked'] as const),
];

/** How long a reading holds, in seconds: what is counted along an index costs the more the more there is. */
const freshSeconds = { queues: 10, accounts: 60 } as const;

/** Adds the gauges to a registry. */
export function addGauges(registry: Registry, sources: GaugeSources): void {
  const { watch, clock, coverage, jobAges } = sources;
  const now = (): number => clock.now().getTime();
  const gauge = (name: string, help: string, read: () => Promise<number | null>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const value = await read().catch(() => null);
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  };
  const sinceThen = (then: Date | null): number =>
    then === null ? 0 : Math.max(0, (now() - then.getTime()) / 1000);

  gauge('security_info_store_up', 'Whether the store answers and takes writes.', async () => {
    const isUp = await watch.hello().then(
      ({ isWritable }) => isWritable,
      () => false,
    );
    return isUp ? 1 : 0;
  });

  const queue = held(freshSeconds.queues, () => watch.outboxQueue());
  gauge(
    'security_info_outbox_messages',
    'Notices that are to be sent.',
    async () => (await queue()).messages,
  );
  gauge(
    'security_info_outbox_overdue_seconds',
    'For how long the first notice could have been sent; 0 where none could.',
    async () => sinceThen((await queue()).nextAt),
  );
  const pending = held(freshSeconds.queues, () => watch.countPending());
  gauge('security_info_pending_records', 'Records with events that are not in the audit log yet.', pending);
  const oldest = held(freshSeconds.queues, () => watch.oldestPendingAt());
  gauge('security_info_pending_oldest_seconds', 'How long the first of them has waited.', async () =>
    sinceThen(await oldest()),
  );

  if (coverage !== undefined) {
    const latest = held(freshSeconds.accounts, coverage);
    for (const field of coverageFields) {
      const [name, help] = coverageGauges[field];
      gauge(`security_info_${name}`, help, async () => (await latest())?.[field] ?? null);
    }
  }
  if (jobAges !== undefined) addJobAges(registry, held(freshSeconds.queues, jobAges));
}

function addJobAges(registry: Registry, read: () => Promise<readonly JobAge[]>): void {
  const gauge = (name: string, help: string, numberOf: (age: JobAge) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['job'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const age of await read().catch(() => [])) this.set({ job: age.job }, numberOf(age));
      },
    });
  };
  gauge(
    'security_info_job_any_node_success_timestamp_seconds',
    'When a run of the job last succeeded on any node.',
    ({ succeededAt }) => succeededAt.getTime() / 1000,
  );
  gauge('security_info_job_any_node_duration_seconds', 'How long that run took.', ({ seconds }) => seconds);
}

/** Reads again only what is older than that; those who ask at once share one reading. A failure is not held. */
function held<Value>(seconds: number, read: () => Promise<Value>): () => Promise<Value> {
  let latest: { readonly since: number; readonly value: Promise<Value> } | undefined;
  return () => {
    const at = performance.now();
    if (latest === undefined || at - latest.since >= seconds * 1000) {
      const reading = { since: at, value: read() };
      latest = reading;
      reading.value.catch(() => {
        if (latest === reading) latest = undefined;
      });
    }
    return latest.value;
  };
}
