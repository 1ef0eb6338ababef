/** How a transition is applied when others write at the same time, without a store. */
import { expect, test } from 'vitest';
import { compareAndSwap, KeyQueue, untilWon } from '../../models/compare-and-swap.ts';
import { Contended, WrongCode } from '../../security-info/errors.ts';

/** A promise that the test keeps. */
function closedGate(): { readonly opened: Promise<void>; open(): void } {
  const gate = new EventTarget();
  return {
    opened: new Promise((resolve) => gate.addEventListener('open', () => resolve(), { once: true })),
    open: () => gate.dispatchEvent(new Event('open')),
  };
}

test('a change that lost the race is computed again from what is there by then', async () => {
  let stored = 1;
  const written: number[] = [];
  const result = await compareAndSwap({
    read: async () => stored,
    state: (value: number) => value,
    transition: (value: number) => ({ next: value * 10, events: [], result: value }),
    async write(value, next) {
      if (value === 1) {
        stored = 2;
        return false;
      }
      written.push(next);
      return true;
    },
  });
  expect(result).toBe(2);
  expect(written).toEqual([20]);
});

test('a refusal after a lost race is thrown, and nothing is written', async () => {
  let reads = 0;
  const change = compareAndSwap({
    read: async () => {
      reads += 1;
      return reads;
    },
    state: (value: number) => value,
    transition: (value: number) =>
      value === 1 ? { next: value, events: [], result: 'done' } : { refusal: new WrongCode() },
    write: async () => false,
  });
  await expect(change).rejects.toThrow(WrongCode);
  expect(reads).toBe(2);
});

test('what is unchanged is not written', async () => {
  const result = compareAndSwap({
    read: async () => 1,
    state: (value: number) => value,
    transition: () => ({ unchanged: true, result: 'same' }),
    write: () => Promise.reject(new Error('written')),
  });
  expect(await result).toBe('same');
});

test('gives up after a bounded number of lost races', async () => {
  let attempts = 0;
  const never = untilWon(async () => {
    attempts += 1;
    return 'lost';
  });
  await expect(never).rejects.toThrow(Contended);
  expect(attempts).toBeLessThan(100);
});

test('changes of one key run one after the other, of two keys side by side', async () => {
  const queue = new KeyQueue();
  const log: string[] = [];
  const gate = closedGate();
  const first = queue.run('a', async () => {
    log.push('a1 begins');
    await gate.opened;
    log.push('a1 ends');
  });
  const second = queue.run('a', async () => log.push('a2'));
  await queue.run('b', async () => log.push('b'));
  gate.open();
  await Promise.all([first, second]);
  expect(log).toEqual(['a1 begins', 'b', 'a1 ends', 'a2']);
});

test('a change that failed does not stop the next of its key', async () => {
  const queue = new KeyQueue();
  const failing = queue.run('a', () => Promise.reject(new Error('failed')));
  const next = queue.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('failed');
  expect(await next).toBe('done');
});

test('a flood on one key is refused instead of queued without end', async () => {
  const queue = new KeyQueue();
  const gate = closedGate();
  const waiting = Array.from({ length: 500 }, () => queue.run('a', () => gate.opened));
  await expect(queue.run('a', async () => undefined)).rejects.toThrow(Contended);
  gate.open();
  await Promise.all(waiting);
  await queue.run('a', async () => undefined);
});
