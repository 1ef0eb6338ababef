/** What is sealed opens where it belongs and nowhere else; digests and codes stay what they are. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDataKeys, generateKeyMaterial, isSealedByNewest } from '../../models/field-encryption.ts';

const old = { id: 'old', key: randomBytes(32) };
const newest = { id: 'new', key: randomBytes(32) };
const hashKey = randomBytes(32);
const keys = createDataKeys({ keys: [old], hashKey });

test('opens what it sealed, whatever the text', () => {
  for (const text of ['', 'ada@example.com', 'naïve \u0000 🔑', 'x'.repeat(100_000)]) {
    expect(keys.open(keys.seal(text, 'context'), 'context')).toBe(text);
  }
});

test('sealing the same text twice shows no likeness, and shows no text', () => {
  const [one, two] = [keys.seal('ada@example.com', 'c'), keys.seal('ada@example.com', 'c')];
  expect(one).not.toBe(two);
  expect(one).not.toContain('ada');
  expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('ada');
});

test('opens in no other context', () => {
  const sealed = keys.seal('secret', 'ada:m1:address');
  expect(() => keys.open(sealed, 'bob:m1:address')).toThrow('does not open');
});

test('opens nothing that was changed, cut or is something else', () => {
  const sealed = keys.seal('secret', 'c');
  const parts = sealed.split('.');
  const bytes = Buffer.from(parts[2] ?? '', 'base64url');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  const changed = [parts[0], parts[1], bytes.toString('base64url'), parts[3]].join('.');
  for (const wrong of [changed, sealed.slice(0, -2), '', 'a.b.c.d', `${sealed}.x`, 'secret']) {
    expect(() => keys.open(wrong, 'c')).toThrow(/^a sealed value/);
  }
});

test('after a rotation old values still open, new ones are sealed by the newest key', () => {
  const sealed = keys.seal('secret', 'c');
  const rotated = createDataKeys({ keys: [newest, old], hashKey });
  expect(rotated.open(sealed, 'c')).toBe('secret');
  expect(isSealedByNewest(sealed, { keys: [newest, old] })).toBe(false);
  expect(isSealedByNewest(rotated.seal('secret', 'c'), { keys: [newest, old] })).toBe(true);
  expect(rotated.hash('ada@example.com', 'mailbox')).toBe(keys.hash('ada@example.com', 'mailbox'));
  expect(() => createDataKeys({ keys: [newest], hashKey }).open(sealed, 'c')).toThrow('not configured');
});

test('another key under the same id opens nothing', () => {
  const other = createDataKeys({ keys: [{ id: 'old', key: randomBytes(32) }], hashKey });
  expect(() => other.open(keys.seal('secret', 'c'), 'c')).toThrow('does not open');
});

test('digests differ by purpose, value and root', () => {
  const other = createDataKeys({ keys: [old], hashKey: randomBytes(32) });
  const digests = [keys.hash('a', 'p'), keys.hash('a', 'q'), keys.hash('b', 'p'), other.hash('a', 'p')];
  expect(new Set([...digests, keys.hash('', 'pa'), keys.hash('pa', '')]).size).toBe(6);
});

test('codes have six digits and depend on each part and where it ends', () => {
  const code = keys.deriveCode(['challenge', 'ada', 'register', 'digest']);
  expect(keys.deriveCode(['challenge', 'ada', 'register', 'digest'])).toBe(code);
  const codes = Array.from({ length: 200 }, (_, index) => keys.deriveCode(['challenge', String(index)]));
  expect(codes.every((one) => /^\d{6}$/.test(one))).toBe(true);
  expect(new Set(codes).size).toBeGreaterThan(195);
  expect(keys.deriveCode(['ab', 'c', 'd'])).not.toBe(keys.deriveCode(['a', 'bc', 'd']));
});

test('refuses keys that are short, twice there, or one for two uses', () => {
  const rings = [
    { keys: [], hashKey },
    { keys: [{ id: 'a', key: randomBytes(16) }], hashKey },
    { keys: [{ id: 'a.b', key: randomBytes(32) }], hashKey },
    { keys: [old, { ...newest, id: 'old' }], hashKey },
    { keys: [{ id: 'a', key: hashKey }], hashKey },
    { keys: [old], hashKey: randomBytes(31) },
  ];
  for (const ring of rings) expect(() => createDataKeys(ring)).toThrow(TypeError);
});

test('generates key material that a ring accepts', () => {
  const { dataKey, hashKey: root } = generateKeyMaterial(new Date('2026-03-01T00:00:00Z'));
  expect(dataKey.id).toMatch(/^k20260301-[0-9a-f]{4}$/);
  const ring = {
    keys: [{ id: dataKey.id, key: Buffer.from(dataKey.key, 'base64url') }],
    hashKey: Buffer.from(root, 'base64url'),
  };
  expect(createDataKeys(ring).open(createDataKeys(ring).seal('x', 'c'), 'c')).toBe('x');
});
