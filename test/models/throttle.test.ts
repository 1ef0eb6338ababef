/** The ThrottleStore port on the store: what is counted at the same moment on many nodes is counted, each once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ThrottleStore } from '../../security-info/ports.ts';
import { openModels, type TestModels } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const day = 86_400;

describe('counting', () => {
  test('says how many there are, until the greatest number is reached', async () => {
    const counts = [];
    for (let index = 0; index < 4; index += 1) counts.push(await models.throttles.count('sms', day, 3));
    expect(counts).toEqual([1, 2, 3, null]);
    expect(await models.throttles.count('calls', day, 3)).toBe(1);
  });

  test('fifty at once on five nodes are exactly as many as are allowed, each with its own number', async () => {
    const nodes = Array.from({ length: 5 }, () => models.anotherNode().throttles);
    const counts = await Promise.all(
      nodes.flatMap((node) => Array.from({ length: 10 }, () => node.count('sms', day, 20))),
    );
    const counted = counts.filter((count) => count !== null);
    expect(counted.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(counts.filter((count) => count === null)).toHaveLength(30);
  });

  test('fifty at once that are all allowed are all counted', async () => {
    const counts = await Promise.all(
      Array.from({ length: 50 }, () => models.anotherNode().throttles.count('sms', day, 50)),
    );
    expect(new Set(counts).size).toBe(50);
    expect(counts).not.toContain(null);
  });

  test('where nothing is allowed nothing is counted, nor anything kept', async () => {
    expect(await models.throttles.count('sms', day, 0)).toBeNull();
    expect(await models.connection.collection('throttles').countDocuments()).toBe(0);
    expect(await models.throttles.count('sms', day, 1)).toBe(1);
    expect(await models.throttles.count('sms', day, 0)).toBeNull();
  });

  test('follows a greatest number that was raised or lowered meanwhile', async () => {
    for (let index = 0; index < 3; index += 1) await models.throttles.count('sms', day, 3);
    expect(await models.throttles.count('sms', day, 2)).toBeNull();
    expect(await models.throttles.count('sms', day, 5)).toBe(4);
  });

  test('is kept as long as was said at the first, under a digest of its key', async () => {
    await models.throttles.count('budget:FR', day, 5);
    models.clock.advance(60);
    await models.throttles.count('budget:FR', day, 5);
    const stored = await models.connection.collection('throttles').find().toArray();
    expect(stored).toHaveLength(1);
    expect(stored[0]).toMatchObject({
      level: 2,
      expiresAt: new Date(models.clock.now().getTime() + (day - 60) * 1000),
    });
    expect(await models.dump()).not.toContain('budget');
  });

  test('begins anew after a reset', async () => {
    for (let index = 0; index < 3; index += 1) await models.throttles.count('sms', day, 3);
    await models.throttles.reset('sms');
    expect(await models.throttles.count('sms', day, 3)).toBe(1);
  });
});

describe('a change', () => {
  const add = (node: ThrottleStore = models.throttles) =>
    node.change('tries', day, (throttle) => ({
      next: { ...throttle, times: [...throttle.times, models.clock.now()] },
      events: [],
      result: throttle.times.length,
    }));

  test('of many nodes at once is computed from what the others have left', async () => {
    await Promise.all(Array.from({ length: 10 }, () => add(models.anotherNode().throttles)));
    expect(await add()).toBe(10);
  });

  test('finds nothing once its time is over, and after a reset', async () => {
    await add();
    models.clock.advance(day);
    expect(await add()).toBe(0);
    await models.throttles.reset('tries');
    expect(await add()).toBe(0);
  });

  const addFresh = (throttles: ThrottleStore) =>
    throttles.change(
      'tries',
      day,
      (throttle) => ({
        next: { ...throttle, times: [...throttle.times, models.clock.now()] },
        events: [],
        result: throttle.times.length,
      }),
      { mayBeFresh: true },
    );

  test('that may be fresh counts each of many at once, and begins anew after a reset', async () => {
    const counts = await Promise.all(
      Array.from({ length: 20 }, () => addFresh(models.anotherNode().throttles)),
    );
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    await models.throttles.reset('tries');
    expect(await addFresh(models.throttles)).toBe(0);
    expect(await add()).toBe(1);
  });

  test('that may be fresh does not pass a delay', async () => {
    const until = new Date(models.clock.now().getTime() + 60_000);
    const delayed = { times: [], blockedUntilAt: until, level: 0 };
    await models.throttles.change('tries', day, () => ({ next: delayed, events: [], result: undefined }));
    const seen = models.throttles.change(
      'tries',
      day,
      (throttle) => ({ next: throttle, events: [], result: throttle.blockedUntilAt }),
      { mayBeFresh: true },
    );
    expect(await seen).toEqual(until);
  });
});
