/** The FlowStore and ThrottleStore ports on the store: short-lived state, shared by all nodes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WrongCode } from '../../security-info/errors.ts';
import type { Flow, FlowStore, Throttle, ThrottleStore } from '../../security-info/ports.ts';
import { openModels, type TestModels } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

function begun(flow: Flow | null, id = 'flow-1'): Flow {
  return (
    flow ?? {
      id,
      version: 0,
      accountId: 'ada',
      drafts: {},
      proofs: [],
      acknowledged: [],
      oneTimePasswordSetAt: null,
    }
  );
}

function acknowledge(flows: FlowStore, methodId: string): Promise<void> {
  return flows.change('key', (flow) => {
    const state = begun(flow);
    return {
      next: { ...state, acknowledged: [...state.acknowledged, methodId] },
      events: [],
      result: undefined,
    };
  });
}

function count(throttles: ThrottleStore, keepSeconds = 3600): Promise<Throttle> {
  return throttles.change('name:ada@example.com', keepSeconds, (throttle) => {
    const next = { ...throttle, times: [...throttle.times, models.clock.now()], level: throttle.level + 1 };
    return { next, events: [], result: next };
  });
}

test('gives a flow back as it was written', async () => {
  const at = models.clock.now();
  const written: Flow = {
    ...begun(null),
    drafts: { 'email:d1': { id: 'd1', createdAt: at, draftCiphertext: 'sealed' } },
    proofs: [
      { by: 'method', methodId: 'm1', amr: 'otp', at, coolingOff: true, ofFirstRegistration: false },
      { by: 'access_pass', methodId: null, amr: null, at, coolingOff: false, ofFirstRegistration: true },
    ],
    oneTimePasswordSetAt: at,
  };
  await models.flows.change('key', () => ({ next: written, events: [], result: undefined }));
  expect(await models.flows.read('key')).toEqual({ ...written, version: 1 });
});

test('fifty changes of one flow at once by five nodes are all there', async () => {
  const nodes = Array.from({ length: 5 }, () => models.anotherNode().flows);
  await Promise.all(
    nodes.flatMap((flows, node) =>
      Array.from({ length: 10 }, (_, index) => acknowledge(flows, `${node}-${index}`)),
    ),
  );
  const flow = await models.flows.read('key');
  expect(flow?.version).toBe(50);
  expect(new Set(flow?.acknowledged).size).toBe(50);
});

test('a flow is gone 15 minutes after its last write, and a new one takes its place', async () => {
  await acknowledge(models.flows, 'm1');
  models.clock.advance(10 * 60);
  await acknowledge(models.flows, 'm2');
  models.clock.advance(15 * 60 - 1);
  expect((await models.flows.read('key'))?.acknowledged).toEqual(['m1', 'm2']);
  models.clock.advance(1);
  expect(await models.flows.read('key')).toBeNull();
  await acknowledge(models.flows, 'm3');
  expect((await models.flows.read('key'))?.acknowledged).toEqual(['m3']);
});

test('ending a flow forgets it; ending it again does nothing', async () => {
  await acknowledge(models.flows, 'm1');
  await models.flows.end('key');
  await models.flows.end('key');
  expect(await models.flows.read('key')).toBeNull();
});

test('a refused change begins no flow and counts nothing', async () => {
  const refusal = new WrongCode();
  await expect(models.flows.change('key', () => ({ refusal }))).rejects.toThrow(WrongCode);
  await expect(models.throttles.change('key', 60, () => ({ refusal }))).rejects.toThrow(WrongCode);
  expect(await models.flows.read('key')).toBeNull();
  expect(await models.connection.collection('throttles').countDocuments()).toBe(0);
});

test('fifty tries at once by five nodes are counted as fifty', async () => {
  const nodes = Array.from({ length: 5 }, () => models.anotherNode().throttles);
  await Promise.all(nodes.flatMap((throttles) => Array.from({ length: 10 }, () => count(throttles))));
  expect((await count(models.throttles)).times).toHaveLength(51);
});

test('a counter is forgotten when its time is over, and when it is reset', async () => {
  await count(models.throttles, 60);
  models.clock.advance(60);
  expect((await count(models.throttles)).level).toBe(1);
  await models.throttles.reset('name:ada@example.com');
  expect((await count(models.throttles)).times).toHaveLength(1);
  await models.throttles.reset('never counted');
});

test('the keys of flows and counters are not in the store', async () => {
  await acknowledge(models.flows, 'm1');
  await count(models.throttles);
  const dump = await models.dump();
  expect(dump).toContain('flow-1');
  expect(dump).not.toContain('ada@example.com');
  expect(dump).not.toContain('"key"');
});
