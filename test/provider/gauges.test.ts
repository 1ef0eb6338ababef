/** The gauges: what waits and who is due are read from the store, no more often than needed, and go when it does. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addGauges, type GaugeSources } from '../../provider/metrics/gauges.ts';

const now = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

function sources(change: Partial<GaugeSources> = {}): GaugeSources {
  return {
    clock: { now: () => now },
    watch: {
      hello: async () => ({ isWritable: true, at: now }),
      oldestPendingAt: async () => ago(90),
      countPending: async () => 7,
      outboxQueue: async () => ({ messages: 3, nextAt: ago(45) }),
    },
    ...change,
  };
}

async function valuesOf(registry: Registry): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines
      .map((line) => line.replace('security_info_', '').split(' '))
      .map(([name = '', value]) => [name, Number(value)]),
  );
}

test('tells what waits and for how long, who is due, and what the latest report and the jobs say', async () => {
  const registry = new Registry();
  addGauges(
    registry,
    sources({
      coverage: async () => ({
        ...{ inScope: 100, registered: 80, capable: 70, due: 9, overdue: 12, snoozed: 3, locked: 1 },
      }),
      jobAges: async () => [{ job: 'purge', succeededAt: ago(10), seconds: 2.5 }],
    }),
  );
  expect(await valuesOf(registry)).toEqual({
    ...{ store_up: 1, outbox_messages: 3, outbox_overdue_seconds: 45, pending_records: 7 },
    ...{ pending_oldest_seconds: 90, accounts_due: 12, accounts: 100, accounts_registered: 80 },
    ...{ accounts_capable: 70, accounts_due_soon: 9, accounts_snoozed: 3, accounts_locked: 1 },
    'job_any_node_success_timestamp_seconds{job="purge"}': ago(10).getTime() / 1000,
    'job_any_node_duration_seconds{job="purge"}': 2.5,
  });
});

test('counts once for many that ask at the same time', async () => {
  let counted = 0;
  const coverage = async () => {
    counted += 1;
    const others = { registered: 0, capable: 0, due: 0, overdue: counted, snoozed: 0, locked: 0 };
    return { inScope: 1, ...others };
  };
  const registry = new Registry();
  addGauges(registry, sources({ coverage }));
  await Promise.all(Array.from({ length: 20 }, () => registry.metrics()));
  expect([counted, (await valuesOf(registry))['accounts_due']]).toEqual([1, 1]);
});

test('of a store that does not answer nothing is told but that, and it is asked again', async () => {
  let isThere = false;
  const asked =
    <Value>(value: Value) =>
    async (): Promise<Value> => {
      if (!isThere) throw new Error('not there');
      return value;
    };
  const watch = {
    hello: asked({ isWritable: true, at: now }),
    oldestPendingAt: asked(null),
    countPending: asked(0),
    outboxQueue: asked({ messages: 0, nextAt: null }),
  };
  const registry = new Registry();
  addGauges(registry, sources({ watch }));
  expect(await valuesOf(registry)).toEqual({ store_up: 0 });
  isThere = true;
  expect(await valuesOf(registry)).toEqual({
    ...{ store_up: 1, outbox_messages: 0, outbox_overdue_seconds: 0, pending_records: 0 },
    pending_oldest_seconds: 0,
  });
  isThere = false;
  expect((await valuesOf(registry))['store_up']).toBe(0);
});
