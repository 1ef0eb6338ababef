/** What is counted while a process works. Who counts need not know by what; the counters are prometheus.ts's. */
import type { DomainEvent } from '../../security-info/events.ts';
import type { Channel } from '../../security-info/record.ts';

/** How a request ended. */
export interface RequestFigures {
  /** A class of paths (route-class.ts). */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** Counts. Nothing that is handed over leaves the process but as a number. */
export interface Meter {
  /** Events that were written just now. */
  events(events: readonly DomainEvent[]): void;
  /** Accounts that were marked by their date. */
  marked(count: number): void;
  /** A message was taken over by its sender, or was not. */
  sent(channel: Channel, kind: 'code' | 'notice' | 'reminder', result: 'accepted' | 'failed'): void;
  /** A sign-in was stopped by the prompt. */
  interrupted(reasons: readonly string[]): void;
  /** A job has ended. */
  jobRun(
    job: string,
    run: { readonly isDone: boolean; readonly seconds: number; readonly endedAt: Date },
  ): void;
  request(figures: RequestFigures): void;
}

/** Counts nothing: where nobody asks for metrics. */
export const noMeter: Meter = {
  events: () => {},
  marked: () => {},
  sent: () => {},
  interrupted: () => {},
  jobRun: () => {},
  request: () => {},
};
