/** That a row is done once: after a kill at any point, on two nodes at once, and with what its person did in between. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportPorts } from '../../../../security-info/admin/import/import-ports.ts';
import { createImport, stopImport } from '../../../../security-info/admin/import/imports.ts';
import {
  claimSeconds,
  isAtRest,
  runAbandonedImports,
  runImport,
} from '../../../../security-info/admin/import/run-import.ts';
import { admin, fileOf, openImports, options, silent, type TestImports } from './open-import.ts';

let world: TestImports;
beforeEach(async () => {
  world = await openImports();
});
afterEach(() => world.models.close());

class Killed extends Error {}

/** Ports that end as a process does, before or after their so-manieth write: nothing that comes later happens. */
function mortal(ports: ImportPorts, writes: number, when: 'before' | 'after'): ImportPorts {
  let left = writes;
  const guarded = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    left -= 1;
    if (left < 0 || (left === 0 && when === 'before')) throw new Killed();
    const result = await write();
    if (left === 0) throw new Killed();
    return result;
  };
  const { records, eventLog, imports, directory } = ports;
  return {
    ...ports,
    records: {
      ...records,
      change: (...parts) => guarded(() => records.change(...parts)),
      drainEvents: (...parts) => guarded(() => records.drainEvents(...parts)),
    },
    eventLog: { insert: (events) => guarded(() => eventLog.insert(events)) },
    directory: {
      ...directory,
      ensurePerson: (person) => guarded(async () => (await directory.ensurePerson?.(person)) ?? fail()),
      changeProfile: (...parts) => guarded(async () => directory.changeProfile?.(...parts)),
    },
    imports: {
      ...imports,
      advance: (...parts) => guarded(() => imports.advance(...parts)),
      judgeChunk: (...parts) => guarded(() => imports.judgeChunk(...parts)),
      purgeRows: (...parts) => guarded(() => imports.purgeRows(...parts)),
      release: (...parts) => guarded(() => imports.release(...parts)),
    },
  };
}

function fail(): never {
  throw new Error('the directory makes nobody');
}

async function counts(): Promise<Record<string, number>> {
  const audit = await world.audit();
  const found = Object.fromEntries(
    [...new Set(audit)].map((type) => [type, audit.filter((one) => one === type).length]),
  );
  return { ...found, notices: await world.count('outbox'), accounts: await world.count('accounts') };
}

function grownBy(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([type, count]) => [type, count - (before[type] ?? 0)]),
  );
}

test.each(['before', 'after'] as const)(
  'a kill %s any write leaves what one run without it leaves',
  async (when) => {
    await world.run('user,mailbox,mobilePhone\nold,old@work.example,+33612345670\n');
    let runs = 0;
    for (let wasKilled = true; wasKilled; runs += 1) {
      const mobile = `+336123${String(45_671 + runs)}`;
      const file = `user,mailbox,mobilePhone,email\nnew${runs},new@work.example,${mobile},n${runs}@home.example\nold,old${runs}@work.example,${mobile},\n`;
      const before = await counts();
      const { id } = await createImport(world.ports, admin, fileOf(file), options);
      const end = await runImport(mortal(world.ports, runs + 1, when), id, silent).catch(
        (error: unknown) => error,
      );
      wasKilled = end instanceof Killed;
      world.models.clock.advance(claimSeconds + 1);
      const { state, counts: rows } = await runImport(world.anotherNode(), id, silent);
      expect([runs, state, rows]).toEqual([
        runs,
        'done',
        expect.objectContaining({ created: 1, changed: 1, bad: 0 }),
      ]);
      await world.models.records.drainEvents(null, 100);
      expect([runs, grownBy(before, await counts())]).toEqual([
        runs,
        {
          ...{ import_started: 1, import_finished: 1, account_created: 1, account_changed: 1, accounts: 1 },
          ...{ 'method_prefilled mobile_phone': 2, 'method_prefilled email': 1 },
          // Each method tells the mailbox and what was known before it, a change of mailbox the one that was there.
          notices: 3 + 1 + 2,
        },
      ]);
    }
    expect(runs).toBeGreaterThan(10);
  },
);

test.each([
  ['is still in the record', false],
  ['is in the audit log', true],
])('what a person takes away after a kill stays away, where the event %s', async (_where, isDrained) => {
  await world.run('user\nada\n');
  const { id: accountId = '' } = (await world.ports.directory.findByLoginName('ada')) ?? {};
  const file = 'user,email\nada,ada@home.example\n';
  const { id } = await createImport(world.ports, admin, fileOf(file), options);
  // Judged, counted, begun to apply, told of, filled in.
  await expect(runImport(mortal(world.ports, 5, 'after'), id, silent)).rejects.toThrow(Killed);
  expect(await world.methodsOf('ada')).toEqual({ email: 'ada@home.example' });
  await world.ports.records.change(accountId, (record) => ({
    ...{ next: { ...record, methods: [] }, events: [], result: undefined },
  }));
  if (isDrained) await world.ports.records.drainEvents(accountId, 1);
  world.models.clock.advance(claimSeconds + 1);
  expect(await runImport(world.ports, id, silent)).toMatchObject({ state: 'done', counts: { changed: 1 } });
  expect(await world.methodsOf('ada')).toEqual({});
});

test('two nodes at once do each row once, and one of them lets go', async () => {
  const rows = Array.from(
    { length: 150 },
    (_, n) => `p${n},p${n}@work.example,+336123${String(45_000 + n)},p${n}@home.example`,
  );
  const file = `user,mailbox,mobilePhone,email\n${rows.join('\n')}\n`;
  const { id } = await createImport(world.ports, admin, fileOf(file), options);
  let other: ReturnType<typeof runImport> | undefined;
  const { records } = world.ports;
  const slow: ImportPorts = {
    ...world.ports,
    records: {
      ...records,
      change: (...parts) => {
        // In the middle of the first chunk the claim runs out, and the other node takes it.
        if (other === undefined) {
          world.models.clock.advance(claimSeconds + 1);
          other = runImport(world.anotherNode(), id, silent);
        }
        return records.change(...parts);
      },
    },
  };
  const [one, second] = [await runImport(slow, id, silent), await other];
  const ended = [one, second].find((job) => job !== undefined && isAtRest(job));
  expect(ended).toMatchObject({ state: 'done', counts: { rows: 150, created: 150, refused: 0 } });
  expect(await counts()).toEqual({
    ...{ import_started: 1, import_finished: 1, account_created: 150, accounts: 150 },
    ...{ 'method_prefilled mobile_phone': 150, 'method_prefilled email': 150, notices: 150 * 3 },
  });
});

test('an import in hand is left alone; one that is left behind is taken up; a signal ends it after its chunk', async () => {
  const file = `user\n${Array.from({ length: 250 }, (_, n) => `p${n}`).join('\n')}\n`;
  const { id } = await createImport(world.ports, admin, fileOf(file), options);
  const stopping = new AbortController();
  const seen: number[] = [];
  const job = await runImport(world.ports, id, stopping.signal, ({ counts: { checked } }) => {
    seen.push(checked);
    if (checked === 200) stopping.abort();
  });
  expect([job.state, job.counts.checked, seen]).toEqual(['checking', 200, [100, 200]]);
  // Let go of at once: no need to wait until the claim runs out.
  const { imports, clock } = world.ports;
  const now = clock.now();
  const claim = { importId: id, holder: 'another' };
  expect(await imports.claim(claim, now, new Date(now.getTime() + 1_000))).toMatchObject({ nextChunk: 2 });
  expect(await runImport(world.ports, id, silent)).toMatchObject({ state: 'checking', nextChunk: 2 });
  expect(await runAbandonedImports(world.ports, silent)).toBe(0);
  world.models.clock.advance(2);
  expect(await runAbandonedImports(world.anotherNode(), silent)).toBe(1);
  expect(await imports.read(id)).toMatchObject({ state: 'done', counts: { created: 250 } });
});

test('an upload that was cut off is over for the next node; a stopped import goes no further', async () => {
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('user\nada\nbob\n');
    throw new Error('the connection was closed');
  }
  await expect(createImport(world.ports, admin, cut(), options)).rejects.toThrow('the connection was closed');
  expect(await world.count('accounts')).toBe(0);
  const file = `user\n${Array.from({ length: 150 }, (_, n) => `p${n}`).join('\n')}\n`;
  await expect(createImport(mortal(world.ports, 1, 'after'), admin, fileOf(file), options)).rejects.toThrow(
    Killed,
  );
  world.models.clock.advance(3_600);
  expect(await runAbandonedImports(world.ports, silent)).toBe(1);
  const { items } = await world.ports.imports.list({ cursor: null, limit: 9 });
  expect(items[0]).toMatchObject({ state: 'failed', failure: { code: 'upload_incomplete' } });
  const { id } = await createImport(world.ports, admin, fileOf(file), options);
  const { imports } = world.ports;
  const stopping: ImportPorts = {
    ...world.ports,
    imports: {
      ...imports,
      advance: async (claim, from, ...rest) => {
        if (from.state === 'applying') await stopImport(world.ports, admin, id);
        return imports.advance(claim, from, ...rest);
      },
    },
  };
  expect((await runImport(stopping, id, silent)).state).toBe('stopped');
  expect(await world.count('accounts')).toBe(100);
  expect(await world.count('import_rows')).toBe(0);
});
