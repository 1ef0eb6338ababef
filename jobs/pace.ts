/** How a job with much to do leaves room for sign-ins: in bounded steps, with a pause between them that a stop ends at once. */
import { setTimeout as delay } from 'node:timers/promises';

/** Waits so long, or until the signal is aborted. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** How a job paces itself. */
export interface PaceOptions {
  /** Between two steps; 50 unless told otherwise. */
  readonly pauseMilliseconds?: number;
  /** How it waits; really, unless told otherwise. */
  readonly wait?: Wait;
}

const usualPauseMilliseconds = 50;

/** Waits by the clock of the machine. */
const wait: Wait = async (milliseconds, signal) => {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    // Aborted: the caller looks at the signal itself.
    if (!signal.aborted) throw error;
  }
};

/** The pause after a step. @returns what tells whether the job is to end there */
export function createPace(options: PaceOptions, signal: AbortSignal): () => Promise<boolean> {
  const pause = options.pauseMilliseconds ?? usualPauseMilliseconds;
  return async () => {
    if (pause > 0 && !signal.aborted) await (options.wait ?? wait)(pause, signal);
    return signal.aborted;
  };
}

/** What a stream gives, in lists of at most so many. */
export async function* inSteps<Item>(stream: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let step: Item[] = [];
  for await (const item of stream) {
    step.push(item);
    if (step.length < size) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}
