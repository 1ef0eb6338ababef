/** Idempotency keys on a real store: one request is carried out once, whoever asks again and from which node. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  answerOnce,
  digestRequest,
  idempotencyKeySchema,
  idempotencySeconds,
  type KeptAnswer,
  longestRequestSeconds,
} from '../../../security-info/admin/idempotency.ts';
import { openModels, type TestModels } from '../../models/open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const request = { key: 'k1', actor: 'client:hr', requestDigest: digestRequest('POST', '/imports', 'a') };
const answer: KeptAnswer = {
  status: 201,
  headers: { location: '/imports/1' },
  body: '{"pass":"very-secret"}',
};

let times = 0;
function ask(changes: Partial<typeof request> = {}, work: () => Promise<KeptAnswer> = async () => answer) {
  const { keys, clock } = models;
  return answerOnce(
    { keys, clock, idempotency: models.anotherNode().idempotency },
    { ...request, ...changes },
    () => {
      times += 1;
      return work();
    },
  );
}

/** A promise that the test fulfils. */
function later<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

beforeEach(() => {
  times = 0;
});

test('the first answer is given again, sealed meanwhile, for a day', async () => {
  expect(await ask()).toEqual({ ...answer, isRepeated: false });
  expect(await ask()).toEqual({ ...answer, isRepeated: true });
  expect(times).toBe(1);
  expect(await models.dump()).not.toMatch(/very-secret|client:hr|"k1"/);
  models.clock.advance(idempotencySeconds - 1);
  expect((await ask()).isRepeated).toBe(true);
  models.clock.advance(1);
  expect((await ask()).isRepeated).toBe(false);
  expect(times).toBe(2);
});

test('another request under the key is refused; the key of somebody else is another one', async () => {
  await ask();
  const other = { requestDigest: digestRequest('POST', '/imports', 'b') };
  await expect(ask(other)).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 422 });
  expect((await ask({ ...other, actor: 'client:it' })).isRepeated).toBe(false);
});

test('of many at once one is carried out, and the others are told to wait', async () => {
  const begun = later<void>();
  const all = Array.from({ length: 12 }, () => ask({}, () => begun.promise.then(() => answer)));
  const waiting = Promise.allSettled(all);
  await expect.poll(() => times).toBe(1);
  await expect(ask()).rejects.toMatchObject({ code: 'idempotency_key_in_use', status: 409 });
  await expect(ask({ requestDigest: 'other' })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  begun.resolve();
  const codes = (await waiting).map((one) => (one.status === 'rejected' ? one.reason.code : 'answered'));
  expect(codes.sort()).toEqual(['answered', ...Array.from({ length: 11 }, () => 'idempotency_key_in_use')]);
  expect(times).toBe(1);
});

test('what failed can be sent again', async () => {
  await expect(ask({}, () => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
  expect(await ask({}, async () => ({ ...answer, status: 503 }))).toMatchObject({
    status: 503,
    isRepeated: false,
  });
  expect(await ask({}, async () => ({ ...answer, status: 404 }))).toMatchObject({ isRepeated: false });
  expect(await ask()).toMatchObject({ status: 404, isRepeated: true });
  expect(times).toBe(3);
});

test('a node that died holds a key for some minutes only, and keeps nothing once another has it', async () => {
  const late = later<KeptAnswer>();
  const dying = ask({}, () => late.promise);
  await expect.poll(() => times).toBe(1);
  models.clock.advance(longestRequestSeconds - 1);
  await expect(ask()).rejects.toMatchObject({ code: 'idempotency_key_in_use' });
  models.clock.advance(1);
  expect(await ask()).toMatchObject({ isRepeated: false });
  late.resolve({ ...answer, status: 200 });
  await dying;
  expect(await ask()).toMatchObject({ status: 201, isRepeated: true });
});

test('a key is one line of visible characters, with or without quotes', () => {
  expect(idempotencyKeySchema.parse('"8e03978e"')).toBe('8e03978e');
  for (const wrong of ['', 'a b', 'é', 'x'.repeat(256), 'a\nb']) {
    expect(idempotencyKeySchema.safeParse(wrong).success).toBe(false);
  }
});
