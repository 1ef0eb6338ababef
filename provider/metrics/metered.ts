/** Stores, senders and jobs that tell a meter what they did. The domain gets these in place of the plain ones. */
import type { Job } from '../../jobs/job.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import type {
  Change,
  Clock,
  EventLog,
  PolicyStore,
  RecordStore,
  ThrottleStore,
} from '../../security-info/ports.ts';
import type { Channel } from '../../security-info/record.ts';
import type { Meter } from './meter.ts';

/** The stores that write events. */
interface EventStores {
  readonly records: RecordStore;
  readonly throttles: ThrottleStore;
  readonly policies: PolicyStore;
  readonly eventLog: EventLog;
}

/** The same stores; what they have written is counted. */
export function meteredStores<Stores extends EventStores>(stores: Stores, meter: Meter): Stores {
  const { records, throttles, policies, eventLog } = stores;
  return {
    ...stores,
    records: {
      ...records,
      change: (accountId, transition) =>
        counted(meter, transition, (watched) => records.change(accountId, watched)),
      markDue: async (input) => {
        const count = await records.markDue(input);
        meter.marked(count);
        return count;
      },
    },
    throttles: {
      ...throttles,
      change: (key, keepSeconds, transition, options) =>
        counted(meter, transition, (watched) => throttles.change(key, keepSeconds, watched, options)),
    },
    policies: {
      ...policies,
      save: async (policy, expectedVersion, events) => {
        await policies.save(policy, expectedVersion, events);
        meter.events(events);
      },
      remove: async (policyId, expectedVersion, events) => {
        await policies.remove(policyId, expectedVersion, events);
        meter.events(events);
      },
    },
    eventLog: {
      insert: async (events) => {
        await eventLog.insert(events);
        meter.events(events);
      },
    },
  };
}

/** A transition may be computed several times; what was computed last is what was written. */
async function counted<State, Next, Result>(
  meter: Meter,
  transition: (state: State) => Change<Next, Result>,
  apply: (watched: (state: State) => Change<Next, Result>) => Promise<Result>,
): Promise<Result> {
  let written: readonly DomainEvent[] = [];
  const result = await apply((state) => {
    const change = transition(state);
    written = 'events' in change ? change.events : [];
    return change;
  });
  meter.events(written);
  return result;
}

/** What both kinds of sender are. */
interface Sender<Message> {
  readonly isAvailable: boolean;
  send(message: Message, messageId: string): Promise<void>;
}

/** The same sender; what it was given to send is counted. */
export function meteredSender<Message extends { readonly kind: 'code' | 'notice' | 'reminder' }>(
  sender: Sender<Message>,
  channel: Channel,
  meter: Meter,
): Sender<Message> {
  return {
    get isAvailable() {
      return sender.isAvailable;
    },
    send: async (message, messageId) => {
      try {
        await sender.send(message, messageId);
      } catch (error) {
        meter.sent(channel, message.kind, 'failed');
        throw error;
      }
      meter.sent(channel, message.kind, 'accepted');
    },
  };
}

/** The same job; how its runs end is counted. One that was stopped half way has not succeeded. */
export function meteredJob(job: Job, meter: Meter, clock: Clock): Job {
  return {
    ...job,
    run: async (options) => {
      const begun = performance.now();
      const tell = (isDone: boolean): void =>
        meter.jobRun(job.name, {
          isDone,
          seconds: (performance.now() - begun) / 1000,
          endedAt: clock.now(),
        });
      try {
        const counts = await job.run(options);
        tell(!options.signal.aborted);
        return counts;
      } catch (error) {
        tell(false);
        throw error;
      }
    },
  };
}
