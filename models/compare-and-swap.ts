/**
 * How every store applies a pure transition: read, compute, write if nobody else wrote, else again.
 * What is read and written is each store's.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Contended } from '../security-info/errors.ts';
import type { DomainEvent } from '../security-info/events.ts';
import type { Transition } from '../security-info/ports.ts';

const ATTEMPTS = 60;
/** Of the random pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 64;
/** Changes of one key that may wait in this process; more than that is a flood. */
const LONGEST_QUEUE = 500;

/** Runs what concerns one key one after the other, so that one process does not fight itself. */
export class KeyQueue {
  readonly #waiting = new Map<string, { last: Promise<unknown>; count: number }>();

  /**
   * Runs the task once all earlier ones of this key have ended.
   * @throws {Contended} `contended`, when too many wait already
   */
  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const line = this.#waiting.get(key) ?? { last: Promise.resolve(), count: 0 };
    if (line.count >= LONGEST_QUEUE) throw new Contended();
    line.count += 1;
    const turn = line.last.then(task);
    line.last = turn.catch(() => undefined);
    this.#waiting.set(key, line);
    try {
      return await turn;
    } finally {
      line.count -= 1;
      if (line.count === 0) this.#waiting.delete(key);
    }
  }
}

/** Repeats an attempt until it has won the race, with random pauses. @throws {Contended} past the bound */
export async function untilWon<Result>(
  attempt: () => Promise<{ readonly won: Result } | 'lost'>,
): Promise<Result> {
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const outcome = await attempt();
    if (outcome !== 'lost') return outcome.won;
    // Full jitter: those who lost together must not come back together.
    await delay(randomInt(Math.min(LONGEST_PAUSE, 2 ** attempts) + 1));
  }
  throw new Contended();
}

/**
 * Applies a transition by compare-and-swap.
 * @param write writes the next state if what was read is still there; false when another write came first
 * @throws {SecurityInfoError} the transition's refusal
 * @throws {Contended} `contended`, when the race was lost every time
 */
export function compareAndSwap<Stored, State, Next, Result>(parts: {
  read(): Promise<Stored>;
  state(stored: Stored): State;
  transition: Transition<State, Result, Next>;
  write(stored: Stored, next: Next, events: readonly DomainEvent[]): Promise<boolean>;
}): Promise<Result> {
  return untilWon(async () => {
    const stored = await parts.read();
    const change = parts.transition(parts.state(stored));
    if ('refusal' in change) throw change.refusal;
    if ('unchanged' in change) return { won: change.result };
    return (await parts.write(stored, change.next, change.events)) ? { won: change.result } : 'lost';
  });
}
