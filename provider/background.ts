/** Work that no answer waits for: draining events and delivering their notices. What is lost here, a job repeats. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from '../jobs/job.ts';
import type { RecordStore } from '../security-info/ports.ts';

/** Begun after the answer has gone, which would otherwise wait for it, and tell by its time what there was to do. */
const delayMilliseconds = 20;

/** Where failures are written. */
interface BackgroundLog {
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** The work in the background of one process. */
export interface Background {
  /** Drains the events of an account's record and delivers what they gave rise to; returns at once. */
  publish(accountId: string, records: Pick<RecordStore, 'drainEvents'>, delivery: Job): void;
  /** Runs work that no answer waits for; a failure is logged. The signal is aborted when the process ends. */
  run(work: (signal: AbortSignal) => Promise<unknown>): void;
  /** Takes no more work, and waits for what runs to end its current step. */
  end(): Promise<void>;
}

/** Makes the background of a process. */
export function createBackground(log: BackgroundLog): Background {
  const running = new Set<Promise<void>>();
  const ending = new AbortController();

  const start = (work: () => Promise<void>, failure: string): void => {
    if (ending.signal.aborted) return;
    const task: Promise<void> = work()
      .catch((error: unknown) => log.error({ err: error }, failure))
      .finally(() => running.delete(task));
    running.add(task);
  };

  return {
    run: (work) =>
      start(async () => {
        await wait(delayMilliseconds);
        await work(ending.signal);
      }, 'work in the background failed'),
    publish: (accountId, records, delivery) => {
      const work = async (): Promise<void> => {
        const drained = await records.drainEvents(accountId, 1);
        if (drained > 0) await delivery.run({ dryRun: false, onProgress: () => {}, signal: ending.signal });
      };
      start(work, 'draining events failed');
    },
    end: async () => {
      ending.abort();
      await Promise.all(running);
    },
  };
}
